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
    /// Passes over the data: the first derives the constants, each further one refines them on corrected data.
    /// Without a simulation to compare with there is one pass.
    public var passes: Int

    public init(
        method: Method, selection: Selection, binning: BalanceBinning, requirement: EventRequirement = .init(),
        passes: Int = 3
    ) {
        precondition(passes >= 1, "at least one pass")
        self.method = method
        self.selection = selection
        self.binning = binning
        self.requirement = requirement
        self.passes = passes
    }
}

/// Where a long computation is.
public enum DerivationStage: String, Sendable, CaseIterable {
    case simulationScale = "MC-truth scale"
    case simulationBalance = "MC balance"
    case dataBalance = "data balance"
    case refinement = "refinement"
    case closureData = "closure, data"
    case closureSimulation = "closure, MC"
}

extension EventSource {
    /// The MC-truth scale of these events, from all jets that have truth.
    public func simulationScale(absEtaMaximum: Double) throws -> SimulationScale {
        let axes = SimulationScale.axes(absEtaMaximum: absEtaMaximum)
        let empty = TruthResponseSums(eta: axes.eta, truePt: axes.truePt, residual: nil, slices: sliceWeights.count)
        let uncorrected = JetCorrection(scale: nil, residual: nil)
        let sums = try reduce(empty) { block, sums in
            uncorrected.apply(to: block)
            sums.add(block)
        }
        return try SimulationScale(sums, weights: sliceWeights)
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

/// Constants and the sums that they came from.
public struct Derivation: Sendable {
    public var calibration: Calibration
    public var scale: SimulationScale?
    public var simulation: BalanceSample?
    /// Data as corrected in the last pass.
    public var data: BalanceSample

    /// Runs the chain: MC-truth scale for both samples, balance, fit, refinement.
    /// - Parameters:
    ///   - scale: from simulated truth; nil leaves jets as they are.
    ///   - stage: told what begins.
    public init(
        data: any EventSource, simulation: (any EventSource)?, scale: SimulationScale?, options: DerivationOptions,
        stage: (DerivationStage) throws -> Void = { _ in }
    ) throws {
        let factor = scale?.correction
        let base = JetCorrection(scale: factor, residual: nil)
        func balance(_ source: any EventSource, _ correction: JetCorrection) throws -> BalanceSample {
            try source.balance(correction, binning: options.binning, selection: options.selection)
        }
        self.scale = scale
        if simulation != nil { try stage(.simulationBalance) }
        self.simulation = try simulation.map { try balance($0, base) }
        try stage(.dataBalance)
        self.data = try balance(data, base)
        calibration = try Calibration(
            method: options.method, data: self.data, simulation: self.simulation, requirement: options.requirement)
        guard let simulation = self.simulation else { return }
        for _ in 1..<max(options.passes, 1) {
            try stage(.refinement)
            self.data = try balance(data, JetCorrection(scale: factor, residual: calibration.residualMap))
            calibration = try calibration.refined(
                data: self.data, simulation: simulation, requirement: options.requirement)
        }
    }
}
