internal import Balance
public import FileAccess
internal import HDF5

/// Joins the events of shards: the same bytes as of one file with all of them.
public enum EventMerger {
    /// Whether a file holds events, and not something else in HDF5.
    public static func isOfEvents(_ path: String) throws(FileError) -> Bool {
        try requireReadable(path)
        return try EventsGroup.reading(path) { () throws(HDF5Error) in
            try HDF5File(reading: path).root.contains(EventsGroup.name)
        }
    }

    /// - Parameter paths: parts of one sample, in any order.
    /// - Returns: the number of events.
    /// - Throws: `FileError` for parts that do not belong together, and when some are missing.
    public static func merge(_ paths: [String], to output: String, overwrite: Bool) throws(FileError) -> Int {
        let target = try Output(output, .file, overwrite: overwrite)
        var parts: [Part] = []
        for path in paths { parts.append(try Part(path)) }
        // A part without events comes before the one that begins where it does.
        parts.sort { ($0.pieces.lowerBound, $0.pieces.upperBound) < ($1.pieces.lowerBound, $1.pieces.upperBound) }
        let first = parts[0]
        let columns = try first.columns()
        for part in parts.dropFirst() { try part.requireSameSample(as: first, columns) }
        try requireWhole(parts, output)
        try EventsGroup.writing(target) { () throws(HDF5Error) in
            let file = try HDF5File(creating: target.partialPath)
            let group = try file.root.makeGroup(EventsGroup.name)
            var joined: [HDF5RawColumn] = []
            for (name, dataset) in zip(first.names, columns) {
                let column = try group.makeColumn(name, like: dataset, EventsGroup.storage)
                try dataset.copyAttributes(to: column.object)
                joined.append(column)
            }
            try group.write([:], copying: first.group, except: EventPart.attributeNames)
            for part in parts { try part.append(to: joined) }
            for column in joined { try column.flush() }
            try file.close()
        }
        try target.finish()
        return parts.reduce(0) { $0 + $1.rows }
    }

    /// Expects each piece once.
    private static func requireWhole(_ parts: [Part], _ output: String) throws(FileError) {
        var there = PieceSet()
        for part in parts {
            guard there.missing(in: part.pieces).first == part.pieces || part.pieces.isEmpty else {
                throw FileError(
                    .malformed, part.path, "its events are there already: pieces from \(part.pieces.lowerBound) on",
                    "give each part once")
            }
            there.insert(part.pieces)
        }
        guard let gap = there.missing(in: 0..<parts[0].of).first else { return }
        throw FileError(
            .malformed, output, missing(parts, there) ?? missing(gap, of: parts[0].of),
            "make the shards that have them, and merge again")
    }

    private static func missing(_ gap: Range<Int>, of count: Int) -> String {
        "pieces \(gap.lowerBound) to \(gap.upperBound - 1) of the \(count) of the sample are missing"
    }

    /// By the numbers of shards, where all parts are of one division.
    private static func missing(_ parts: [Part], _ there: PieceSet) -> String? {
        guard let count = parts[0].shardCount, parts.allSatisfy({ $0.shardCount == count }) else { return nil }
        let absent = (0..<count).filter { index in
            Shard(index, of: count).map { !there.missing(in: $0.range(of: parts[0].of)).isEmpty } ?? false
        }
        return absent.isEmpty ? nil : Shard.missing(absent, of: count, from: "the sample")
    }

    /// A file with some of the events.
    private struct Part {
        let path: String
        private let part: EventPart
        /// Of the columns, in the order that they were made in.
        let names: [String]
        let rows: Int
        let group: HDF5Group

        var pieces: Range<Int> { part.pieces }
        var of: Int { part.of }
        var shardCount: Int? { part.shardCount }

        init(_ path: String) throws(FileError) {
            self.path = path
            let group = try EventsGroup.open(path)
            self.group = group
            let part = try EventsGroup.reading(path) { () throws(HDF5Error) in try EventPart(group) }
            guard let part else {
                throw FileError(
                    .malformed, path, "its events are no part of a sample",
                    "give what 'etacal simulate --shard' or 'etacal apply --shard' made")
            }
            self.part = part
            names = try EventsGroup.reading(path) { () throws(HDF5Error) in try group.columnNames() }
            rows = try Self.columns(group, names, path).first?.rows ?? 0
        }

        /// Expects all that this part says of its sample to be what another one says.
        func requireSameSample(as other: Part, _ columns: [HDF5Dataset]) throws(FileError) {
            let own = try self.columns()
            let differing = try EventsGroup.reading(path) { () throws(HDF5Error) -> [String] in
                let names = Set(try group.attributeNames).union(try other.group.attributeNames)
                var differing: [String] = []
                for name in names.subtracting(EventPart.ownAttributeNames).sorted()
                where try !group.hasSameAttribute(name, as: other.group) { differing.append(name) }
                return differing
            }
            guard differing.isEmpty else {
                throw FileError(
                    .malformed, path,
                    "its events are of another sample than those of \(other.path): "
                        + "\(excerpt(differing.joined(separator: ", "))) differ\(differing.count == 1 ? "s" : "")",
                    "give the parts of one sample")
            }
            let isAlike = try EventsGroup.reading(path) { () throws(HDF5Error) in
                guard names == other.names else { return false }
                for (mine, theirs) in zip(own, columns) where try !mine.hasSameType(as: theirs) { return false }
                return true
            }
            guard isAlike else {
                throw FileError(
                    .malformed, path, "its columns are others than those of \(other.path)",
                    "give the parts of one sample")
            }
        }

        func columns() throws(FileError) -> [HDF5Dataset] { try Self.columns(group, names, path) }

        private static func columns(
            _ group: HDF5Group, _ names: [String], _ path: String
        ) throws(FileError) -> [HDF5Dataset] {
            var datasets: [HDF5Dataset] = []
            for name in names {
                let dataset = try EventsGroup.reading(path) { () throws(HDF5Error) in try group.dataset(name) }
                try EventsGroup.require(dataset, rows: datasets.first?.rows, path)
                datasets.append(dataset)
            }
            return datasets
        }

        func append(to joined: [HDF5RawColumn]) throws(HDF5Error) {
            var datasets: [HDF5Dataset] = []
            for name in names { datasets.append(try group.dataset(name)) }
            for start in stride(from: 0, to: rows, by: EventsGroup.blockRows) {
                let range = start..<min(start + EventsGroup.blockRows, rows)
                for (dataset, column) in zip(datasets, joined) { try column.append(try dataset.readBytes(rows: range)) }
            }
        }
    }
}
