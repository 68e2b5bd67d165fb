/// Which of the pieces of an event source a sum is made of.
public struct PieceSet: Sendable, Equatable {
    /// Increasing, not empty, and apart from each other.
    public private(set) var ranges: [Range<Int>]

    public init() { ranges = [] }

    /// - Returns: nil unless the ranges are increasing, not empty and apart.
    public init?(ranges: [Range<Int>]) {
        guard zip(ranges, ranges.dropFirst()).allSatisfy({ $0.upperBound < $1.lowerBound }),
            ranges.allSatisfy({ !$0.isEmpty && $0.lowerBound >= 0 })
        else { return nil }
        self.ranges = ranges
    }

    public var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Pieces that are in both.
    public func overlap(_ other: PieceSet) -> Range<Int>? {
        for range in other.ranges {
            for own in ranges where own.overlaps(range) { return own.clamped(to: range) }
        }
        return nil
    }

    /// Adds pieces.
    public mutating func insert(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let before = ranges.filter { $0.upperBound < range.lowerBound }
        let after = ranges.filter { $0.lowerBound > range.upperBound }
        let touching = ranges.dropFirst(before.count).dropLast(after.count)
        let low = min(range.lowerBound, touching.first?.lowerBound ?? range.lowerBound)
        let high = max(range.upperBound, touching.last?.upperBound ?? range.upperBound)
        ranges = before + [low..<high] + after
    }

    /// The parts of a range that are not there.
    public func missing(in range: Range<Int>) -> [Range<Int>] {
        var missing: [Range<Int>] = []
        var next = range.lowerBound
        for own in ranges where own.overlaps(range) {
            if own.lowerBound > next { missing.append(next..<own.lowerBound) }
            next = own.upperBound
        }
        if next < range.upperBound { missing.append(next..<range.upperBound) }
        return missing
    }
}

/// One of several equal shares of the pieces of an event source: `index` of `count`, from 0 on.
public struct Shard: Sendable, Equatable {
    public static let whole = Shard(index: 0, count: 1)

    public let index: Int
    public let count: Int

    private init(index: Int, count: Int) {
        self.index = index
        self.count = count
    }

    /// - Returns: nil unless 0 ≤ index < count.
    public init?(_ index: Int, of count: Int) {
        guard index >= 0, index < count, count <= 1_000_000 else { return nil }
        self.init(index: index, count: count)
    }

    /// Its pieces; together the shards have each piece once.
    public func range(of pieces: Int) -> Range<Int> {
        boundary(index, pieces)..<boundary(index + 1, pieces)
    }

    /// Says in a message which of `count` shards are missing, naming at most ten of them.
    public static func missing(_ indices: [Int], of count: Int, from what: String) -> String {
        let list = indices.prefix(10).map { "\($0)/\(count)" }.joined(separator: ", ")
        let more = indices.count > 10 ? " and \(indices.count - 10) more" : ""
        return indices.count == 1
            ? "shard \(list) of \(what) is missing" : "shards \(list)\(more) of \(what) are missing"
    }

    private func boundary(_ index: Int, _ pieces: Int) -> Int {
        // index × pieces / count without leaving 63 bits.
        let (whole, rest) = pieces.quotientAndRemainder(dividingBy: count)
        return index * whole + index * rest / count
    }
}
