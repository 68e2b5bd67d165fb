#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance

/// Constants averaged with a Gaussian kernel in η and ln pT and with 1/σ², as ATLAS smooths its intercalibration (arXiv:1406.0076).
///
/// An average over places of different constants is biased; the covariance does not know.
public struct KernelSmoothing: Sendable, Equatable {
    public let etaWidth: Double
    public let logPtWidth: Double

    /// A bin of constants; about the distance of neighbouring nodes in ln pT, and half that of the narrow bins in η.
    public static let standard = KernelSmoothing(etaWidth: 0.1, logPtWidth: 0.3)

    /// - Parameters: positive.
    public init(etaWidth: Double, logPtWidth: Double) {
        precondition(etaWidth > 0 && logPtWidth > 0, "widths are positive")
        self.etaWidth = etaWidth
        self.logPtWidth = logPtWidth
    }

    /// The share of each constant in the average at a place.
    func shares(of constants: LogConstants, etaCentres: [Double], eta: Double, logPt: Double) -> [Double] {
        // Far from all of them the exponents, not their exponentials, are compared.
        var exponents: [Double] = []
        for (index, bin) in constants.bins.enumerated() {
            let variance = constants.covariance[index][index]
            let (one, other) = ((etaCentres[bin.eta] - eta) / etaWidth, (bin.logPt - logPt) / logPtWidth)
            exponents.append(-0.5 * (one * one + other * other) - log(max(variance, FitResult.leastVariance)))
        }
        let largest = exponents.max() ?? 0
        let weights = exponents.map { exp($0 - largest) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}
