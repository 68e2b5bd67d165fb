internal import FileAccess

/// Calibrates the jets of a table of text, and leaves all other fields as they stand there, byte by byte.
enum TextRewriter {
    static func rewrite(
        _ path: String, _ state: FileState, to output: String, overwrite: Bool,
        calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) throws(FileError) {
        let reader = try LineReader(path)
        let writer = try TextWriter(output, overwrite: overwrite)
        var columns: CalibratedColumns?
        // Bytes, not characters: an accent behind a comma would join it, and other columns may hold anything.
        while let line = try reader.next().map({ Array($0) }) {
            guard let columns else {
                columns = CalibratedColumns(NumberTable.names(line))
                try writer.write(line + [10])
                continue
            }
            guard !line.isEmpty else { continue }
            try writer.write(calibrated(line, columns, calibrate) + [10])
        }
        try state.requireUnchanged(path)
        try writer.finish()
    }

    private static func calibrated(
        _ line: [UInt8], _ columns: CalibratedColumns, _ calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) -> [UInt8] {
        let comma = UInt8(ascii: ",")
        let terminated = line + [0]
        let fields = terminated.dropLast().split(separator: comma, omittingEmptySubsequences: false)
        let changed = columns.calibrated(calibrate) { column in
            let field = fields[column]
            guard !field.isEmpty else { return .nan }
            return terminated.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.flatMap { parsedNumber($0 + field.startIndex, field.count) } ?? .nan
            }
        }
        var row = fields
        for (column, value) in changed.changes { row[column] = Array("\(value)".utf8)[...] }
        var sorted = row
        for (rank, jet) in changed.order.enumerated() where rank != jet {
            for (to, from) in zip(columns.jets[rank].all, columns.jets[jet].all) { sorted[to] = row[from] }
        }
        return Array(sorted.joined(separator: [comma]))
    }
}
