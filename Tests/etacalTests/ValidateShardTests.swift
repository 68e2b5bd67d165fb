import Foundation
import Testing

/// A validation in parts is the validation in one piece.
struct ValidateShardTests {
    private static func merge(_ parts: [String], to name: String, in place: Workplace) throws {
        try place.succeed("merge \(parts.joined(separator: " ")) --quiet -o \(name)")
    }

    /// With vertices, weights and data; with modules and vetoes; and without a projection, which is the second round.
    @Test(arguments: [("cms-like", 3, 2), ("stress", 2, 2), ("narrow.yaml", 2, 1)])
    func partsMergeToTheSameNumbers(card: String, shards: Int, rounds: Int) throws {
        let place = try Workplace()
        if card == "narrow.yaml" {
            let yaml = try place.succeed("detector show uniform --yaml")
            let narrow = yaml.replacingOccurrences(of: "abs_eta_max: 5.2", with: "abs_eta_max: 1.2")
            try #require(narrow != yaml)
            try place.write(narrow, to: card)
        }
        let validate = "validate detector \(card) --events 60k"
        let whole = try place.etacal("\(validate) --json -o whole")
        #expect([0, 1].contains(whole.status) && whole.errors == "", "\(whole)")
        var earlier: String?
        for round in 1...rounds {
            let parts = (0..<shards).map { "part-\(round)-\($0).h5" }
            let from = earlier.map { " --sums \($0)" } ?? ""
            for (index, part) in parts.enumerated() {
                try place.succeed(
                    "\(validate) --quiet --threads \(1 + index % 2)\(from) --shard \(index)/\(shards) -o \(part)")
            }
            let next = "round-\(round).h5"
            try Self.merge(parts.reversed() + (earlier.map { [$0] } ?? []), to: next, in: place)
            earlier = next
        }
        let sums = try #require(earlier)
        let nothing = try place.succeed("\(validate) --sums \(sums) --shard 0/\(shards) -o nothing.h5")
        #expect(nothing.contains("all rounds are there"))
        let merged = try place.etacal("\(validate) --sums \(sums) --json -o merged")
        #expect(merged.status == whole.status && merged.output == whole.output, "\(merged)")
        let file = "detector-validation.json"
        #expect(try place.data("merged/\(file)") == place.data("whole/\(file)"))
        // Rounds that are missing are made.
        let rest = try place.etacal("\(validate) --sums round-1.h5 --json")
        #expect(rest.status == whole.status && rest.output == whole.output, "\(rest)")
    }

    @Test func whatDoesNotBelongTogetherIsRefused() throws {
        let place = try Workplace()
        let validate = "validate detector cms-like --events 600"
        for shard in [0, 2] { try place.succeed("\(validate) --quiet --shard \(shard)/3 -o part-\(shard).h5") }
        try place.succeed("\(validate) --seed 2 --quiet --shard 1/3 -o seed.h5")
        try place.succeed("validate detector atlas-like --events 600 --quiet --shard 1/3 -o card.h5")
        try place.succeed("validate detector cms-like --events 660 --quiet --shard 1/3 -o events.h5")
        let before = try place.snapshot()
        func refused(_ line: String, _ words: [String]) throws {
            let outcome = try place.etacal(line)
            place.expect(outcome, .malformed, says: words[0], words[words.count - 1])
        }
        try refused("merge part-0.h5 part-2.h5 -o sums.h5", ["shard 1/3 of jets-data is missing"])
        try refused("merge part-0.h5 part-2.h5 part-2.h5 -o sums.h5", ["part-2.h5", "there already"])
        for name in ["seed", "card", "events"] {
            try refused("merge part-0.h5 \(name).h5 part-2.h5 -o sums.h5", ["\(name).h5", "another configuration"])
            try refused("\(validate) --sums \(name).h5 -o run", ["\(name).h5", "another configuration"])
        }
        try refused("\(validate) --sums part-0.h5 --shard 1/3 -o next.h5", ["shards 1/3, 2/3", "missing"])
        let unnamed = try place.etacal("\(validate) --shard 0/3")
        #expect(unnamed.status == Status.usage.rawValue && unnamed.errors.contains("-o"), "\(unnamed)")
        #expect(try place.changes(since: before).isEmpty)
    }

    private static func truthWorkplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(Sample.truthEvents, to: "toy_dijets.csv")
        try place.write(Sample.crossSections, to: "toy_xsec.csv")
        return place
    }

    private static let truth = "validate truth --against toy_dijets.csv --events 20k"

    @Test func partsOfATruthMergeToTheSameNumbers() throws {
        let place = try Self.truthWorkplace()
        let whole = try place.succeed("\(Self.truth) --json -o whole", status: .negativeVerdict)
        for (index, part) in ["a.h5", "b.h5", "c.h5"].enumerated() {
            try place.succeed("\(Self.truth) --quiet --threads \(1 + index % 2) --shard \(index)/3 -o \(part)")
        }
        try Self.merge(["c.h5", "a.h5", "b.h5"], to: "sums.h5", in: place)
        let merged = try place.succeed(
            "\(Self.truth) --sums sums.h5 --json -o merged", status: .negativeVerdict)
        #expect(merged == whole)
        #expect(try place.data("merged/validation.json") == place.data("whole/validation.json"))
        // What is missing is made.
        let rest = try place.succeed("\(Self.truth) --sums b.h5 --json", status: .negativeVerdict)
        #expect(rest == whole)
        try place.succeed("\(Self.truth) --quiet --shard 0/1 -o state.h5")
        let continued = try place.succeed("\(Self.truth) --json --checkpoint state.h5", status: .negativeVerdict)
        #expect(continued == whole)
        #expect(!FileManager.default.fileExists(atPath: place.path("state.h5")))
    }

    @Test func partsOfOtherTruthsAreRefused() throws {
        let place = try Self.truthWorkplace()
        for shard in [0, 2] { try place.succeed("\(Self.truth) --quiet --shard \(shard)/3 -o part-\(shard).h5") }
        try place.succeed("\(Self.truth) --seed 2 --quiet --shard 1/3 -o seed.h5")
        try place.succeed(
            "\(Self.truth.replacingOccurrences(of: "20k", with: "21k")) --quiet --shard 1/3 -o events.h5")
        let tune = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Sources/RadiationTunes/monash.yaml"),
            encoding: .utf8)
        let other = tune.replacing(/final_rate: [0-9.]+/, with: "final_rate: 0.5")
        try #require(other != tune)
        try place.write(other, to: "other.yaml")
        try place.succeed("\(Self.truth) --radiation other.yaml --quiet --shard 1/3 -o tune.h5")
        try place.write(Sample.truthEvents.replacingOccurrences(of: "151.0", with: "152.0"), to: "toy_dijets.csv")
        try place.succeed("\(Self.truth) --quiet --shard 1/3 -o sample.h5")
        let before = try place.snapshot()
        place.expect(
            try place.etacal("merge part-0.h5 part-2.h5 -o sums.h5"), .malformed,
            says: "shard 1/3 of built-in-truth is missing")
        for name in ["seed", "events", "tune", "sample"] {
            place.expect(
                try place.etacal("merge part-0.h5 \(name).h5 part-2.h5 -o sums.h5"), .malformed,
                says: "\(name).h5", "another configuration")
        }
        // The sample has changed since.
        place.expect(
            try place.etacal("\(Self.truth) --sums part-0.h5 -o run"), .malformed, says: "another configuration")
        for (line, word) in [
            ("--tune tune.yaml --shard 0/2 -o part.h5", "--radiation"),
            ("--tune tune.yaml --sums part-0.h5", "--radiation"),
            ("--tune tune.yaml --checkpoint state.h5", "--radiation"), ("--shard 0/2", "-o"),
            ("--shard 0/2 -o toy_dijets.csv --overwrite", "--against and -o"),
            ("--shard 0/2 -o toy_xsec.csv --truth-xsec toy_xsec.csv --overwrite", "--truth-xsec and -o"),
        ] {
            let outcome = try place.etacal("\(Self.truth) \(line)")
            #expect(outcome.status == Status.usage.rawValue && outcome.errors.contains(word), "\(outcome)")
        }
        #expect(try place.changes(since: before).isEmpty)
    }

    @Test func aCheckpointIsTakenUp() throws {
        let place = try Workplace()
        let validate = "validate detector uniform --events 60k"
        let whole = try place.etacal("\(validate) --json")
        // A part is a checkpoint of the whole when it says that it is of one shard.
        try place.succeed("\(validate) --quiet --shard 0/1 -o state.h5")
        let continued = try place.etacal("\(validate) --json --checkpoint state.h5")
        #expect(continued.status == whole.status && continued.output == whole.output, "\(continued)")
        #expect(!FileManager.default.fileExists(atPath: place.path("state.h5")))
    }
}
