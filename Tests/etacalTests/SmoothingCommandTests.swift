import Foundation
import Testing

/// `--smoothing` from the command line.
struct SmoothingCommandTests {
    private static let run = "closure --binning coarse --events 200k --tolerance 0.5"

    private struct File: Decodable {
        struct Smoothing: Decodable {
            let kind: String
            let raw_correction: [[Double?]]
            let raw_uncertainty: [[Double?]]
            let bins: [[Int]]
            let ln_c_covariance: [[Double]]
        }
        let correction: [[Double?]]
        let uncertainty: [[Double?]]
        let smoothing: Smoothing?
    }

    private func calibration(_ place: Workplace, _ file: String) throws -> File {
        try JSONDecoder().decode(File.self, from: place.data(file))
    }

    @Test(arguments: ["spline", "kernel"]) func constantsAreSmooth(kind: String) throws {
        let place = try Workplace()
        try place.succeed("\(Self.run) --smoothing none --quiet -o plain")
        let output = try place.succeed("\(Self.run) --smoothing \(kind) -o run")
        #expect(output.contains("smoothed: "), "\(output)")
        #expect(try place.text("run/run.yaml").contains("smoothing: \(kind)"))
        #expect(try !place.text("plain/run.yaml").contains("smoothing"))
        let plain = try calibration(place, "plain/calibration.json")
        let json = try calibration(place, "run/calibration.json")
        let smoothing = try #require(json.smoothing)
        #expect(plain.smoothing == nil && smoothing.kind == kind)
        #expect(smoothing.raw_correction == plain.correction && smoothing.raw_uncertainty == plain.uncertainty)
        #expect(json.correction != plain.correction)
        for (row, bin) in smoothing.bins.enumerated() {
            let constant = try #require(json.correction[bin[0]][bin[1]])
            let uncertainty = try #require(json.uncertainty[bin[0]][bin[1]])
            let expected = constant * max(0, smoothing.ln_c_covariance[row][row]).squareRoot()
            #expect(abs(uncertainty - expected) < 1e-12)
        }
        #expect(FileManager.default.fileExists(atPath: place.path("run/figures/smoothing.dat")))

        // The file is read, and the configuration makes the same again.
        try place.succeed("simulate --detector cms-like --events 2k --pseudo-data --quiet -o data.csv")
        try place.succeed("apply run/calibration.json data.csv --quiet -o applied.csv")
        try place.succeed("closure run/run.yaml --quiet -o again")
        #expect(try place.data("again/calibration.json") == place.data("run/calibration.json"))
    }

    /// An extrapolation multiplies smooth constants, and what pT bins have in common by it is in their covariance.
    @Test func smoothConstantsAreExtrapolated() throws {
        let place = try Workplace()
        try place.succeed("\(Self.run) --smoothing spline --quiet -o plain")
        try place.succeed("\(Self.run) --smoothing spline --alpha-edges standard --quiet -o run")
        let plain = try #require(try calibration(place, "plain/calibration.json").smoothing)
        let json = try #require(try calibration(place, "run/calibration.json").smoothing)
        #expect(json.raw_correction == plain.raw_correction && json.bins == plain.bins)
        let forward = try #require(json.bins.lastIndex { $0[0] == 0 })
        let first = try #require(json.bins.firstIndex { $0[0] == 0 })
        #expect(first < forward)
        #expect(json.ln_c_covariance[forward][first] > plain.ln_c_covariance[forward][first] + 1e-7)
    }

    @Test func tablesAreSmoothedToo() throws {
        let place = try Workplace()
        for (role, name) in [("", "mc.h5"), ("--pseudo-data", "data.h5")] {
            try place.succeed("simulate --detector cms-like --events 200k \(role) --quiet -o \(name)")
        }
        try place.succeed(
            "fit data.h5 --mc mc.h5 --binning coarse --method central --smoothing spline --quiet -o c.json")
        #expect(try calibration(place, "c.json").smoothing?.kind == "spline")
        try place.succeed("verify c.json --data data.h5 --mc mc.h5 --tolerance 0.5 --quiet -o closure.json")
    }

    @Test(arguments: [
        ("--smoothing rough", 64, "rough"), ("--smoothing spline --method fold", 65, "smooth surface of its own"),
    ])
    func whatCannotBeSmoothedIsRefused(options: String, status: Int, words: String) throws {
        let place = try Workplace()
        let outcome = try place.etacal("\(Self.run) \(options) -o run")
        #expect(Int(outcome.status) == status && outcome.errors.contains(words), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: place.path("run")))
    }
}
