internal import Balance
internal import Binning
internal import DetectorModel
internal import Intercalibration
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The constants that the response in the detector cards asks for, relative to the reference region: what a closure run
/// knows and a fit does not. Resolution, which moves constants by some tenths of a per cent, is neglected.
///
/// Jets are brought to the MC-truth scale s before. Where the response R of simulation grows with pT, s takes a data jet
/// that is measured low for a softer one and corrects it more: of a data response ρ R less than ρ is left to the residual,
/// c = s(R t) R t / (s(ρ R t) ρ R t) for a jet of true pT t.
struct TrueConstants {
    let card: DetectorCard
    let dataCard: DetectorCard?
    /// Factor as a function of (η, reconstructed pT); nil for jets that are left as they are.
    let scale: EtaPtGrid?
    let binning: BalanceBinning

    /// ρ: response of data over that of simulation.
    static func ratio(card: DetectorCard, dataCard: DetectorCard?, eta: Double, pt: Double) -> Double {
        if let dataCard {
            return dataCard.response.value(eta: eta, pt: pt) / card.response.value(eta: eta, pt: pt)
        }
        return card.pseudoData?.response?.value(eta: eta, pt: pt) ?? 1
    }

    private func scaled(_ eta: Double, _ raw: Double) -> Double { raw * (scale?.value(eta: eta, pt: raw) ?? 1) }

    /// At η, and pT in GeV of data jets before the residual; not yet relative to the reference region.
    func value(eta: Double, pt base: Double) -> Double {
        func simulated(_ truth: Double) -> Double { truth * card.response.value(eta: eta, pt: truth) }
        func measured(_ truth: Double) -> Double {
            scaled(eta, simulated(truth) * Self.ratio(card: card, dataCard: dataCard, eta: eta, pt: truth))
        }
        // The true pT that data show as `base`.
        var truth = base
        for _ in 0..<20 { truth *= base / measured(truth) }
        return scaled(eta, simulated(truth)) / base
    }

    /// The average over an η bin.
    func mean(etaBin: Int, pt: Double) -> Double {
        let (low, width) = (binning.eta.edges[etaBin], binning.eta.width(etaBin))
        let points = 10
        let sum = (0..<points).reduce(0.0) { sum, point in
            sum + log(value(eta: low + width * (Double(point) + 0.5) / Double(points), pt: pt))
        }
        return exp(sum / Double(points))
    }

    /// What the fit's gauge holds at one.
    func reference(pt: Double) -> Double {
        let gauge = binning.gaugeWeights
        return exp(binning.referenceBins.reduce(0.0) { $0 + gauge[$1] * log(mean(etaBin: $1, pt: pt)) })
    }
}
