public import Balance
public import DetectorModel
public import DijetGeneration
public import DijetSimulation
public import JetPhysics
internal import Threads

/// Events simulated on the fly, over and over the same for the same seed, on any number of threads.
public struct SimulatedSource: EventSource {
    /// Events that a thread takes at a time, unless a truth event is used more often.
    private static let chunkSize = 4096
    /// Rows of a block, unless a truth event is used more often: truth and reconstructed events stay in the cache.
    private static let blockRows = 512
    /// Room beyond the rows, so that the columns' jets do not stand a power of two apart, where a cache would keep them in
    /// the same few places.
    private static let padding = 40

    public let truth: any DijetTruth
    public let reconstruction: Reconstruction
    public let plan: EventPlan
    private let triggers: TriggerSimulation?
    public let threads: Int
    /// Told the number of events of each finished block, on the thread that finished it.
    public let progress: (@Sendable (Int) -> Void)?

    /// - Parameters:
    ///   - triggers: what keeps the events, when there is any.
    ///   - simulation: whose response the triggers' calibration undoes; nil for the detector's own.
    public init(
        truth: any DijetTruth, detector: Detector, role: SampleRole, seed: UInt64, plan: EventPlan, threads: Int,
        progress: (@Sendable (Int) -> Void)? = nil, triggers: TriggerMenu? = nil, simulation: Detector? = nil
    ) {
        precondition(threads > 0, "at least one thread")
        self.truth = truth
        reconstruction = Reconstruction(detector: detector, role: role, seed: seed)
        self.plan = plan
        self.triggers = triggers.map {
            TriggerSimulation($0, response: (simulation ?? detector).response, role: role, seed: seed)
        }
        self.threads = threads
        self.progress = progress
    }

    public var sliceWeights: [Double] { plan.weights }

    private struct Chunk: Sendable {
        let slice: Int
        let first: Int
        let count: Int
    }

    /// The blocks of one thread.
    private struct Workplace {
        let truth: TruthBlock
        let reconstructed: ReconstructedBlock
        let rows: Int

        init(largestReuse: Int) {
            rows = max(blockRows, largestReuse)
            truth = TruthBlock(capacity: rows + padding)
            reconstructed = ReconstructedBlock(capacity: rows + padding)
        }
    }

    private var chunks: [Chunk] {
        var chunks: [Chunk] = []
        for slice in plan.draws.indices {
            // A truth event's replicas stay together.
            let size = Self.multiple(of: plan.replicas[slice], upTo: Self.chunkSize)
            for first in stride(from: 0, to: plan.draws[slice], by: size) {
                chunks.append(Chunk(slice: slice, first: first, count: min(size, plan.draws[slice] - first)))
            }
        }
        return chunks
    }

    /// The largest multiple, and one at least.
    private static func multiple(of replicas: Int, upTo rows: Int) -> Int { max(1, rows / replicas) * replicas }

    /// Makes all blocks in order of slice and draw, on the calling thread.
    public func forEachBlock(_ body: (ReconstructedBlock) throws -> Void) rethrows {
        let workplace = Workplace(largestReuse: plan.largestReuse)
        for chunk in chunks { try simulate(chunk, workplace, body) }
    }

    private func simulate(
        _ chunk: Chunk, _ workplace: Workplace, _ body: (ReconstructedBlock) throws -> Void
    ) rethrows {
        let replicas = plan.replicas[chunk.slice]
        let size = Self.multiple(of: replicas, upTo: workplace.rows)
        for first in stride(from: chunk.first, to: chunk.first + chunk.count, by: size) {
            truth.fill(
                workplace.truth, slice: chunk.slice, first: first,
                count: min(size, chunk.first + chunk.count - first), replicas: replicas, role: reconstruction.role,
                seed: reconstruction.seed)
            reconstruction.simulate(workplace.truth, into: workplace.reconstructed)
            triggers?.simulate(workplace.truth, workplace.reconstructed)
            try body(workplace.reconstructed)
        }
    }

    public func reduce<Sums: MergeableSums>(
        _ empty: Sums, _ visit: @escaping @Sendable (ReconstructedBlock, inout Sums) -> Void
    ) throws -> Sums {
        let chunks = chunks
        let parts = shareWork(chunks.count, threads: threads) { next in
            let workplace = Workplace(largestReuse: plan.largestReuse)
            var sums = empty
            while let index = next() {
                simulate(chunks[index], workplace) { visit($0, &sums) }
                progress?(chunks[index].count)
            }
            return sums
        }
        var total = empty
        for part in parts { try total.merge(part) }
        return total
    }
}
