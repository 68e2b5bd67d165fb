#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance

/// Intercalibration constants with all that is known about them.
public struct Calibration: Sendable {
    public enum Kind: String, Sendable {
        /// Constants that bring data to the response of simulation.
        case dataOverSimulation = "data/mc"
        /// Constants that make one sample uniform.
        case single
    }

    public var method: Method
    /// What stood for the mean asymmetry.
    public var location = LocationEstimator.mean
    public var kind: Kind
    public var binning: BalanceBinning
    /// Multiplies a data jet's pT: [η bin][pT bin], nil where undetermined.
    public var constants: [[Double?]]
    /// Mean pT before the residual (GeV) that each constant belongs to.
    public var ptMean: [[Double?]]
    public var status: [[BinStatus]]
    /// Covariance of ln c, one block a pT bin.
    public var logCovariance: [[[Double]]]
    /// Of each pT bin (rows) with each later one, [pT bin][later pT bin − pT bin − 1]; empty where pT bins are independent.
    public var crossLogCovariance: [[[[Double]]]] = []
    /// How constants followed those of the pass before; nil where there was none, or nobody has looked.
    package var reaction: RefinementReaction?
    /// Of ln c, [pT bin][η bin]: what no unbiased estimate from the same events can be below; nil where nobody has asked simulation.
    public package(set) var boundVariances: [[Double]]?
    /// [η][pT]: how much ln c fluctuates from one experiment to the next, squared; nil where that is all that `logCovariance` holds, and of what a file
    /// has kept.
    public var samplingVariances: [[Double]]?
    /// Quality of the last fit of each pT bin.
    public var fits: [FitQuality]
    /// Pulls of the pairs of the last fit of each pT bin.
    public var pulls: [[PairPull]]
    /// Responses of data and of simulation fitted on their own, relative to the reference region: for figures.
    public var dataResponse: ResponseTable
    public var simulationResponse: ResponseTable?
    /// Passes over the data that the constants were refined by, and the largest last change in standard deviations.
    public var passes: Int
    public var lastChange: Double
    /// Of methods that fit one.
    public var surface: FittedSurface?
    /// What the constants have been smoothed by; nil where each bin has its own.
    public var smoothing: SmoothedConstants?
    /// What the constants have been extrapolated to α → 0 by; nil where they are those at the cut.
    public internal(set) var extrapolation: AlphaExtrapolation?
    /// Replicas of the last fit, where they were asked for; a file has kept what follows from them alone.
    public var bootstrap: Bootstrap?

    /// One standard deviation of a constant, statistical.
    public func uncertainty(eta: Int, pt: Int) -> Double? {
        constants[eta][pt].map { $0 * max(0, logCovariance[pt][eta][eta]).squareRoot() }
    }

    /// Covariance of ln c of two bins.
    package func logCovariance(_ one: (eta: Int, pt: Int), _ other: (eta: Int, pt: Int)) -> Double {
        if one.pt == other.pt { return logCovariance[one.pt][one.eta][other.eta] }
        guard !crossLogCovariance.isEmpty else { return 0 }
        return one.pt < other.pt
            ? crossLogCovariance[one.pt][other.pt - one.pt - 1][one.eta][other.eta]
            : crossLogCovariance[other.pt][one.pt - other.pt - 1][other.eta][one.eta]
    }

    /// How much ln c fluctuates from one experiment to the next, squared.
    public func samplingVariance(eta: Int, pt: Int) -> Double {
        samplingVariances?[eta][pt] ?? logCovariance[pt][eta][eta]
    }

    public var residualMap: ResidualMap { ResidualMap(eta: binning.eta, constants: constants, ptMean: ptMean) }

    /// Whether every quoted pT bin was fitted.
    public var isValid: Bool { binning.quotedPtBins.allSatisfy { fits[$0].isValid } }

    public init(
        method: Method, kind: Kind, binning: BalanceBinning, constants: [[Double?]], ptMean: [[Double?]],
        status: [[BinStatus]], logCovariance: [[[Double]]], fits: [FitQuality], dataResponse: ResponseTable,
        simulationResponse: ResponseTable?, passes: Int
    ) {
        self.method = method
        self.kind = kind
        self.binning = binning
        self.constants = constants
        self.ptMean = ptMean
        self.status = status
        self.logCovariance = logCovariance
        self.fits = fits
        pulls = fits.map { _ in [] }
        self.dataResponse = dataResponse
        self.simulationResponse = simulationResponse
        self.passes = passes
        lastChange = .infinity
    }
}

/// A response by [η bin][pT bin] with its statistical uncertainty, relative to the reference region.
public struct ResponseTable: Sendable, Equatable {
    public var values: [[Double?]]
    public var uncertainties: [[Double?]]

    public init(values: [[Double?]], uncertainties: [[Double?]]) {
        self.values = values
        self.uncertainties = uncertainties
    }

    init(_ fits: [FitResult], bins: Int) {
        values = (0..<bins).map { bin in fits.map { $0.logResponse[bin].map { exp($0) } } }
        uncertainties = (0..<bins).map { bin in
            fits.map { fit in fit.logResponse[bin].map { exp($0) * max(0, fit.covariance[bin][bin]).squareRoot() } }
        }
    }
}

extension Calibration {
    /// Derives constants from one pass over the events.
    /// - Parameter simulation: nil for constants that make `data` uniform.
    public init(
        method: Method, data: BalanceSample, simulation: BalanceSample?, requirement: EventRequirement
    ) throws {
        let binning = data.sums.binning
        let ptBins = 0..<binning.ptAverage.count
        func fits(_ data: BalanceSample, _ simulation: BalanceSample?) throws -> [FitResult] {
            try ptBins.map { try method.fit(data: data, simulation: simulation, ptBin: $0, requirement: requirement) }
        }
        let results = try fits(data, simulation)
        let alone = try simulation.map { _ in try fits(data, nil) } ?? results
        let bins = 0..<binning.eta.count
        self.method = method
        location = data.location
        self.kind = simulation == nil ? .single : .dataOverSimulation
        self.binning = binning
        constants = bins.map { bin in results.map { $0.logResponse[bin].map { exp(-$0) } } }
        ptMean = bins.map { bin in
            ptBins.map { method.meansOfJets(data, eta: bin, ptBin: $0)?.pt }
        }
        status = bins.map { bin in results.map { $0.status[bin] } }
        logCovariance = results.map(\.covariance)
        self.fits = results.map(\.quality)
        pulls = results.map(\.pulls)
        dataResponse = ResponseTable(alone, bins: bins.count)
        simulationResponse = try simulation.map { ResponseTable(try fits($0, nil), bins: bins.count) }
        passes = 1
        lastChange = .infinity
    }

    /// Replaces the constants by what `data`, corrected with them, still shows on top of them.
    ///
    /// At the fixed point corrected data show the balance of simulation pair by pair, so that bin migration and
    /// resolution act alike on both and cancel; one pass alone leaves their difference in the constants. The new constant
    /// is the mean correction that the bin's jets had times the step. Multiplying the old constant itself would undo the
    /// interpolation between pT bins, which amplifies the noise and ties the bins to each other.
    /// - Parameter simulation: as in the first pass.
    public func refined(
        data: BalanceSample, simulation: BalanceSample, requirement: EventRequirement
    ) throws -> Calibration {
        precondition(data.sums.binning == binning, "sums of the same binning")
        var result = try Calibration(method: method, data: data, simulation: simulation, requirement: requirement)
        result.lastChange = 0
        for bin in 0..<binning.eta.count {
            for ptBin in 0..<binning.ptAverage.count {
                guard let step = result.constants[bin][ptBin],
                    let applied = method.meansOfJets(data, eta: bin, ptBin: ptBin)?.residual
                else { continue }
                let constant = exp(applied) * step
                result.constants[bin][ptBin] = constant
                let variance = result.logCovariance[ptBin][bin][bin]
                if let old = constants[bin][ptBin], variance > FitResult.leastVariance {
                    result.lastChange = max(result.lastChange, abs(log(constant / old)) / variance.squareRoot())
                }
            }
        }
        result.passes = passes + 1
        result.dataResponse = dataResponse
        return result
    }
}
