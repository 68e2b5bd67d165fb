public import DetectorModel
public import DijetGeneration
public import FlavourTagging
public import InstructionSets
public import JetPhysics

/// The main job: derive constants from simulated data and simulation, and test them on independent samples.
public struct ClosureRun: Sendable {
    /// The MC-truth scale needs no more events than this; its noise is common to data and simulation.
    static let largestScaleSample = 10_000_000

    public struct Result: Sendable {
        public let derivation: Derivation
        public let test: ClosureTest
        /// nil where it was not asked for.
        public let resolution: ResolutionTest?
    }

    let truth: any DijetTruth
    private let dataTruth: (any DijetTruth)?
    private let tagger: Tagger?
    let options: DerivationOptions
    private let simulationDetector: Detector
    private let dataDetector: Detector
    private var events: Int
    private var seed: UInt64
    private var threads: Int
    private let instructionSet: InstructionSet
    private let blockRows: Int
    private let progress: (@Sendable (Int) -> Void)?
    private let card: DetectorCard

    /// - Parameters:
    ///   - dataCard: detector of the data; nil for `card` with its overlay.
    ///   - truth: of simulation, whose MC-truth scale both samples get.
    ///   - dataTruth: of the data; nil for the same as simulation has. Its slices may be others.
    ///   - tagger: of all samples, for detectors with trackers; nil where the selection requires no tag.
    ///   - events: of each of the four samples.
    ///   - instructionSet: of the loops over events; like `threads` and `blockRows`, no result depends on it.
    ///   - progress: told the events of each finished block.
    public init(
        card: DetectorCard, dataCard: DetectorCard?, truth: any DijetTruth, dataTruth: (any DijetTruth)? = nil,
        tagger: Tagger? = nil, events: Int,
        seed: UInt64, options: DerivationOptions, threads: Int, instructionSet: InstructionSet = .chosen,
        blockRows: Int = SimulatedSource.standardBlockRows, progress: (@Sendable (Int) -> Void)? = nil
    ) throws {
        self.card = card
        self.truth = truth
        self.dataTruth = dataTruth
        self.tagger = tagger
        precondition(tagger != nil || options.selection.requiredTag == nil, "a tagger for tags that are required")
        self.options = options
        self.events = events
        self.seed = seed
        self.threads = threads
        self.instructionSet = instructionSet
        self.blockRows = blockRows
        self.progress = progress
        if let dataCard { try card.requireWeights(toward: dataCard) }
        simulationDetector = .ofSimulation(card, data: dataCard)
        dataDetector = .ofData(card, other: dataCard)
        _ = try source(.simulation)
        if dataTruth != nil { _ = try source(.pseudoData) }
    }

    /// The same with other events. The detectors are not set up anew, which takes as long as some 100 000 events.
    func with(events: Int, seed: UInt64, threads: Int) -> ClosureRun {
        var run = self
        (run.events, run.seed, run.threads) = (events, seed, threads)
        return run
    }

    /// One of the four samples.
    public func source(_ role: SampleRole) throws -> SimulatedSource { try source(role, events: events) }

    private func source(_ role: SampleRole, events: Int) throws -> SimulatedSource {
        let truth = role.isPseudoData ? dataTruth ?? truth : truth
        return SimulatedSource(
            truth: truth, detector: role.isPseudoData ? dataDetector : simulationDetector, role: role, seed: seed,
            plan: try EventPlan(events: events, truth: truth, detector: card, role: role), threads: threads,
            progress: progress, triggers: role.isPseudoData ? options.triggers : nil,
            simulation: simulationDetector, instructionSet: instructionSet, blockRows: blockRows,
            tellsTrueJets: role == .closureSimulation || role == .closurePseudoData, tagger: tagger)
    }

    /// How many events a stage goes through.
    public func events(of stage: DerivationStage) -> Int {
        stage == .simulationScale ? min(events, Self.largestScaleSample) : events
    }

    /// Largest number of times that one truth event is used in a sample.
    public func largestReuse() throws -> Int {
        let roles: [SampleRole] = dataTruth == nil ? [.simulation] : [.simulation, .pseudoData]
        return try roles.map { try source($0).plan.largestReuse }.max() ?? 1
    }

    /// - Parameter passes: goes through the events.
    /// - Throws: `IncompleteRound` when that is for a shard.
    public func run(passes: PassLedger = PassLedger()) throws -> Result {
        let scale = try source(.simulation, events: events(of: .simulationScale))
            .simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum, passes: passes)
        // Constants share their truth events with the test where either sample does.
        let truthIsIndependent = truth.closureIsIndependent && (dataTruth?.closureIsIndependent ?? true)
        func derivation(_ smearing: ResolutionSmearing?) throws -> Derivation {
            try Derivation(
                data: try source(.pseudoData), simulation: try source(.simulation), scale: scale, options: options,
                smearing: smearing, threads: threads, passes: passes)
        }
        let first = try derivation(nil)
        let resolution = try first.jetResolution()
        let smearing = options.smears ? resolution.map { ResolutionSmearing($0, seed: seed) } : nil
        let derivation = try smearing.map { try derivation($0) } ?? first
        let test = try ClosureTest(
            derivation.calibration, scale: scale, score: derivation.score, data: try source(.closurePseudoData),
            simulation: try source(.closureSimulation), options: options,
            smearing: smearing, truthIsIndependent: truthIsIndependent, passes: passes)
        return Result(
            derivation: derivation, test: test,
            resolution: resolution.flatMap { measured in
                test.injected.map { ResolutionTest(measured, injected: $0, smearing: smearing) }
            })
    }
}
