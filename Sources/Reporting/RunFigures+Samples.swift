internal import Balance
internal import ClosureStudy
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

extension RunFigures {
    /// Distributions of the asymmetry in chosen cells, normalised to one.
    var asymmetry: Figure? {
        guard let simulation = derivation.simulation else { return nil }
        let axis = BalanceHistograms.asymmetryAxis
        let (before, after) = (derivation.data, derivation.correctedData)
        func fractions(_ sample: InspectedSample?, _ cell: Int) -> [Double]? {
            guard let sample else { return nil }
            let counts = sample.histograms.asymmetry(cell: cell, weights: sample.balance.weights)
            let total = counts.reduce(0, +)
            return total > 0 ? counts.map { $0 / total } : nil
        }
        func mean(_ fractions: [Double]?) -> String {
            guard let fractions else { return "–" }
            let value = zip(fractions, 0..<axis.count).reduce(0) { $0 + $1.0 * axis.centre($1.1) }
            return String(format: "%+.3f", value).replacingOccurrences(of: "-", with: "−")
        }
        var titles: [String] = []
        var means: [String] = []
        var blocks: [Figure.Block] = []
        for (index, cell) in simulation.histograms.cells.enumerated() {
            guard let expected = fractions(simulation, index), let measured = fractions(before, index) else { continue }
            let corrected = fractions(after, index)
            titles.append("\(etaTitle(cell.etaBin))\n{/:Italic p}_T^{avg} \(ptTitle(cell.ptBin))")
            means.append("mean, MC \(mean(expected))\nbefore \(mean(measured))\nafter \(mean(corrected))")
            let rows = (0..<axis.count).map { bin -> [Double?] in
                [axis.edges[bin], axis.edges[bin + 1], expected[bin], measured[bin], corrected?[bin]]
            }
            blocks.append(
                Figure.Block(
                    title:
                        "probe eta \(binning.eta.edges[cell.etaBin]) to \(binning.eta.edges[cell.etaBin + 1]), pT_avg "
                        + "\(ptTitle(cell.ptBin)): \(simulation.histograms.rows(cell: index)) MC, "
                        + "\(before.histograms.rows(cell: index)) data events",
                    columns: ["low", "high", "mc", "data_before", "data_after"], rows: rows))
        }
        guard !blocks.isEmpty else { return nil }
        // One event in ten thousand may be farther out; the shape of the rest matters more.
        let reach = blocks.flatMap(\.rows).reduce(0.0) { reach, row in
            row.dropFirst(2).contains { ($0 ?? 0) > 1e-4 } ? max(reach, abs(row[0] ?? 0), abs(row[1] ?? 0)) : reach
        }
        return Figure(
            "asymmetry",
            caption:
                "Asymmetry of a probe jet against a jet of the reference region: simulation, data before "
                + "the constants and data after them. Constants move the mean; the width stays that of the detector.",
            label: label,
            variables: [
                .init("titles", titles), .init("means", means), .init("corrected", after == nil ? 0 : 1),
                .init("reach", min(2, max(1.2, reach + 0.05))),
            ], blocks: blocks)
    }

    /// Cross-section of selected dijets in the slices of the generation, and the events behind it.
    var spectrum: Figure? {
        guard let simulation = derivation.simulation else { return nil }
        let axis = BalanceHistograms.spectrumAxis
        typealias Spectrum = [(rows: Int, weight: Double)]
        func slices(_ sample: InspectedSample) -> [Spectrum] {
            sample.balance.weights.indices.map {
                sample.histograms.spectrum(slice: $0, weights: sample.balance.weights)
            }
        }
        func sum(_ slices: [Spectrum]) -> Spectrum {
            (0..<axis.count).map { bin in
                slices.reduce((rows: 0, weight: 0.0)) { ($0.rows + $1[bin].rows, $0.weight + $1[bin].weight) }
            }
        }
        let parts = slices(simulation)
        let (total, data) = (sum(parts), sum(slices(derivation.data)))
        let filled = (0..<axis.count).filter { total[$0].rows > 0 }
        guard let first = filled.first, let last = filled.last else { return nil }
        func rate(_ spectrum: Spectrum, _ bin: Int) -> Double? {
            spectrum[bin].rows > 0 ? spectrum[bin].weight / axis.width(bin) : nil
        }
        func count(_ spectrum: Spectrum, _ bin: Int) -> Double? {
            spectrum[bin].rows > 0 ? Double(spectrum[bin].rows) : nil
        }
        let range = first...last
        let rates = range.compactMap { rate(total, $0) }
        let floor = (rates.min() ?? 1) / 1000
        /// Steps that begin and end below everything.
        func closed(_ rows: [[Double?]]) -> [[Double?]] {
            guard let first = rows.first?[0], let last = rows.last?[1] else { return rows }
            func edge(_ place: Double) -> [Double?] {
                Array([place, place, floor, rows[0].count == 5 ? nil : 0.01, 0.01].prefix(rows[0].count))
            }
            return [edge(first)] + rows + [edge(last)]
        }
        let sums = Figure.Block(
            title: "all slices", columns: ["pt_low_GeV", "pt_high_GeV", "mc_pb/GeV", "data_pb/GeV", "mc_events"],
            rows: closed(
                range.map {
                    [axis.edges[$0], axis.edges[$0 + 1], rate(total, $0), rate(data, $0), count(total, $0)]
                }))
        let blocks = parts.enumerated().map { slice, spectrum in
            let bins = range.filter { spectrum[$0].rows > 0 }
            let rows =
                bins.isEmpty
                ? []
                : (bins[0]...bins[bins.count - 1]).map { bin -> [Double?] in
                    [axis.edges[bin], axis.edges[bin + 1], rate(spectrum, bin), count(spectrum, bin)]
                }
            return Figure.Block(
                title: "slice \(slice)", columns: ["pt_low_GeV", "pt_high_GeV", "mc_pb/GeV", "mc_events"],
                rows: closed(rows))
        }
        return Figure(
            "spectrum",
            caption:
                "Cross-section of the selected dijets: simulation by slice of the generation and summed, and data before the constants. Below, "
                + "the simulated events behind it.",
            label: label,
            variables: [
                .init("slices", parts.count), .init("pt_low", axis.edges[first]),
                .init("pt_high", axis.edges[last + 1]),
                .init("rate_low", (rates.min() ?? 1) / 10), .init("rate_high", (rates.max() ?? 1) * 10),
            ], blocks: [sums] + blocks)
    }

    /// Events and effective events, of η bins and of pairs of them.
    var events: Figure? {
        let sample = derivation.data.balance
        func pair(_ low: Int, _ high: Int, _ pt: Int) -> CellMoments? {
            sample.sums.moments(ptBin: pt, pair: binning.pair(min(low, high), max(low, high)), weights: sample.weights)
        }
        let (eta, pt) = (binning.eta, binning.ptAverage)
        var rows: [[Double?]] = []
        for ptBin in 0..<pt.count {
            for etaBin in 0..<eta.count {
                var (events, weight, squares) = (0, 0.0, 0.0)
                for other in 0..<eta.count {
                    guard let cell = pair(etaBin, other, ptBin), cell.effectiveEvents > 0 else { continue }
                    events += cell.rows
                    weight += cell.weight
                    squares += cell.weight * cell.weight / cell.effectiveEvents
                }
                guard squares > 0 else { continue }
                rows.append([
                    eta.edges[etaBin], eta.edges[etaBin + 1], pt.edges[ptBin], pt.edges[ptBin + 1], Double(events),
                    weight * weight / squares,
                ])
            }
        }
        guard !rows.isEmpty else { return nil }
        func largest(_ rows: [[Double?]], _ column: Int) -> Double { rows.reduce(2) { max($0, $1[column] ?? 0) } }
        let bins = shownPtBins(2) { ptBin in rows.contains { $0[2] == pt.edges[ptBin] } }
        let maps = bins.map { ptBin in
            Figure.Block(
                title: "pT_avg \(ptTitle(ptBin))", columns: ["eta_low", "eta_high", "eta_low", "eta_high", "n_eff"],
                rows: etaPairs { low, high in
                    guard low <= high, let cell = pair(low, high, ptBin), cell.effectiveEvents > 0 else { return nil }
                    return cell.effectiveEvents
                })
        }
        return Figure(
            "events",
            caption: "Selected data events, and how many events of equal weight carry the same information, "
                + "N_eff = (Σw)²/Σw²: of each bin of (η, pT_avg), and of the pairs of η bins that the fit uses.",
            label: label,
            variables: [
                .init("slices", bins.count), .init("titles", bins.map(ptTitle)), .init("eta_limit", etaLimit),
                .init("pt_low", pt.lowest), .init("pt_high", pt.highest),
                .init("largest", [4, 5].map { largest(rows, $0) } + maps.map { largest($0.rows, 4) }),
            ],
            blocks: [
                Figure.Block(
                    title: "eta bins",
                    columns: ["eta_low", "eta_high", "pt_low_GeV", "pt_high_GeV", "events", "n_eff"],
                    rows: rows)
            ] + maps)
    }
}
