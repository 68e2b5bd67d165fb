/// Sums of real numbers that do not depend on the order of the addends.
///
/// Every addend is rounded to a multiple of a power of two and summed as an integer, so that the same events give the
/// same bits for any number of threads, blocks and parts. The error of a sum of n addends is at most n/2 quanta.
/// Sums are kept by slice, in units of the slice's weight: slice weights may span ten orders of magnitude.
public struct FixedPointTable: Sendable, Equatable {
    public let cells: Int
    public let columns: Int
    /// One array of `cells * columns` a slice; empty until the slice is met.
    public private(set) var sums: [[Int64]]

    public init(slices: Int, cells: Int, columns: Int) {
        self.cells = cells
        self.columns = columns
        sums = Array(repeating: [], count: slices)
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
    /// - Throws: `SumOverflow` when a sum leaves 63 bits.
    public mutating func merge(_ other: FixedPointTable) throws(SumOverflow) {
        precondition(other.cells == cells && other.columns == columns && other.sums.count == sums.count)
        for slice in sums.indices where !other.sums[slice].isEmpty {
            guard !sums[slice].isEmpty else {
                sums[slice] = other.sums[slice]
                continue
            }
            for index in sums[slice].indices {
                let (sum, overflow) = sums[slice][index].addingReportingOverflow(other.sums[slice][index])
                if overflow { throw SumOverflow() }
                sums[slice][index] = sum
            }
        }
    }

    /// The sum over slices of weight × column, in the unit of the addends.
    public func total(cell: Int, column: Int, weights: [Double], quantum: Double) -> Double {
        var total = 0.0
        for slice in sums.indices where !sums[slice].isEmpty {
            total += weights[slice] * Double(sums[slice][cell * columns + column])
        }
        return total * quantum
    }

    /// The plain sum over slices of an integer column.
    public func count(cell: Int, column: Int) -> Int {
        var total = 0
        for slice in sums.indices where !sums[slice].isEmpty { total += Int(sums[slice][cell * columns + column]) }
        return total
    }
}

/// A fixed-point sum left its range: more events in one cell than the sums are made for.
public struct SumOverflow: Error, CustomStringConvertible {
    public init() {}
    public var description: String {
        "too many events in one cell for the exact sums; split the sample into parts with fewer than 10^9 events"
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
