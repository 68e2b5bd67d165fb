import Foundation
import Testing

/// A validation of a card in parts is the validation in one piece.
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
