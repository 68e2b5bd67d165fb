#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import TruthResponse

/// The resolution that jets of data and of simulation have by truth: the root mean square of their calibrated response about its mean,
/// relative to it, by region of |η| and true pT.
public struct InjectedResolution: Sendable, Equatable {
    let data: [[ResponseWidth]]
    let simulation: [[ResponseWidth]]

    /// σ(pT)/pT of data at a true pT in GeV; nil beyond the jets that there are.
    public func data(region: Int, truePt: Double) -> Double? { Self.value(data[region], at: truePt) }

    /// The same of simulation.
    public func simulation(region: Int, truePt: Double) -> Double? { Self.value(simulation[region], at: truePt) }

    /// Between neighbours ln σ is linear in ln pT.
    private static func value(_ widths: [ResponseWidth], at truePt: Double) -> Double? {
        guard let above = widths.firstIndex(where: { $0.truePt >= truePt }), above > 0 else { return nil }
        let (low, high) = (widths[above - 1], widths[above])
        let share = log(truePt / low.truePt) / log(high.truePt / low.truePt)
        return exp((1 - share) * log(low.value) + share * log(high.value))
    }
}
