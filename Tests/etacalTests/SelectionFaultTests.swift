import Foundation
import Testing

/// Selections, binnings and events that leave nothing: done, with results that say so, and a negative verdict.
struct SelectionFaultTests {
    private static let impossible = """
        schema: etacal.selection/1
        delta_phi_min: 3.1415926
        alpha_max: 1e-9

        """

    /// Two events at pT below and two at η beyond every bin.
    private static func events(pt: Double, eta: Double) -> String {
        "pt1,eta1,phi1,pt2,eta2,phi2,true_pt1,true_eta1,true_pt2,true_eta2\n"
            + String(repeating: "\(pt),\(eta),0,\(pt),\(-eta),3.14,\(pt),\(eta),\(pt),\(-eta)\n", count: 2)
    }

    /// Lines that were broken to fit a terminal.
    private static func joined(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func expectNoConstants(_ calibration: JSON) throws {
        let constants = try #require(calibration["correction"].list).flatMap { $0.list ?? [] }
        #expect(!constants.isEmpty && constants.allSatisfy { $0.isNull })
        let fits = try #require(calibration["fits"].list)
        #expect(fits.allSatisfy { $0["valid"].bool == false && $0["reason"].string != nil })
    }

    @Test(arguments: ["matrix", "central"])
    func anImpossibleSelectionIsNamedByFit(method: String) throws {
        let place = try Workplace()
        try place.write(Self.impossible, to: "selection.yaml")
        let few = try FaultSample.path("few.csv.gz")
        let output = try place.succeed(
            "fit \(few) --mc \(few) --selection selection.yaml --method \(method) -o out.json",
            status: .negativeVerdict)
        for sample in ["data", "MC"] {
            #expect(output.contains("\(sample): none of 2000 events is left"), "\(output)")
        }
        #expect(Self.joined(output).contains("delta_phi_min 3.1415926"), "\(output)")
        try Self.expectNoConstants(place.json("out.json"))
    }

    @Test func anImpossibleSelectionEndsAClosure() throws {
        let place = try Workplace()
        try place.write(Self.impossible, to: "selection.yaml")
        let output = try place.succeed(
            "closure --detector uniform --events 2k --selection selection.yaml -o out", status: .negativeVerdict)
        #expect(output.contains("closure FAILED"), "\(output)")
        for sample in ["data", "MC"] {
            #expect(output.contains("\(sample): none of 2000 events is left"), "\(output)")
        }
        let closure = try place.json("out/closure.json")
        #expect(closure["passed"].bool == false && closure["summary"]["bins"].double == 0)
        try Self.expectNoConstants(place.json("out/calibration.json"))
    }

    @Test(arguments: [
        (5, 0.5, "a mean pT in the bins from 30.0 to 1000.0 GeV"), (2000, 0.5, "a mean pT in the bins"),
        (100, 5, "both jets in the eta bins from -4.5 to 4.5"), (100, 6, "both jets within abs_eta_max 5.2"),
    ])
    func eventsOutsideEveryBinAreNamed(pt: Double, eta: Double, requirement: String) throws {
        let place = try Workplace()
        try place.write(Self.events(pt: pt, eta: eta), to: "outside.csv")
        let alone = try place.succeed("fit outside.csv -o alone.json", status: .negativeVerdict)
        #expect(
            alone.contains("data: none of 2 events is left") && Self.joined(alone).contains(requirement), "\(alone)")
        try Self.expectNoConstants(place.json("alone.json"))
        let few = try FaultSample.path("few.csv.gz")
        let mc = try place.succeed("fit \(few) --mc outside.csv -o mc.json", status: .negativeVerdict)
        #expect(mc.contains("MC: none of 2 events is left") && Self.joined(mc).contains(requirement), "\(mc)")
        #expect(!mc.contains("data: none"), "\(mc)")
    }

    @Test(arguments: [(5, 6), (100, 6)])
    func nothingOutsideEveryBinIsVerified(pt: Double, eta: Double) throws {
        let place = try Workplace()
        try place.write(Self.events(pt: pt, eta: eta), to: "outside.csv")
        let calibration = try FaultSample.path("calibration.json")
        let output = try place.succeed(
            "verify \(calibration) --data outside.csv -o closure.json", status: .negativeVerdict)
        #expect(
            output.contains("closure FAILED") && output.contains("no bin has jets enough to be tested"), "\(output)")
        #expect(try place.json("closure.json")["passed"].bool == false)
    }

    @Test func jetsOutsideEveryBinAreLeftAlone() throws {
        let place = try Workplace()
        try place.write(Self.events(pt: 100, eta: 6), to: "outside.csv")
        let output = try place.succeed("apply \(try FaultSample.path("calibration.json")) outside.csv -o out.csv")
        #expect(output.contains("4 jets lie where no constant is known"), "\(output)")
        #expect(try place.rows("out.csv")[1...].allSatisfy { $0[0] == "100.0" && $0[3] == "100.0" })
    }
}
