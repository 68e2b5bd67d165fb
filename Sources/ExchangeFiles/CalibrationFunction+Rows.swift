#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import Binning
internal import Intercalibration

extension CalibrationFunction {
    /// The interpolated form: in each of its bins of η constants at some pT, between which they are linear in ln pT; of a surface, at the
    /// middle of the bin, and their slopes in η.
    struct Rows: Sendable {
        let eta: Axis
        /// GeV, [η][node]; nil where there is none.
        let pt: [[Double?]]
        let constants: [Variation: [[Double?]]]
        /// dc/dη; empty where constants are steps in η.
        var slopes: [Variation: [[Double?]]] = [:]

        /// The constant at (η, pT) inside the η axis.
        func value(_ maps: Maps, eta place: Double, pt: Double) -> Double {
            let constant = maps.constants.constant(eta: place, pt: pt)
            guard let slopes = maps.slopes else { return constant }
            // Outside of what is known both are 1, the constant rightly.
            guard slopes.position(eta: place, pt: pt) != nil else { return constant }
            return constant + slopes.constant(eta: place, pt: pt) * (place - eta.centre(eta.index(of: place)))
        }

        func maps(_ variation: Variation) -> Maps {
            Maps(
                constants: ResidualMap(eta: eta, constants: constants[variation] ?? [], ptMean: pt),
                slopes: slopes[variation].map { ResidualMap(eta: eta, constants: $0, ptMean: pt) })
        }
    }

    /// The interpolated form ready to evaluate.
    struct Maps: Sendable {
        let constants: ResidualMap
        let slopes: ResidualMap?
    }

    /// The constants of the bins at the pT that they belong to.
    static func rows(_ calibration: Calibration) -> Rows {
        let constants = Variation.allCases.map { variation in
            (
                variation,
                calibration.constants.indices.map { eta in
                    calibration.constants[eta].indices.map { constant(calibration, variation, eta: eta, pt: $0) }
                }
            )
        }
        return Rows(
            eta: calibration.binning.eta, pt: calibration.ptMean, constants: Dictionary(uniqueKeysWithValues: constants)
        )
    }

    /// A surface, linear in η in parts of bins so narrow that it is nowhere off by more than `surfaceTolerance`.
    static func rows(_ fitted: FittedSurface, _ calibration: Calibration) -> Rows {
        let surface = fitted.map
        let bins = rows(calibration)
        let nominal = bins.maps(.nominal).constants
        let moved = Variation.allCases.map { ($0, bins.maps($0).constants) }
        var edges = [bins.eta.lowest]
        var momenta: [[Double?]] = []
        var (constants, slopes) = ([Variation: [[Double?]]](), [Variation: [[Double?]]]())
        for bin in 0..<bins.eta.count {
            let nodes = momentumNodes(surface.ranges[bin])
            let place = bins.eta.centre(bin)
            let isKnown = calibration.constants[bin].contains { $0 != nil }
            // The uncertainty is that of the bin, and of the surface where the bin has none.
            func factor(_ variation: Variation, _ map: ResidualMap, _ pt: Double) -> Double {
                isKnown
                    ? map.constant(eta: place, pt: pt) / nominal.constant(eta: place, pt: pt)
                    : max(1 + variation.deviations * fitted.logUncertainty(eta: place, pt: pt), 0.01)
            }
            for (low, high) in parts(surface, bins.eta.edges[bin], bins.eta.edges[bin + 1], nodes) {
                edges.append(high)
                momenta.append(nodes)
                for (variation, map) in moved {
                    let ends = nodes.map { pt in
                        let factor = factor(variation, map, pt)
                        return (
                            low: surface.constant(eta: low, pt: pt) * factor,
                            high: surface.constant(eta: high, pt: pt) * factor
                        )
                    }
                    constants[variation, default: []].append(ends.map { 0.5 * ($0.low + $0.high) })
                    slopes[variation, default: []].append(ends.map { ($0.high - $0.low) / (high - low) })
                }
            }
        }
        // Rows of one length.
        let width = momenta.reduce(0) { max($0, $1.count) }
        func padded(_ rows: [[Double?]]) -> [[Double?]] {
            rows.map { $0 + Array(repeating: nil, count: width - $0.count) }
        }
        guard let eta = try? Axis(edges: edges) else { preconditionFailure("edges increase") }
        return Rows(
            eta: eta, pt: padded(momenta), constants: constants.mapValues(padded), slopes: slopes.mapValues(padded))
    }

    static let surfaceTolerance = 3e-4
    /// Nodes of surfaces are as far from each other.
    private static let narrowestPart = 0.0125

    /// Four an octave, which is plenty for a surface of cubic splines, and where it freezes.
    private static func momentumNodes(_ range: ClosedRange<Double>) -> [Double] {
        let (low, high) = (exp(range.lowerBound), exp(range.upperBound))
        let count = max(1, Int(((range.upperBound - range.lowerBound) / (0.25 * M_LN2)).rounded(.up)))
        guard low < high else { return [low] }
        return (0...count).map { low * pow(high / low, Double($0) / Double(count)) }
    }

    private static func parts(
        _ surface: SurfaceMap, _ low: Double, _ high: Double, _ nodes: [Double]
    ) -> [(low: Double, high: Double)] {
        let isStraight = nodes.allSatisfy { pt in
            let ends = (surface.constant(eta: low, pt: pt), surface.constant(eta: high, pt: pt))
            return [0.25, 0.5, 0.75].allSatisfy { share in
                let value = surface.constant(eta: low + share * (high - low), pt: pt)
                return abs((ends.0 + share * (ends.1 - ends.0)) / value - 1) < surfaceTolerance
            }
        }
        guard !isStraight, high - low > 2 * narrowestPart else { return [(low, high)] }
        let middle = 0.5 * (low + high)
        return parts(surface, low, middle, nodes) + parts(surface, middle, high, nodes)
    }
}
