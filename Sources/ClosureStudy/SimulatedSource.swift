public import Balance
public import DetectorModel
public import DijetGeneration
public import DijetSimulation
internal import Dispatch
public import JetPhysics
internal import Synchronization

/// Events simulated on the fly, over and over the same for the same seed, on any number of threads.
public struct SimulatedSource: EventSource {
    static let blockCapacity = 4096

    public let truth: any DijetTruth
    public let smearing: JetSmearing
    public let plan: EventPlan
    public let threads: Int
    /// Told the number of events of each finished block, on the thread that finished it.
    public let progress: (@Sendable (Int) -> Void)?

    public init(
        truth: any DijetTruth, detector: Detector, role: SampleRole, seed: UInt64, plan: EventPlan, threads: Int,
        progress: (@Sendable (Int) -> Void)? = nil
    ) {
        precondition(threads > 0, "at least one thread")
        self.truth = truth
        smearing = JetSmearing(detector: detector, role: role, seed: seed)
        self.plan = plan
        self.threads = threads
        self.progress = progress
    }

    public var sliceWeights: [Double] { plan.weights }

    private struct Chunk: Sendable {
        let slice: Int
        let first: Int
        let count: Int
    }

    private var chunks: [Chunk] {
        var chunks: [Chunk] = []
        for slice in plan.draws.indices {
            // A truth event's replicas stay together.
            let size = Self.blockCapacity / plan.replicas[slice] * plan.replicas[slice]
            for first in stride(from: 0, to: plan.draws[slice], by: size) {
                chunks.append(Chunk(slice: slice, first: first, count: min(size, plan.draws[slice] - first)))
            }
        }
        return chunks
    }

    /// Makes all blocks in order of slice and draw, on the calling thread.
    public func forEachBlock(_ body: (ReconstructedBlock) throws -> Void) rethrows {
        let truthBlock = TruthBlock(capacity: Self.blockCapacity)
        let block = ReconstructedBlock(capacity: Self.blockCapacity)
        for chunk in chunks {
            simulate(chunk, truthBlock, into: block)
            try body(block)
        }
    }

    private func simulate(_ chunk: Chunk, _ truthBlock: TruthBlock, into block: ReconstructedBlock) {
        truth.fill(
            truthBlock, slice: chunk.slice, first: chunk.first, count: chunk.count,
            replicas: plan.replicas[chunk.slice], role: smearing.role, seed: smearing.seed)
        smearing.simulate(truthBlock, into: block)
    }

    public func reduce<Sums: MergeableSums>(
        _ empty: Sums, _ visit: @escaping @Sendable (ReconstructedBlock, inout Sums) -> Void
    ) throws -> Sums {
        let chunks = chunks
        let next = Atomic<Int>(0)
        let merged = Mutex<Result<Sums, any Error>>(.success(empty))
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            let truthBlock = TruthBlock(capacity: Self.blockCapacity)
            let block = ReconstructedBlock(capacity: Self.blockCapacity)
            var sums = empty
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < chunks.count else { break }
                let chunk = chunks[index]
                simulate(chunk, truthBlock, into: block)
                visit(block, &sums)
                progress?(chunk.count)
            }
            merged.withLock { result in
                guard case .success(var total) = result else { return }
                do {
                    try total.merge(sums)
                    result = .success(total)
                } catch { result = .failure(error) }
            }
        }
        return try merged.withLock { try $0.get() }
    }
}
