import Foundation
import Testing

/// `--alpha-edges` from the command line.
struct ExtrapolationTests {
    private static let run = "closure --binning coarse --events 300k --tolerance 0.5"

    private struct File: Decodable {
        struct Extrapolation: Decodable {
            let alpha_cuts: [Double]
            let factor: [[Double]]
            let cells: [Cell]
        }
        struct Cell: Decodable { let alpha: [Double] }
        let correction: [[Double?]]
        let uncertainty: [[Double?]]
        let extrapolation: Extrapolation?
    }

    private func calibration(_ place: Workplace, _ file: String) throws -> File {
        try JSONDecoder().decode(File.self, from: place.data(file))
    }

    @Test func constantsAreThoseAtTheCutTimesTheFactor() throws {
        let place = try Workplace()
        try place.succeed("\(Self.run) --quiet -o plain")
        let output = try place.succeed("\(Self.run) --alpha-edges 0.1,0.15,0.2,0.3 -o run")
        #expect(output.contains("extrapolated to alpha = 0: k - 1 up to"), "\(output)")
        #expect(try place.text("run/run.yaml").contains("alpha_edges: [0.1, 0.15, 0.2, 0.3]"))
        let plain = try calibration(place, "plain/calibration.json")
        let json = try calibration(place, "run/calibration.json")
        let extrapolation = try #require(json.extrapolation)
        #expect(plain.extrapolation == nil && extrapolation.cells.count > 20)
        #expect(extrapolation.cells.allSatisfy { 3...4 ~= $0.alpha.count })
        for (eta, row) in plain.correction.enumerated() {
            for (pt, constant) in row.enumerated() {
                guard let constant else { continue }
                let after = try #require(json.correction[eta][pt])
                #expect(abs(after / (constant * extrapolation.factor[eta][pt]) - 1) < 1e-12)
                let relative = try #require(json.uncertainty[eta][pt]) / after
                #expect(try relative > 0.999 * #require(plain.uncertainty[eta][pt]) / constant)
            }
        }
        #expect(FileManager.default.fileExists(atPath: place.path("run/figures/extrapolation.dat")))

        // The file is read, and the configuration makes the same again.
        try place.succeed("simulate --detector cms-like --events 2k --pseudo-data --quiet -o data.csv")
        try place.succeed("apply run/calibration.json data.csv --quiet -o applied.csv")
        try place.succeed("closure run/run.yaml --quiet -o again")
        #expect(try place.data("again/calibration.json") == place.data("run/calibration.json"))
    }

    @Test func tablesAreExtrapolatedToo() throws {
        let place = try Workplace()
        for (role, name) in [("", "mc.h5"), ("--pseudo-data", "data.h5")] {
            try place.succeed("simulate --detector cms-like --events 200k \(role) --quiet -o \(name)")
        }
        let output = try place.succeed(
            "fit data.h5 --mc mc.h5 --binning coarse --alpha-edges standard -o c.json")
        #expect(output.contains("extrapolated to alpha = 0"), "\(output)")
        let cuts = try calibration(place, "c.json").extrapolation?.alpha_cuts
        #expect(cuts == [0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
    }

    /// Sums of shards hold the classes of α.
    @Test func shardsGiveTheSameBytes() throws {
        let place = try Workplace()
        let run = "closure --binning coarse --events 60k --tolerance 0.5 --passes 1 --alpha-edges 0.1,0.2 --quiet"
        try place.succeed("\(run) -o whole")
        try place.succeed("\(run) --sums \(try place.mergedRounds(of: run, 3)) -o merged")
        for file in ["calibration.json", "closure.json"] {
            #expect(try place.data("merged/\(file)") == place.data("whole/\(file)"))
        }
    }

    @Test(arguments: [
        ("--alpha-edges 0.1,x", 64, "alpha-edges"), ("--alpha-edges 0.1,0.2,0.4", 65, "cuts on alpha"),
        ("--alpha-edges 0.1", 65, "2 to 15 cuts"), ("--alpha-edges standard --method fold", 65, "no balance at a cut"),
    ])
    func whatCannotBeExtrapolatedIsRefused(options: String, status: Int, words: String) throws {
        let place = try Workplace()
        let outcome = try place.etacal("\(Self.run) \(options) -o run")
        #expect(Int(outcome.status) == status && outcome.errors.contains(words), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: place.path("run")))
    }
}
