import Foundation
import Testing

struct ToysTests {
    private static let binning = """
        schema: etacal.binning/1
        eta_edges: [-4.5, -2.5, -0.8, 0, 0.8, 2.5, 4.5]
        pt_edges: [60, 120, 250, 500]
        reference_abs_eta_max: 0.8
        quoted_pt_min: 60
        """
    private static let line =
        "toys --detector cms-like --binning bins.yaml --events 20k --experiments 5 --passes 2 --seed 3"
    private static let methods = "--method matrix --method central"

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(binning, to: "bins.yaml")
        return place
    }

    /// Two threads and a directory of results.
    private static let study = Result {
        let place = try workplace()
        try place.succeed("\(line) \(methods) --threads 2 --quiet -o toys")
        return place
    }

    @Test(arguments: [1, 3, 8]) func resultsDoNotDependOnTheNumberOfThreads(threads: Int) throws {
        let place = try Self.workplace()
        try place.succeed("\(Self.line) \(Self.methods) --threads \(threads) --quiet -o toys")
        for file in ["toys.json", "run.yaml", "figures/toys-pulls.dat", "figures/toys-bias.dat"] {
            #expect(try place.data("toys/\(file)") == Self.study.get().data("toys/\(file)"), "\(file)")
        }
    }

    @Test func theConfigurationGivesTheSameResults() throws {
        let place = try Self.workplace()
        try place.write(try Self.study.get().text("toys/run.yaml"), to: "run.yaml")
        // The first line says how.
        let words = try place.text("run.yaml").split(separator: "\n")[0].split(separator: " ").dropFirst(2)
        #expect(words.first == "toys" && words.suffix(2) == ["-o", "again"])
        try place.succeed(words.joined(separator: " ") + " --quiet")
        #expect(try place.data("again/toys.json") == Self.study.get().data("toys/toys.json"))
    }

    @Test func theSummaryHasWhatIsPromised() throws {
        let place = try Self.workplace()
        let json = try JSON(try place.succeed("\(Self.line) \(Self.methods) --json"))
        let file = try Self.study.get().json("toys/toys.json")
        for method in ["matrix", "central"] {
            let summary = json["methods"][method]
            for key in ["pull_mean", "pull_width", "coverage68", "coverage95", "experiments"] {
                #expect(summary[key].double != nil, "\(method) has no \(key)")
                #expect(summary[key].double == file["methods"][method]["summary"][key].double)
            }
            #expect(summary["experiments"].double == 5 && summary["failed"].double == 0)
        }
        #expect(try #require(json["timing"]["experiments_per_second"].double) > 0)
        // Nothing is written without -o.
        #expect(try place.snapshot().keys.sorted() == ["bins.yaml"])
    }

    /// The tables belong together: a pull's parts, the bias, and every experiment of every bin is accounted for.
    @Test func tablesAreOfTheBinning() throws {
        let file = try Self.study.get().json("toys/toys.json")
        #expect(file["schema"].string == "etacal.toys/1" && file["experiments"].double == 5)
        #expect(file["events"].double == 20_000 && file["asimov_events"].double == 100_000)
        #expect(file["provenance"]["seed"].string == "3")
        for method in ["matrix", "central"] {
            let tables = file["methods"][method]["tables"]
            var known = 0
            for eta in 0..<6 {
                for pt in 0..<3 {
                    func value(_ name: String) -> Double? { tables[name][eta][pt].double }
                    let counts = ["experiments", "undetermined", "invalid"].map { value($0) ?? -1 }
                    #expect(counts.reduce(0, +) == 5, "\(method), η bin \(eta), pT bin \(pt): \(counts)")
                    guard let asimov = value("asimov"), let expected = value("expected"),
                        let bias = value("bias_percent"), let mean = value("mean"), let shift = value("shift_percent")
                    else { continue }
                    known += 1
                    #expect(abs(100 * (asimov / expected - 1) - bias) < 1e-9)
                    #expect(abs(100 * (mean / asimov - 1) - shift) < 1e-9)
                }
            }
            #expect(known >= 12, "\(method)")
            let pulls = file["methods"][method]["pulls"]
            let inside = pulls["counts"].doubles?.reduce(0, +) ?? 0
            let outside = (pulls["below"].double ?? 0) + (pulls["above"].double ?? 0)
            #expect(inside + outside == file["methods"][method]["summary"]["constants"].double)
        }
    }

    @Test func theSummaryFitsATerminal() throws {
        let text = try Self.workplace().succeed("\(Self.line) \(Self.methods)")
        for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        for word in ["matrix", "central", "5 experiments of 20000 events", "2 passes", "experiments a second"] {
            #expect(text.contains(word), "\(word) is missing in \(text)")
        }
    }

    @Test func constantsThatAreNotDeterminedAreTold() throws {
        let place = try Self.workplace()
        let words = "toys --detector uniform --events 2k --experiments 2 --passes 1 --asimov-events 200k"
        let text = try place.succeed(words)
        #expect(text.contains("are not determined, for want of events") || text.contains("not valid"), "\(text)")
    }

    @Test func whatExistsIsKept() throws {
        let place = try Self.workplace()
        try place.makeDirectory("out")
        try place.write("old", to: "out/precious")
        try place.expectRefusal("\(Self.line) -o out", .cannotCreate, at: "out", "exists")
        try place.expectRefusal("\(Self.line) --overwrite -o out", .cannotCreate, at: "out", "something other")
        try place.succeed("toys --detector uniform --binning bins.yaml --events 2k --experiments 2 --quiet -o new")
        try place.succeed(
            "toys --detector uniform --binning bins.yaml --events 2k --experiments 2 --quiet --overwrite -o new")
    }

    @Test func aTruthSampleInAConfigurationIsRefused() throws {
        let place = try Self.workplace()
        try place.write("schema: etacal.run/1\ntruth: sample_dijets.csv\n", to: "run.yaml")
        try place.expectRefusal("toys run.yaml", .malformed, at: "run.yaml", "truth")
    }

    @Test func tooFewEventsAreRefused() throws {
        try Self.workplace().expectRefusal("toys --events 16 -o out", .malformed, at: "events", "too few")
    }

    @Test func anInterruptionLeavesNothing() throws {
        let place = try Self.workplace()
        let before = try place.snapshot()
        let child = try Child(
            ["toys", "--detector", "uniform", "--events", "1M", "--experiments", "100", "--quiet", "-o", "out"],
            in: place)
        Thread.sleep(forTimeInterval: 1)
        kill(child.process.processIdentifier, SIGINT)
        let outcome = try child.outcome()
        #expect(outcome.status == Status.interrupted.rawValue, "\(outcome)")
        #expect(try place.changes(since: before) == [])
    }
}
