#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import GSL

/// ln k_FSR as a smooth function of η: p0 + p1 cosh η / (1 + p2 cosh η), as CMS smooths it (arXiv:1607.03663).
///
/// The reference region balances itself, so that the mean of ln k with the gauge's weights g is 0 there: p0 = −p1 Σ g h with h =
/// cosh η / (1 + p2 cosh η), and the fit has two parameters. They are the value at the outermost point, which is known whatever
/// the shape is, and ln p2: a negative p2 has a pole, a large one is a curve that is flat forward.
///
/// Where ln k is hardly more than its uncertainty nothing tells p2, whose value then changes the curve beyond all measure. So p2 has
/// to lower χ² by more than `significance`; otherwise it is 0 and the curve p0 + p1 cosh η.
public struct FactorCurve: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        public let eta: Double
        public let value: Double
        public let variance: Double

        public init(eta: Double, value: Double, variance: Double) {
            self.eta = eta
            self.value = value
            self.variance = variance
        }
    }

    /// What p2 has to lower χ² by: two standard deviations.
    public static let significance = 4.0

    /// Of p0 + p1 cosh η / (1 + p2 cosh η).
    public let p0: Double
    public let p1: Double
    public let p2: Double
    public let chiSquared: Double
    public let degreesOfFreedom: Int
    public let points: Int
    /// nil when there is no degree of freedom.
    public let probability: Double?
    private let shape: Shape
    /// The value at the anchor and, where p2 is fitted, ln p2.
    private let parameters: [Double]
    private let covariance: [[Double]]

    public var isSaturating: Bool { parameters.count == 2 }
    public var parameterCount: Int { parameters.count }

    /// - Parameters:
    ///   - points: of positive variance, independent.
    ///   - reference: η and weight of the bins whose mean is 0.
    /// - Returns: nil for fewer than three points, and for points that are all at the reference.
    public init?(_ points: [Point], reference: [(eta: Double, weight: Double)]) throws {
        guard points.count >= 3, let anchor = points.map({ abs($0.eta) }).max() else { return nil }
        let shape = Shape(reference: reference, anchor: anchor)
        guard shape.isApart else { return nil }
        let linear = try LinearFit(
            design: points.map { [shape.value(eta: $0.eta, logP2: nil)] }, values: points.map(\.value),
            weights: points.map { 1 / $0.variance })
        let bent = points.count > 3 ? Self.saturating(points, shape, start: linear.coefficients[0]) : nil
        let best = bent.flatMap { linear.chiSquared - $0.chiSquared > Self.significance ? $0 : nil }
        self.shape = shape
        parameters = best?.parameters ?? linear.coefficients
        covariance = best?.covariance ?? linear.covariance
        chiSquared = best?.chiSquared ?? linear.chiSquared
        let logP2 = parameters.count == 2 ? parameters[1] : nil
        p2 = logP2.map { exp($0) } ?? 0
        p1 = parameters[0] / shape.reach(p2: p2)
        p0 = -p1 * shape.mean(p2: p2)
        self.points = points.count
        degreesOfFreedom = points.count - parameters.count
        probability =
            degreesOfFreedom > 0 ? chiSquaredProbability(chiSquared, degreesOfFreedom: degreesOfFreedom) : nil
    }

    /// The best of the minima that are found from different bends, if any.
    private static func saturating(_ points: [Point], _ shape: Shape, start: Double) -> NonlinearFit? {
        let fits = [-4.0, -2, 0].compactMap { logP2 -> NonlinearFit? in
            try? NonlinearFit(
                start: [start, logP2], steps: [1e-5, 1e-4], limits: .init(iterations: 200)
            ) { parameters in
                points.map {
                    (parameters[0] * shape.value(eta: $0.eta, logP2: parameters[1]) - $0.value)
                        / $0.variance.squareRoot()
                }
            }
        }
        let settled = fits.filter {
            $0.reason != .iterationLimit && $0.chiSquared.isFinite && $0.covariance.joined().allSatisfy(\.isFinite)
        }
        return settled.min { $0.chiSquared < $1.chiSquared }
    }

    /// ln k_FSR.
    public func value(_ eta: Double) -> Double {
        parameters[0] * shape.value(eta: eta, logP2: isSaturating ? parameters[1] : nil)
    }

    /// Covariance of ln k_FSR at two places.
    public func covariance(_ eta: Double, _ other: Double) -> Double {
        let (one, two) = (gradient(eta), gradient(other))
        var sum = 0.0
        for row in one.indices { for column in two.indices { sum += one[row] * covariance[row][column] * two[column] } }
        return sum
    }

    /// By the parameters.
    private func gradient(_ eta: Double) -> [Double] {
        guard isSaturating else { return [shape.value(eta: eta, logP2: nil)] }
        let (logP2, step) = (parameters[1], 1e-4)
        let (above, below) = (
            shape.value(eta: eta, logP2: logP2 + step), shape.value(eta: eta, logP2: logP2 - step)
        )
        return [shape.value(eta: eta, logP2: logP2), parameters[0] * (above - below) / (2 * step)]
    }
}

/// The curve that is 0 on average over the reference bins and 1 at the anchor.
private struct Shape: Sendable, Equatable {
    private let places: [Double]
    private let weights: [Double]
    private let anchor: Double

    init(reference: [(eta: Double, weight: Double)], anchor: Double) {
        places = reference.map(\.eta)
        weights = reference.map(\.weight)
        self.anchor = anchor
    }

    private func bare(_ eta: Double, _ p2: Double) -> Double { cosh(eta) / (1 + p2 * cosh(eta)) }

    func mean(p2: Double) -> Double { zip(places, weights).reduce(0) { $0 + $1.1 * bare($1.0, p2) } }

    func reach(p2: Double) -> Double { bare(anchor, p2) - mean(p2: p2) }

    /// Whether the anchor is outside the reference bins.
    var isApart: Bool { reach(p2: 0) > 1e-3 }

    /// - Parameter logP2: nil for p2 = 0.
    func value(eta: Double, logP2: Double?) -> Double {
        let p2 = logP2.map { exp($0) } ?? 0
        return (bare(eta, p2) - mean(p2: p2)) / reach(p2: p2)
    }
}
