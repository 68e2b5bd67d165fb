import Foundation
import Testing

/// A table that is calibrated in parts is the table calibrated in one piece.
struct ApplyShardTests {
    private static func table(_ name: String, in place: Workplace) throws {
        guard name.hasPrefix("few") else {
            try place.succeed("simulate --detector uniform --pseudo-data --events 2k --quiet -o \(name)")
            return
        }
        try place.write(Sample.events, to: name)
    }

    /// In text, in columns, and with fewer rows than parts; with the scale of simulation, too.
    @Test(arguments: [("data.csv.gz", "data", [2, 7]), ("data.h5", "mc", [3]), ("few.csv", "data", [2, 5])])
    func partsAreOneFile(table: String, kind: String, counts: [Int]) throws {
        let place = try Workplace()
        try Self.table(table, in: place)
        let apply = "apply \(try SmallStudy.calibration) \(table) --as \(kind)"
        let whole = try JSON(place.succeed("\(apply) --json -o whole.h5"))
        for count in counts {
            let parts = (0..<count).map { "part-\($0)-\(count).h5" }
            var (events, uncorrected) = (0.0, 0.0)
            for (index, part) in parts.enumerated() {
                let line = "\(apply) --json --threads \(1 + index % 3) --shard \(index)/\(count) -o \(part)"
                let summary = try JSON(place.succeed(line))
                events += try #require(summary["events"].double)
                uncorrected += try #require(summary["jets_without_constant"].double)
            }
            #expect(events == whole["events"].double && uncorrected == whole["jets_without_constant"].double)
            let merged = try JSON(
                place.succeed("merge \(parts.reversed().joined(separator: " ")) --json --overwrite -o merged.h5"))
            #expect(merged["events"].double == events && merged["parts"].double == Double(count))
            #expect(try place.data("merged.h5") == place.data("whole.h5"))
        }
    }

    @Test func whatDoesNotBelongTogetherIsRefused() throws {
        let place = try Workplace()
        let calibration = try SmallStudy.plainCalibration
        try place.write(Sample.events, to: "e.csv")
        try place.write(Sample.events + "\n", to: "other.csv")
        // The same constants in other bytes are another file.
        try place.write(try Data(contentsOf: URL(fileURLWithPath: calibration)) + Data("\n".utf8), to: "other.json")
        for (name, line) in [
            ("part-0", "\(calibration) e.csv --shard 0/3"), ("part-1", "\(calibration) e.csv --shard 1/3"),
            ("part-2", "\(calibration) e.csv --shard 2/3"), ("whole", "\(calibration) e.csv"),
            ("mc", "\(calibration) e.csv --as mc --shard 1/3"), ("constants", "other.json e.csv --shard 1/3"),
            ("input", "\(calibration) other.csv --shard 1/3"),
        ] { try place.succeed("apply \(line) --quiet -o \(name).h5") }
        try place.succeed("simulate --detector uniform --events 100 --quiet --shard 0/3 -o simulated.h5")
        let before = try place.snapshot()
        for (parts, words) in [
            ("part-0 part-2", ["shard 1/3 of the sample is missing"]),
            ("part-1", ["shards 0/3, 2/3 of the sample are missing"]),
            ("part-0 part-1 part-1 part-2", ["part-1.h5", "there already"]),
            ("part-0 mc part-2", ["mc.h5", "another sample", "calibrated_as differs"]),
            ("part-0 constants part-2", ["constants.h5", "another sample", "calibration_sha256 differs"]),
            ("part-0 input part-2", ["input.h5", "another sample", "input_sha256 differs"]),
            ("part-0 simulated", ["another sample", "calibrated_as, calibrated_by"]), ("whole", ["no part"]),
        ] {
            let names = parts.split(separator: " ").map { "\($0).h5" }.joined(separator: " ")
            let outcome = try place.etacal("merge \(names) -o refused.h5")
            place.expect(outcome, .malformed, says: words[0], words[words.count - 1])
            for word in words { #expect(outcome.errors.contains(word), "\(outcome)") }
        }
        let divided = try place.etacal("apply \(calibration) simulated.h5 --shard 0/2 -o refused.h5")
        place.expect(divided, .malformed, says: "simulated.h5", "a part of a sample")
        for output in ["part.csv", "part.csv.gz"] {
            let text = try place.etacal("apply \(calibration) e.csv --shard 0/3 -o \(output)")
            #expect(text.status == Status.usage.rawValue && text.errors.contains("ends in .h5"), "\(text)")
        }
        let none = try place.etacal("apply \(calibration) e.csv --shard 3/3 -o part.h5")
        #expect(none.status == Status.usage.rawValue && none.errors.contains("--shard"), "\(none)")
        #expect(try place.changes(since: before).isEmpty)
    }

    /// Parts of one sample that were calibrated with different constants look alike but for what they say of these.
    @Test func calibratedPartsOfASample() throws {
        let place = try Workplace()
        for shard in 0..<2 {
            try place.succeed("simulate --detector uniform --events 20k --quiet --shard \(shard)/2 -o \(shard).h5")
            for (name, calibration) in [("a", try SmallStudy.plainCalibration), ("b", try SmallStudy.calibration)] {
                try place.succeed("apply \(calibration) \(shard).h5 --quiet -o \(name)\(shard).h5")
            }
        }
        try place.succeed("merge a1.h5 a0.h5 --quiet -o a.h5")
        let mixed = try place.etacal("merge a0.h5 b1.h5 -o refused.h5")
        place.expect(mixed, .malformed, says: "b1.h5", "calibration_sha256 differs")
        try place.succeed("merge 0.h5 1.h5 --quiet -o whole.h5")
        // The same numbers, whichever comes first.
        try place.succeed("apply \(try SmallStudy.plainCalibration) whole.h5 --quiet -o calibrated.h5")
        let compare = try #require(Fault.program("h5diff"), "install hdf5-tools")
        #expect(
            Fault.succeeds([compare, place.path("calibrated.h5"), place.path("a.h5"), "/events/pt1", "/events/pt1"]))
        #expect(!Fault.succeeds([compare, place.path("whole.h5"), place.path("a.h5"), "/events/pt1", "/events/pt1"]))
    }
}
