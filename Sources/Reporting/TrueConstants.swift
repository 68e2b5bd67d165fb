internal import Balance
internal import ClosureStudy
internal import DetectorModel
internal import Intercalibration
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The constants that the response in the detector cards asks for, relative to the reference region: what a closure run
/// knows and a fit does not. Resolution, which moves constants by some tenths of a per cent, is neglected.
struct TrueConstants {
    let response: ScaledResponse
    let binning: BalanceBinning

    /// At η, and pT in GeV of data jets before the residual; not yet relative to the reference region.
    func value(eta: Double, pt: Double) -> Double { 1 / response.ratio(eta: eta, base: pt) }

    /// The average over an η bin.
    func mean(etaBin: Int, pt: Double) -> Double {
        let places = ScaledResponse.places(low: binning.eta.edges[etaBin], high: binning.eta.edges[etaBin + 1])
        return exp(places.reduce(0.0) { $0 + log(value(eta: $1, pt: pt)) } / Double(places.count))
    }

    /// What the fit's gauge holds at one.
    func reference(pt: Double) -> Double {
        let gauge = binning.gaugeWeights
        return exp(binning.referenceBins.reduce(0.0) { $0 + gauge[$1] * log(mean(etaBin: $1, pt: pt)) })
    }
}
