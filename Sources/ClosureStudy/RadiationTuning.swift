public import DijetGeneration
public import GSL
internal import JetPhysics
public import TruthValidation
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Fits the parameters of the radiation to a reference sample: χ² of `TuningDistance` is minimised by GSL's trust-region least
/// squares, with the same random numbers at each trial, so that the residuals move smoothly with the parameters.
public struct RadiationTuning: Sendable {
    public struct Result: Sendable {
        public let model: RadiationModel
        /// One standard deviation of each parameter of `free`, from the residuals as they are (not scaled by χ²).
        public let uncertainties: [Double]
        public let fit: NonlinearFit
    }

    let truth: QCDDijets
    let reference: ObservedTruth
    public var distance = TuningDistance()
    public var eventsPerSlice = 100_000
    public var iterations = 12
    public var free: [RadiationParameter] = RadiationParameter.allCases
    let seed: UInt64
    let threads: Int

    /// - Parameter truth: with the slices of the reference, and the radiation to start from.
    public init(_ truth: QCDDijets, to reference: ObservedTruth, seed: UInt64, threads: Int) {
        precondition(truth.slices.count == reference.slices.count, "the same slices")
        self.truth = truth
        self.reference = reference
        self.seed = seed
        self.threads = threads
    }

    /// Whether the reference has as many numbers as there are free parameters.
    public var isDetermined: Bool { distance.residuals(of: reference, to: reference).count >= free.count }

    /// Trials if no iteration has to be repeated.
    public var expectedTrials: Int { 1 + iterations * (free.count + 1) }

    /// The truth with a radiation, observed.
    public func observed(_ model: RadiationModel) throws -> ObservedTruth {
        let truth = truth.radiating(model)
        let seed = seed
        let observables = try TruthObservables(
            events: truth.slices.map { _ in eventsPerSlice }, threads: threads
        ) { block, slice, first, count in
            truth.fill(block, slice: slice, first: first, count: count, replicas: 1, role: .simulation, seed: seed)
        }
        return ObservedTruth(
            slices: truth.slices, crossSectionUncertainties: truth.crossSections.map(\.uncertainty),
            observables: observables)
    }

    /// - Parameter progress: told of each trial.
    public func run(progress: @escaping () -> Void = {}) throws -> Result {
        let start = truth.radiation
        let free = free
        func model(_ coordinates: [Double]) -> RadiationModel {
            var model = start
            for (parameter, coordinate) in zip(free, coordinates) {
                let value = parameter.isPositive ? exp(coordinate) : coordinate
                model[parameter] = min(max(value, parameter.domain.lowerBound), parameter.domain.upperBound)
            }
            return model
        }
        let fit = try NonlinearFit(
            start: free.map { $0.isPositive ? log(max(start[$0], 1e-3)) : start[$0] },
            // Near the upper end of its domain a parameter can only be varied downwards.
            steps: free.map { parameter in
                let varied =
                    parameter.isPositive
                    ? start[parameter] * exp(parameter.tuningStep) : start[parameter] + parameter.tuningStep
                return varied <= parameter.domain.upperBound ? parameter.tuningStep : -parameter.tuningStep
            },
            differences: .forward, limits: NonlinearFit.Limits(iterations: iterations, step: 1e-4, gradient: 1e-8)
        ) { coordinates in
            let residuals = distance.residuals(of: try observed(model(coordinates)), to: reference).map(\.value)
            progress()
            return residuals
        }
        let result = model(fit.parameters)
        let uncertainties = free.indices.map { index in
            let deviation = max(0, fit.covariance[index][index]).squareRoot()
            return free[index].isPositive ? deviation * result[free[index]] : deviation
        }
        return Result(model: result, uncertainties: uncertainties, fit: fit)
    }
}

extension RadiationParameter {
    /// Fitted as a logarithm.
    fileprivate var isPositive: Bool { domain.lowerBound >= 0 }

    /// Of the derivatives, in the coordinate that is fitted.
    fileprivate var tuningStep: Double {
        if isPositive { return 0.05 }
        switch self {
        case .jetOffset, .jetOffsetGrowth, .jetColourLoss, .rapidityMargin: return 0.1
        case .initialRateFall, .finalRateFall, .underlyingGrowth, .gapGrowth: return 0.03
        case .jetForwardLoss: return 0.0003
        default: return 0.005
        }
    }
}
