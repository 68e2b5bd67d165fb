import Foundation
import Testing

struct ClosureTests {
    private static let small = "closure --detector uniform --events 20k --binning binning.yaml"

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        return place
    }

    @Test func theDirectoryHoldsWhatIsPromised() throws {
        let place = try Self.workplace()
        try place.succeed("\(Self.small) --tolerance 0.5 -o run", drawing: true)
        let names = Set(try place.snapshot().keys)
        #expect(names.isSuperset(of: ["run/run.yaml", "run/calibration.json", "run/closure.json", "run/figures"]))
        let figures = names.filter { $0.hasPrefix("run/figures/") && $0.hasSuffix(".gp") }.map { $0.dropLast(3) }
        #expect(figures.count >= 3)
        for figure in figures { #expect(names.contains("\(figure).dat")) }
        try ChainTests.expectClosureSchema(place.json("run/closure.json"))
    }

    /// Without gnuplot there are no pictures, and no failure.
    @Test func picturesAreNotNeeded() throws {
        let place = try Self.workplace()
        let output = try place.succeed("\(Self.small) --tolerance 0.5 -o run")
        #expect(output.contains("No pictures") && output.contains("gnuplot"))
        #expect(output.contains("closure PASSED") && output.contains("Results are in run"))
        #expect(try place.succeed("\(Self.small) --tolerance 0.5 --quiet -o quiet") == "")
    }

    @Test func theSummaryForProgramsIsThatOfTheFile() throws {
        let study = try SmallStudy.shared.get()
        let (json, file) = (try JSON(study.closureSummary), try study.workplace.json("run/closure.json"))
        for key in ["max_abs", "rms", "chi2", "ndf", "p_value"] {
            let value = try #require(json[key].double)
            #expect(value == file["summary"][key].double)
        }
        #expect(json["worst"]["eta"].doubles == file["summary"]["worst"]["eta"].doubles)
        #expect(json["passed"].bool == true && file["passed"].bool == true)
        #expect(try #require(json["timing"]["events_per_second"].double) > 0)
        #expect(json["timing"]["seconds"].keys.count >= 4)
    }

    /// Some of 130 bins lie beyond two standard deviations, and the results are there all the same.
    @Test func aNegativeVerdictIsStatus1() throws {
        let place = try Workplace()
        let output = try place.succeed(
            "closure --detector uniform --events 500k --tolerance 1e-9 --json -o run", status: .negativeVerdict)
        #expect(try JSON(output)["passed"].bool == false)
        #expect(try JSON(output)["fit_valid"].bool == true)
        let closure = try place.json("run/closure.json")
        #expect(closure["passed"].bool == false)
        #expect(closure["summary"]["bins_outside"].double ?? 0 > 0)
        #expect(try place.json("run/calibration.json")["correction"].shape == [40, 10])
        #expect(try place.text("run/run.yaml").contains("1e-09"))
    }

    @Test func aFitThatIsNotValidIsStatus1() throws {
        let place = try Self.workplace()
        let summary = try JSON(
            place.succeed(
                "closure --detector uniform --events 100 --tolerance 0.9 --json -o run", status: .negativeVerdict))
        #expect(summary["fit_valid"].bool == false)
        let fits = try place.json("run/calibration.json")["fits"].list ?? []
        #expect(!fits.isEmpty && fits.allSatisfy { $0["valid"].bool == false && $0["reason"].string != nil })
    }

    @Test(arguments: ["matrix", "matrix-linear", "central", "mpf", "likelihood"])
    func methodsAreNamedInTheResult(method: String) throws {
        let place = try Self.workplace()
        try place.succeed("\(Self.small) --tolerance 0.5 --method \(method) --quiet -o run")
        #expect(try place.json("run/calibration.json")["method"].string == method)
        #expect(try place.text("run/run.yaml").contains("method: \(method)\n"))
    }
}
