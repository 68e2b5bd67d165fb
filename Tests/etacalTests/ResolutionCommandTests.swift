import Foundation
import Testing

/// `--resolution` from the command line.
struct ResolutionCommandTests {
    private static let run = "closure --binning coarse --events 300k --tolerance 0.5 --passes 1"

    private struct File: Decodable {
        struct Resolution: Decodable {
            struct Factor: Decodable {
                let value: Double
                let uncertainty: Double
            }
            struct Injected: Decodable { let mc: [[Double?]] }
            let abs_eta_edges: [Double]
            let pt_edges: [Double]
            let true_pt: [[Double?]]
            let mc: [[Double?]]
            let data: [[Double?]]
            let injected: Injected
            let scale_factors: [Factor?]
        }
        let resolution: Resolution?
    }

    @Test func theResolutionIsInTheResults() throws {
        let place = try Workplace()
        let output = try place.succeed("\(Self.run) --resolution -o run")
        #expect(output.contains("data/MC resolution"), "\(output)")
        #expect(try place.text("run/run.yaml").contains("resolution: true"))
        let file = try JSONDecoder().decode(File.self, from: place.data("run/closure.json"))
        let resolution = try #require(file.resolution)
        let regions = resolution.abs_eta_edges.count - 1
        #expect(regions >= 4 && resolution.abs_eta_edges[0] == 0)
        for table in [resolution.mc, resolution.data, resolution.true_pt, resolution.injected.mc] {
            #expect(table.count == regions && table.allSatisfy { $0.count == resolution.pt_edges.count - 1 })
        }
        #expect(resolution.scale_factors.count == regions)
        let centre = try #require(resolution.scale_factors[0])
        #expect(abs(centre.value - 1) < 4 * centre.uncertainty && centre.uncertainty < 0.2)
        #expect(FileManager.default.fileExists(atPath: place.path("run/figures/resolution.dat")))
        #expect(try place.text("run/report.html").contains("Scale factors of the resolution"))

        // The configuration makes the same again; without the option there is none of it.
        try place.succeed("closure run/run.yaml --quiet -o again")
        #expect(try place.data("again/closure.json") == place.data("run/closure.json"))
        try place.succeed("\(Self.run) --quiet -o plain")
        #expect(
            try JSONDecoder().decode(File.self, from: place.data("plain/closure.json")).resolution == nil)
        #expect(try !place.text("plain/report.html").contains("Scale factors of the resolution"))
    }

    /// Sums of shards hold widths of asymmetry and of response.
    @Test func shardsGiveTheSameBytes() throws {
        let place = try Workplace()
        let run = "closure --binning coarse --events 60k --tolerance 0.5 --passes 1 --resolution --quiet"
        try place.succeed("\(run) -o whole")
        try place.succeed("\(run) --sums \(try place.mergedRounds(of: run, 3)) -o merged")
        #expect(try place.data("merged/closure.json") == place.data("whole/closure.json"))
    }

    /// Constants are derived anew, in two more rounds with two passes, and shards know these.
    @Test func smearingTakesRoundsOfItsOwn() throws {
        let place = try Workplace()
        let run = "closure --binning coarse --events 200k --tolerance 0.5 --passes 2"
        let output = try place.succeed("\(run) --smear -o whole")
        #expect(output.contains("smeared: MC in"), "\(output)")
        #expect(try place.text("whole/run.yaml").contains("smear: true"))
        try place.succeed("\(run) --resolution --quiet -o plain")
        #expect(try place.data("whole/calibration.json") != place.data("plain/calibration.json"))
        try place.succeed(
            "\(run) --smear --quiet --sums \(try place.mergedRounds(of: "\(run) --smear --quiet", 6)) -o merged")
        for file in ["calibration.json", "closure.json"] {
            #expect(try place.data("merged/\(file)") == place.data("whole/\(file)"))
        }
    }

    @Test func foldFitsTheResolutionItself() throws {
        let place = try Workplace()
        let outcome = try place.etacal("\(Self.run) --method fold --resolution -o run")
        #expect(outcome.status == 65 && outcome.errors.contains("leave out the resolution"), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: place.path("run")))
    }
}
