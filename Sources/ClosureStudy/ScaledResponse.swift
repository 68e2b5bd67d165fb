#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import Binning
package import DetectorModel
internal import Intercalibration

/// The response of data over that of simulation after the MC-truth scale, as the two detectors have it: what the
/// constants are there to undo.
///
/// The scale finds the pT at which simulation would have measured the same raw pT, so that the ratio at (η, pT) is p/pT with
/// R_MC(η, p) p = R_data(η, pT) pT. Resolution and bin migration act alike on both samples and are left out.
package struct ScaledResponse: Sendable {
    let simulation: Detector
    let data: Detector

    package init(simulation: Detector, data: Detector) {
        self.simulation = simulation
        self.data = data
    }

    package func ratio(eta: Double, pt: Double) -> Double {
        let raw = data.response.value(eta: eta, pt: pt) * pt
        // Contracts by |d ln R / d ln pT|, at most a few tenths.
        var base = pt
        for _ in 0..<24 { base = raw / simulation.response.value(eta: eta, pt: base) }
        return base / pt
    }

    /// The same where data show `base` GeV after the scale.
    package func ratio(eta: Double, base: Double) -> Double {
        var truth = base
        for _ in 0..<6 { truth = base / ratio(eta: eta, pt: truth) }
        return ratio(eta: eta, pt: truth)
    }

    /// Places across an η range, evenly, at most a node of the detector's grid apart.
    package static func places(low: Double, high: Double) -> [Double] {
        let count = max(8, Int(((high - low) / 0.02).rounded(.up)))
        return (0..<count).map { low + (Double($0) + 0.5) / Double(count) * (high - low) }
    }

    func meanRatio(_ etas: [Double], pt: Double) -> Double {
        etas.reduce(0) { $0 + ratio(eta: $1, pt: pt) } / Double(etas.count)
    }

    /// Largest minus smallest ratio over the range.
    func variation(_ etas: [Double], pt: Double) -> Double {
        let ratios = etas.map { ratio(eta: $0, pt: pt) }
        return (ratios.max() ?? 0) - (ratios.min() ?? 0)
    }
}

/// What the cards ask of a set of constants, and what constants would leave in a closure bin.
struct ClosurePrediction {
    /// Steepness of the spectrum inside a bin of true pT, dN/dpT ∝ pT^−5: what jets at 40 to 1000 GeV have, roughly.
    static let spectrumPower = 5.0

    let response: ScaledResponse
    let binning: BalanceBinning
    let ptMean: [[Double?]]
    /// [η][pT bin]: 1 over the mean ratio at the pT that the constant belongs to, in the fit's gauge; nil without that pT.
    let ideal: [[Double?]]

    init(response: ScaledResponse, calibration: Calibration) {
        self.response = response
        binning = calibration.binning
        ptMean = calibration.ptMean
        let axis = calibration.binning.eta
        var table = (0..<axis.count).map { eta -> [Double?] in
            let etas = ScaledResponse.places(low: axis.edges[eta], high: axis.edges[eta + 1])
            return calibration.constants[eta].indices.map { bin -> Double? in
                guard calibration.constants[eta][bin] != nil, let node = calibration.ptMean[eta][bin] else {
                    return nil
                }
                // The node is a pT after the scale; its true pT follows in a few steps.
                var truth = node
                for _ in 0..<4 { truth = node / response.meanRatio(etas, pt: truth) }
                return 1 / response.meanRatio(etas, pt: truth)
            }
        }
        let gauge = binning.gaugeWeights
        for bin in 0..<binning.ptAverage.count {
            var (sum, weight) = (0.0, 0.0)
            for eta in gauge.indices where gauge[eta] > 0 {
                guard let value = table[eta][bin] else { continue }
                sum += gauge[eta] * log(value)
                weight += gauge[eta]
            }
            let scale = weight > 0 ? exp(sum / weight) : 1
            for eta in gauge.indices { table[eta][bin] = table[eta][bin].map { $0 / scale } }
        }
        ideal = table
    }

    struct Left {
        /// δ that the constants leave.
        let nonclosure: Double
        /// Part of the jets whose constant is carried on flat, beyond the outermost pT that has one.
        let flatShare: Double
    }

    /// - Parameter constants: those of the fit, or `ideal`.
    /// - Returns: nil without constants in the bin or in the whole reference region.
    func left(by constants: [[Double?]], eta: Int, pt: ClosedRange<Double>) -> Left? {
        let map = ResidualMap(eta: binning.eta, constants: constants, ptMean: ptMean)
        guard let here = mean(map, eta: eta, pt: pt) else { return nil }
        let gauge = binning.gaugeWeights
        var (sum, weight) = (0.0, 0.0)
        for other in gauge.indices where gauge[other] > 0 {
            guard let reference = mean(map, eta: other, pt: pt) else { continue }
            sum += gauge[other] * log(reference.value)
            weight += gauge[other]
        }
        guard weight > 0 else { return nil }
        return Left(nonclosure: here.value / exp(sum / weight) - 1, flatShare: here.flat)
    }

    private func mean(
        _ map: ResidualMap, eta: Int, pt: ClosedRange<Double>
    ) -> (value: Double, flat: Double)? {
        let nodes = ptMean[eta].indices.compactMap { ideal[eta][$0] == nil ? nil : ptMean[eta][$0] }
        guard let first = nodes.min(), let last = nodes.max() else { return nil }
        let steps = 12
        let etas = ScaledResponse.places(low: binning.eta.edges[eta], high: binning.eta.edges[eta + 1])
        var (sum, weight, flat) = (0.0, 0.0, 0.0)
        for step in 0..<steps {
            let share = (Double(step) + 0.5) / Double(steps)
            let value = pt.lowerBound * pow(pt.upperBound / pt.lowerBound, share)
            let density = pow(value, 1 - Self.spectrumPower)
            for place in etas {
                let ratio = response.ratio(eta: place, pt: value)
                sum += density * ratio * map.constant(eta: place, pt: ratio * value)
                weight += density
                if ratio * value > last || ratio * value < first { flat += density }
            }
        }
        return (sum / weight, flat / weight)
    }
}
