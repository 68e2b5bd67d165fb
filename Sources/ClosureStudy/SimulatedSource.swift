public import Balance
public import DetectorModel
public import DijetGeneration
public import DijetSimulation
public import FlavourTagging
public import InstructionSets
public import JetPhysics
internal import Threads

/// Events simulated on the fly, over and over the same for the same seed, on any number of threads.
public struct SimulatedSource: EventSource {
    /// Events that a thread takes at a time, unless a truth event is used more often.
    private static let chunkSize = 4096
    /// Rows of a block, unless a truth event is used more often: truth and reconstructed events stay in the cache.
    public static let standardBlockRows = 512
    /// Room beyond the rows, so that the columns' jets do not stand a power of two apart, where a cache would keep them in
    /// the same few places.
    private static let padding = 40

    public let truth: any DijetTruth
    public let reconstruction: Reconstruction
    public let plan: EventPlan
    private let triggers: TriggerSimulation?
    private let firstPieces: [Int]
    private let blockRows: Int
    private let tellsTrueJets: Bool
    private let tracks: TrackSimulation?
    private let tagger: Tagger?
    private let tagWeights: TagWeights?
    public let threads: Int
    /// Told the number of events of each finished block, on the thread that finished it.
    public let progress: (@Sendable (Int) -> Void)?

    /// - Parameters:
    ///   - triggers: what keeps the events, when there is any.
    ///   - simulation: whose response the triggers' calibration undoes; nil for the detector's own.
    ///   - instructionSet: of the loops over events; like `blockRows`, no result depends on it.
    ///   - tellsTrueJets: whether blocks come with `trueJets`.
    ///   - tagger: what makes the tags of blocks from tracks of the detector, which has to have a tracker; nil for none.
    ///   - tagWeights: what events with tags count beyond their weight; nil for 1.
    ///   - trackedJets: whose tracks are made without a tagger.
    public init(
        truth: any DijetTruth, detector: Detector, role: SampleRole, seed: UInt64, plan: EventPlan, threads: Int,
        progress: (@Sendable (Int) -> Void)? = nil, triggers: TriggerMenu? = nil, simulation: Detector? = nil,
        instructionSet: InstructionSet = .chosen, blockRows: Int = Self.standardBlockRows,
        tellsTrueJets: Bool = false, tagger: Tagger? = nil,
        tagWeights: TagWeights? = nil, trackedJets: TagAcceptance? = nil
    ) {
        precondition(threads > 0 && blockRows > 0, "at least one thread, and one row in a block")
        precondition(tagger != nil || tagWeights == nil, "weights for what a tagger says")
        self.truth = truth
        reconstruction = Reconstruction(detector: detector, role: role, seed: seed, instructionSet: instructionSet)
        self.plan = plan
        firstPieces = Self.firstPieces(plan)
        self.triggers = triggers.map {
            TriggerSimulation($0, response: (simulation ?? detector).response, role: role, seed: seed)
        }
        self.threads = threads
        self.progress = progress
        self.blockRows = blockRows
        self.tellsTrueJets = tellsTrueJets
        self.tagger = tagger
        self.tagWeights = tagWeights
        tracks = (tagger?.acceptance ?? trackedJets).map { jets in
            guard let tracker = detector.tables.features.tracker else {
                preconditionFailure("a detector with a tracker")
            }
            return TrackSimulation(
                tracker: tracker, jets: jets, role: role, seed: seed, instructionSet: instructionSet)
        }
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
        let measured: MeasuredJets?
        let tracks: TrackBlock?
        let rows: Int

        init(rows: Int, tellsTrueJets: Bool, hasTracks: Bool) {
            self.rows = rows
            let capacity = rows + padding
            truth = TruthBlock(capacity: capacity)
            reconstructed = ReconstructedBlock(capacity: capacity)
            measured = tellsTrueJets ? MeasuredJets(capacity: capacity) : nil
            reconstructed.trueJets = tellsTrueJets ? ReconstructedBlock(capacity: capacity) : nil
            tracks = hasTracks ? TrackBlock() : nil
            reconstructed.tags = hasTracks ? JetTags(capacity: capacity) : nil
        }
    }

    private var workplace: Workplace {
        Workplace(
            rows: max(blockRows, plan.largestReuse), tellsTrueJets: tellsTrueJets, hasTracks: tracks != nil)
    }

    /// Chunks of one slice after another.
    public var pieces: Int { firstPieces[plan.draws.count] }

    /// Of each slice, and of what comes after the last.
    private static func firstPieces(_ plan: EventPlan) -> [Int] {
        plan.draws.indices.reduce(into: [0]) { first, slice in
            let size = chunkSize(replicas: plan.replicas[slice])
            first.append(first[slice] + (plan.draws[slice] + size - 1) / size)
        }
    }

    /// A truth event's replicas stay together.
    private static func chunkSize(replicas: Int) -> Int { multiple(of: replicas, upTo: chunkSize) }

    private func chunk(_ piece: Int) -> Chunk {
        let next = firstPieces.firstIndex { $0 > piece } ?? firstPieces.count - 1
        let slice = next - 1
        let size = Self.chunkSize(replicas: plan.replicas[slice])
        let first = (piece - firstPieces[slice]) * size
        return Chunk(slice: slice, first: first, count: min(size, plan.draws[slice] - first))
    }

    /// The largest multiple, and one at least.
    private static func multiple(of replicas: Int, upTo rows: Int) -> Int { max(1, rows / replicas) * replicas }

    /// Makes the blocks of some pieces in order of slice and draw, on the calling thread.
    public func forEachBlock(of pieces: Range<Int>, _ body: (ReconstructedBlock) throws -> Void) rethrows {
        let workplace = workplace
        for piece in pieces { try simulate(chunk(piece), workplace, body) }
    }

    private func simulate(
        _ chunk: Chunk, _ workplace: Workplace,
        tracked: (ReconstructedBlock, Range<Int>, TrackBlock) -> Void = { _, _, _ in },
        _ body: (ReconstructedBlock) throws -> Void
    ) rethrows {
        let replicas = plan.replicas[chunk.slice]
        let size = Self.multiple(of: replicas, upTo: workplace.rows)
        for first in stride(from: chunk.first, to: chunk.first + chunk.count, by: size) {
            truth.fill(
                workplace.truth, slice: chunk.slice, first: first,
                count: min(size, chunk.first + chunk.count - first), replicas: replicas, role: reconstruction.role,
                seed: reconstruction.seed)
            reconstruction.simulate(
                workplace.truth, into: workplace.reconstructed, measured: workplace.measured)
            triggers?.simulate(workplace.truth, workplace.reconstructed)
            if let tracks, let made = workplace.tracks { track(workplace, tracks, made, tracked) }
            try body(workplace.reconstructed)
        }
    }

    /// Makes the tracks of a block and what a tagger makes of them.
    private func track(
        _ workplace: Workplace, _ tracks: TrackSimulation, _ made: TrackBlock,
        _ tracked: (ReconstructedBlock, Range<Int>, TrackBlock) -> Void
    ) {
        let block = workplace.reconstructed
        for first in stride(from: 0, to: block.count, by: TrackBlock.rows) {
            let rows = first..<min(first + TrackBlock.rows, block.count)
            tracks.simulate(workplace.truth, block, rows: rows, into: made)
            tagger?.tag(block, rows: rows, made)
            tracked(block, rows, made)
        }
        tagWeights?.apply(to: block)
    }

    /// Goes through all tracks once.
    /// - Parameter visit: adds some rows of a block and their tracks to a thread's sums.
    public func reduceTracks<Sums: MergeableSums>(
        _ empty: Sums, _ visit: @escaping @Sendable (ReconstructedBlock, Range<Int>, TrackBlock, inout Sums) -> Void
    ) -> Sums {
        precondition(tracks != nil, "a source with tracks")
        return share(empty, pieces: 0..<pieces) { chunk, workplace, sums in
            simulate(chunk, workplace, tracked: { visit($0, $1, $2, &sums) }, { _ in })
        }
    }

    public func reduce<Sums: MergeableSums>(
        _ empty: Sums, over pieces: Range<Int>, _ visit: @escaping @Sendable (ReconstructedBlock, inout Sums) -> Void
    ) throws -> Sums {
        share(empty, pieces: pieces) { chunk, workplace, sums in simulate(chunk, workplace) { visit($0, &sums) } }
    }

    /// Shares pieces among threads.
    private func share<Sums: MergeableSums>(
        _ empty: Sums, pieces: Range<Int>, _ add: @escaping @Sendable (Chunk, Workplace, inout Sums) -> Void
    ) -> Sums {
        let parts = shareWork(pieces.count, threads: threads) { next in
            let workplace = workplace
            var sums = empty
            while let index = next() {
                let chunk = chunk(pieces.lowerBound + index)
                add(chunk, workplace, &sums)
                progress?(chunk.count)
            }
            return sums
        }
        var total = empty
        for part in parts { total.merge(part) }
        return total
    }
}
