internal import Balance
public import ClosureStudy
internal import Intercalibration
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Figures of pseudo-experiments.
public struct ToyFigures: Sendable {
    let result: ToyResult
    let label: FigureLabel

    public init(_ result: ToyResult, label: FigureLabel) {
        self.result = result
        self.label = label
    }

    /// All that there is something to show for, in the order of a report.
    public var all: [Figure] { [pulls, pullsEta, coverage, bias].compactMap { $0 } }

    private var binning: BalanceBinning { result.binning }
    private var etaLimit: Double { max(-binning.eta.lowest, binning.eta.highest) }
    private var names: [String] { result.methods.map(\.method.rawValue) }
    private var etaEdges: [(low: Double, high: Double)] {
        zip(binning.eta.edges, binning.eta.edges.dropFirst()).map { (low: $0, high: $1) }
    }

    /// Distribution of the pulls of each method, with the unit normal curve.
    private var pulls: Figure? {
        let shown = result.methods.filter { $0.overall.pulls != nil }
        guard !shown.isEmpty else { return nil }
        func text(_ estimate: ToyEstimate?, scale: Double = 1, digits: Int) -> String {
            guard let estimate else { return "–" }
            func fixed(_ value: Double, _ digits: Int) -> String {
                let power = pow(10.0, Double(digits))
                let rounded = Int((abs(value) * power).rounded())
                let (whole, rest) = (rounded / Int(power), rounded % Int(power))
                let zeros = String(repeating: "0", count: digits - "\(rest)".count)
                return (value < 0 && rounded > 0 ? "−" : "") + "\(whole).\(zeros)\(rest)"
            }
            return fixed(scale * estimate.value, digits)
                + (estimate.uncertainty.map { " ± " + fixed(scale * $0, digits) } ?? "")
        }
        let moments = shown.map { method -> String in
            let pulls = method.overall.pulls
            var lines = [
                "mean \(text(pulls?.mean, digits: 3))", "width \(text(pulls?.width, digits: 3))",
                "68.3 %: \(text(pulls?.coverage68, scale: 100, digits: 1)) %",
                "95 %: \(text(pulls?.coverage95, scale: 100, digits: 1)) %",
            ]
            let outside = method.histogram.below + method.histogram.above
            if outside > 0 { lines.append("\(outside) beyond") }
            return lines.joined(separator: "\n")
        }
        return Figure(
            "toys-pulls",
            caption:
                "Pulls (ln c − ln c_Asimov)/σ(ln c) of all bins and pseudo-experiments, and the unit normal curve.",
            label: label,
            variables: [
                .init("panels", shown.count), .init("titles", shown.map(\.method.rawValue)),
                .init("moments", moments), .init("bin_width", PullHistogram.width),
                .init("totals", shown.map { Double($0.histogram.total) }),
            ],
            blocks: shown.map { method in
                Figure.Block(
                    title: "pulls of \(method.method.rawValue)", columns: ["low", "high", "constants"],
                    rows: method.histogram.counts.enumerated().map { bin, count in
                        let low = PullHistogram.lowest + Double(bin) * PullHistogram.width
                        return [low, low + PullHistogram.width, Double(count)]
                    })
            })
    }

    /// Mean and width of the pulls by η, in some bins of pT.
    private var pullsEta: Figure? {
        // A few experiments that happen to have a constant tell little, and would set the scale.
        let least = max(2, (result.experiments + 3) / 4)
        func isShown(_ bin: ToyBin) -> Bool { bin.experiments >= least }
        let bins = shownPtBins(isShown)
        guard !bins.isEmpty else { return nil }
        let leftOut = leftOut(bins, in: "fewer than \(least) experiments") { $0.experiments > 0 && !isShown($0) }
        return Figure(
            "toys-pulls-eta",
            caption:
                "Mean and width of the pulls in bins of η: 0 and 1 for a fit without bias by small samples and with the "
                + "right uncertainties.",
            label: label,
            variables: shared(bins) + [
                .init("spread", reach(bins) { isShown($0) ? $0.pulls?.mean : nil }, atLeast: 0.3),
                .init(
                    "wide",
                    reach(bins) { bin in
                        guard isShown(bin) else { return nil }
                        return bin.pulls?.width.map { ToyEstimate(value: $0.value - 1, uncertainty: $0.uncertainty) }
                    }, atLeast: 0.3),
                .init("left_out", leftOut),
            ],
            blocks: blocks(bins, columns: ["pull_mean", "u", "pull_width", "u"]) { bin in
                guard isShown(bin) else { return [nil, nil, nil, nil] }
                return [
                    bin.pulls?.mean.value, bin.pulls?.mean.uncertainty, bin.pulls?.width?.value,
                    bin.pulls?.width?.uncertainty,
                ]
            })
    }

    /// Which share of the intervals holds the Asimov constant, over (η, pT).
    private var coverage: Figure? {
        let shown = result.methods.filter { $0.overall.pulls != nil }
        guard !shown.isEmpty else { return nil }
        let pts = binning.quotedPtBins
        let edges = binning.ptAverage.edges
        return Figure(
            "toys-coverage",
            caption:
                "Share of the experiments whose intervals of 68.3 % and of 95 % hold the Asimov constant, bin by bin.",
            label: label,
            variables: [
                .init("panels", shown.count), .init("titles", shown.map(\.method.rawValue)),
                .init("eta_limit", etaLimit),
                .init("pt_low", edges[pts.lowerBound]), .init("pt_high", edges[edges.count - 1]),
                .init("experiments", result.experiments),
            ],
            blocks: shown.map { method in
                var rows: [[Double?]] = []
                for (eta, row) in method.bins.enumerated() {
                    for (bin, pt) in zip(row, pts) {
                        guard let pulls = bin.pulls else { continue }
                        let ends = [etaEdges[eta].low, etaEdges[eta].high, edges[pt], edges[pt + 1]]
                        rows.append(ends + [100 * pulls.coverage68.value, 100 * pulls.coverage95.value])
                    }
                }
                return Figure.Block(
                    title: "coverage of \(method.method.rawValue)",
                    columns: ["eta_low", "eta_high", "pt_low_GeV", "pt_high_GeV", "coverage68", "coverage95"],
                    rows: rows)
            })
    }

    /// Bias of the Asimov constants against what the cards ask for, by η in some bins of pT; of the mean constant below.
    private var bias: Figure? {
        let bins = shownPtBins { $0.bias != nil }
        guard !bins.isEmpty else { return nil }
        // What knows little would set the scale.
        let known = result.methods.flatMap { method in
            bins.flatMap { pt in method.bins.compactMap { uncertainty($0[pt]) } }
        }.sorted()
        let limit = max(0.005, known.isEmpty ? 0 : (400 * known[known.count / 2]).rounded(.up) / 100)
        func isShown(_ bin: ToyBin) -> Bool { uncertainty(bin).map { $0 <= limit } ?? false }
        let leftOut = leftOut(
            bins, in: "{/:Italic u} > \(RunFigures.plain((1000 * limit).rounded() / 10)) %"
        ) { $0.bias != nil && !isShown($0) }
        return Figure(
            "toys-bias",
            caption:
                "Above, what the method gives without fluctuations against what the response in the detector cards asks "
                + "for. Below, what the mean over experiments has on top of that: the bias of small samples.",
            label: label,
            variables: shared(bins) + [
                .init("bias", 100 * reach(bins) { isShown($0) ? $0.bias : nil }, atLeast: 0.5),
                .init("shift", 100 * reach(bins) { isShown($0) ? $0.shift : nil }, atLeast: 0.2),
                .init("left_out", leftOut),
            ],
            blocks: blocks(bins, columns: ["bias_percent", "u", "shift_percent", "u"]) { bin in
                guard isShown(bin) else { return [nil, nil, nil, nil] }
                return [bin.bias?.value, bin.bias?.uncertainty, bin.shift?.value, bin.shift?.uncertainty].map { value in
                    value.map { 100 * $0 }
                }
            })
    }

    /// Tells how many constants of each pT bin are not in the picture, and why.
    private func leftOut(_ bins: [Int], in reason: String, _ isHidden: (ToyBin) -> Bool) -> [String] {
        bins.map { pt in
            let hidden = result.methods.reduce(0) { sum, method in sum + method.bins.count { isHidden($0[pt]) } }
            return hidden == 0 ? "" : "\(hidden) \(hidden == 1 ? "constant" : "constants") with \(reason) not shown"
        }
    }

    /// The larger one of those of both panels.
    private func uncertainty(_ bin: ToyBin) -> Double? {
        bin.bias?.uncertainty.map { max($0, bin.shift?.uncertainty ?? 0) }
    }

    /// Three pT bins out of those that show something: the lowest, and one and two thirds of the way up.
    private func shownPtBins(_ isShown: (ToyBin) -> Bool) -> [Int] {
        let bins = binning.quotedPtBins.indices.map { $0 - binning.quotedPtBins.lowerBound }.filter { pt in
            result.methods.contains { $0.bins.contains { isShown($0[pt]) } }
        }
        return bins.count > 3 ? (0..<3).map { bins[$0 * bins.count / 3] } : bins
    }

    private func shared(_ bins: [Int]) -> [Figure.Variable] {
        let edges = binning.ptAverage.edges
        let first = binning.quotedPtBins.lowerBound
        return [
            .init("slices", bins.count),
            .init(
                "titles",
                bins.map { "\(RunFigures.plain(edges[first + $0]))–\(RunFigures.plain(edges[first + $0 + 1])) GeV" }),
            .init("names", names), .init("eta_limit", etaLimit), .init("reference", binning.referenceAbsEtaMaximum),
        ]
    }

    /// One block a pT bin; columns are the bin in η, then those of each method.
    private func blocks(
        _ bins: [Int], columns: [String], _ values: (ToyBin) -> [Double?]
    ) -> [Figure.Block] {
        let edges = binning.ptAverage.edges
        let first = binning.quotedPtBins.lowerBound
        return bins.map { pt in
            Figure.Block(
                title: "pT_avg \(edges[first + pt]) to \(edges[first + pt + 1]) GeV",
                columns: ["eta_low", "eta_high"] + names.flatMap { name in columns.map { "\($0)_\(name)" } },
                rows: etaEdges.enumerated().map { eta, ends in
                    [ends.low, ends.high] + result.methods.flatMap { values($0.bins[eta][pt]) }
                })
        }
    }

    /// The largest distance from zero, with its uncertainty.
    private func reach(_ bins: [Int], _ value: (ToyBin) -> ToyEstimate?) -> Double {
        let known = result.methods.flatMap { method in
            bins.flatMap { pt in method.bins.compactMap { value($0[pt]) } }
        }
        return known.reduce(0) { max($0, abs($1.value) + ($1.uncertainty ?? 0)) }
    }
}

extension Figure.Variable {
    fileprivate init(_ name: String, _ value: Double, atLeast least: Double) {
        self.init(name, max(least, 1.15 * value))
    }
}
