internal import Balance
public import DetectorModel
public import DijetGeneration
public import FlavourTagging
public import Intercalibration
internal import JetPhysics
internal import Sampling
internal import Threads
internal import TruthResponse

/// Where a study of pseudo-experiments is.
public enum ToyStage: String, Sendable, CaseIterable {
    case simulationScale = "MC-truth scale"
    case asimov = "Asimov constants"
    case experiments = "experiments"
}

/// Pseudo-experiments: constants derived again and again from events drawn anew, against what the same method gives without
/// statistical fluctuations.
///
/// Each experiment draws its own data and its own simulation, whose statistics are both in the covariance; all methods see the
/// same events of it. The constants that fluctuations are counted from (Asimov) come from a sample of data and simulation of its
/// own, independent of the experiments, so that its variance only adds to theirs and pulls are not drawn towards zero by events
/// that both have. The MC-truth scale is derived once: its noise is common to data and simulation, and to all experiments.
///
/// No result depends on the number of threads: experiments run one a thread and are counted in their order.
public struct ToyStudy: Sendable {
    private let card: DetectorCard
    private let dataCard: DetectorCard?
    private let events: Int
    private let experiments: Int
    private let asimovEvents: Int
    private let seed: UInt64
    private let methods: [Method]
    private let options: DerivationOptions
    private let threads: Int
    /// The samples of any seed and size.
    private let samples: ClosureRun

    /// - Parameters:
    ///   - dataCard: detector of the data; nil for `card` with its overlay.
    ///   - truth: one that makes other events for each seed.
    ///   - tagger: of all samples; nil where the selection requires no tag.
    ///   - events: of data and of simulation, each, of one experiment.
    ///   - experiments: at least two, since widths need them.
    ///   - asimovEvents: of data and of simulation, each, that the Asimov constants come from.
    ///   - seed: of the Asimov sample and the scale; experiments have those of `seed(ofExperiment:from:)`.
    ///   - methods: in the order of the results; `options.method` is not looked at.
    ///   - progress: told the events of each finished block.
    /// - Throws: `ToyStudyError` for a truth whose events do not depend on the seed, and what `ClosureRun` throws.
    public init(
        card: DetectorCard, dataCard: DetectorCard?, truth: any DijetTruth, tagger: Tagger? = nil, events: Int,
        experiments: Int,
        asimovEvents: Int, seed: UInt64, methods: [Method], options: DerivationOptions, threads: Int,
        progress: (@Sendable (Int) -> Void)? = nil
    ) throws {
        precondition(experiments >= 2 && !methods.isEmpty && threads > 0, "experiments, methods and threads")
        // What a sample of fixed events is smeared from is the same in each experiment, and would not fluctuate.
        guard truth.closureIsIndependent else { throw ToyStudyError.truthIsFixed }
        self.card = card
        self.dataCard = dataCard
        self.events = events
        self.experiments = experiments
        self.asimovEvents = asimovEvents
        self.seed = seed
        self.methods = methods
        self.options = options
        self.threads = threads
        samples = try ClosureRun(
            card: card, dataCard: dataCard, truth: truth, tagger: tagger, events: events, seed: seed, options: options,
            threads: threads,
            progress: progress)
        _ = try samples.with(events: asimovEvents, seed: seed, threads: threads).source(.simulation)
    }

    /// The seed of an experiment: the (`number` + 1)-th value of SplitMix64 that begins at `seed`. A run with that seed and as
    /// many events has the data and the simulation of this experiment.
    public static func seed(ofExperiment number: Int, from seed: UInt64) -> UInt64 {
        splitMix(seed &+ (UInt64(number) &+ 1) &* splitMixStep)
    }

    /// How many events a stage goes through at most, where a method passes once over simulation and `options.passes` times over data,
    /// or once over data and again and again over simulation, or twice more over simulation for its likelihood.
    public func events(of stage: ToyStage) -> Int {
        let folding = Derivation.comparisonsPerPass * options.passes + SurfaceRemainder.largestPasses
        let passes = methods.reduce(0) {
            $0 + 1 + ($1.needsScore ? 2 : 0) + ($1.worksOnSums ? options.passes : folding)
        }
        return switch stage {
        case .simulationScale: scaleEvents
        case .asimov: passes * asimovEvents
        case .experiments: passes * events * experiments
        }
    }

    private var scaleEvents: Int { min(asimovEvents, ClosureRun.largestScaleSample) }

    /// - Parameter begin: told each stage that begins, on the calling thread.
    /// - Throws: what the Asimov constants cannot be derived for, and `ToyStudyError` when no experiment gives constants. Single
    ///   experiments that fail are counted.
    public func run(begin: (ToyStage) -> Void = { _ in }) throws -> ToyResult {
        begin(.simulationScale)
        let scale = try samples.with(events: scaleEvents, seed: seed, threads: threads).source(.simulation)
            .simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum).keepingCorrection
        begin(.asimov)
        let asimovSamples = samples.with(events: asimovEvents, seed: seed, threads: threads)
        let asimov = try methods.map { try calibration($0, asimovSamples, scale) }
        begin(.experiments)
        let counted = count(asimov, scale)
        let response = ScaledResponse(
            simulation: .ofSimulation(card, data: dataCard), data: .ofData(card, other: dataCard))
        let more = Double(asimovEvents) / Double(events)
        let bound = asimov.lazy.compactMap(\.boundVariances).first.map { $0.map { $0.map { more * $0 } } }
        let results = zip(asimov, counted).map { asimov, statistics in
            ToyMethodResult(
                asimov, statistics,
                expected: ClosurePrediction(response: response, calibration: asimov).ideal, bound: bound)
        }
        if let failure = results.first(where: { $0.failed == experiments })?.firstFailure {
            throw ToyStudyError.allFailed(reason: failure)
        }
        return ToyResult(
            binning: options.binning, events: events, experiments: experiments, asimovEvents: asimovEvents,
            methods: results)
    }

    private func calibration(_ method: Method, _ samples: ClosureRun, _ scale: SimulationScale) throws -> Calibration {
        var options = options
        options.method = method
        options.replicas = 0
        return try Derivation(
            data: samples.source(.pseudoData), simulation: samples.source(.simulation), scale: scale, options: options
        ).calibration
    }

    /// Statistics of each method over all experiments.
    private func count(_ asimov: [Calibration], _ scale: SimulationScale) -> [ToyStatistics] {
        // Few large experiments have more than one thread each.
        let each = max(1, threads / experiments)
        let sums = Guarded(InOrder(asimov.map(ToyStatistics.init)))
        _ = shareWork(experiments, threads: min(threads, experiments)) { next in
            while let number = next() {
                let own = samples.with(
                    events: events, seed: Self.seed(ofExperiment: number, from: seed), threads: each)
                let outcomes = zip(methods, asimov).map { method, asimov in
                    ToyOutcome(against: asimov) { try calibration(method, own, scale) }
                }
                sums.withLock { $0.add(outcomes, number) }
            }
        }
        return sums.withLock { $0.statistics }
    }
}

public enum ToyStudyError: Error, Equatable, CustomStringConvertible {
    case truthIsFixed
    case allFailed(reason: String)

    public var description: String {
        switch self {
        case .truthIsFixed:
            "truth: the events of a sample are the same in each pseudo-experiment and do not fluctuate; use the built-in truth"
        case .allFailed(let reason):
            "events: no pseudo-experiment gave constants: \(reason); ask for more events or wider bins"
        }
    }
}

/// Floating sums depend on their order: what is finished early waits for its turn, a few experiments a thread at most.
private struct InOrder: Sendable {
    private(set) var statistics: [ToyStatistics]
    private var waiting: [Int: [ToyOutcome]] = [:]
    private var next = 0

    init(_ statistics: [ToyStatistics]) { self.statistics = statistics }

    mutating func add(_ outcomes: [ToyOutcome], _ number: Int) {
        waiting[number] = outcomes
        while let outcomes = waiting.removeValue(forKey: next) {
            for method in outcomes.indices { statistics[method].add(outcomes[method]) }
            next += 1
        }
    }
}
