#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
public import ClosureStudy
public import DetectorModel
public import Intercalibration

/// The figures of a closure run.
public enum ClosureFigures {
    /// - Parameters:
    ///   - label: what was calibrated, one short line.
    ///   - dataCard: the detector of the data when it is not the card's own overlay.
    public static func all(
        card: DetectorCard, dataCard: DetectorCard?, calibration: Calibration, closure: TruthClosure,
        tolerance: Tolerance, label: String
    ) -> [Figure] {
        [
            responseMap(card: card, dataCard: dataCard), constants(calibration, label: label),
            self.closure(closure, calibration: calibration, tolerance: tolerance, label: label),
        ].compactMap { $0 }
    }

    /// Response, mis-response of data, and resolution over (η, pT).
    public static func responseMap(card: DetectorCard, dataCard: DetectorCard?) -> Figure {
        let data = dataCard ?? card
        let limit = card.absEtaMaximum
        let etas = stride(from: -limit, through: limit + 1e-9, by: limit / 60)
        let pts = (0...30).map { step in 20 * pow(100, Double(step) / 30) }
        let overlay = dataCard == nil ? card.pseudoData?.response : nil
        var rows: [[Double?]] = []
        for pt in pts {
            for eta in etas {
                let response = card.response.value(eta: eta, pt: pt)
                let dataResponse = data.response.value(eta: eta, pt: pt) * (overlay?.value(eta: eta, pt: pt) ?? 1)
                rows.append([eta, pt, response, dataResponse / response, card.resolution.value(eta: eta, pt: pt)])
            }
        }
        return Figure(
            name: "response-map",
            variables: [("label", Figure.quoted("\(card.name) detector")), ("eta_limit", "\(limit)")],
            blocks: [
                Figure.Block(
                    title: "detector over true eta and true pT",
                    columns: ["eta", "pt_GeV", "response_mc", "response_data/response_mc", "resolution_mc"], rows: rows,
                    scan: rows.count / pts.count)
            ])
    }

    /// Three quoted pT bins: low, middle and high.
    private static func shownBins(_ binning: BalanceBinning, _ isKnown: (Int) -> Bool) -> [Int] {
        let bins = binning.quotedPtBins.filter(isKnown)
        guard bins.count > 3 else { return Array(bins) }
        return [bins[0], bins[bins.count / 3], bins[bins.count * 2 / 3]]
    }

    /// A gnuplot array of the pT ranges.
    private static func titles(_ binning: BalanceBinning, _ bins: [Int]) -> (name: String, value: String) {
        let edges = binning.ptAverage.edges
        let ranges = bins.map { Figure.quoted("\(plain(edges[$0]))–\(plain(edges[$0 + 1])) GeV") }
        return ("array titles[\(max(bins.count, 1))]", "[" + ranges.joined(separator: ", ") + "]")
    }

    private static func plain(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }

    /// Responses of data and MC and the constants, against η; nil when no constant is known.
    public static func constants(_ calibration: Calibration, label: String) -> Figure? {
        let binning = calibration.binning
        let bins = shownBins(binning) { pt in (0..<binning.eta.count).contains { calibration.constants[$0][pt] != nil }
        }
        guard !bins.isEmpty else { return nil }
        let blocks = bins.map { pt in
            Figure.Block(
                title: "pT_avg \(binning.ptAverage.edges[pt]) to \(binning.ptAverage.edges[pt + 1]) GeV",
                columns: ["eta_low", "eta_high", "response_data", "u", "response_mc", "u", "constant", "u"],
                rows: (0..<binning.eta.count).map { eta in
                    [
                        binning.eta.edges[eta], binning.eta.edges[eta + 1], calibration.dataResponse.values[eta][pt],
                        calibration.dataResponse.uncertainties[eta][pt],
                        calibration.simulationResponse?.values[eta][pt],
                        calibration.simulationResponse?.uncertainties[eta][pt], calibration.constants[eta][pt],
                        calibration.uncertainty(eta: eta, pt: pt),
                    ]
                })
        }
        return Figure(
            name: "constants-eta",
            variables: [
                ("label", Figure.quoted(label)), ("slices", "\(bins.count)"), titles(binning, bins),
                ("eta_limit", "\(max(-binning.eta.lowest, binning.eta.highest))"),
                ("reference", "\(binning.referenceAbsEtaMaximum)"),
            ], blocks: blocks)
    }

    /// Non-closure before and after, against η; nil when nothing is determined.
    public static func closure(
        _ closure: TruthClosure, calibration: Calibration, tolerance: Tolerance, label: String
    ) -> Figure? {
        let binning = calibration.binning
        let first = binning.quotedPtBins.lowerBound
        let bins = shownBins(binning) { pt in closure.nonclosure.contains { $0[pt - first] != nil } }
        guard !bins.isEmpty else { return nil }
        let blocks = bins.map { pt in
            Figure.Block(
                title: "true pT \(binning.ptAverage.edges[pt]) to \(binning.ptAverage.edges[pt + 1]) GeV",
                columns: ["eta_low", "eta_high", "before_percent", "u", "after_percent", "u", "tolerance_percent"],
                rows: (0..<binning.eta.count).map { eta in
                    let edges = (binning.eta.edges[eta], binning.eta.edges[eta + 1])
                    func percent(_ table: [[Double?]]) -> Double? { table[eta][pt - first].map { 100 * $0 } }
                    return [
                        edges.0, edges.1, percent(closure.uncalibrated), percent(closure.uncalibratedUncertainty),
                        percent(closure.nonclosure), percent(closure.uncertainty),
                        tolerance.value(etaLow: edges.0, etaHigh: edges.1).map { 100 * $0 },
                    ]
                })
        }
        return Figure(
            name: "closure-eta",
            variables: [
                ("label", Figure.quoted(label)), ("slices", "\(bins.count)"), titles(binning, bins),
                ("eta_limit", "\(max(-binning.eta.lowest, binning.eta.highest))"),
            ], blocks: blocks)
    }
}
