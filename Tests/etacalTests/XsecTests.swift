import Foundation
import Testing

struct XsecTests {
    private static let slices = "slice,pthat_min_GeV,pthat_max_GeV\n0,30,60\n1,60,120\n"

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(slices, to: "slices.csv")
        try place.write(Sample.triggers, to: "triggers.yaml")
        try place.write(Sample.partonGrid, to: "grid.dat")
        return place
    }

    /// What docs/cli.md and other programs rely on; w = σ L / N.
    @Test func theJSONHoldsWhatIsPromised() throws {
        let place = try Self.workplace()
        let json = try JSON(
            try place.succeed("xsec --slices slices.csv --luminosity 100 --events 10k --triggers triggers.yaml --json"))
        #expect(json["sqrt_s_GeV"].double == 13000 && json["pdf"].string == "NNPDF23_lo_as_0130")
        let slices = try #require(json["slices"].list)
        #expect(slices.count == 2)
        var events = 0.0
        // Pythia's, 1 %.
        for (slice, sigma) in zip(slices, [1.50785e8, 1.03048e7]) {
            let value = try #require(slice["sigma_pb"].double)
            #expect(abs(value / sigma - 1) < 0.01)
            let count = try #require(slice["events"].double)
            let (weight, expected) = (slice["weight"].double ?? 0, slice["expected_events"].double ?? 0)
            #expect(abs(expected / (100 * value) - 1) < 1e-12 && abs(weight * count / expected - 1) < 1e-12)
            #expect((slice["sigma_uncertainty_pb"].double ?? 1e9) < 0.002 * value)
            #expect((slice["chi2_per_ndf"].double ?? 9) < 4)
            events += count
        }
        #expect(events == 10_000)
        #expect(slices[1]["slice"].double == 1 && slices[1]["pthat_min_GeV"].double == 60)
        #expect(slices[1]["pthat_max_GeV"].double == 120)
        let bins = try #require(json["bins"].list)
        #expect(bins.count == 10 && json["abs_eta_edges"].doubles == [0, 1.3, 2.5, 3.2, 5.2])
        #expect(bins[0]["trigger"].isNull && bins[0]["expected_events"].double == 0)
        #expect(bins[5]["trigger"].string == "jet80" && bins[5]["prescale"].double == 1000)
        let (expected, sigma) = (bins[5]["expected_events"].double ?? 0, bins[5]["sigma_pb"].double ?? 0)
        #expect(abs(expected / (sigma / 10) - 1) < 1e-12)
        #expect(bins[5]["constant_uncertainty"].doubles?.count == 4)
    }

    @Test(arguments: ["--sqrt-s 900", "--sqrt-s 100000 --triggers triggers.yaml", "--pdf grid.dat --slices slices.csv"])
    func tablesFit(options: String) throws {
        let text = try Self.workplace().succeed("xsec \(options)")
        for line in text.split(separator: "\n") {
            #expect(line.count <= 80, "\(line.count): \(line)")
            #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
        }
        #expect(!text.contains("nan") && !text.contains("inf"))
    }

    @Test func anotherGridIsNamedAndUsed() throws {
        let place = try Self.workplace()
        let json = try JSON(try place.succeed("xsec --pdf grid.dat --slices slices.csv --json"))
        #expect(json["pdf"].string == "grid")
        let first = try #require(json["slices"][0]["sigma_pb"].double)
        #expect(first > 0 && abs(first / 1.50785e8 - 1) > 0.1)
    }

    @Test func threadsDoNotMatterAndSeedsDo() throws {
        let place = try Self.workplace()
        let options = "xsec --slices slices.csv --json"
        let one = try place.succeed("\(options) --threads 1")
        #expect(try one == place.succeed("\(options) --threads 2"))
        #expect(try one != place.succeed("\(options) --seed 2"))
    }

    @Test func quietIsSilent() throws {
        #expect(try Self.workplace().succeed("xsec --slices slices.csv --quiet") == "")
    }

    private static let inSlices = [
        Mistake("decreasing edges", in: slices, ("0,30,60", "0,60,30"), at: ":2", "has no range"),
        Mistake("a gap", in: slices, ("1,60,120", "1,80,120"), at: ":3", "does not follow"),
        Mistake("an overlap", in: slices, ("1,60,120", "1,50,120"), at: ":3", "does not follow"),
        Mistake(
            "slices out of order", text: "slice,pthat_min_GeV,pthat_max_GeV\n1,60,120\n0,30,60\n", at: ":2", "follow"),
        Mistake("beyond the kinematic limit", in: slices, ("1,60,120", "1,60,6600"), at: ":3", "beyond 6500.0 GeV"),
        Mistake("no column", in: slices, ("pthat_max_GeV", "max"), at: ":1", "'pthat_max_GeV' is missing"),
        Mistake("an empty file", text: "", at: "", "empty"),
    ]

    @Test(arguments: inSlices) func mistakesInSlicesAreNamed(mistake: Mistake) throws {
        let place = try Workplace()
        try place.write(mistake.text, to: "slices.csv")
        try place.expectRefusal(
            "xsec --slices slices.csv", .malformed, at: "slices.csv" + mistake.place, mistake.problem)
    }

    private static let inGrids = [
        Mistake("another format", in: Sample.partonGrid, ("lhagrid1", "lhagrid9"), at: ":2", "'lhagrid9' is not known"),
        Mistake("no header", in: Sample.partonGrid, ("Format: lhagrid1\n", ""), at: ":2", "does not name the format"),
        Mistake("falling knots", in: Sample.partonGrid, ("1e-5 1e-1", "1e-1 1e-5"), at: ":4", "not above"),
        Mistake("no number", in: Sample.partonGrid, ("2.0 10.0", "nan 10.0"), at: ":7", "'nan'"),
        Mistake("a short line", in: Sample.partonGrid, ("2.0 10.0", "2.0"), at: ":7", "1 densities for 2 partons"),
        Mistake(
            "a cut file", text: String(Sample.partonGrid.prefix(Sample.partonGrid.count - 25)), at: ":9",
            "the file ends before"),
        Mistake("an empty file", text: "", at: "", "no line '---'"),
    ]

    @Test(arguments: inGrids) func mistakesInGridsAreNamed(mistake: Mistake) throws {
        let place = try Workplace()
        try place.write(mistake.text, to: "grid.dat")
        try place.expectRefusal("xsec --pdf grid.dat", .malformed, at: "grid.dat" + mistake.place, mistake.problem)
    }

    private static let inTriggers = [
        Mistake(
            "unknown key", in: Sample.triggers, ("prescale: 1000", "factor: 9"), at: ":4: triggers.1.factor", "unknown"),
        Mistake(
            "a prescale below 1", in: Sample.triggers, ("1000", "0.1"), at: ":4: triggers.1.prescale", "prescale of 0.1"
        ),
        Mistake("an empty file", text: "", at: "", "empty"),
    ]

    @Test(arguments: inTriggers) func mistakesInTriggersAreNamed(mistake: Mistake) throws {
        let place = try Workplace()
        try place.write(mistake.text, to: "triggers.yaml")
        try place.expectRefusal(
            "xsec --triggers triggers.yaml", .malformed, at: "triggers.yaml" + mistake.place, mistake.problem)
    }

    @Test(arguments: ["pdf", "slices", "triggers", "detector"])
    func filesThatCannotBeReadAreNamed(option: String) throws {
        let place = try Workplace()
        try place.makeDirectory("folder")
        try place.expectRefusal("xsec --\(option) ./none.x", .unreadable, at: "./none.x", "no such file")
        try place.expectRefusal("xsec --\(option) folder", .unreadable, at: "folder", "directory")
    }

    @Test func tooFewEventsAreRefused() throws {
        try Workplace().expectRefusal("xsec --events 16", .malformed, at: "events", "too few")
    }

    @Test func slicesWithoutCrossSectionAreRefused() throws {
        let place = try Workplace()
        let nothing = Sample.partonGrid.replacing(/[23]\.[05] [12][05]\.0/, with: "0 0")
        try #require(nothing.components(separatedBy: "0 0\n").count == 7)
        try place.write(nothing, to: "grid.dat")
        try place.expectRefusal("xsec --pdf grid.dat", .malformed, at: "slices", "no cross-section")
    }
}
