#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A Gaussian core of width 1 around 0 with a power law beyond `alpha` on either side (double-sided Crystal Ball):
/// exp(−z²/2) inside, and outside proportional to (n/α − α + |z|)^(−n), continuous with its slope.
///
/// J. Gaiser, SLAC-R-255 (1982), appendix F, on both sides.
public struct CrystalBall: Sendable, Equatable {
    /// One side: α and n. A side without a tail is Gaussian to the end.
    public struct Side: Sendable, Equatable {
        public let alpha: Double
        public let power: Double

        public init(alpha: Double, power: Double) {
            self.alpha = alpha
            self.power = power
        }

        /// Beyond 8 there is nothing.
        public static let gaussian = Side(alpha: 8, power: 50)

        /// erf(α/√2).
        var core: Double { erf(alpha / 2.0.squareRoot()) }
        var coreComplement: Double { erfc(alpha / 2.0.squareRoot()) }
        /// The length of the tail, n/α.
        var length: Double { power / alpha }
        /// Integrals of the unnormalised density over core and tail of the side.
        var coreMass: Double { (Double.pi / 2).squareRoot() * core }
        var tailMass: Double { exp(-0.5 * alpha * alpha) * length / (power - 1) }
        var mass: Double { coreMass + tailMass }
        /// Mean |z| − α in the tail.
        var meanExcess: Double { length / (power - 2) }
        /// ∫ |z| of the unnormalised density.
        var moment: Double { 1 - exp(-0.5 * alpha * alpha) + tailMass * (alpha + meanExcess) }
        /// The tail's share of the side.
        var tailShare: Double { tailMass / mass }
    }

    public let low: Side
    public let high: Side

    public init(low: Side, high: Side) {
        self.low = low
        self.high = high
    }

    public static let gaussian = CrystalBall(low: .gaussian, high: .gaussian)

    var mass: Double { low.mass + high.mass }
    /// The probability of z < 0.
    public var lowShare: Double { low.mass / mass }
    /// The mean of z: what recentring takes off.
    public var mean: Double { (high.moment - low.moment) / mass }

    /// The probability density at a distance of z from the mean, in widths of the core: of mean 0 and normalised.
    public func density(_ z: Double) -> Double {
        let place = z + mean
        let side = place < 0 ? low : high
        let distance = abs(place)
        guard distance > side.alpha else { return exp(-0.5 * distance * distance) / mass }
        return exp(-0.5 * side.alpha * side.alpha)
            * pow(1 + (distance - side.alpha) / side.length, -side.power) / mass
    }

    /// The probabilities of z < −`distance` and of z > `distance`, the core's width being 1 and its peak at 0; distance ≥ 0.
    public func tailFractions(beyond distance: Double) -> (low: Double, high: Double) {
        func fraction(_ side: Side) -> Double {
            guard distance < side.alpha else {
                return side.tailMass / mass * pow(1 + (distance - side.alpha) / side.length, 1 - side.power)
            }
            let core =
                (Double.pi / 2).squareRoot()
                * (erfc(distance / 2.0.squareRoot()) - side.coreComplement)
            return (core + side.tailMass) / mass
        }
        return (fraction(low), fraction(high))
    }

    /// ∫ of the distribution function from −∞ to `limit`: the mean of (limit − z) where z lies below it.
    package func meanShortfall(below limit: Double) -> Double {
        if limit < -low.alpha {
            let excess = -limit - low.alpha
            return low.tailMass / mass * low.meanExcess * pow(1 + excess / low.length, 2 - low.power)
        }
        if limit > high.alpha {
            let excess = limit - high.alpha
            let beyond = high.tailMass / mass * high.meanExcess * pow(1 + excess / high.length, 2 - high.power)
            return limit - mean + beyond
        }
        let tail = low.tailMass * (limit + low.alpha + low.meanExcess)
        let core =
            limit * (Double.pi / 2).squareRoot() * (erf(limit / 2.0.squareRoot()) + low.core)
            + exp(-0.5 * limit * limit)
            - exp(-0.5 * low.alpha * low.alpha)
        return (tail + core) / mass
    }

    /// What must be taken off 1 + width (z − mean) for a mean of 1 when nothing may lie below `least`.
    package func deficit(width: Double, least: Double) -> Double {
        guard width > 0 else { return 0 }
        // E[max(1 − δ + w (z − m), least)] = 1, the left side of which falls with δ.
        func isTooSmall(_ delta: Double) -> Bool {
            width * meanShortfall(below: mean + (least - 1 + delta) / width) > delta
        }
        // Heavy tails of great width push the peak below the least; the second bound only ends what has no mean.
        var (below, above) = (0.0, 1 - least)
        while isTooSmall(above), above < 1e6 { (below, above) = (above, 2 * above) }
        for _ in 0..<60 {
            let delta = 0.5 * (below + above)
            if isTooSmall(delta) { below = delta } else { above = delta }
        }
        return 0.5 * (below + above)
    }
}
