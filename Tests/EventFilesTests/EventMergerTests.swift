import Balance
import EventFiles
import FileAccess
import Foundation
import HDF5
import Testing

extension EventCalibration {
    static let toy = EventCalibration(version: "1.0", sha256: "c0ffee", kind: "data")
}

/// Tables that are calibrated in parts.
struct EventMergerTests {
    /// A folder that goes with its files.
    private final class Folder {
        let path: String

        init() throws {
            path = scratchPath("merger")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func file(_ name: String) -> String { "\(path)/\(name)" }
        func data(_ name: String) throws -> Data { try readFile(file(name)) }

        /// Jets change their order.
        @discardableResult
        func calibrate(
            _ input: String, to output: String, _ calibration: EventCalibration = .toy, shard: Shard? = nil
        ) throws -> Int {
            try EventRewriter.rewrite(
                input, to: file(output), calibration: calibration, shard: shard, overwrite: true
            ) { eta, pt in eta > 0 ? 1.5 * pt : pt }
        }

        func parts(_ input: String, of count: Int, _ calibration: EventCalibration = .toy) throws -> [String] {
            try (0..<count).map { index in
                let name = "part-\(index)-\(count).h5"
                let shard = try #require(Shard(index, of: count))
                try calibrate(input, to: name, calibration, shard: shard)
                return name
            }
        }

        func merge(_ names: [String]) throws -> Int {
            try EventMerger.merge(names.map(file), to: file("merged.h5"), overwrite: true)
        }

        func refusal(_ names: [String]) throws -> FileError {
            try #require(throws: FileError.self) { _ = try merge(names) }
        }

        func group(_ name: String) throws -> HDF5Group { try HDF5File(reading: file(name)).root.group("events") }

        /// Takes a copy of a part, with its group changed.
        func changed(_ name: String, _ change: (HDF5Group, HDF5Group) throws -> Void) throws -> String {
            let (old, file) = (try group(name), try HDF5File(creating: self.file("changed.h5")))
            let new = try file.root.makeGroup("events")
            try change(old, new)
            for column in try old.names where try !new.contains(column) {
                let dataset = try old.dataset(column)
                let made = try new.makeColumn(column, like: dataset)
                try made.append(dataset.readBytes(rows: 0..<dataset.rows))
                try made.flush()
            }
            try file.close()
            return "changed.h5"
        }
    }

    enum Input: String, CaseIterable { case text = "e.csv.gz", columns = "e.h5", others }

    /// More than a chunk of rows, or three with columns of any type.
    private static func write(_ input: Input) throws -> (path: String, rows: Int) {
        input == .others
            ? (EventColumnsTests.others, 3) : (try EventColumnsTests.write(input.rawValue, rows: 17_001), 17_001)
    }

    /// Also with parts that begin and end inside a chunk, and with some that have no rows.
    @Test(arguments: Input.allCases) func partsAreTheWhole(input: Input) throws {
        let (folder, table) = (try Folder(), try Self.write(input))
        defer { if input != .others { try? FileManager.default.removeItem(atPath: table.path) } }
        #expect(try folder.calibrate(table.path, to: "whole.h5") == table.rows)
        for count in input == .others ? [1, 2, 3, 5, 7] : [1, 2, 7] {
            let parts = try folder.parts(table.path, of: count)
            for names: [String] in [parts, parts.reversed(), Array(parts.dropFirst() + parts.prefix(1))] {
                #expect(try folder.merge(names) == table.rows)
                #expect(try folder.data("merged.h5") == folder.data("whole.h5"), "\(names)")
            }
        }
        // Of different divisions, too.
        let shares = try folder.parts(table.path, of: 3)
        let halves = try folder.parts(table.path, of: 6)
        #expect(try folder.merge([halves[1], shares[2], halves[0], shares[1]]) == table.rows)
        #expect(try folder.data("merged.h5") == folder.data("whole.h5"))
    }

    @Test func filesSayWhatMadeThem() throws {
        let (folder, path) = (try Folder(), try EventColumnsTests.write("e.h5"))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try folder.calibrate(path, to: "whole.h5")
        let part = try folder.group(try folder.parts(path, of: 3)[1])
        for group in [try folder.group("whole.h5"), part] {
            #expect(try group.textAttribute("calibration_sha256") == "c0ffee")
            #expect(try group.textAttribute("calibrated_as") == "data")
            #expect(try group.textAttribute("calibrated_by") == "1.0")
            #expect(try group.textAttribute("input_sha256") == sha256(ofFile: path))
            // What the table said itself.
            #expect(try group.doublesAttribute("slice_weights") == [1 / 3.0, 1e-9])
        }
        let said = try ["pieces", "first_piece", "end_piece", "shard_count"].map { try part.intAttribute($0) }
        #expect(said == [100, 33, 66, 3])
        #expect(try !folder.group("whole.h5").hasAttribute("pieces"))
        // A second time.
        let mc = EventCalibration(version: "1.1", sha256: "decade", kind: "mc")
        try folder.calibrate(folder.file("whole.h5"), to: "twice.h5", mc)
        let twice = try folder.group("twice.h5")
        #expect(try twice.textAttribute("calibration_sha256") == "c0ffee\ndecade")
        #expect(try twice.textAttribute("calibrated_as") == "data\nmc")
        #expect(try twice.textAttribute("calibrated_by") == "1.0\n1.1")
        #expect(try twice.textAttribute("input_sha256") == sha256(ofFile: folder.file("whole.h5")))
    }

    /// Parts that are calibrated one by one stay parts of their sample.
    @Test func calibratedPartsMerge() throws {
        let (folder, path) = (try Folder(), try EventColumnsTests.write("e.h5", rows: 17_001))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let parts = try folder.parts(path, of: 3)
        let again = EventCalibration(version: "1.0", sha256: "decade", kind: "data")
        for part in parts { try folder.calibrate(folder.file(part), to: "again-\(part)", again) }
        #expect(try folder.merge(parts.map { "again-\($0)" }) == 17_001)
        try folder.calibrate(path, to: "once.h5")
        try folder.calibrate(folder.file("once.h5"), to: "twice.h5", again)
        let (merged, twice) = (try folder.group("merged.h5"), try folder.group("twice.h5"))
        #expect(try merged.names == twice.names && merged.textAttribute("calibration_sha256") == "c0ffee\ndecade")
        for name in try twice.names {
            let (one, other) = (try merged.dataset(name), try twice.dataset(name))
            #expect(try one.readBytes(rows: 0..<17_001) == other.readBytes(rows: 0..<17_001), "\(name)")
        }
        let mixed = try folder.refusal([parts[0], "again-\(parts[1])", parts[2]])
        #expect(mixed.place == folder.file("again-\(parts[1])"))
        #expect(mixed.problem.hasSuffix(": calibrated_as, calibrated_by, calibration_sha256 differ"))
        let divided = #expect(throws: FileError.self) {
            try folder.calibrate(folder.file(parts[0]), to: "no.h5", shard: Shard(0, of: 2))
        }
        #expect(divided?.kind == .malformed && divided?.problem.contains("a part of a sample") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("no.h5")))
    }

    @Test func whatDoesNotBelongTogetherIsRefused() throws {
        let folder = try Folder()
        let (path, other) = (
            try EventColumnsTests.write("e.csv", rows: 10), try EventColumnsTests.write("f.csv", rows: 10)
        )
        defer { for path in [path, other] { try? FileManager.default.removeItem(atPath: path) } }
        let parts = try folder.parts(path, of: 3)
        try Data("\n".utf8).append(to: other)
        for (attribute, input, calibration) in [
            ("calibration_sha256", path, EventCalibration(version: "1.0", sha256: "decade", kind: "data")),
            ("calibrated_as", path, EventCalibration(version: "1.0", sha256: "c0ffee", kind: "mc")),
            ("calibrated_by", path, EventCalibration(version: "1.1", sha256: "c0ffee", kind: "data")),
            ("input_sha256", other, .toy),
        ] {
            try folder.calibrate(input, to: "foreign.h5", calibration, shard: Shard(1, of: 3))
            let error = try folder.refusal([parts[0], "foreign.h5", parts[2]])
            #expect(error.kind == .malformed && error.place == folder.file("foreign.h5"))
            #expect(
                error.problem.hasSuffix("another sample than those of \(folder.file(parts[0])): \(attribute) differs"))
        }
        #expect(try folder.refusal([parts[0], parts[2]]).problem == "shard 1/3 of the sample is missing")
        #expect(try folder.refusal([parts[1]]).problem == "shards 0/3, 2/3 of the sample are missing")
        let twice = try folder.refusal(parts + [parts[1]])
        #expect(twice.place == folder.file(parts[1]) && twice.problem.contains("there already: pieces from 3 on"))
        // Of several divisions there are no numbers to name.
        let half = try folder.parts(path, of: 2)[0]
        #expect(try folder.refusal([half, parts[2]]).problem == "pieces 5 to 5 of the 10 of the sample are missing")
        #expect(try folder.refusal([half, parts[1], parts[2]]).problem.contains("there already"))
        // Without rows, nothing of it is missing or comes twice.
        let many = try folder.parts(path, of: 25)
        let empty = try many.filter { try folder.group($0).dataset("pt1").rows == 0 }
        #expect(empty.count == 15)
        #expect(try folder.merge(many.filter { !empty.contains($0) }) == 10)
        #expect(try folder.merge(empty + many) == 10)
        try folder.calibrate(path, to: "whole.h5")
        #expect(try folder.refusal(["whole.h5"]).problem == "its events are no part of a sample")
    }

    /// Files that others changed.
    @Test func columnsAndPiecesHaveToFit() throws {
        let (folder, path) = (try Folder(), try EventColumnsTests.write("e.csv", rows: 10))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let parts = try folder.parts(path, of: 2)
        let more = try folder.changed(parts[1]) { old, new in
            try old.copyAttributes(to: new)
            let column = try new.makeColumn("zeal", of: Double.self)
            try column.append([1, 2, 3, 4, 5])
            try column.flush()
        }
        #expect(try folder.refusal([parts[0], more]).problem.contains("its columns are others"))
        let other = try folder.changed(parts[1]) { old, new in
            try old.copyAttributes(to: new)
            let column = try new.makeColumn("pt1", of: Float.self)
            try column.append([81, 82, 83, 84, 85])
            try column.flush()
        }
        #expect(try folder.refusal([parts[0], other]).problem.contains("its columns are others"))
        let backwards = try folder.changed(parts[1]) { old, new in
            for name in try old.attributeNames where name != "end_piece" { try old.copyAttribute(name, to: new) }
            try new.setAttribute("end_piece", 4)
        }
        #expect(try folder.refusal([parts[0], backwards]).place == folder.file(backwards))
        for count in [-1, 0, 1 << 62] {
            let damaged = try folder.changed(parts[1]) { old, new in
                for name in try old.attributeNames where name != "shard_count" { try old.copyAttribute(name, to: new) }
                try new.setAttribute("shard_count", count)
            }
            #expect(try folder.refusal([parts[0], damaged]).place == folder.file(damaged))
        }
    }
}

extension Data {
    fileprivate func append(to path: String) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: self)
        try handle.close()
    }
}
