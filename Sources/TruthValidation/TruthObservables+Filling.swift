public import JetPhysics
internal import Threads

extension TruthObservables {
    static let blockCapacity = 4096

    private struct Chunk: Sendable {
        let slice: Int
        let first: Int
        let count: Int
    }

    /// Fills the sums from a source of truth events, on any number of threads, to the same bits.
    /// - Parameters:
    ///   - events: how many of each slice.
    ///   - progress: told the number of events of each finished block, on the thread that finished it.
    ///   - fill: puts `count` events of a slice, from the number `first` on, into the block.
    public init(
        events: [Int], threads: Int, progress: (@Sendable (Int) -> Void)? = nil,
        fill: @escaping @Sendable (_ block: TruthBlock, _ slice: Int, _ first: Int, _ count: Int) -> Void
    ) throws {
        var chunks: [Chunk] = []
        for (slice, count) in events.enumerated() {
            for first in stride(from: 0, to: count, by: Self.blockCapacity) {
                chunks.append(Chunk(slice: slice, first: first, count: min(Self.blockCapacity, count - first)))
            }
        }
        let (work, empty) = (chunks, TruthObservables(slices: events.count))
        let parts = shareWork(work.count, threads: threads) { next in
            let block = TruthBlock(capacity: Self.blockCapacity)
            var sums = empty
            while let index = next() {
                let chunk = work[index]
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
