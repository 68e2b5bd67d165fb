public import JetPhysics
internal import Threads

extension TruthObservables {
    static let blockCapacity = 4096

    private struct Chunk: Sendable {
        let slice: Int
        let first: Int
        let count: Int
    }

    private static func chunks(_ events: [Int]) -> [Chunk] {
        events.enumerated().flatMap { slice, count in
            stride(from: 0, to: count, by: blockCapacity).map { first in
                Chunk(slice: slice, first: first, count: min(blockCapacity, count - first))
            }
        }
    }

    /// In how many pieces so many events of each slice come.
    public static func pieces(of events: [Int]) -> Int {
        events.reduce(0) { $0 + ($1 + blockCapacity - 1) / blockCapacity }
    }

    /// Fills the sums from a source of truth events, on any number of threads, to the same bits.
    /// - Parameters:
    ///   - events: how many of each slice.
    ///   - pieces: those that are gone through; nil for all.
    ///   - progress: told the number of events of each finished block, on the thread that finished it.
    ///   - fill: puts `count` events of a slice, from the number `first` on, into the block.
    public init(
        events: [Int], pieces: Range<Int>? = nil, threads: Int, progress: (@Sendable (Int) -> Void)? = nil,
        fill: @escaping @Sendable (_ block: TruthBlock, _ slice: Int, _ first: Int, _ count: Int) -> Void
    ) throws {
        let all = Self.chunks(events)
        let (work, empty) = (all[pieces ?? 0..<all.count], TruthObservables(slices: events.count))
        let parts = shareWork(work.count, threads: threads) { next in
            let block = TruthBlock(capacity: Self.blockCapacity)
            var sums = empty
            while let index = next() {
                let chunk = work[work.startIndex + index]
                fill(block, chunk.slice, chunk.first, chunk.count)
                sums.add(block)
                progress?(chunk.count)
            }
            return sums
        }
        self = empty
        for part in parts { merge(part) }
    }
}
