internal import Balance
public import Intercalibration
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Calibrations over each other, and what they differ from the first by in standard deviations.
public enum ComparisonFigure {
    /// - Parameters:
    ///   - reference: name of the first.
    ///   - others: names, and comparisons with the first in the same bins.
    /// - Returns: nil where no bin is compared.
    public static func figure(
        reference: String, others: [(name: String, comparison: CalibrationComparison)], label: FigureLabel
    ) -> Figure? {
        guard let first = others.first?.comparison else { return nil }
        let binning = first.binning
        let edges = (eta: binning.eta.edges, pt: binning.ptAverage.edges)
        let filled = first.ptBins.filter { pt in first.differences.contains { $0[pt] != nil } }
        guard !filled.isEmpty else { return nil }
        let shown = filled.count > 3 ? (0..<3).map { filled[$0 * filled.count / 3] } : filled
        var reach = 3.4
        func block(
            _ name: String, _ pt: Int, _ constants: CalibrationComparison.Constants, _ other: CalibrationComparison?
        ) -> Figure.Block {
            Figure.Block(
                title: "\(name), pT_avg \(edges.pt[pt]) to \(edges.pt[pt + 1]) GeV",
                columns: ["eta_low", "eta_high", "constant", "u", "difference/sigma"],
                rows: (0..<binning.eta.count).map { eta in
                    let pull = other?.pull(eta: eta, pt: pt)
                    reach = max(reach, 1.1 * abs(pull ?? 0))
                    return [
                        edges.eta[eta], edges.eta[eta + 1], constants.values[eta][pt], constants.uncertainties[eta][pt],
                        pull,
                    ]
                })
        }
        let blocks = shown.flatMap { pt in
            [block(reference, pt, first.referenceConstants, nil)]
                + others.map { block($0.name, pt, $0.comparison.constants, $0.comparison) }
        }
        return Figure(
            "comparison",
            caption:
                "Constants of each calibration with their uncertainties, in the gauge of the first one's reference "
                + "region (shaded), and their differences from the first in units of the uncertainty of the difference.",
            label: label,
            variables: [
                .init("slices", shown.count),
                .init(
                    "titles",
                    shown.map { "\(RunFigures.plain(edges.pt[$0]))–\(RunFigures.plain(edges.pt[$0 + 1])) GeV" }),
                .init("names", [reference] + others.map(\.name)), .init("calibrations", others.count + 1),
                .init("eta_limit", max(-binning.eta.lowest, binning.eta.highest)),
                .init("reference", binning.referenceAbsEtaMaximum), .init("reach", reach),
            ], blocks: blocks)
    }
}
