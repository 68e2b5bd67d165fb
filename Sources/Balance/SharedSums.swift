internal import Binning

/// Sums of cells by class of weights, in one table that all threads add to.
///
/// Copies share their memory. Merging a copy of the same does nothing, that of another adds.
struct SharedSums: Sendable {
    let classes: WeightClasses
    let cells: Int
    let columns: Int
    private let storage: SharedTable

    init(_ classes: WeightClasses, cells: Int, columns: Int) {
        self.classes = classes
        self.cells = cells
        self.columns = columns
        storage = SharedTable(count: classes.units.count * cells * columns)
    }

    @inline(__always)
    func add(_ value: Int64, weightClass: Int, cell: Int, column: Int) {
        storage.add(value, at: (weightClass &* cells &+ cell) &* columns &+ column)
    }

    /// Of threads that are done.
    func row(weightClass: Int, cell: Int) -> UnsafeBufferPointer<Int64> {
        storage.range((weightClass * cells + cell) * columns, count: columns)
    }

    func merge(_ other: SharedSums) {
        guard other.storage !== storage else { return }
        precondition(other.storage.count == storage.count, "sums of the same cells")
        for index in 0..<storage.count where other.storage[index] != 0 { storage.add(other.storage[index], at: index) }
    }

    /// Of each class of weights, the cells that are not all zero.
    var record: SumsRecord {
        var record = SumsRecord()
        for weightClass in classes.units.indices {
            var (used, values) = ([Int64](), [Int64]())
            for cell in 0..<cells {
                let sums = row(weightClass: weightClass, cell: cell)
                guard sums.contains(where: { $0 != 0 }) else { continue }
                used.append(Int64(cell))
                values += sums
            }
            let rows = try? SumsRecord.Rows(columns: columns, cells: used, values: values)
            guard let rows else { preconditionFailure("as many numbers as cells and columns") }
            record.rows["\(weightClass)"] = rows
        }
        return record
    }

    func restore(_ record: SumsRecord) throws(SumsRecordError) {
        storage.clear()
        for (name, rows) in record.rows {
            guard let weightClass = Int(name), classes.units.indices.contains(weightClass), rows.columns == columns,
                (rows.cells.last ?? 0) < cells, rows.high.isEmpty
            else { throw SumsRecordError(name: name, problem: "are not of \(cells) cells with \(columns) columns") }
            for (row, cell) in rows.cells.enumerated() {
                for column in 0..<columns {
                    add(rows.values[row * columns + column], weightClass: weightClass, cell: Int(cell), column: column)
                }
            }
        }
    }
}
