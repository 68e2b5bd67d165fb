internal import Balance
internal import Binning
public import ClosureStudy
public import FileAccess
internal import HDF5

/// Sums of a closure in HDF5; docs/cli.md has the layout.
public enum SumsFile {
    static let schema = "etacal.sums/1"
    /// Mostly zeros above the low bytes: the lowest level takes nearly all of them out, and fast.
    private static let storage = HDF5Storage(chunkRows: 4096, deflateLevel: 1)

    /// Writes a file that appears complete or not at all.
    public static func write(_ sums: StoredSums, to path: String, overwrite: Bool) throws(FileError) {
        let output = try Output(path, .file, overwrite: overwrite)
        try write(sums, into: output.partialPath)
        try output.finish()
    }

    /// Writes into a file that is being made.
    public static func write(_ sums: StoredSums, into path: String) throws(FileError) {
        do throws(HDF5Error) {
            let file = try HDF5File(creating: path)
            let root = try file.root
            try root.setAttribute("schema", schema)
            try root.setAttribute("version", sums.origin.version)
            try root.setAttribute("configuration", sums.origin.configuration)
            try root.setAttribute("configuration_sha256", sums.origin.configurationSHA256)
            if sums.shardCount > 0 {
                try root.setAttribute("shards", sums.shards)
                try root.setAttribute("shard_count", sums.shardCount)
            }
            for (name, pass) in sums.passes.sorted(by: { $0.key < $1.key }) {
                try write(pass, into: try root.makeGroup(name))
            }
            try file.close()
        } catch { throw FileError(path, error) }
    }

    private static func write(_ pass: PassLedger.Kept, into group: HDF5Group) throws(HDF5Error) {
        try group.setAttribute("pieces", pass.pieces)
        let covered = pass.covered.ranges.flatMap { [Int64($0.lowerBound), Int64($0.upperBound)] }
        try group.write(covered, to: "covered", columns: 2, storage)
        let tables = try group.makeGroup("sums")
        for (name, rows) in pass.record.rows.sorted(by: { $0.key < $1.key }) {
            let table = try tables.makeGroup(name)
            try table.write(rows.cells, to: "cells", storage)
            try table.write(rows.values, to: "values", columns: rows.columns, storage)
            if !rows.high.isEmpty { try table.write(rows.high, to: "high", columns: rows.columns, storage) }
        }
    }

    /// - Throws: `FileError`.
    public static func read(_ path: String) throws -> StoredSums {
        try requireFile(path, again: true)
        do {
            let root = try HDF5File(reading: path).root
            guard try root.hasAttribute("schema"), try root.textAttribute("schema") == schema else {
                throw FileError(.malformed, path, "this file does not hold sums", remedy)
            }
            var passes: [String: PassLedger.Kept] = [:]
            for name in try root.names { passes[name] = try pass(try root.group(name), path, name) }
            let isPart = try root.hasAttribute("shards")
            let shardCount = isPart ? try root.intAttribute("shard_count") : 0
            guard !isPart || Shard(0, of: shardCount) != nil else {
                throw FileError(.malformed, path, "there cannot be \(shardCount) shards", remedy)
            }
            return StoredSums(
                origin: StoredSums.Origin(
                    version: try root.textAttribute("version"), configuration: try root.textAttribute("configuration"),
                    configurationSHA256: try root.textAttribute("configuration_sha256")),
                shards: isPart ? try root.intsAttribute("shards") : [],
                shardCount: shardCount, passes: passes)
        } catch let error as HDF5Error {
            throw FileError(path, error)
        } catch let error as SumsRecordError {
            throw FileError(.malformed, path, "\(error)", remedy)
        }
    }

    fileprivate static let remedy = "give what '--shard' or 'etacal merge' has made"

    private static func pass(_ group: HDF5Group, _ path: String, _ name: String) throws -> PassLedger.Kept {
        let pieces = try group.intAttribute("pieces")
        let edges = try group.dataset("covered").read(Int64.self).map(Int.init)
        let ranges = stride(from: 0, to: edges.count - 1, by: 2).map { (edges[$0], edges[$0 + 1]) }
        guard edges.count.isMultiple(of: 2), ranges.allSatisfy({ $0 <= $1 }),
            let covered = PieceSet(ranges: ranges.map { $0..<$1 }), (edges.last ?? 0) <= pieces
        else { throw FileError(.malformed, "\(path): /\(name)/covered", "these are no ranges of pieces", remedy) }
        let tables = try group.group("sums")
        var record = SumsRecord()
        for table in try tables.names {
            let rows = try tables.group(table)
            let values = try rows.dataset("values")
            record.rows[table] = try SumsRecord.Rows(
                columns: values.columns, cells: try rows.dataset("cells").read(Int64.self),
                values: try values.read(Int64.self),
                high: try rows.contains("high") ? try rows.dataset("high").read(Int64.self) : [],
                name: "\(name): \(table)")
        }
        return PassLedger.Kept(pieces: pieces, covered: covered, record: record)
    }
}

extension FileError {
    fileprivate init(_ path: String, _ error: HDF5Error) {
        let place = error.place.object == "/" ? path : "\(path): \(error.place.object)"
        switch error.kind {
        case .notHDF5, .missing, .type, .shape, .filter: self.init(.malformed, place, error.problem, SumsFile.remedy)
        case .failed: self.init(.failed, place, error.problem, "check the disk and the file")
        }
    }
}
