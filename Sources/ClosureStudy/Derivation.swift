public import Balance
public import Intercalibration
internal import Binning
internal import JetPhysics
public import TruthResponse

/// How constants are derived from events.
public struct DerivationOptions: Sendable, Equatable {
    public var method: Method
    public var selection: Selection
    public var binning: BalanceBinning
    public var requirement: EventRequirement
    /// How far the MC-truth scale reaches: third jets count up to somewhat beyond the η bins.
    public var scaleAbsEtaMaximum: Double { max(-binning.eta.lowest, binning.eta.highest) + 0.7 }
    /// Passes: the first derives the constants, each further one refines them, on corrected data or, where the method folds, on
    /// folded simulation. Without a simulation to compare with there is one pass.
    public var passes: Int
    /// What the method `mpf` takes the soft term to respond like, relative to jets; nil for its plain form.
    public var softResponse: Double?
    /// What stands for the mean asymmetry, of methods that take one.
    public var location: LocationEstimator
    /// What kept the events of data; simulation has them all.
    public var triggers: TriggerMenu?
    /// What constants are extrapolated over to α → 0; nil for constants at the cut.
    public var alphaCuts: AlphaCuts?
    /// Replicas of a bootstrap of the last fit; 0 for none.
    public var replicas: Int
    /// What the resolution of jets is derived over; nil where it is not.
    public var resolutionCuts: AlphaCuts?
    /// Whether constants are derived anew from jets with the resolution of the worse of the two samples.
    public var smears: Bool
    /// Of the constants of the last fit, before they are extrapolated.
    public var smoothing: Smoothing

    /// Of data: the selection of events that the triggers have kept.
    public var dataSelection: Selection {
        selection.with(triggers: triggers.map { TriggerAssignment($0, binning: binning) })
    }

    public init(
        method: Method, selection: Selection, binning: BalanceBinning, requirement: EventRequirement = .init(),
        passes: Int = 3, softResponse: Double? = nil, location: LocationEstimator = .mean, triggers: TriggerMenu? = nil,
        alphaCuts: AlphaCuts? = nil, replicas: Int = 0, resolutionCuts: AlphaCuts? = nil, smears: Bool = false,
        smoothing: Smoothing = .none
    ) {
        precondition(passes >= 1, "at least one pass")
        precondition(softResponse.map(MissingMomentumSums.softResponses.contains) ?? true, "a response of a soft term")
        precondition(smoothing == .none || method.canBeSmoothed, "a method that can be smoothed")
        precondition(alphaCuts == nil || method.isExtrapolable, "a method that can be extrapolated")
        precondition(!smears || resolutionCuts != nil, "a resolution to smear by")
        self.method = method
        self.selection = selection
        self.binning = binning
        self.requirement = requirement
        self.passes = passes
        self.softResponse = softResponse
        self.location = location
        self.triggers = triggers
        self.alphaCuts = alphaCuts
        self.replicas = replicas
        self.resolutionCuts = resolutionCuts
        self.smears = smears
        self.smoothing = smoothing
    }

    /// How many rounds a closure takes at most, each of which needs the sums of the ones before: the MC-truth scale, the balances, one
    /// for each refinement or for each comparison after the first and each look at what constants leave, all but the first again with jets
    /// smeared, and the test.
    public var largestRounds: Int {
        method.worksOnSums
            ? passes + 2 + (method.needsScore ? 2 : 0) + (smears ? passes : 0)
            : Derivation.comparisonsPerPass * passes + 2 + SurfaceRemainder.largestPasses
    }
}

/// Where a long computation is.
public enum DerivationStage: String, Sendable, CaseIterable {
    case simulationScale = "MC-truth scale"
    case likelihood = "likelihood of MC"
    case simulationBalance = "MC balance"
    case dataBalance = "data balance"
    case refinement = "refinement"
    case folding = "folded MC"
    case remainder = "folded MC, corrected"
    case closureData = "closure, data"
    case closureSimulation = "closure, MC"
}

extension EventSource {
    /// The MC-truth scale of these events, from all jets that have truth.
    public func simulationScale(absEtaMaximum: Double, passes: PassLedger = PassLedger()) throws -> SimulationScale {
        let axes = SimulationScale.axes(absEtaMaximum: absEtaMaximum)
        let empty = TruthResponseSums(eta: axes.eta, truePt: axes.truePt, residual: nil, slices: sliceWeights.count)
        let uncorrected = JetCorrection(scale: nil, residual: nil)
        let sums = try passes.sums(Pass(.simulationScale), of: self, from: empty) { block, sums in
            uncorrected.apply(to: block)
            sums.add(block)
        }
        return try SimulationScale(try sums.complete(), weights: sliceWeights)
    }

    /// Balance sums of these events after a correction.
    public func balance(
        _ correction: JetCorrection, binning: BalanceBinning, selection: Selection
    ) throws -> BalanceSample {
        let empty = BalanceSums(binning: binning, selection: selection, slices: sliceWeights.count)
        let sums = try reduce(empty) { block, sums in
            correction.apply(to: block)
            sums.add(block)
        }
        return BalanceSample(sums: sums, weights: sliceWeights)
    }
}

/// Sums for the fit and for the eye, of the same events.
struct InspectedSums: StorableSums {
    var balance: MethodSums
    var histograms: BalanceHistograms
    var alpha: AlphaSums?
    /// For replicas.
    var subSamples: SubSampleSums?
    /// For the resolution.
    var widths: WidthSums?
    /// Of the same events with constants moved.
    var moved: MethodSums?

    mutating func merge(_ other: InspectedSums) {
        balance.merge(other.balance)
        histograms.merge(other.histograms)
        if let addend = other.alpha { alpha?.merge(addend) }
        if let addend = other.subSamples { subSamples?.merge(addend) }
        if let addend = other.widths { widths?.merge(addend) }
        if let addend = other.moved { moved?.merge(addend) }
    }

    var record: SumsRecord {
        var record = SumsRecord()
        record["balance"] = balance.record
        record["histograms"] = histograms.record
        if let alpha { record["alpha"] = alpha.record }
        if let subSamples { record["sub_samples"] = subSamples.record }
        if let widths { record["widths"] = widths.record }
        if let moved { record["moved"] = moved.record }
        return record
    }

    mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        try balance.restore(record["balance"])
        try histograms.restore(record["histograms"])
        try alpha?.restore(record["alpha"])
        try subSamples?.restore(record["sub_samples"])
        try widths?.restore(record["widths"])
        try moved?.restore(record["moved"])
    }
}

/// A sample's balance with histograms of the same events.
public struct InspectedSample: Sendable {
    public let balance: BalanceSample
    public let histograms: BalanceHistograms
    /// Where constants are extrapolated.
    public let alpha: AlphaSample?
    let subSamples: SubSampleSums?
    /// Where the resolution is derived.
    public let widths: WidthSample?
    /// Of the last refinement: balance of the same events with constants moved.
    let moved: BalanceSample?

    fileprivate init(_ sums: InspectedSums, weights: [Double]) {
        self.init(
            sums.balance.sample(weights: weights), sums.histograms,
            alpha: sums.alpha.map { AlphaSample(sums: $0, weights: weights) }, subSamples: sums.subSamples,
            moved: sums.moved?.sample(weights: weights),
            widths: sums.widths.map { WidthSample(sums: $0, weights: weights) })
    }

    init(
        _ balance: BalanceSample, _ histograms: BalanceHistograms, alpha: AlphaSample? = nil,
        subSamples: SubSampleSums? = nil, moved: BalanceSample? = nil, widths: WidthSample? = nil
    ) {
        self.balance = balance
        self.histograms = histograms
        self.alpha = alpha
        self.subSamples = subSamples
        self.widths = widths
        self.moved = moved
    }
}

extension EventSource {
    fileprivate func inspected(
        _ pass: Pass, _ passes: PassLedger, _ correction: JetCorrection, _ options: DerivationOptions,
        _ selection: Selection, score: BalanceScore?, cells: [BalanceHistograms.Cell], subSamples: Bool,
        smearing: JetSmearing?, moves: ResidualMap? = nil
    ) throws -> PassSums<InspectedSums> {
        let slices = sliceWeights.count
        func balance() -> MethodSums {
            MethodSums(options.method, options, selection: selection, weights: sliceWeights, score: score)
        }
        let empty = InspectedSums(
            balance: balance(),
            histograms: BalanceHistograms(
                binning: options.binning, selection: selection, cells: cells, slices: slices),
            alpha: options.alphaSums(selection, slices: slices),
            subSamples: subSamples
                ? try SubSampleSums(
                    binning: options.binning, selection: selection,
                    content: options.method.needsMissingMomentum ? .missingMomentum : .balance, weights: sliceWeights)
                : nil,
            widths: options.widthSums(selection, tellsImbalance: pass.stage == .simulationBalance, slices: slices),
            moved: moves == nil ? nil : balance())
        let movement = moves.map { JetCorrection(scale: nil, residual: .steps($0)) }
        return try passes.sums(pass, of: self, from: empty) { block, sums in
            correction.apply(to: block)
            smearing?.apply(to: block)
            selection.withDijets(of: block, binning: options.binning) { dijets in
                sums.balance.add(dijets)
                sums.histograms.add(dijets)
                sums.alpha?.add(dijets)
                sums.widths?.add(dijets)
                if let score {
                    dijets.scored(by: score) { sums.subSamples?.add($0) }
                } else {
                    sums.subSamples?.add(dijets)
                }
            }
            if let movement {
                movement.apply(to: block)
                selection.withDijets(of: block, binning: options.binning) { sums.moved?.add($0) }
            }
        }
    }
}

/// Constants and the sums that they came from.
public struct Derivation: Sendable {
    public let calibration: Calibration
    public let scale: SimulationScale?
    public let simulation: InspectedSample?
    /// Data before any residual.
    public let data: InspectedSample
    /// Data as corrected in the last pass, when there was more than one.
    public let correctedData: InspectedSample?
    /// Of methods that need it.
    public let score: BalanceScore?

    /// Runs the chain: MC-truth scale for both samples, balance, fit, refinement.
    /// - Parameters:
    ///   - scale: from simulated truth; nil leaves jets as they are.
    ///   - smearing: what is done to calibrated jets; nil leaves them as they are.
    ///   - threads: of the fits to replicas; no result depends on it.
    ///   - passes: goes through the events.
    public init(
        data: any EventSource, simulation: (any EventSource)?, scale: SimulationScale?, options: DerivationOptions,
        smearing: ResolutionSmearing? = nil, threads: Int = 1, passes: PassLedger = PassLedger()
    ) throws {
        guard options.method.worksOnSums else {
            self = try Self.folded(data: data, simulation: simulation, scale: scale, options: options, passes: passes)
            return
        }
        let factor = scale?.correction
        let base = JetCorrection(scale: factor, residual: nil)
        let cells = options.binning.inspectedCells
        let last = simulation == nil ? 1 : max(options.passes, 1)
        self.scale = scale
        guard simulation != nil || !options.method.needsSimulation else {
            throw MethodError.needsSimulation(options.method)
        }
        func pass(_ stage: DerivationStage, _ number: Int = 1) -> Pass {
            Pass(stage, number: number, isSmeared: smearing != nil)
        }
        let score = try simulation.flatMap { try $0.balanceScore(base, options, passes) }
        let ofSimulation = try simulation.map {
            try $0.inspected(
                pass(.simulationBalance), passes, base, options, options.selection, score: score, cells: cells,
                subSamples: options.replicas > 0, smearing: smearing?.simulation)
        }
        let ofData = try data.inspected(
            pass(.dataBalance), passes, base, options, options.dataSelection, score: score, cells: cells,
            subSamples: options.replicas > 0 && last == 1, smearing: smearing?.data)
        let measured = InspectedSample(try ofData.complete(), weights: data.sliceWeights)
        let expected = try ofSimulation.map {
            InspectedSample(try $0.complete(), weights: simulation?.sliceWeights ?? [])
        }
        var calibration = try Calibration(
            method: options.method, data: measured.balance, simulation: expected?.balance,
            requirement: options.requirement)
        var corrected: InspectedSample?
        var reaction: RefinementReaction?
        if let expected {
            for number in 1..<last {
                let sums = try data.inspected(
                    pass(.refinement, number), passes,
                    JetCorrection(scale: factor, residual: .steps(calibration.residualMap)), options,
                    options.dataSelection, score: score, cells: cells,
                    subSamples: options.replicas > 0 && number == last - 1, smearing: smearing?.data,
                    moves: number == last - 1 ? RefinementReaction.moves(of: calibration) : nil)
                let sample = InspectedSample(try sums.complete(), weights: data.sliceWeights)
                reaction = try sample.moved.flatMap {
                    try RefinementReaction(
                        of: calibration, moved: $0, data: sample.balance, simulation: expected.balance,
                        requirement: options.requirement)
                }
                calibration = try calibration.refined(
                    data: sample.balance, simulation: expected.balance, requirement: options.requirement)
                corrected = sample
            }
        }
        let fitted = corrected ?? measured
        if let subSamples = fitted.subSamples {
            calibration.bootstrap = try Bootstrap(
                options.method, data: fitted.balance, dataSubSamples: subSamples, simulation: expected?.balance,
                simulationSubSamples: expected?.subSamples, requirement: options.requirement,
                replicas: options.replicas, threads: threads)
        }
        if let score, let expected {
            calibration.boundVariances = try calibration.eventBound(
                score: score, data: fitted.balance, simulation: expected.balance, requirement: options.requirement)
        }
        self.simulation = expected
        self.data = measured
        correctedData = corrected
        self.calibration = try calibration.scattered(by: reaction).smoothed(options.smoothing).extrapolated(
            data: fitted.alpha, simulation: expected?.alpha, options)
        self.score = score
    }

    init(calibration: Calibration, scale: SimulationScale?, simulation: InspectedSample, data: InspectedSample) {
        self.calibration = calibration
        self.scale = scale
        self.simulation = simulation
        self.data = data
        correctedData = nil
        score = nil
    }
}

extension BalanceBinning {
    /// Cells whose asymmetry is worth a look: a probe in the barrel's end, in the endcap and forward (at 0.3, −0.6 and 0.82
    /// of the reach of the η axis: 1.35, −2.7 and 3.7 of 4.5), in the lowest quoted pT bin and a third of the way up.
    var inspectedCells: [BalanceHistograms.Cell] {
        let pts = [quotedPtBins.lowerBound, quotedPtBins.lowerBound + quotedPtBins.count / 3]
        var cells: [BalanceHistograms.Cell] = []
        for pt in pts {
            for share in [0.3, -0.6, 0.82] {
                let place = share * max(eta.highest, -eta.lowest)
                guard let bin = [place, -place].map(eta.index).first(where: { $0 >= 0 }) else { continue }
                let cell = BalanceHistograms.Cell(etaBin: bin, ptBin: pt)
                if !cells.contains(cell) { cells.append(cell) }
            }
        }
        return cells
    }
}
