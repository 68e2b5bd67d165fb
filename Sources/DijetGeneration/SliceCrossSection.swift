public import GSL
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The cross-section of a p̂T slice over the whole rapidity plane, by VEGAS.
public struct SliceCrossSection: Sendable, Equatable {
    /// GeV.
    public let pHatMinimum: Double
    public let pHatMaximum: Double
    /// pb, with the uncertainty of the integration (one standard deviation) and χ² per degree of freedom of its iterations.
    public let estimate: MonteCarloEstimate

    /// pb.
    public var value: Double { estimate.value }
    public var uncertainty: Double { estimate.uncertainty }
    public var chiSquaredPerFreedom: Double { estimate.chiSquaredPerFreedom }

    /// Evaluations in each iteration that counts: less than 0.1 % of the cross-section in slices a factor of two wide.
    public static let standardCalls = 16_000

    /// Integrates over a slice.
    ///
    /// - Parameters:
    ///   - low, high: the slice in GeV, 0 < low < high ≤ √s/2.
    ///   - density: dσ/(dpT dy3 dy4) in pb/GeV at (pT, y3, y4), such as `LeadingOrder.crossSection`.
    public init(
        from low: Double, to high: Double, sqrtS: Double, calls: Int = standardCalls, seed: Int = 1,
        density: (Double, Double, Double) -> Double
    ) throws(GSLError) {
        let phaseSpace = SlicePhaseSpace(from: low, to: high, sqrtS: sqrtS)
        var integrator = try VegasIntegrator(dimensions: 3, seed: seed)
        pHatMinimum = low
        pHatMaximum = high
        estimate = try integrator.integrate(calls: calls) { unit in
            let point = phaseSpace.point(unit[0], unit[1], unit[2])
            guard point.jacobian > 0 else { return 0 }
            return point.jacobian * density(point.pt, point.y3, point.y4)
        }
    }

    /// Integrates lowest-order QCD over a slice.
    public init(
        from low: Double, to high: Double, process: LeadingOrder, calls: Int = standardCalls, seed: Int = 1
    ) throws(GSLError) {
        try self.init(from: low, to: high, sqrtS: process.sqrtS, calls: calls, seed: seed) {
            process.crossSection(pt: $0, y3: $1, y4: $2)
        }
    }
}

/// The unit cube on the phase space of a slice, so that the integrand is smooth in it and its borders are those of phase space.
///
/// With y* = (y3 − y4)/2 and Y = (y3 + y4)/2 the momentum fractions are x1,2 = (2 pT/√s) cosh y* e^±Y. So x1, x2 < 1 means
/// cosh y* < √s/(2 pT) and |Y| < ln(√s/(2 pT cosh y*)), and both are uniform between these limits. pT follows a power that
/// takes most of its fall away.
public struct SlicePhaseSpace: Sendable {
    public struct Point: Sendable {
        public let pt: Double
        public let y3: Double
        public let y4: Double
        /// d(pT, y3, y4)/d(unit cube), GeV; 0 on the border of phase space.
        public let jacobian: Double
    }

    /// The density falls about as pT^−(power + 1) in the middle of the spectrum; what is left is smooth.
    private static let power = 4.5

    private let low: Double
    private let beamEnergy: Double
    /// (low/high)^power − 1.
    private let reach: Double

    public init(from low: Double, to high: Double, sqrtS: Double) {
        precondition(0 < low && low < high && high <= sqrtS / 2, "a slice has a range below √s/2")
        self.low = low
        beamEnergy = sqrtS / 2
        reach = pow(low / high, Self.power) - 1
    }

    /// - Parameters: each in [0, 1].
    public func point(_ first: Double, _ second: Double, _ third: Double) -> Point {
        let share = 1 + first * reach
        let pt = low * pow(share, -1 / Self.power)
        let ptWidth = -reach * pt / (Self.power * share)
        // acosh of what rounds below 1 is NaN.
        let starLimit = acosh(max(1, beamEnergy / pt))
        let star = (2 * second - 1) * starLimit
        let boostLimit = max(0, log(beamEnergy / (pt * cosh(star))))
        let boost = (2 * third - 1) * boostLimit
        // dy3 dy4 = 2 dy* dY.
        return Point(
            pt: pt, y3: boost + star, y4: boost - star, jacobian: ptWidth * 2 * (2 * starLimit) * (2 * boostLimit))
    }
}
