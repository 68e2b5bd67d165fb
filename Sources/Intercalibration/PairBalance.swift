#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance

/// The measured balance of one pair of η bins in one pT_avg bin, with what would be expected for equal responses.
public struct PairBalance: Sendable, Equatable {
    /// η bins, low < high.
    public let low: Int
    public let high: Int
    /// <A> of the sample that is calibrated, and its variance.
    public let asymmetry: Double
    public let variance: Double
    /// ln(pT_low / pT_high) = 2 artanh(<A>/2) of the reference simulation, and its variance; 0 without one.
    public let expectedLogRatio: Double
    public let expectedVariance: Double
    /// Degrees of freedom that the variance of the difference is known from.
    public let freedom: Double

    public init(
        low: Int, high: Int, asymmetry: Double, variance: Double, expectedLogRatio: Double = 0,
        expectedVariance: Double = 0, freedom: Double = .infinity
    ) {
        precondition(low < high, "a pair is of two different bins, the lower first")
        self.low = low
        self.high = high
        self.asymmetry = asymmetry
        self.variance = variance
        self.expectedLogRatio = expectedLogRatio
        self.expectedVariance = expectedVariance
        self.freedom = freedom
    }

    /// Variance of the difference between measured and modelled asymmetry.
    var totalVariance: Double {
        let slope = 1 - 0.25 * asymmetry * asymmetry
        return variance + slope * slope * expectedVariance
    }
}

/// ln(pT_l / pT_r) for a mean asymmetry (pT_l − pT_r) / pT_avg: mean first, ratio after.
func logRatio(asymmetry: Double) -> Double { 2 * atanh(0.5 * asymmetry) }

/// dA/d ln(ratio).
func slope(asymmetry: Double) -> Double { 1 - 0.25 * asymmetry * asymmetry }

/// How many events a pair of bins must have to be used: below, its own width says little about its error.
public struct EventRequirement: Sendable, Equatable {
    public let rows: Int
    public let effectiveEvents: Double

    public init(rows: Int = 30, effectiveEvents: Double = 20) {
        self.rows = rows
        self.effectiveEvents = effectiveEvents
    }

    func isMet(by moments: CellMoments) -> Bool {
        isMet(
            rows: moments.rows, truthEvents: moments.truthEvents, effectiveEvents: moments.effectiveEvents,
            asymmetry: moments.asymmetry, variance: moments.asymmetryVariance)
    }

    /// Whether a mean asymmetry with its variance, of so many events, may be used.
    func isMet(rows: Int, truthEvents: Int, effectiveEvents: Double, asymmetry: Double, variance: Double) -> Bool {
        rows >= self.rows && truthEvents >= min(self.rows, Int(self.effectiveEvents))
            && effectiveEvents >= self.effectiveEvents && variance > 0 && variance.isFinite && abs(asymmetry) < 1.9
    }
}

/// Sums with the weights of their slices: all that a method needs of a sample.
public struct BalanceSample: Sendable {
    public let sums: BalanceSums
    /// For methods that need them.
    public let missingMomentum: MissingMomentumSums?
    /// For another place of the asymmetry than its mean.
    let shapes: AsymmetryShapes?
    let location: LocationEstimator
    /// What `mpf` takes the soft term to respond like, relative to jets; nil for no more than jets tell.
    public let softResponse: Double?
    public let weights: [Double]

    public init(
        sums: BalanceSums, missingMomentum: MissingMomentumSums? = nil, softResponse: Double? = nil,
        shapes: AsymmetryShapes? = nil, location: LocationEstimator = .mean, weights: [Double]
    ) {
        precondition(location == .mean || shapes != nil, "shapes of the asymmetry")
        self.shapes = shapes
        self.location = location
        self.sums = sums
        self.missingMomentum = missingMomentum
        self.softResponse = softResponse
        self.weights = weights
    }

    func moments(ptBin: Int, low: Int, high: Int) -> CellMoments? {
        let pair = sums.binning.pair(low, high)
        guard let cell = sums.moments(ptBin: ptBin, pair: pair, weights: weights) else { return nil }
        guard location != .mean, let shapes else { return cell }
        let found = try? location.location(
            of: shapes.distribution(ptBin: ptBin, pair: pair), limits: AsymmetryShapes.limits,
            events: cell.effectiveEvents)
        // A cell without such a place is not used.
        return cell.with(asymmetry: found?.value ?? 0, variance: found?.variance ?? .infinity)
    }
}
