#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import GSL

/// Whether one constant a bin describes all pairs that were fitted: the test that inputs agree with each other.
///
/// Of each pair z is its residual in standard deviations of the residual itself (the fit has pulled the model towards it, by the share
/// h of its variance), as the normal number that is as likely: a variance estimated from ν degrees of freedom makes it Student's t.
/// χ² = Σ (1 − h) z² has Σ (1 − h) = pairs − parameters degrees of freedom; it is the fit's χ² where ν is large.
public struct InputCompatibility: Sendable, Equatable {
    /// A pair that is further off than chance makes one of so many, at the level of the verdict.
    public struct Outlier: Sendable, Equatable {
        public let ptBin: Int
        public let low: Int
        public let high: Int
        /// z.
        public let pull: Double
        /// That some pair of all is as far off.
        public let probability: Double
    }

    /// A verdict is negative by chance in one of a hundred cases: half of that for χ², half for the largest pull.
    public static let level = 0.01
    /// Below, a pair is what alone determines a bin, and cannot be off.
    private static let leastShare = 1e-6

    public let chiSquared: Double
    public let degreesOfFreedom: Double
    public let probability: Double
    public let pairs: Int
    /// Largest first.
    public let outliers: [Outlier]

    public var inputsAgree: Bool { probability >= Self.level / 2 && outliers.isEmpty }

    /// - Parameter pulls: of the fits of pT bins.
    /// - Returns: nil when no pair can be off.
    public init?(_ pulls: [(ptBin: Int, pulls: [PairPull])]) {
        var tested: [(ptBin: Int, pull: PairPull, z: Double)] = []
        for (ptBin, pulls) in pulls {
            for pull in pulls where pull.share > Self.leastShare {
                let own = pull.value / pull.share.squareRoot()
                tested.append((ptBin, pull, normalEquivalent(ofStudent: own, degreesOfFreedom: pull.freedom)))
            }
        }
        guard !tested.isEmpty else { return nil }
        chiSquared = tested.reduce(0) { $0 + $1.pull.share * $1.z * $1.z }
        degreesOfFreedom = tested.reduce(0) { $0 + $1.pull.share }
        probability = chiSquaredProbability(chiSquared, degreesOfFreedom: degreesOfFreedom)
        pairs = tested.count
        let count = Double(tested.count)
        outliers =
            tested.map { pair in
                // 1 − (1 − p)^N, without the loss of small p.
                let one = erfc(abs(pair.z) / 2.0.squareRoot())
                return Outlier(
                    ptBin: pair.ptBin, low: pair.pull.low, high: pair.pull.high, pull: pair.z,
                    probability: -expm1(count * log1p(-min(one, 1 - 1e-16))))
            }
            .filter { $0.probability < Self.level / 2 }
            .sorted { abs($0.pull) > abs($1.pull) }
    }
}

extension Calibration {
    /// Of the pairs of the quoted pT bins; nil for a method without pairs.
    public var compatibility: InputCompatibility? {
        guard method == .matrix || method == .likelihood else { return nil }
        return InputCompatibility(binning.quotedPtBins.map { ($0, pulls[$0]) })
    }
}
