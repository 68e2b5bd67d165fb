/// The first rows of a table as they were read, in memory: as many as there is room for.
///
/// They are kept in blocks of columns, each of which takes as few bytes as give back its bits: none where all rows have the same
/// number or nothing, four a row where single precision holds them all, as it does what most simulations write, else eight.
struct KeptRows: Sendable {
    static let blockRows = 512

    private enum Column {
        case same(Double)
        case singles([Float])
        case doubles([Double])
    }

    private let width: Int
    private(set) var count = 0
    private var blocks: [(rows: Int, columns: [Column])] = []
    private var free: Int

    /// - Parameters:
    ///   - width: columns of a row.
    ///   - bytes: that the rows may take.
    fileprivate init(width: Int, bytes: Int) {
        self.width = width
        free = bytes
    }

    /// Keeps some rows, one after another, or none of them where there is no room.
    fileprivate mutating func append(_ rows: UnsafePointer<Double>, count: Int) -> Bool {
        let columns = (0..<width).map { Self.column(rows + $0, count: count, stride: width) }
        let bytes = columns.reduce(0) { $0 + Self.bytes($1) }
        guard bytes <= free else { return false }
        free -= bytes
        blocks.append((count, columns))
        self.count += count
        return true
    }

    private static func column(_ values: UnsafePointer<Double>, count: Int, stride: Int) -> Column {
        let first = values.pointee.bitPattern
        var (different, inexact): (UInt64, UInt64) = (0, 0)
        for row in 0..<count {
            let value = values[row &* stride]
            different |= value.bitPattern ^ first
            inexact |= Double(Float(value)).bitPattern ^ value.bitPattern
        }
        if different == 0 { return .same(values.pointee) }
        guard inexact == 0 else { return .doubles((0..<count).map { values[$0 &* stride] }) }
        return .singles((0..<count).map { Float(values[$0 &* stride]) })
    }

    /// With what an array and its place take beside its numbers.
    private static func bytes(_ column: Column) -> Int {
        let numbers =
            switch column {
            case .same: 0
            case .singles(let numbers): 32 + 4 * numbers.count
            case .doubles(let numbers): 32 + 8 * numbers.count
            }
        return numbers + MemoryLayout<Column>.stride
    }

    /// Goes through the rows in their order.
    func forEach(_ body: (UnsafeMutableBufferPointer<Double>) throws -> Void) rethrows {
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.blockRows * width) { rows in
            guard let base = rows.baseAddress else { return }
            for block in blocks {
                for (index, column) in block.columns.enumerated() {
                    switch column {
                    case .same(let number): for row in 0..<block.rows { base[row &* width &+ index] = number }
                    case .singles(let numbers):
                        for row in 0..<block.rows { base[row &* width &+ index] = Double(numbers[row]) }
                    case .doubles(let numbers): for row in 0..<block.rows { base[row &* width &+ index] = numbers[row] }
                    }
                }
                for row in 0..<block.rows {
                    try body(UnsafeMutableBufferPointer(start: base + row * width, count: width))
                }
            }
        }
    }
}

/// Collects rows to be kept until there is no more room.
final class RowKeeper {
    private var kept: KeptRows
    private let block: UnsafeMutableBufferPointer<Double>
    private let width: Int
    private var waiting = 0
    private var isFull: Bool

    /// - Parameters:
    ///   - width: columns of a row.
    ///   - bytes: that the rows may take.
    init(width: Int, bytes: Int) {
        kept = KeptRows(width: width, bytes: bytes)
        block = .allocate(capacity: KeptRows.blockRows * width)
        self.width = width
        isFull = bytes <= 0
    }

    deinit { block.deallocate() }

    func append(_ row: UnsafeMutableBufferPointer<Double>) {
        guard !isFull, let source = row.baseAddress, let target = block.baseAddress else { return }
        (target + waiting * width).update(from: source, count: width)
        waiting += 1
        if waiting == KeptRows.blockRows { flush() }
    }

    /// - Returns: the rows that are kept; to be asked for once, at the end.
    func finish() -> KeptRows {
        flush()
        return kept
    }

    private func flush() {
        guard !isFull, waiting > 0, let rows = block.baseAddress else { return }
        isFull = !kept.append(rows, count: waiting)
        waiting = 0
    }
}
