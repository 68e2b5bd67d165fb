internal import Balance
internal import DetectorModel
internal import Intercalibration
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The constants that the detector cards ask for: R_MC / R_data at a point, relative to the reference region. What a
/// closure run knows and a fit does not.
struct TrueConstants {
    let card: DetectorCard
    let dataCard: DetectorCard?
    let binning: BalanceBinning

    /// Response of data over that of simulation.
    static func ratio(card: DetectorCard, dataCard: DetectorCard?, eta: Double, pt: Double) -> Double {
        if let dataCard {
            return dataCard.response.value(eta: eta, pt: pt) / card.response.value(eta: eta, pt: pt)
        }
        return card.pseudoData?.response?.value(eta: eta, pt: pt) ?? 1
    }

    private func ratio(_ eta: Double, _ pt: Double) -> Double {
        Self.ratio(card: card, dataCard: dataCard, eta: eta, pt: pt)
    }

    /// At η and pT in GeV, normalised with the fit's gauge weights.
    func value(eta: Double, pt: Double) -> Double {
        let gauge = binning.gaugeWeights
        let reference = binning.referenceBins.reduce(0.0) { $0 + gauge[$1] * log(ratio(binning.eta.centre($1), pt)) }
        return exp(reference) / ratio(eta, pt)
    }
}
