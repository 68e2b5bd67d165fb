internal import FileAccess
internal import HDF5

/// Rows of numbers from the columns of an HDF5 file. Numbers of any type are read as doubles.
final class ColumnTable: RowSource {
    let columns: [String]
    let rows: Int
    private let path: String
    private let sources: [Source]
    private let blockRows: Int
    private let values: UnsafeMutablePointer<Double>
    /// The rows that are in memory.
    private var loaded = 0..<0
    private var row = -1

    private struct Source {
        let dataset: HDF5Dataset
        /// Where its values go in a row of the wanted columns.
        let destination: Int
    }

    /// - Parameters:
    ///   - wanted: the columns to read, in the order of a row.
    ///   - optional: those of them that may be missing; their place in a row stays NaN.
    init(_ path: String, wanted: [String], optional: Set<String>) throws(FileError) {
        self.path = path
        let group = try EventsGroup.open(path)
        columns = try EventsGroup.reading(path) { () throws(HDF5Error) in try group.names }
        var sources: [Source] = []
        var (rows, chunk): (Int?, Int) = (nil, EventsGroup.blockRows)
        for (destination, name) in wanted.enumerated() {
            guard columns.contains(name) else {
                guard optional.contains(name) else {
                    throw FileError(
                        .malformed, "\(path): /\(EventsGroup.name)", "the column '\(name)' is missing",
                        "add a dataset of that name; found: \(excerpt(columns.joined(separator: ",")))")
                }
                continue
            }
            let dataset = try EventsGroup.reading(path) { () throws(HDF5Error) in try group.dataset(name) }
            guard dataset.isNumeric else {
                throw FileError(
                    .malformed, "\(path): \(dataset.place.object)", "the column holds no numbers",
                    "give integers or floating-point numbers")
            }
            try EventsGroup.require(dataset, rows: rows, path)
            rows = dataset.rows
            chunk = max(chunk, min(dataset.chunkRows ?? 0, 8 * EventsGroup.blockRows))
            sources.append(Source(dataset: dataset, destination: destination))
        }
        self.rows = rows ?? 0
        self.sources = sources
        blockRows = min(chunk, max(1, self.rows))
        values = .allocate(capacity: blockRows * max(1, sources.count))
    }

    deinit { values.deallocate() }

    var header: String { "\(path): /\(EventsGroup.name)" }
    var place: String { "\(header)[\(row)]" }

    func next(into row: UnsafeMutableBufferPointer<Double>) throws(FileError) -> Bool {
        guard self.row + 1 < rows else { return false }
        self.row += 1
        if self.row == loaded.upperBound { try load() }
        for index in row.indices { row[index] = .nan }
        var value = values + (self.row - loaded.lowerBound)
        for source in sources {
            guard !value.pointee.isInfinite else {
                throw FileError(
                    .malformed, place, "\(source.dataset.place.object) is \(value.pointee)",
                    "give a number, or NaN where there is none")
            }
            row[source.destination] = value.pointee
            value += blockRows
        }
        return true
    }

    func skip(_ count: Int) {
        row += min(count, rows - 1 - row)
        loaded = row + 1..<row + 1
    }

    private func load() throws(FileError) {
        loaded = row..<min(rows, row + blockRows)
        for (index, source) in sources.enumerated() {
            let part = UnsafeMutableBufferPointer(start: values + index * blockRows, count: loaded.count)
            try EventsGroup.reading(path) { () throws(HDF5Error) in
                try source.dataset.readDoubles(into: part, firstRow: loaded.lowerBound)
            }
        }
    }
}
