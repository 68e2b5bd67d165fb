internal import Intercalibration
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

extension RunFigures {
    /// Balances against α with their lines, and k_FSR against η with its curve; nil where nothing was extrapolated.
    var extrapolation: Figure? {
        guard let extrapolation = derivation.calibration.extrapolation else { return nil }
        let slices = shownPtBins(3) { pt in extrapolation.cells.contains { $0.ptBin == pt } }
        guard let shown = slices.dropFirst().first ?? slices.first else { return nil }
        let cells = shownEtaBins(at: [0.3, 0.6, 0.82]) { eta in
            extrapolation.cells.contains { $0.etaBin == eta && $0.ptBin == shown }
        }.compactMap { eta in extrapolation.cells.first { $0.etaBin == eta && $0.ptBin == shown } }
        guard !cells.isEmpty else { return nil }
        return Figure(
            "extrapolation",
            caption:
                "Mean balance of probe and reference region below cuts on α, against the mean α of the events (points share events), "
                + "with the line that is extrapolated to α = 0; and what constants gain by it, k, by bins of η with the smooth "
                + "curve that they are multiplied by.",
            label: label,
            variables: [
                .init("panels", cells.count), .init("slices", slices.count),
                .init("cells", cells.map { "\(etaTitle($0.etaBin)), \(ptTitle($0.ptBin))" }),
                .init("fits", cells.map(Self.summary)),
                .init("titles", slices.map(ptTitle)), .init("curves", slices.map { summary(extrapolation, pt: $0) }),
                .init("eta_limit", etaLimit), .init("reference", binning.referenceAbsEtaMaximum),
            ],
            blocks: cells.flatMap { [Self.points(of: $0), Self.lines(of: $0)] }
                + slices.flatMap { [factors(extrapolation, pt: $0), curve(extrapolation, pt: $0)] })
    }

    private static func probability(_ value: Double?) -> String {
        value.map { String(format: $0 < 0.001 ? "%.0e" : "%.2g", $0) } ?? "–"
    }

    private static func summary(_ cell: AlphaCell) -> String {
        let line = cell.ratio.line
        let chiSquared = String(format: "%.1f", line.chiSquared)
        return "data/MC: χ²/ndf = \(chiSquared)/\(line.degreesOfFreedom), p = \(probability(line.probability))"
    }

    private func summary(_ extrapolation: AlphaExtrapolation, pt: Int) -> String {
        guard let curve = extrapolation.curve(ptBin: pt) else { return "" }
        let whose = extrapolation.dependsOnPt && extrapolation.own[pt] != nil ? "this" : "all"
        let chiSquared = String(format: "%.0f", curve.chiSquared)
        let cells = extrapolation.cells.filter { $0.ptBin == pt }
        let limit = largestShownUncertainty(cells)
        let hidden = cells.count { exp($0.logFactor) * $0.variance.squareRoot() > limit }
        let bins = hidden == 1 ? "1 bin" : "\(hidden) bins"
        return "curve of \(whose) pT: χ²/ndf = \(chiSquared)/\(curve.degreesOfFreedom)"
            + ", p = \(Self.probability(curve.probability))"
            + (hidden == 0 ? "" : "\n\(bins) with u > \(Self.plain((100 * limit).rounded())) % not shown")
    }

    private static func points(of cell: AlphaCell) -> Figure.Block {
        func columns(_ points: AlphaPoints?, _ index: Int) -> [Double?] {
            guard let points else { return [nil, nil, nil] }
            return [
                points.alpha[index], 100 * points.logRatio[index], 100 * points.covariance[index][index].squareRoot(),
            ]
        }
        return Figure.Block(
            title: "balance of eta bin \(cell.etaBin), pT bin \(cell.ptBin)",
            columns: ["cut", "alpha_data", "percent", "u", "alpha_mc", "percent", "u"],
            rows: cell.data.points.cuts.enumerated().map { index, cut in
                [cut] + columns(cell.data.points, index) + columns(cell.simulation?.points, index)
            })
    }

    private static func lines(of cell: AlphaCell) -> Figure.Block {
        let last = 1.06 * (cell.ratio.points.alpha.last ?? 0)
        func columns(_ trend: AlphaCell.Trend?, _ alpha: Double) -> [Double?] {
            guard let line = trend?.line else { return [nil, nil] }
            return [100 * line.value(at: alpha), 100 * max(0, line.variance(at: alpha)).squareRoot()]
        }
        return Figure.Block(
            title: "its lines", columns: ["alpha", "data_percent", "u", "mc_percent", "u"],
            rows: (0...20).map { step in
                let alpha = last * Double(step) / 20
                return [alpha] + columns(cell.data, alpha) + columns(cell.simulation, alpha)
            })
    }

    private func factors(_ extrapolation: AlphaExtrapolation, pt: Int) -> Figure.Block {
        let edges = binning.eta.edges
        let cells = extrapolation.cells.filter { $0.ptBin == pt }
        let limit = largestShownUncertainty(cells)
        return Figure.Block(
            title: "factors, pT_avg \(ptTitle(pt))",
            columns: ["eta_low", "eta_high", "eta_mean", "k", "u", "shown_k", "u"],
            rows: cells.map { cell in
                let factor = exp(cell.logFactor)
                let uncertainty = factor * cell.variance.squareRoot()
                let place: [Double?] = [edges[cell.etaBin], edges[cell.etaBin + 1], cell.eta, factor, uncertainty]
                return place + (uncertainty <= limit ? [factor, uncertainty] : [nil, nil])
            })
    }

    /// Bins that know little would set the scale of a panel.
    private func largestShownUncertainty(_ cells: [AlphaCell]) -> Double {
        let known = cells.map { exp($0.logFactor) * $0.variance.squareRoot() }.sorted()
        return known.isEmpty ? 0 : max(0.01, (400 * known[known.count / 2]).rounded(.up) / 100)
    }

    private func curve(_ extrapolation: AlphaExtrapolation, pt: Int) -> Figure.Block {
        let (low, high) = (binning.eta.lowest, binning.eta.highest)
        return Figure.Block(
            title: "their curve", columns: ["eta", "k", "u"],
            rows: (0...90).compactMap { step in
                let eta = low + (high - low) * Double(step) / 90
                guard let curve = extrapolation.curve(ptBin: pt) else { return nil }
                let factor = exp(curve.value(eta))
                return [eta, factor, factor * max(0, curve.covariance(eta, eta)).squareRoot()]
            })
    }
}
