/// Log responses of the η bins in one pT bin, relative to the reference region, with their quality.
public struct FitResult: Sendable, Equatable {
    /// A variance of ln r below this is one of rounding errors: of a bin that the gauge alone fixes.
    public static let leastVariance = 1e-14

    /// ln of the response (of data over simulation where both are given); nil where undetermined.
    public var logResponse: [Double?]
    /// Covariance of `logResponse`; rows and columns of undetermined bins are zero.
    public var covariance: [[Double]]
    public var status: [BinStatus]
    public var quality: FitQuality
    /// Pulls of the pairs that entered, in their order.
    public var pulls: [PairPull]
}

/// How far a pair's asymmetry is from the fit, in its own standard deviations.
public struct PairPull: Sendable, Equatable {
    /// η bins, low < high.
    public let low: Int
    public let high: Int
    public let value: Double
    /// Of the pair's variance: what is left in its residual, 1 − h, after the fit has followed it.
    public let share: Double
    /// Degrees of freedom that the variance is known from.
    public let freedom: Double

    public init(low: Int, high: Int, value: Double, share: Double = 1, freedom: Double = .infinity) {
        self.low = low
        self.high = high
        self.value = value
        self.share = share
        self.freedom = freedom
    }
}

/// What is known about a bin's constant.
public enum BinStatus: String, Sendable, CaseIterable {
    case ok
    /// The constant was carried over from where there are events; for files of methods that do so.
    case extrapolated
    /// There are events, but no pair has enough of them.
    case tooFewEvents = "too-few-events"
    /// Nothing ties the bin to the reference region.
    case unconstrained
}

/// The figures by which a fit is judged.
public struct FitQuality: Sendable, Equatable {
    public var chiSquared: Double
    public var degreesOfFreedom: Int
    /// nil when there is no degree of freedom.
    public var probability: Double?
    public var pairs: Int
    /// Number of constrained directions, the gauge not counted, and what it should be.
    public var rank: Int
    public var expectedRank: Int
    /// Largest over smallest eigenvalue of the normal matrix on the constrained directions.
    public var conditionNumber: Double
    public var iterations: Int
    public var converged: Bool
    /// η bins of each connected component.
    public var components: [[Int]]
    /// Why the result must not be used; nil when it may.
    public var invalidReason: String?

    public var isValid: Bool { invalidReason == nil }

    public init(
        chiSquared: Double, degreesOfFreedom: Int, probability: Double?, pairs: Int, rank: Int, expectedRank: Int,
        conditionNumber: Double, iterations: Int, converged: Bool, components: [[Int]], invalidReason: String?
    ) {
        self.chiSquared = chiSquared
        self.degreesOfFreedom = degreesOfFreedom
        self.probability = probability
        self.pairs = pairs
        self.rank = rank
        self.expectedRank = expectedRank
        self.conditionNumber = conditionNumber
        self.iterations = iterations
        self.converged = converged
        self.components = components
        self.invalidReason = invalidReason
    }
}
