internal import FileAccess
internal import HDF5

/// Calibrates the jets of columns of HDF5. All other columns keep their types and bits, and all attributes stay.
enum ColumnRewriter {
    /// Bytes of an element: what has more is no column of numbers or names.
    private static let largestElement = 1024

    /// - Parameter state: of the file when it was checked.
    static func rewrite(
        _ path: String, _ state: FileState, to output: String, _ rewriting: Rewriting, overwrite: Bool,
        calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) throws(FileError) {
        let group = try EventsGroup.open(path)
        let source = try Source(group, path)
        let attributes = try EventsGroup.reading(path) { () throws(HDF5Error) in
            try rewriting.calibration.attributes(of: group, sha256: rewriting.inputSHA256, part: rewriting.part)
        }
        try requireWhole(group, path, rewriting)
        let target = try Target(output, source, group, attributes, overwrite: overwrite)
        for first in stride(from: rewriting.rows.lowerBound, to: rewriting.rows.upperBound, by: EventsGroup.blockRows) {
            let count = min(EventsGroup.blockRows, rewriting.rows.upperBound - first)
            try source.read(first, count)
            let rows = (0..<count).map { row in
                source.columns.calibrated(calibrate) { source.number($0, row) }
            }
            source.apply(rows)
            try target.write(source)
        }
        try state.requireUnchanged(path)
        try target.finish()
    }

    /// A part of a part would say of which pieces it is, but not of which rows of them.
    private static func requireWhole(_ group: HDF5Group, _ path: String, _ rewriting: Rewriting) throws(FileError) {
        guard rewriting.part != nil else { return }
        let isPart = try EventsGroup.reading(path) { () throws(HDF5Error) in try EventPart.isSaid(by: group) }
        guard isPart else { return }
        throw FileError(
            .malformed, path, "its events are a part of a sample, which cannot be divided again",
            "calibrate the part whole and merge then, or merge first")
    }

    /// A block of rows of all columns.
    private final class Source {
        let names: [String]
        let datasets: [HDF5Dataset]
        let rows: Int
        let columns: CalibratedColumns
        /// Columns that calibration reads or changes are doubles, whatever they were.
        private(set) var numbers: [Int: [Double]] = [:]
        /// The others are bytes.
        private(set) var bytes: [[UInt8]]
        private let path: String

        init(_ group: HDF5Group, _ path: String) throws(FileError) {
            self.path = path
            names = try EventsGroup.reading(path) { () throws(HDF5Error) in try group.columnNames() }
            columns = CalibratedColumns(names)
            var datasets: [HDF5Dataset] = []
            for name in names {
                let dataset = try EventsGroup.reading(path) { () throws(HDF5Error) in try group.dataset(name) }
                try EventsGroup.require(dataset, rows: datasets.first?.rows, path)
                guard dataset.elementBytes <= ColumnRewriter.largestElement else {
                    throw FileError(
                        .malformed, "\(path): \(dataset.place.object)",
                        "an element of the column has \(dataset.elementBytes) bytes", "take the column out")
                }
                datasets.append(dataset)
            }
            self.datasets = datasets
            rows = datasets.first?.rows ?? 0
            bytes = Array(repeating: [], count: datasets.count)
            for jet in columns.jets {
                for column in [jet.pt, jet.eta, jet.phi, jet.detectorEta].compactMap({ $0 }) { numbers[column] = [] }
            }
            if let missing = columns.missing { (numbers[missing.x], numbers[missing.y]) = ([], []) }
            try requireLikeTypes()
        }

        /// What moves with the jets is the same for each of them.
        private func requireLikeTypes() throws(FileError) {
            guard let first = columns.jets.first else { return }
            for jet in columns.jets.dropFirst() {
                for (one, other) in zip(first.all, jet.all) where numbers[one] == nil {
                    let isSame = try EventsGroup.reading(path) { () throws(HDF5Error) in
                        try datasets[one].hasSameType(as: datasets[other])
                    }
                    guard isSame else {
                        throw FileError(
                            .malformed, "\(path): \(datasets[other].place.object)",
                            "the column has another type than \(names[one])", "give both the same type")
                    }
                }
            }
        }

        func read(_ first: Int, _ count: Int) throws(FileError) {
            for (column, dataset) in datasets.enumerated() {
                try EventsGroup.reading(path) { () throws(HDF5Error) in
                    if numbers[column] != nil {
                        numbers[column] = try dataset.readDoubles(rows: first..<first + count)
                    } else {
                        bytes[column] = try dataset.readBytes(rows: first..<first + count)
                    }
                }
            }
        }

        func number(_ column: Int, _ row: Int) -> Double { numbers[column]?[row] ?? .nan }

        /// Puts what calibration changed in its place.
        func apply(_ rows: [CalibratedColumns.Row]) {
            for (row, changed) in rows.enumerated() {
                for (column, value) in changed.changes { numbers[column]?[row] = value }
                guard !changed.order.enumerated().allSatisfy({ $0.offset == $0.element }) else { continue }
                for place in columns.jets[0].all.indices { permute(place, row, changed.order) }
            }
        }

        /// Moves what stands in a row of like columns of the jets.
        private func permute(_ place: Int, _ row: Int, _ order: [Int]) {
            let jets = columns.jets.map { $0.all[place] }
            if numbers[jets[0]] != nil {
                let old = jets.map { number($0, row) }
                for (rank, jet) in order.enumerated() { numbers[jets[rank]]?[row] = old[jet] }
            } else {
                let size = datasets[jets[0]].elementBytes
                let part = row * size..<(row + 1) * size
                let old = jets.map { Array(bytes[$0][part]) }
                for (rank, jet) in order.enumerated() { bytes[jets[rank]].replaceSubrange(part, with: old[jet]) }
            }
        }
    }

    private final class Target {
        private enum Column {
            case numbers(HDF5Column<Double>)
            case bytes(HDF5RawColumn)
        }

        private let output: Output
        private let file: HDF5File
        /// In the order of the source.
        private let columns: [Column]

        init(
            _ path: String, _ source: Source, _ group: HDF5Group, _ attributes: [String: EventAttribute],
            overwrite: Bool
        ) throws(FileError) {
            let output = try Output(path, .file, overwrite: overwrite)
            self.output = output
            (file, columns) = try EventsGroup.writing(output) { () throws(HDF5Error) in
                let file = try HDF5File(creating: output.partialPath)
                let copy = try file.root.makeGroup(EventsGroup.name)
                var columns: [Column] = []
                for (column, dataset) in source.datasets.enumerated() {
                    let name = source.names[column]
                    if source.numbers[column] != nil {
                        let made = try copy.makeColumn(name, of: Double.self, EventsGroup.storage)
                        try dataset.copyAttributes(to: made.object)
                        columns.append(.numbers(made))
                    } else {
                        let made = try copy.makeColumn(name, like: dataset, EventsGroup.storage)
                        try dataset.copyAttributes(to: made.object)
                        columns.append(.bytes(made))
                    }
                }
                try copy.write(attributes, copying: group)
                return (file, columns)
            }
        }

        func write(_ source: Source) throws(FileError) {
            try EventsGroup.writing(output) { () throws(HDF5Error) in
                for (index, column) in columns.enumerated() {
                    switch column {
                    case .numbers(let made): try made.append(source.numbers[index] ?? [])
                    case .bytes(let made): try made.append(source.bytes[index])
                    }
                }
            }
        }

        func finish() throws(FileError) {
            try EventsGroup.writing(output) { () throws(HDF5Error) in
                for column in columns {
                    switch column {
                    case .numbers(let made): try made.flush()
                    case .bytes(let made): try made.flush()
                    }
                }
                try file.close()
            }
            try output.finish()
        }
    }
}
