import Foundation
import Testing

/// A closure in parts is the closure in one piece.
struct ShardTests {
    private static let run = "closure --detector cms-like --binning coarse --tolerance 0.5 --quiet --events 40k"
    private static let results = ["run.yaml", "calibration.json", "closure.json", "report.html"]

    /// The run in one piece.
    private static let whole = Result {
        let place = try Workplace()
        try place.succeed("\(run) -o run")
        return place
    }

    private static func expectSame(_ place: Workplace, _ name: String) throws {
        let whole = try whole.get()
        for file in results { #expect(try place.data("\(name)/\(file)") == whole.data("run/\(file)"), "\(file)") }
    }

    /// - Returns: the name of the merged sums of all rounds.
    private func sums(_ place: Workplace, shards: Int) throws -> String {
        var earlier: String?
        for round in 1...5 {
            let parts = (0..<shards).map { "part-\(round)-\($0).h5" }
            let from = earlier.map { " --sums \($0)" } ?? ""
            for (index, part) in parts.enumerated() {
                try place.succeed("\(Self.run) --threads \(1 + index % 2)\(from) --shard \(index)/\(shards) -o \(part)")
            }
            let inputs = parts.reversed() + (earlier.map { [$0] } ?? [])
            try place.succeed("merge \(inputs.joined(separator: " ")) --quiet -o round-\(round).h5")
            earlier = "round-\(round).h5"
        }
        return try #require(earlier)
    }

    @Test func partsMergeToTheSameResults() throws {
        let (place, other) = (try Workplace(), try Workplace())
        let (two, three) = (try sums(place, shards: 2), try sums(other, shards: 3))
        #expect(try place.data(two) == other.data(three))
        try place.succeed("\(Self.run) --sums \(two) -o run")
        try Self.expectSame(place, "run")
        // The verdict is not in the sums: another tolerance takes the same ones.
        try place.succeed("\(Self.run) --tolerance 0.25 --sums \(two) -o other")
        #expect(try place.data("other/calibration.json") != place.data("run/calibration.json"))
        #expect(try place.text("other/closure.json").contains("0.25"))
        let nothing = try place.etacal(
            "\(Self.run.replacingOccurrences(of: "--quiet", with: "")) --sums \(two) --shard 0/2 -o nothing.h5")
        #expect(nothing.status == 0 && nothing.output.contains("all rounds are there"), "\(nothing)")
    }

    /// `fold` has 2 passes + 5 rounds at most, and what `submit` plans is enough for it; `mpf` has further sums, `likelihood` two further
    /// rounds.
    @Test(arguments: [("fold", "300k", 7), ("mpf", "100k", 3), ("likelihood", "100k", 5)])
    func aClosureOfPartsIsTheSameByOtherMethods(method: String, events: String, rounds: Int) throws {
        let place = try Workplace()
        let run =
            "closure --detector uniform --binning coarse --tolerance 9 --quiet --events \(events) --method \(method) --passes 1"
        try place.succeed("\(run) -o whole")
        try place.succeed("submit whole/run.yaml --parts 2 --dry-run --quiet -o batch")
        #expect(try place.text("batch/submit.sh").contains("\nrounds=\(rounds)\n"))
        var sums = ""
        var isComplete = false
        for round in 1...8 {
            let first = try place.etacal(
                "\(run.replacingOccurrences(of: "--quiet", with: "")) \(sums) --shard 0/2 -o first-\(round).h5")
            isComplete = first.output.contains("all rounds are there")
            if isComplete { break }
            let parts = ["first-\(round).h5", "second-\(round).h5"]
            try place.succeed("\(run) \(sums) --shard 1/2 -o \(parts[1])")
            try place.succeed(
                "merge \(parts.joined(separator: " ")) \(sums.dropFirst(7)) --quiet -o round-\(round).h5")
            sums = "--sums round-\(round).h5"
        }
        #expect(isComplete)
        try place.succeed("\(run) \(sums) -o parts")
        for file in Self.results { #expect(try place.data("parts/\(file)") == place.data("whole/\(file)"), "\(file)") }
    }

    /// Rounds by shards at first, and then by one process.
    @Test func missingRoundsAreMade() throws {
        let place = try Workplace()
        for shard in 0..<2 { try place.succeed("\(Self.run) --shard \(shard)/2 -o part-\(shard).h5") }
        try place.succeed("merge part-0.h5 part-1.h5 --quiet -o scale.h5")
        try place.succeed("\(Self.run) --sums scale.h5 -o run")
        try Self.expectSame(place, "run")
        try place.succeed("merge part-1.h5 --partial --quiet -o half.h5")
        try place.succeed("\(Self.run) --sums half.h5 -o run-2")
        try Self.expectSame(place, "run-2")
    }

    @Test(arguments: ["", "--pseudo-data --triggers triggers.yaml"]) func eventsAreOneFile(options: String) throws {
        let place = try Workplace()
        try place.write(Sample.triggers.replacingOccurrences(of: "1e5", with: "100"), to: "triggers.yaml")
        let simulate = "simulate --detector cms-like --events 60k --quiet \(options)"
        try place.succeed("\(simulate) -o whole.h5")
        for shards in [2, 5] {
            let parts = (0..<shards).map { "part-\($0).h5" }
            for (shard, part) in parts.enumerated() {
                try place.succeed("\(simulate) --shard \(shard)/\(shards) --overwrite -o \(part)")
            }
            try place.succeed("merge \(parts.reversed().joined(separator: " ")) --quiet --overwrite -o merged.h5")
            #expect(try place.data("merged.h5") == place.data("whole.h5"))
        }
        try place.succeed("\(simulate) --seed 2 --shard 1/5 -o seed.h5")
        try place.succeed("\(Self.run) --shard 1/5 -o sums.h5")
        let before = try place.snapshot()
        for (line, words) in [
            ("part-0.h5 part-2.h5 part-3.h5 part-4.h5", ["shard 1/5 of the sample is missing"]),
            ("part-1.h5 part-2.h5 part-3.h5", ["shards 0/5, 4/5 of the sample are missing"]),
            ("part-0.h5 part-1.h5 part-1.h5 part-2.h5 part-3.h5 part-4.h5", ["part-1.h5", "there already"]),
            ("part-0.h5 seed.h5 part-2.h5 part-3.h5 part-4.h5", ["seed.h5", "another sample", "configuration_sha256"]),
            ("whole.h5", ["whole.h5", "no part"]), ("part-0.h5 sums.h5", ["sums.h5"]),
            ("sums.h5 part-0.h5", ["part-0.h5"]),
        ] {
            let outcome = try place.etacal("merge \(line) -o refused.h5")
            #expect(outcome.status == Status.malformed.rawValue, "\(outcome)")
            for word in words { #expect(outcome.errors.contains(word), "\(outcome)") }
        }
        let text = try place.etacal("\(simulate) --shard 0/2 -o part.csv")
        #expect(text.status == Status.usage.rawValue && text.errors.contains(".h5"), "\(text)")
        #expect(try place.changes(since: before).isEmpty)
    }

    /// `fit` and `verify` read every file whole, and add up their part of its events.
    @Test func tablesAreSharedToo() throws {
        let place = try Workplace()
        for (name, flag) in [("mc", ""), ("data", "--pseudo-data")] {
            try place.succeed("simulate --detector uniform \(flag) --events 20k --quiet -o \(name).csv")
        }
        let fit = "fit data.csv --mc mc.csv --binning coarse --quiet"
        try place.etacal("\(fit) -o whole.json")
        let verify = "verify whole.json --data data.csv --mc mc.csv --quiet"
        try place.etacal("\(verify) -o whole-closure.json")
        for (line, rounds, result) in [(fit, 4, "whole.json"), (verify, 1, "whole-closure.json")] {
            var earlier = ""
            for round in 1...rounds {
                let from = earlier.isEmpty ? "" : "--sums \(earlier)"
                for shard in 0..<2 {
                    try place.succeed("\(line) \(from) --shard \(shard)/2 -o part-\(shard).h5 --overwrite")
                }
                let next = "sums-\(round).h5"
                try place.succeed("merge \(earlier) part-0.h5 part-1.h5 --quiet -o \(next) --overwrite")
                earlier = next
            }
            let merged = try place.etacal("\(line) --sums \(earlier) -o merged.json --overwrite")
            #expect(merged.status <= 1 && merged.errors == "", "\(merged)")
            #expect(try place.data("merged.json") == place.data(result))
        }
        // The file that the sums are of is another one.
        try place.succeed(
            "simulate --detector uniform --pseudo-data --events 20k --seed 2 --quiet -o data.csv --overwrite")
        let other = try place.etacal("\(fit) --sums sums-4.h5 -o other.json")
        #expect(other.status == Status.malformed.rawValue && other.errors.contains("another configuration"), "\(other)")
    }

    /// A configuration in a file and the same in options.
    @Test func aConfigurationNamesTheSameSums() throws {
        let place = try Workplace()
        try place.write(try Self.whole.get().data("run/run.yaml"), to: "run.yaml")
        try place.succeed("closure run.yaml --quiet --shard 0/1 -o sums.h5")
        try place.succeed("\(Self.run) --sums sums.h5 -o run")
        try Self.expectSame(place, "run")
    }

    @Test func aKilledRunGoesOn() throws {
        let place = try Workplace()
        let run =
            Self.run.split(separator: " ").map(String.init) + ["--checkpoint", "state.h5", "--checkpoint-every", "0"]
        // Killed as soon as a checkpoint is there, a few times.
        for _ in 0..<3 {
            let before = try? place.data("state.h5")
            let child = try Child(run + ["-o", "run"], in: place)
            for _ in 0..<10_000 where child.process.isRunning {
                if let now = try? place.data("state.h5"), now != before { break }
                usleep(1000)
            }
            kill(child.process.processIdentifier, SIGKILL)
            _ = try child.outcome()
        }
        try #require(FileManager.default.fileExists(atPath: place.path("state.h5")))
        if !FileManager.default.fileExists(atPath: place.path("run")) {
            try place.succeed(run.joined(separator: " ") + " -o run")
        }
        try Self.expectSame(place, "run")
        #expect(!FileManager.default.fileExists(atPath: place.path("state.h5")))
    }

    /// The checkpoint would be removed, and what is read replaced.
    @Test func filesOfARunAreApart() throws {
        let place = try Workplace()
        try place.succeed("\(Self.run) --shard 0/1 -o sums.h5")
        try FileManager.default.createSymbolicLink(
            atPath: place.path("link.h5"), withDestinationPath: place.path("sums.h5"))
        let before = try place.snapshot()
        for (line, one, other) in [
            ("\(Self.run) --shard 0/1 --checkpoint new.h5 -o ./new.h5", "-o", "--checkpoint"),
            ("\(Self.run) --sums sums.h5 --checkpoint sums.h5 -o run", "--sums", "--checkpoint"),
            ("\(Self.run) --sums sums.h5 --checkpoint link.h5 -o run", "--sums", "--checkpoint"),
            ("\(Self.run) --sums sums.h5 --shard 0/1 -o sums.h5 --overwrite", "--sums", "-o"),
            ("closure run.yaml -o run.yaml", "the configuration", "-o"),
            ("closure --truth a.csv --shard 0/1 -o a.csv --overwrite", "--truth", "-o"),
            ("fit data.csv --mc mc.csv --shard 0/1 -o mc.csv --overwrite", "--mc", "-o"),
            ("fit data.csv --mc mc.csv --checkpoint data.csv -o fit.json", "the data", "--checkpoint"),
            ("verify fit.json --data data.csv -o fit.json --overwrite", "the constants", "-o"),
            ("validate detector uniform --checkpoint out -o out", "-o", "--checkpoint"),
        ] {
            let outcome = try place.etacal(line)
            #expect(outcome.status == Status.usage.rawValue, "\(outcome)")
            #expect(outcome.errors.contains("\(one) and \(other) name the same file."), "\(outcome)")
        }
        #expect(try place.changes(since: before).isEmpty)
    }

    @Test func whatDoesNotBelongTogetherIsRefused() throws {
        let place = try Workplace()
        for shard in 0..<3 { try place.succeed("\(Self.run) --shard \(shard)/3 -o part-\(shard).h5") }
        try place.succeed("\(Self.run) --seed 2 --shard 0/3 -o seed.h5")
        try place.write("no sums", to: "text.h5")
        let before = try place.snapshot()
        func refused(_ line: String, _ words: [String], _ status: Status = .malformed) throws {
            let outcome = try place.etacal(line)
            #expect(outcome.status == status.rawValue, "\(outcome)")
            for word in words { #expect(outcome.errors.contains(word), "\(word): \(outcome)") }
        }
        try refused("merge part-0.h5 part-2.h5 -o sums.h5", ["shard 1/3 of simulation-scale is missing"])
        try refused("merge part-0.h5 part-0.h5 part-1.h5 -o sums.h5", ["part-0.h5", "there already"])
        try refused("merge part-0.h5 seed.h5 -o sums.h5", ["seed.h5", "another configuration"])
        try refused("merge part-0.h5 text.h5 -o sums.h5", ["text.h5"])
        try refused("merge part-0.h5 none.h5 -o sums.h5", ["none.h5"], .unreadable)
        try refused("\(Self.run) --sums seed.h5 -o run", ["seed.h5", "another configuration"])
        try refused("\(Self.run) --sums part-0.h5 --shard 1/3 -o next.h5", ["shards 1/3, 2/3", "missing"])
        try refused("\(Self.run) --sums text.h5 -o run", ["text.h5"])
        try refused("\(Self.run) --checkpoint seed.h5 -o run", ["seed.h5", "another configuration"])
        try refused("\(Self.run) --checkpoint part-0.h5 --shard 1/3 -o next.h5", ["part-0.h5", "another shard"])
        for shard in ["3/3", "-1/3", "1", "a/b", "0/0", "1/2/3", "0/1000001"] {
            try refused("\(Self.run) --shard=\(shard) -o next.h5", ["--shard"], .usage)
        }
        try refused("\(Self.run) --checkpoint-every 3 -o run", ["--checkpoint"], .usage)
        #expect(try place.changes(since: before).isEmpty)
    }
}
