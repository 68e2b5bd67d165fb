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
        parts.sort { $0.pieces.lowerBound < $1.pieces.lowerBound }
        try requireWhole(parts, output)
        let (first, columns) = (parts[0], try parts[0].columns())
        try EventsGroup.writing(target) { () throws(HDF5Error) in
            let file = try HDF5File(creating: target.partialPath)
            let group = try file.root.makeGroup(EventsGroup.name)
            try group.setAttribute("schema", EventsGroup.schema)
            try group.setAttribute("slice_weights", first.sliceWeights)
            try group.write(first.origin.whole)
            var joined: [HDF5RawColumn] = []
            for (name, dataset) in zip(first.names, columns) {
                let column = try group.makeColumn(name, like: dataset, EventsGroup.storage)
                try dataset.copyAttributes(to: column.object)
                joined.append(column)
            }
            try group.setAttribute("columns", first.names)
            for part in parts { try part.append(to: joined) }
            for column in joined { try column.flush() }
            try file.close()
        }
        try target.finish()
        return parts.reduce(0) { $0 + $1.rows }
    }

    private static func requireWhole(_ parts: [Part], _ output: String) throws(FileError) {
        let first = parts[0]
        var next = 0
        for part in parts {
            guard part.origin.whole == first.origin.whole, part.of == first.of, part.names == first.names,
                part.sliceWeights == first.sliceWeights
            else {
                throw FileError(
                    .malformed, part.path, "its events are of another sample than those of \(first.path)",
                    "give the parts of one sample")
            }
            guard part.pieces.lowerBound >= next else {
                throw FileError(
                    .malformed, part.path, "its events are there already: pieces from \(part.pieces.lowerBound) on",
                    "give each part once")
            }
            guard part.pieces.lowerBound == next else { throw gap(next..<part.pieces.lowerBound, first.of, output) }
            next = part.pieces.upperBound
        }
        guard next == first.of else { throw gap(next..<first.of, first.of, output) }
    }

    private static func gap(_ pieces: Range<Int>, _ count: Int, _ output: String) -> FileError {
        FileError(
            .malformed, output,
            "pieces \(pieces.lowerBound) to \(pieces.upperBound - 1) of the \(count) of the sample are missing",
            "make the shards that have them, and merge again")
    }

    /// A file with some of the events.
    private struct Part {
        let path: String
        let origin: EventOrigin
        let pieces: Range<Int>
        let of: Int
        /// Of the columns, in the order that they were made in.
        let names: [String]
        let sliceWeights: [Double]
        let rows: Int
        private let group: HDF5Group

        init(_ path: String) throws(FileError) {
            self.path = path
            let group = try EventsGroup.open(path)
            self.group = group
            let origin = try EventsGroup.reading(path) { () throws(HDF5Error) in try group.eventOrigin() }
            guard let origin, let part = origin.part else {
                throw FileError(
                    .malformed, path, "its events are no part of a sample", "give what 'etacal simulate --shard' made")
            }
            self.origin = origin
            (pieces, of) = (part.pieces, part.of)
            (names, sliceWeights) = try EventsGroup.reading(path) { () throws(HDF5Error) in
                (try group.textsAttribute("columns"), try group.doublesAttribute("slice_weights"))
            }
            rows = try Self.columns(group, names, path).first?.rows ?? 0
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
