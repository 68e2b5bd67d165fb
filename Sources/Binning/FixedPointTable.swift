/// Sums of real numbers that do not depend on the order of the addends.
///
/// Every addend is rounded to a multiple of a power of two and summed as an integer, so that the same events give the
/// same bits for any number of threads, blocks and parts. The error of a sum of n addends is at most n/2 quanta.
/// Sums are kept by slice, in units of the slice's weight: slice weights may span ten orders of magnitude.
///
/// What one thread adds up has to stay within 63 bits; what is merged of many has 127.
public struct FixedPointTable: Sendable, Equatable {
    public let cells: Int
    public let columns: Int
    /// One array of `cells * columns` a slice; empty until the slice is met.
    public private(set) var sums: [[Int64]]
    /// What sums have beyond 64 bits, in units of 2⁶⁴; empty where nothing has.
    private var high: [[Int64]]

    public init(slices: Int, cells: Int, columns: Int) {
        self.cells = cells
        self.columns = columns
        sums = Array(repeating: [], count: slices)
        high = sums
    }

    /// Runs `body` with the sums of one slice, cell-major.
    @inlinable @inline(__always)
    public mutating func withSlice<Result>(
        _ slice: Int, _ body: (UnsafeMutablePointer<Int64>) throws -> Result
    ) rethrows -> Result {
        try withSliceStorage(slice) { try body($0.baseAddress.unsafelyUnwrapped) }
    }

    @usableFromInline
    mutating func withSliceStorage<Result>(
        _ slice: Int, _ body: (inout UnsafeMutableBufferPointer<Int64>) throws -> Result
    ) rethrows -> Result {
        if sums[slice].isEmpty { sums[slice] = Array(repeating: 0, count: cells * columns) }
        return try sums[slice].withUnsafeMutableBufferPointer(body)
    }

    /// Adds another table of the same shape.
    public mutating func merge(_ other: FixedPointTable) {
        precondition(other.cells == cells && other.columns == columns && other.sums.count == sums.count)
        for slice in sums.indices where !other.sums[slice].isEmpty {
            guard !sums[slice].isEmpty else {
                (sums[slice], high[slice]) = (other.sums[slice], other.high[slice])
                continue
            }
            if high[slice].isEmpty { high[slice] = other.high[slice] } else { add(other.high[slice], to: slice) }
            for index in sums[slice].indices {
                let addend = other.sums[slice][index]
                let (sum, overflow) = sums[slice][index].addingReportingOverflow(addend)
                sums[slice][index] = sum
                if overflow { carry(addend > 0 ? 1 : -1, slice, index) }
            }
            // The same sums are the same table, whatever came first.
            if high[slice].allSatisfy({ $0 == 0 }) { high[slice] = [] }
        }
    }

    private mutating func add(_ other: [Int64], to slice: Int) {
        for index in other.indices { high[slice][index] += other[index] }
    }

    private mutating func carry(_ sign: Int64, _ slice: Int, _ index: Int) {
        if high[slice].isEmpty { high[slice] = Array(repeating: 0, count: cells * columns) }
        high[slice][index] += sign
    }

    /// The sum over slices of weight × column, in the unit of the addends.
    public func total(cell: Int, column: Int, weights: [Double], quantum: Double) -> Double {
        var total = 0.0
        for slice in sums.indices where !sums[slice].isEmpty {
            total += weights[slice] * value(slice: slice, cell: cell, column: column)
        }
        return total * quantum
    }

    /// A sum of one slice, in quanta of the addends.
    public func value(slice: Int, cell: Int, column: Int) -> Double {
        guard !sums[slice].isEmpty else { return 0 }
        let index = cell * columns + column
        let low = Double(sums[slice][index])
        return high[slice].isEmpty ? low : low + 0x1p64 * Double(high[slice][index])
    }

    /// The plain sum over slices of an integer column.
    public func count(cell: Int, column: Int) -> Int {
        var total = 0
        for slice in sums.indices where !sums[slice].isEmpty { total += Int(sums[slice][cell * columns + column]) }
        return total
    }
}

extension FixedPointTable {
    /// Of each slice that was met, the cells that are not all zero.
    public var record: SumsRecord {
        var record = SumsRecord()
        for slice in sums.indices where !sums[slice].isEmpty { record.rows["\(slice)"] = rows(of: slice) }
        return record
    }

    private func rows(of slice: Int) -> SumsRecord.Rows {
        let used = (0..<cells).filter { cell in
            let range = cell * columns..<(cell + 1) * columns
            return [sums[slice], high[slice]].contains { !$0.isEmpty && $0[range].contains { $0 != 0 } }
        }
        func gathered(_ table: [Int64]) -> [Int64] {
            guard !table.isEmpty else { return [] }
            var values: [Int64] = []
            values.reserveCapacity(used.count * columns)
            for cell in used { values += table[cell * columns..<(cell + 1) * columns] }
            return values
        }
        let rows = try? SumsRecord.Rows(
            columns: columns, cells: used.map(Int64.init), values: gathered(sums[slice]), high: gathered(high[slice]))
        guard let rows else { preconditionFailure("a table has as many numbers as its cells and columns say") }
        return rows
    }

    /// Takes up the record of a table of the same shape in place of what is here.
    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        self = FixedPointTable(slices: sums.count, cells: cells, columns: columns)
        for (name, rows) in record.rows {
            guard let slice = Int(name), sums.indices.contains(slice) else {
                throw SumsRecordError(name: name, problem: "are of no slice")
            }
            guard rows.columns == columns, (rows.cells.last ?? 0) < cells else {
                throw SumsRecordError(name: name, problem: "are not of \(cells) cells with \(columns) columns")
            }
            sums[slice] = spread(rows.values, rows.cells)
            if !rows.high.isEmpty { high[slice] = spread(rows.high, rows.cells) }
        }
    }

    private func spread(_ values: [Int64], _ used: [Int64]) -> [Int64] {
        var table = Array(repeating: Int64(0), count: cells * columns)
        for (row, cell) in used.enumerated() {
            let start = Int(cell) * columns
            for column in 0..<columns { table[start + column] = values[row * columns + column] }
        }
        return table
    }
}

/// Rounds to multiples of a power of two.
public struct FixedPoint: Sendable {
    public let scale: Double
    public var quantum: Double { 1 / scale }

    /// - Parameter bits: the quantum is 2^−bits; from −1000 to 1000.
    @inlinable @inline(__always)
    public init(bits: Int) { scale = Double(bitPattern: UInt64(1023 + bits) << 52) }

    /// The nearest multiple, ties to even. |value| must be below 2^51 quanta.
    @inlinable @inline(__always)
    public func quantized(_ value: Double) -> Int64 {
        // Adding 1.5 × 2^52 leaves the integer in the low bits of the sum.
        let shifted = value * scale + 0x1.8p52
        return Int64(bitPattern: shifted.bitPattern) &- Int64(bitPattern: (0x1.8p52).bitPattern)
    }
}

/// `FixedPoint` for two neighbouring columns at once.
public struct FixedPointPair: Sendable {
    @usableFromInline let scale: SIMD2<Double>

    @inlinable @inline(__always)
    public init(_ first: FixedPoint, _ second: FixedPoint) { scale = SIMD2(first.scale, second.scale) }

    /// Adds the nearest multiples to `columns[0]` and `columns[1]`, each value below 2^51 of its quanta.
    @inlinable @inline(__always)
    public func add(_ values: SIMD2<Double>, to columns: UnsafeMutablePointer<Int64>) {
        let shifted = unsafeBitCast(values * scale + 0x1.8p52, to: SIMD2<Int64>.self)
        let raw = UnsafeMutableRawPointer(columns)
        let sums = raw.loadUnaligned(as: SIMD2<Int64>.self)
        let addends = shifted &- SIMD2(repeating: Int64(bitPattern: (0x1.8p52).bitPattern))
        raw.storeBytes(of: sums &+ addends, as: SIMD2<Int64>.self)
    }
}
