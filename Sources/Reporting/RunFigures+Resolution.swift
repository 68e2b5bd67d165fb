#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import ClosureStudy

extension RunFigures {
    /// Resolutions against pT by region, and scale factors against |η|; nil where none was derived.
    var resolutionFigure: Figure? {
        guard let resolution else { return nil }
        let measured = resolution.measured
        let edges = measured.regions.edges
        let shown = (0..<measured.regions.count).filter { region in
            binning.quotedPtBins.contains { measured.values[region][$0] != nil }
        }
        guard !shown.isEmpty else { return nil }
        let blocks = shown.flatMap { [points(resolution, $0), truth(resolution, $0)] }
        // Of widths in percent, which stand in odd columns of points and in all but the first of truth.
        let widths = blocks.enumerated().flatMap { index, block in
            block.rows.flatMap { row in index % 2 == 0 ? [row[1], row[3]] : Array(row.dropFirst()) }.compactMap { $0 }
        }
        return Figure(
            "resolution",
            caption:
                "Relative resolution of jets from the width of the asymmetry, of simulation as measured and of data without the "
                + "method's share, against the mean true pT, with the resolution that they have by truth; and what data have over "
                + "simulation, one factor for all pT, with that of truth.",
            label: label,
            variables: [
                .init("panels", shown.count), .init("columns", (shown.count + 2) / 2),
                .init(
                    "titles", shown.map { "\(Self.plain(edges[$0])) < |{/:Italic η}| < \(Self.plain(edges[$0 + 1]))" }),
                .init("pt_low", 0.9 * binning.quotedPtMinimum), .init("pt_high", binning.ptAverage.highest),
                .init("highest", 1.3 * (widths.max() ?? 20)), .init("eta_limit", etaLimit),
            ],
            blocks: blocks + [factors(resolution)])
    }

    private func points(_ resolution: ResolutionTest, _ region: Int) -> Figure.Block {
        Figure.Block(
            title: "measured, region \(region)", columns: ["true_pt_GeV", "data_percent", "u", "mc_percent", "u"],
            rows: binning.quotedPtBins.compactMap { pt in
                guard let value = resolution.measured.values[region][pt] else { return nil }
                let data = resolution.dataWidth(region: region, pt: pt)
                let simulation = value.combined.simulationWidth
                return [value.truePt]
                    + [data?.value, data?.uncertainty, simulation?.value, simulation?.uncertainty].map {
                        $0.map { 100 * $0 }
                    }
            })
    }

    private func truth(_ resolution: ResolutionTest, _ region: Int) -> Figure.Block {
        let (low, high) = (binning.quotedPtMinimum, binning.ptAverage.highest)
        return Figure.Block(
            title: "by truth", columns: ["true_pt_GeV", "data_percent", "mc_percent"],
            rows: (0...60).map { step in
                let pt = low * pow(high / low, Double(step) / 60)
                return [
                    pt, resolution.injected.data(region: region, truePt: pt).map { 100 * $0 },
                    resolution.injected.simulation(region: region, truePt: pt).map { 100 * $0 },
                ]
            })
    }

    private func factors(_ resolution: ResolutionTest) -> Figure.Block {
        let edges = resolution.measured.regions.edges
        return Figure.Block(
            title: "scale factors", columns: ["abs_eta_low", "abs_eta_high", "k", "u", "of_truth"],
            rows: resolution.measured.scaleFactors.enumerated().map { region, factor in
                [
                    edges[region], edges[region + 1], factor?.value, factor?.uncertainty,
                    resolution.injectedScaleFactors[region],
                ]
            })
    }
}
