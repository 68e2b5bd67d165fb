import Foundation
import Testing

struct ApplyTests {
    /// Two events whose order of jets changes: data respond 3 % too high at η > 2.5, 2 % too low at 1.3 < η < 2.5.
    private static let events = """
        event,run,note,pt1,eta1,phi1,btag1,mine1,pt2,eta2,phi2,btag2,mine2,pt3,eta3,phi3,btag3,mine3,mine4
        7,355100,"a",150,3.5,0.5,1,x1,149.5,-0.5,-2.5,2,y1,,,,,,w
        8,355101,β,120,0.25,1.5,3,x2,119.5,2,-1.5,4,y2,20,-0.25,2.5,5,z2,

        """

    private static func calibrated(_ options: String = "") throws -> (rows: [[String]], output: String) {
        let place = try Workplace()
        try place.write(events, to: "events.csv")
        let output = try place.succeed("apply \(SmallStudy.calibration) events.csv \(options) -o calibrated.csv")
        return (try place.rows("calibrated.csv"), output)
    }

    @Test func unknownColumnsAreKept() throws {
        let rows = try Self.calibrated().rows
        let before = Self.events.split(separator: "\n").map { $0.components(separatedBy: ",") }
        #expect(rows[0] == before[0])
        #expect(rows.count == 3 && rows.allSatisfy { $0.count == before[0].count })
        for row in 1...2 {
            #expect(rows[row].prefix(3) == before[row].prefix(3))
            #expect(rows[row].last == before[row].last)
        }
    }

    @Test func columnsOfAJetMoveWithIt() throws {
        let rows = try Self.calibrated().rows
        #expect(Array(rows[1][4...7]) == ["-0.5", "-2.5", "2", "y1"])
        #expect(Array(rows[1][9...12]) == ["3.5", "0.5", "1", "x1"])
        #expect(Array(rows[1][13...17]) == ["", "", "", "", ""])
        #expect(Array(rows[2][4...7]) == ["2", "-1.5", "4", "y2"])
        #expect(Array(rows[2][9...12]) == ["0.25", "1.5", "3", "x2"])
        #expect(Array(rows[2][14...17]) == ["-0.25", "2.5", "5", "z2"])
    }

    @Test func jetsComeByFallingPt() throws {
        for options in ["", "--as mc"] {
            for row in try Self.calibrated(options).rows.dropFirst() {
                let pt = [3, 8, 13].compactMap { Double(row[$0]) }
                #expect(pt == pt.sorted(by: >) && pt.allSatisfy { $0 > 0 })
            }
        }
    }

    @Test func residualsActOnDataAlone() throws {
        let json = try SmallStudy.shared.get().workplace.json("calibration.json")
        let (data, simulation) = (try Self.calibrated().rows, try Self.calibrated("--as mc").rows)
        // By η: simulation keeps the order that the table had.
        for (row, eta, bin) in [(1, "3.5", 7), (2, "2", 6), (2, "0.25", 4)] {
            func pt(_ rows: [[String]]) throws -> Double {
                let column = try #require([3, 8].first { rows[row][$0 + 1] == eta })
                return try #require(Double(rows[row][column]))
            }
            let constants = try #require(json["correction"][bin].doubles)
            let ratio = try pt(data) / pt(simulation)
            #expect(ratio >= constants.min()! - 1e-12 && ratio <= constants.max()! + 1e-12)
            // The simulated response is 1; its scale shows the statistics of a small sample.
            #expect(try abs(pt(simulation) / (eta == "3.5" ? 150 : eta == "2" ? 119.5 : 120) - 1) < 0.1)
        }
    }

    @Test func bothKindsOfSummaryCountTheEvents() throws {
        let json = try JSON(Self.calibrated("--json").output)
        #expect(json["events"].double == 2 && json["jets_without_constant"].double == 0)
        #expect(try Self.calibrated().output.contains("2 events"))
        #expect(try Self.calibrated("--quiet").output == "")
    }

    @Test func aTableMayBeCalibratedInItsPlace() throws {
        let place = try Workplace()
        try place.write(Self.events, to: "events.csv")
        try place.succeed("apply \(SmallStudy.calibration) events.csv --overwrite -o events.csv")
        #expect(try place.rows("events.csv") == Self.calibrated().rows)
        #expect(try place.snapshot().keys.sorted() == ["events.csv"])
    }
}
