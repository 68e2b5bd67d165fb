internal import Intercalibration

extension RunFigures {
    /// Uncertainties of the replicas against those quoted; nil without a bootstrap.
    var bootstrap: Figure? {
        guard let bootstrap = calibration.bootstrap, let ratio = calibration.bootstrapRatio else { return nil }
        /// Of ln c: σ of the replicas over that of the fit, and the shift of the mean in the latter.
        func bins(_ pt: Int) -> [[Double?]] {
            bootstrap.ratio(ptBin: pt).enumerated().compactMap { eta, ratio in
                guard let ratio, let shift = bootstrap.shift(ptBin: pt, eta: eta) else { return nil }
                return [
                    binning.eta.edges[eta], binning.eta.edges[eta + 1], ratio,
                    -shift / bootstrap.quotedVariances[pt][eta].squareRoot(),
                ]
            }
        }
        let shown = shownPtBins { !bins($0).isEmpty }
        func reach(_ column: Int, from centre: Double, atLeast least: Double) -> Double {
            shown.flatMap(bins).reduce(least) { max($0, 1.1 * abs(($1[column] ?? centre) - centre)) }
        }
        // Of a variance: that of so many replicas, and of so many sub-samples.
        let precision = (0.5 / Double(bootstrap.replicas) + 0.5 / Double(bootstrap.subSamples)).squareRoot()
        return Figure(
            "bootstrap",
            caption:
                "Uncertainties of the constants from \(bootstrap.replicas) replicas over those of the fit, with a band of one standard "
                + "deviation of the former, and the mean of the replicas less the constant in standard deviations.",
            label: label,
            variables: [
                .init("slices", shown.count), .init("titles", shown.map(ptTitle)), .init("eta_limit", etaLimit),
                .init("precision", precision), .init("reach", reach(2, from: 1, atLeast: 0.15)),
                .init("shift_reach", reach(3, from: 0, atLeast: 0.3)),
                .init("moments", "all quoted bins: \(Self.plain((1000 * ratio).rounded() / 1000))"),
            ],
            blocks: shown.map { pt in
                Figure.Block(
                    title: "pT_avg \(ptTitle(pt))", columns: ["eta_low", "eta_high", "ratio", "shift"], rows: bins(pt))
            })
    }
}
