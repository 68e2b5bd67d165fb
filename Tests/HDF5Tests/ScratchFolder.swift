import Foundation
import HDF5
import Testing

/// A folder that goes away with its owner.
final class ScratchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-hdf5-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        // Foundation would wait for the disk each time.
        let file = try #require(fopen(path(name), "wb"))
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count && fclose(file) == 0)
        return path(name)
    }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }
}

/// A file with something of everything.
enum Sample {
    static let rows = 100
    static let momenta: [Double] = (0..<rows).map { (row: Int) -> Double in row == 7 ? Double.nan : 25 / Double(row + 1)
    }
    static let events: [UInt64] = (0..<rows).map { (row: Int) -> UInt64 in
        UInt64.max - UInt64(row) * 0x00F1_2345_6789_ABCD
    }
    static let matrix: [Float] = (0..<60).map { (index: Int) -> Float in Float(index) * 0.7 }

    static func write(_ path: String, deflateLevel: Int = 4) throws {
        let file = try HDF5File(creating: path)
        let storage = HDF5Storage(chunkRows: 16, deflateLevel: deflateLevel)
        let group = try file.root.makeGroup("events")
        try group.setAttribute("schema", "sample/1")
        try group.setAttribute("weights", [0.25, 3e-300])
        let pt = try group.makeColumn("pt1", of: Double.self, storage)
        let event = try group.makeColumn("event", of: UInt64.self, storage)
        for first in stride(from: 0, to: rows, by: 9) {
            try pt.append(Array(momenta[first..<min(rows, first + 9)]))
            try event.append(Array(events[first..<min(rows, first + 9)]))
        }
        try pt.flush()
        try event.flush()
        let dataset = try file.root.write(matrix, to: "matrix", columns: 6, storage)
        try dataset.setAttribute("unit", "GeV")
        try file.close()
    }

    /// All that is in it, as text; throws what reading throws.
    static func content(_ path: String) throws(HDF5Error) -> String {
        let root = try HDF5File(reading: path).root
        var content = "\(try root.names)"
        let group = try root.group("events")
        content += "\(try group.names) \(try group.attributeNames) \(try group.textAttribute("schema"))"
        content += "\(try group.doublesAttribute("weights"))"
        content += "\(try group.dataset("pt1").read(Double.self)) \(try group.dataset("event").read(UInt64.self))"
        let dataset = try root.dataset("matrix")
        content += "\(dataset.shape) \(try dataset.read(Float.self)) \(try dataset.textAttribute("unit"))"
        return content
    }
}
