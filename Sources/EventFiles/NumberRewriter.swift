internal import FileAccess
internal import HDF5

/// Calibrates the jets of a table that becomes text from HDF5 or the reverse. All of its columns are numbers.
enum NumberRewriter {
    /// - Parameters:
    ///   - state: of the file when it was checked.
    ///   - rewriting: for HDF5; nil for text.
    static func rewrite(
        _ path: String, _ state: FileState, to output: String, _ rewriting: Rewriting? = nil, overwrite: Bool,
        calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) throws(FileError) {
        let names = try openRows(path, wanted: [], optional: []).columns
        let reader = try openRows(path, wanted: names, optional: [])
        let columns = CalibratedColumns(names)
        let sink: any NumberSink =
            if let rewriting { try NumberColumns(output, names, rewriting, overwrite: overwrite) } else {
                try NumberLines(output, names, overwrite: overwrite)
            }
        let rows = rewriting?.rows ?? 0..<Int.max
        try reader.skip(rows.lowerBound)
        var number = rows.lowerBound
        var outcome: Result<Void, FileError> = .success(())
        withUnsafeTemporaryAllocation(of: Double.self, capacity: names.count) { values in
            do throws(FileError) {
                while number < rows.upperBound, try reader.next(into: values) {
                    number += 1
                    let changed = columns.calibrated(calibrate) { values[$0] }
                    for (column, value) in changed.changes { values[column] = value }
                    var sorted = Array(values)
                    for (rank, jet) in changed.order.enumerated() where rank != jet {
                        for (to, from) in zip(columns.jets[rank].all, columns.jets[jet].all) {
                            sorted[to] = values[from]
                        }
                    }
                    try sink.write(sorted)
                }
                try state.requireUnchanged(path)
                try sink.finish()
            } catch { outcome = .failure(error) }
        }
        try outcome.get()
    }
}

private protocol NumberSink {
    /// - Parameter row: of all columns, NaN where there is none.
    func write(_ row: [Double]) throws(FileError)
    func finish() throws(FileError)
}

private struct NumberLines: NumberSink {
    let writer: TextWriter

    init(_ path: String, _ names: [String], overwrite: Bool) throws(FileError) {
        writer = try TextWriter(path, overwrite: overwrite)
        for name in names where name.utf8.contains(where: { [10, 13, 44].contains($0) }) {
            throw FileError(
                .malformed, "the column '\(excerpt(name))'", "its name cannot stand in a header", "rename it")
        }
        try writer.write(names.joined(separator: ",") + "\n")
    }

    func write(_ row: [Double]) throws(FileError) {
        let fields = row.map { value in
            value.isNaN ? "" : value == value.rounded() && abs(value) < 0x1p53 ? "\(Int64(value))" : "\(value)"
        }
        try writer.write(fields.joined(separator: ",") + "\n")
    }

    func finish() throws(FileError) { try writer.finish() }
}

private final class NumberColumns: NumberSink {
    let output: Output
    let file: HDF5File
    /// By increasing name, with their place in a row.
    let columns: [(place: Int, column: HDF5Column<Double>)]

    init(_ path: String, _ names: [String], _ rewriting: Rewriting, overwrite: Bool) throws(FileError) {
        let output = try Output(path, .file, overwrite: overwrite)
        self.output = output
        (file, columns) = try EventsGroup.writing(output) { () throws(HDF5Error) in
            let file = try HDF5File(creating: output.partialPath)
            let group = try file.root.makeGroup(EventsGroup.name)
            var columns: [(place: Int, column: HDF5Column<Double>)] = []
            for (place, name) in names.enumerated().sorted(by: { $0.element < $1.element }) {
                columns.append((place, try group.makeColumn(name, of: Double.self, EventsGroup.storage)))
            }
            var attributes = try rewriting.calibration.attributes(
                of: nil, sha256: rewriting.inputSHA256, part: rewriting.part)
            attributes["schema"] = .text(EventsGroup.schema)
            try group.write(attributes)
            return (file, columns)
        }
    }

    func write(_ row: [Double]) throws(FileError) {
        try EventsGroup.writing(output) { () throws(HDF5Error) in
            for (place, column) in columns { try column.append([row[place]]) }
        }
    }

    func finish() throws(FileError) {
        try EventsGroup.writing(output) { () throws(HDF5Error) in
            for (_, column) in columns { try column.flush() }
            try file.close()
        }
        try output.finish()
    }
}
