internal import ClosureStudy
internal import Intercalibration

extension RunFigures {
    /// Column of the closure tables for a pT bin.
    private func column(_ pt: Int) -> Int { pt - binning.quotedPtBins.lowerBound }

    private func row(_ eta: Int, _ pt: Int, edges: [Double]) -> [Double?] {
        func percent(_ table: [[Double?]]) -> Double? { table[eta][column(pt)].map { 100 * $0 } }
        let limit = tolerance.value(etaLow: binning.eta.edges[eta], etaHigh: binning.eta.edges[eta + 1])
        return edges + [
            percent(closure.uncalibrated), percent(closure.uncalibratedUncertainty), percent(closure.nonclosure),
            percent(closure.uncertainty), limit.map { 100 * $0 },
        ]
    }

    /// What the enlarged panels show of these rows: bins that know little would set their scale, and stay above.
    private func enlarged(_ blocks: [Figure.Block]) -> (blocks: [Figure.Block], variables: [Figure.Variable]) {
        let known = blocks.flatMap(\.rows).compactMap { $0[5] }.sorted()
        let limit = max(2, known.isEmpty ? 0 : (4 * known[known.count / 2]).rounded(.up))
        var largest = 0.0
        var leftOut: [String] = []
        let shown = blocks.map { block in
            var hidden = 0
            let rows = block.rows.map { row -> [Double?] in
                guard let value = row[4], let uncertainty = row[5] else { return row + [nil, nil] }
                guard uncertainty <= limit else {
                    hidden += 1
                    return row + [nil, nil]
                }
                largest = max(largest, abs(value) + uncertainty, row[6] ?? 0)
                return row + [value, uncertainty]
            }
            let bins = hidden == 1 ? "1 bin" : "\(hidden) bins"
            leftOut.append(hidden == 0 ? "" : "\(bins) with u > \(Self.plain(limit)) %: above only")
            return Figure.Block(
                title: block.title, columns: block.columns + ["enlarged_percent", "u"], rows: rows)
        }
        let zoomed = [1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 60, 80].first { largest < $0 } ?? largest
        return (shown, [Figure.Variable("zoomed", zoomed), Figure.Variable("left_out", leftOut)])
    }

    private static let columns = ["before_percent", "u", "after_percent", "u", "tolerance_percent"]

    /// Non-closure before and after, against η; nil when nothing is determined.
    var closureEta: Figure? {
        let bins = shownPtBins { pt in closure.nonclosure.contains { $0[column(pt)] != nil } }
        guard !bins.isEmpty else { return nil }
        let (blocks, variables) = enlarged(
            bins.map { pt in
                Figure.Block(
                    title: "true pT \(binning.ptAverage.edges[pt]) to \(binning.ptAverage.edges[pt + 1]) GeV",
                    columns: ["eta_low", "eta_high"] + Self.columns,
                    rows: (0..<binning.eta.count).map {
                        row($0, pt, edges: [binning.eta.edges[$0], binning.eta.edges[$0 + 1]])
                    })
            })
        return Figure(
            "closure-eta",
            caption: "How far the response of data is from that of simulation, by truth, before and after calibration, "
                + "on events that the constants did not see. Below, after calibration, enlarged.",
            label: label,
            variables: [
                .init("slices", bins.count), .init("titles", bins.map(ptTitle)), .init("eta_limit", etaLimit),
            ] + variables, blocks: blocks)
    }

    /// Non-closure before and after, against pT.
    var closurePt: Figure? {
        let bins = shownEtaBins(at: [0.05, 0.3, 0.6, 0.82]) { eta in
            closure.uncertainty[eta].contains { ($0 ?? 0) > 1e-9 }
        }
        guard !bins.isEmpty else { return nil }
        let edges = binning.ptAverage.edges
        let (blocks, variables) = enlarged(
            bins.map { eta in
                Figure.Block(
                    title: "true eta \(binning.eta.edges[eta]) to \(binning.eta.edges[eta + 1])",
                    columns: ["pt_low_GeV", "pt_high_GeV"] + Self.columns,
                    rows: binning.quotedPtBins.map { row(eta, $0, edges: [edges[$0], edges[$0 + 1]]) })
            })
        return Figure(
            "closure-pt",
            caption: "The same against true pT, in some bins of true η.", label: label,
            variables: [
                .init("panels", bins.count), .init("titles", bins.map(etaTitle)),
                .init("pt_low", binning.quotedPtMinimum),
                .init("pt_high", edges[edges.count - 1]),
            ] + variables, blocks: blocks)
    }
}
