/// Sampling from a finite distribution in constant time by the alias method.
///
/// Walker, Electronics Letters 10 (1974) 127; built by Vose's linear-time construction (IEEE TSE 17 (1991) 972).
public struct AliasTable: Sendable {
    /// A word's fraction below `threshold`, in units of 2⁻³², keeps the entry; else `alias` is taken.
    public struct Entry: Sendable {
        public fileprivate(set) var threshold: UInt32
        public fileprivate(set) var alias: UInt32

        init(threshold: UInt32, alias: UInt32) {
            self.threshold = threshold
            self.alias = alias
        }
    }
    public private(set) var entries: [Entry]

    /// - Parameter weights: non-negative and finite with a positive sum; fewer than 2^20 of them, so that at least 12
    ///   bits of the word decide between an entry and its alias.
    public init(weights: [Double]) {
        let total = weights.reduce(0, +)
        precondition(weights.count < 1 << 20 && total > 0 && total.isFinite && weights.allSatisfy { $0 >= 0 })
        var scaled = weights.map { $0 / total * Double(weights.count) }
        entries = weights.indices.map { Entry(threshold: .max, alias: UInt32($0)) }
        var small = scaled.indices.filter { scaled[$0] < 1 }
        var large = scaled.indices.filter { scaled[$0] >= 1 }
        while let less = small.popLast(), let more = large.last {
            entries[less] = Entry(threshold: UInt32(scaled[less] * 0x1p32.nextDown), alias: UInt32(more))
            scaled[more] -= 1 - scaled[less]
            if scaled[more] < 1 { small.append(large.removeLast()) }
        }
    }

    /// The index that a uniform word selects.
    @inlinable @inline(__always)
    public func index(_ word: UInt32) -> Int {
        let product = UInt64(word) &* UInt64(entries.count)
        let slot = Int(truncatingIfNeeded: product >> 32)
        let entry = entries[slot]
        return UInt32(truncatingIfNeeded: product) < entry.threshold ? slot : Int(entry.alias)
    }
}
