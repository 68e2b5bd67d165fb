internal import Balance
internal import Binning
public import Intercalibration

/// The constants of a calibration as a function of (η, pT before the residual in GeV): what files for other programs hold.
///
/// It is 1 outside the η axis, for what is no pT of a jet (NaN, negative, `ptLimit` and more), and in an η bin without any
/// constant, but that the interpolated form of a surface has there what the surface is. A bin of pT without a constant has that of the
/// nearest one, as in `apply`.
public struct CalibrationFunction: Sendable {
    public enum Form: String, Sendable, CaseIterable {
        /// One number for each bin of η and pT; jets beyond the pT edges have that of the outermost bin.
        case binned
        /// Linear in ln pT between the pT that constants belong to, constant beyond: what corrects jets. A surface is linear in η,
        /// too, in narrow parts of bins.
        case interpolated
    }

    /// The constants, or the constants moved by one standard deviation in all bins at once.
    public enum Variation: String, Sendable, CaseIterable {
        case nominal = "nom"
        case statisticalUp = "stat_up"
        case statisticalDown = "stat_down"

        package var deviations: Double {
            switch self {
            case .nominal: 0
            case .statisticalUp: 1
            case .statisticalDown: -1
            }
        }
    }

    /// Where the number of a bin comes from; the raw values are those in files.
    public enum Source: Int, Sendable {
        case absent = 0
        case own = 1
        /// Carried on by the fit.
        case extrapolated = 2
        /// That of the nearest bin of pT.
        case neighbour = 3
    }

    /// No jet has as much, GeV.
    public static let ptLimit = 1e9

    public let calibration: Calibration
    public let sources: [[Source]]
    /// The pT bin whose constant is that of a bin, by [η bin][pT bin]; nil where there is none.
    private let origins: [[Int?]]
    let rows: Rows
    private let maps: [Variation: Maps]

    public init(_ calibration: Calibration) {
        self.calibration = calibration
        let pt = calibration.binning.ptAverage
        let origins = calibration.constants.map { row in
            let known = row.indices.filter { row[$0] != nil }
            return row.indices.map { bin in
                known.min { Self.distance(pt, $0, bin) < Self.distance(pt, $1, bin) }
            }
        }
        self.origins = origins
        sources = origins.indices.map { bin in
            origins[bin].enumerated().map { own, origin in
                guard let origin else { return .absent }
                guard origin == own else { return .neighbour }
                return calibration.status[bin][own] == .extrapolated ? .extrapolated : .own
            }
        }
        let rows = calibration.surface.map { Self.rows($0, calibration) } ?? Self.rows(calibration)
        self.rows = rows
        maps = Dictionary(uniqueKeysWithValues: Variation.allCases.map { ($0, rows.maps($0)) })
    }

    /// In ln pT, between the middles of two bins.
    private static func distance(_ axis: Axis, _ one: Int, _ other: Int) -> Double {
        func middle(_ bin: Int) -> Double { axis.edges[bin] * axis.edges[bin + 1] }
        return max(middle(one), middle(other)) / min(middle(one), middle(other))
    }

    static func constant(_ calibration: Calibration, _ variation: Variation, eta: Int, pt: Int) -> Double? {
        // A factor on a momentum stays positive, however little is known of it.
        calibration.constants[eta][pt].map {
            max($0 + variation.deviations * (calibration.uncertainty(eta: eta, pt: pt) ?? 0), 0.01 * $0)
        }
    }

    /// The number of a bin, 1 where there is none.
    public func constant(etaBin: Int, ptBin: Int, _ variation: Variation) -> Double {
        origins[etaBin][ptBin].flatMap { Self.constant(calibration, variation, eta: etaBin, pt: $0) } ?? 1
    }

    /// The bins of pT that have the number of a bin which has one: itself and neighbours without.
    func takers(etaBin: Int, ptBin: Int) -> ClosedRange<Int> {
        let origins = origins[etaBin]
        return (origins.firstIndex(of: ptBin) ?? ptBin)...(origins.lastIndex(of: ptBin) ?? ptBin)
    }

    /// One standard deviation of the number of a bin over it; 0 where there is none.
    public func relativeUncertainty(etaBin: Int, ptBin: Int) -> Double {
        guard let origin = origins[etaBin][ptBin], let constant = calibration.constants[etaBin][origin] else {
            return 0
        }
        return (calibration.uncertainty(eta: etaBin, pt: origin) ?? 0) / constant
    }

    /// The correction of a jet.
    /// - Parameter pt: GeV, before the residual and after the MC-truth scale.
    public func value(_ form: Form, eta: Double, pt: Double, _ variation: Variation = .nominal) -> Double {
        let bin = calibration.binning.eta.index(of: eta)
        guard bin >= 0, pt >= 0, pt < Self.ptLimit else { return 1 }
        switch form {
        case .binned:
            return constant(etaBin: bin, ptBin: calibration.binning.ptAverage.nearestIndex(of: pt), variation)
        case .interpolated:
            return maps[variation].map { rows.value($0, eta: eta, pt: max(pt, .leastNormalMagnitude)) } ?? 1
        }
    }
}
