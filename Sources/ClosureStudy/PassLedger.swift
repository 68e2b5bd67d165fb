public import Balance
public import Binning
internal import JetPhysics

/// One of the passes over events that a derivation and its test make.
public struct Pass: Sendable, Hashable {
    public let stage: DerivationStage
    /// Which of several of one stage, from 1 on.
    public let number: Int

    public init(_ stage: DerivationStage, number: Int = 1) {
        self.stage = stage
        self.number = number
    }

    /// For files.
    public var name: String {
        switch stage {
        case .simulationScale: "simulation-scale"
        case .likelihood: "likelihood-\(number)"
        case .simulationBalance: "simulation-balance"
        case .dataBalance: "data-balance"
        case .refinement: "refinement-\(number)"
        case .folding: "folding-\(number)"
        case .remainder: "folding-corrected-\(number)"
        case .closureData: "closure-data"
        case .closureSimulation: "closure-simulation"
        }
    }
}

/// The sums of a pass as far as they are known: of all events, or of a part of them.
public struct PassSums<Sums: Sendable>: Sendable {
    fileprivate let sums: Sums?

    /// - Throws: `IncompleteRound` where events of other shards are missing.
    public func complete() throws(IncompleteRound) -> Sums {
        guard let sums else { throw IncompleteRound() }
        return sums
    }
}

/// The next round needs constants that are made from sums of this one, and these are not all there: the other shards'
/// have to be merged first.
public struct IncompleteRound: Error {}

/// Kept sums that are not of these events.
public struct KeptSumsError: Error, Equatable, CustomStringConvertible {
    public let pass: String
    public let problem: String
    public var description: String { "the sums of \(pass) do not belong to these events: \(problem)" }
}

/// Goes through events for the sums of each pass; takes up sums of other processes, and keeps its own for them.
///
/// Passes come in rounds, each of which needs the constants of the ones before. A ledger for a shard adds the shard's events
/// in the first round whose sums are not complete, and there the derivation ends with `IncompleteRound`.
public final class PassLedger {
    /// The sums of some pieces of a pass.
    public struct Kept: Sendable, Equatable {
        /// Of the pass, altogether.
        public let pieces: Int
        public let covered: PieceSet
        public let record: SumsRecord

        public init(pieces: Int, covered: PieceSet, record: SumsRecord) {
            self.pieces = pieces
            self.covered = covered
            self.record = record
        }

        public var isComplete: Bool { covered.missing(in: 0..<pieces).isEmpty }
    }

    /// When and how to lay down what is summed up to now.
    public struct Checkpoint {
        let isDue: () -> Bool
        let write: ([String: Kept]) throws -> Void

        public init(isDue: @escaping () -> Bool, write: @escaping ([String: Kept]) throws -> Void) {
            self.isDue = isDue
            self.write = write
        }
    }

    /// Pieces between two chances of a checkpoint; also what threads' own sums are small for.
    private static let batch = 4096

    /// Sums of earlier rounds, by the names of passes.
    private var earlier: [String: Kept]
    /// Sums that this process has made or continued, by the names of passes.
    public private(set) var kept: [String: Kept]
    private let keeps: Bool
    private let shard: Shard
    private let checkpoint: Checkpoint?
    private let begin: (DerivationStage) throws -> Void

    /// - Parameters:
    ///   - earlier: sums to go on from, complete or not.
    ///   - continued: sums of this process's own events from before it was interrupted.
    ///   - keeps: whether sums stay in `kept`; they do with a checkpoint.
    ///   - begin: told each stage that begins.
    public init(
        earlier: [String: Kept] = [:], continued: [String: Kept] = [:], shard: Shard = .whole, keeps: Bool = false,
        checkpoint: Checkpoint? = nil, begin: @escaping (DerivationStage) throws -> Void = { _ in }
    ) {
        self.earlier = earlier
        kept = continued
        self.shard = shard
        self.keeps = keeps || checkpoint != nil
        self.checkpoint = checkpoint
        self.begin = begin
    }

    /// The sums of a pass: what is known of them, and this shard's part of what is missing.
    /// - Throws: what the source throws, `KeptSumsError`, and what writing a checkpoint throws.
    func sums<Sums: StorableSums>(
        _ pass: Pass, of source: some EventSource, from empty: Sums,
        _ visit: @escaping @Sendable (ReconstructedBlock, inout Sums) -> Void
    ) throws -> PassSums<Sums> {
        try begin(pass.stage)
        return try sums(pass.name, pieces: source.pieces, from: empty) { try source.reduce(empty, over: $0, visit) }
    }

    /// The same of events that are no `EventSource`.
    /// - Parameters:
    ///   - name: of the pass, for files.
    ///   - pieces: how many there are; the same ones each time.
    ///   - reduce: adds up the events of some of them.
    package func sums<Sums: StorableSums>(
        _ name: String, pieces: Int, from empty: Sums, _ reduce: (Range<Int>) throws -> Sums
    ) throws -> PassSums<Sums> {
        var (sums, covered) = try taken(name, pieces: pieces, empty)
        for missing in covered.missing(in: shard.range(of: pieces)) {
            for start in stride(from: missing.lowerBound, to: missing.upperBound, by: Self.batch) {
                let batch = start..<min(start + Self.batch, missing.upperBound)
                sums.merge(try reduce(batch))
                covered.insert(batch)
                if let checkpoint, checkpoint.isDue() {
                    kept[name] = Kept(pieces: pieces, covered: covered, record: sums.record)
                    try checkpoint.write(kept)
                }
            }
        }
        let isComplete = covered.missing(in: 0..<pieces).isEmpty
        if keeps, earlier[name]?.isComplete != true {
            kept[name] = Kept(pieces: pieces, covered: covered, record: sums.record)
        }
        return PassSums(sums: isComplete ? sums : nil)
    }

    private func taken<Sums: StorableSums>(
        _ name: String, pieces: Int, _ empty: Sums
    ) throws(KeptSumsError) -> (Sums, PieceSet) {
        guard let known = kept[name] ?? earlier[name] else { return (empty, PieceSet()) }
        guard known.pieces == pieces else {
            throw KeptSumsError(pass: name, problem: "they come in \(known.pieces) pieces, these in \(pieces)")
        }
        var sums = empty
        do throws(SumsRecordError) { try sums.restore(known.record) } catch {
            throw KeptSumsError(pass: name, problem: error.description)
        }
        return (sums, known.covered)
    }
}
