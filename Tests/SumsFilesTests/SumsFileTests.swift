import Balance
import Binning
import ClosureStudy
import FileAccess
import Foundation
import HDF5
import SumsFiles
import Testing

struct SumsFileTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("sums-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    }

    private func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    private func sums(_ shards: [Int] = [1], of count: Int = 3, complete: Bool = false) throws -> StoredSums {
        var table = FixedPointTable(slices: 2, cells: 20, columns: 3)
        table.withSlice(1) { sums in
            for index in 15..<30 { sums[index] = .max - Int64(index) }
        }
        table.merge(table)
        var record = SumsRecord()
        record["balance.table"] = table.record
        record.rows["balance.events"] = .init(numbers: [5, -4])
        let covered = try #require(PieceSet(ranges: complete ? [0..<9] : [3..<6]))
        let empty = PassLedger.Kept(
            pieces: complete ? 0 : 4, covered: PieceSet(),
            record: FixedPointTable(slices: 1, cells: 1, columns: 1).record)
        return StoredSums(
            origin: .init(
                version: "0.1.0", configuration: String(repeating: "key: ä\n", count: 20_000),
                configurationSHA256: "ab"),
            shards: shards, shardCount: count,
            passes: ["data-balance": .init(pieces: 9, covered: covered, record: record), "closure-data": empty])
    }

    @Test(arguments: [false, true]) func sumsReadBack(complete: Bool) throws {
        let sums = try sums(complete: complete)
        try SumsFile.write(sums, to: path("a.h5"), overwrite: false)
        #expect(try SumsFile.read(path("a.h5")) == sums)
        try SumsFile.write(sums, to: path("b.h5"), overwrite: false)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: path("a.h5")))
                == Data(contentsOf: URL(fileURLWithPath: path("b.h5"))))
        #expect(throws: FileError.self) { try SumsFile.write(sums, to: path("a.h5"), overwrite: false) }
    }

    @Test func numbersOfShardsThatCannotBeAreRefused() throws {
        try SumsFile.write(sums([0], of: 1 << 62), to: path("a.h5"), overwrite: false)
        let error = #expect(throws: FileError.self) { try SumsFile.read(path("a.h5")) }
        #expect(try #require(error).problem == "there cannot be \(1 << 62) shards")
    }

    /// Bytes changed, cut or doubled: an error with the name of the file, or sums that are whole.
    @Test func mutantsAreRefused() throws {
        try SumsFile.write(sums(), to: path("a.h5"), overwrite: false)
        let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("a.h5"))))
        var state = UInt64(20261125)
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<600 {
            var bytes = original
            switch next(3) {
            case 0: for _ in 0...next(4) { bytes[next(bytes.count)] = UInt8(next(256)) }
            case 1: bytes.removeLast(1 + next(bytes.count - 1))
            default:
                let start = next(bytes.count)
                bytes.removeSubrange(start..<min(bytes.count, start + 1 + next(64)))
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path("mutant.h5")))
            do { _ = try SumsFile.read(path("mutant.h5")) } catch let error as FileError {
                #expect(error.place.contains("mutant.h5"))
            }
        }
    }

    @Test func otherFilesAreRefused() throws {
        #expect(throws: FileError.self) { try SumsFile.read(path("none.h5")) }
        try Data("text".utf8).write(to: URL(fileURLWithPath: path("text.h5")))
        #expect(throws: FileError.self) { try SumsFile.read(path("text.h5")) }
        let file = try HDF5File(creating: path("events.h5"))
        try file.root.setAttribute("schema", "etacal.events/1")
        try file.close()
        let error = #expect(throws: FileError.self) { try SumsFile.read(path("events.h5")) }
        #expect(try #require(error).problem == "this file does not hold sums")
    }
}
