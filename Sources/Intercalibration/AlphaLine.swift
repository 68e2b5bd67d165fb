public import Balance
public import GSL

/// Log balances of a probe against the reference region below nested cuts on α, with their covariance.
public struct AlphaPoints: Sendable, Equatable {
    /// Of the cuts, increasing; the last is the nominal one.
    public let cuts: [Double]
    /// Mean α of the events below each cut.
    public let alpha: [Double]
    /// ln(pT_probe / pT_ref) = 2 artanh(<A>/2), or the difference of two samples'.
    public let logRatio: [Double]
    public let covariance: [[Double]]

    public init(cuts: [Double], alpha: [Double], logRatio: [Double], covariance: [[Double]]) {
        self.cuts = cuts
        self.alpha = alpha
        self.logRatio = logRatio
        self.covariance = covariance
    }

    /// - Parameter kept: which cuts.
    public init(_ moments: AlphaMoments, cuts kept: [Int]) {
        let slopes = kept.map { slope(asymmetry: moments.asymmetry[$0]) }
        self.init(
            cuts: kept.map { moments.cuts[$0] }, alpha: kept.map { moments.alpha[$0] },
            logRatio: kept.map { Intercalibration.logRatio(asymmetry: moments.asymmetry[$0]) },
            covariance: kept.indices.map { row in
                kept.indices.map { moments.covariance[kept[row]][kept[$0]] / (slopes[row] * slopes[$0]) }
            })
    }

    /// What a sample shows beyond another, independent one at the same cuts.
    ///
    /// At a cut both have nearly the same mean α; the point stands in the middle. The difference s α − s' α' of two lines is a line
    /// in it as long as α/α' does not depend on the cut.
    func relative(to other: AlphaPoints) -> AlphaPoints {
        precondition(cuts == other.cuts, "points at the same cuts")
        return AlphaPoints(
            cuts: cuts, alpha: zip(alpha, other.alpha).map { 0.5 * ($0 + $1) },
            logRatio: zip(logRatio, other.logRatio).map { $0 - $1 },
            covariance: zip(covariance, other.covariance).map { zip($0, $1).map { $0 + $1 } })
    }
}

/// A straight line through points that share events: intercept + slope · α by generalised least squares.
///
/// Points of nested cuts are sums of those of disjoint classes, and with the mean α of its events each point of either kind lies on the
/// line that the events do. One set is a regular linear map of the other, so that with the full covariance both have the same
/// solution and χ². Against the cut itself points would not be on a line, unless α were evenly distributed.
public struct AlphaLine: Sendable, Equatable {
    /// At α = 0.
    public let intercept: Double
    public let slope: Double
    /// Of intercept and slope.
    public let covariance: [[Double]]
    public let chiSquared: Double
    public let degreesOfFreedom: Int
    /// nil when there is no degree of freedom.
    public let probability: Double?

    /// - Throws: when the covariance is not positive definite: two points are the same.
    public init(_ points: AlphaPoints) throws(GSLError) {
        let fit = try LinearFit(
            design: points.alpha.map { [1, $0] }, values: points.logRatio, covariance: points.covariance)
        (intercept, slope) = (fit.coefficients[0], fit.coefficients[1])
        covariance = fit.covariance
        chiSquared = fit.chiSquared
        degreesOfFreedom = points.alpha.count - 2
        probability =
            degreesOfFreedom > 0 ? chiSquaredProbability(chiSquared, degreesOfFreedom: degreesOfFreedom) : nil
    }

    public func value(at alpha: Double) -> Double { intercept + slope * alpha }

    public func variance(at alpha: Double) -> Double {
        covariance[0][0] + 2 * alpha * covariance[0][1] + alpha * alpha * covariance[1][1]
    }

    /// What the intercept has beyond the last point itself, and its variance.
    ///
    /// The two share most events. Coefficients C XᵀV⁻¹ y have the covariance C Xᵀ with the points y, so that
    /// Var(a − y_K) = C_aa + V_KK − 2 (C_aa + α_K C_ab).
    public func step(beyondLastOf points: AlphaPoints) -> (value: Double, variance: Double) {
        let last = points.alpha.count - 1
        let shared = covariance[0][0] + points.alpha[last] * covariance[0][1]
        return (
            intercept - points.logRatio[last], max(0, covariance[0][0] + points.covariance[last][last] - 2 * shared)
        )
    }
}
