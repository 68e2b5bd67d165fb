import Foundation
import TruthValidation

/// What a validation of truth found, in tables of at most 80 columns.
struct ValidationSummary {
    /// Slices that fit side by side.
    private static let columns = 7
    private static let labelWidth = 24

    private let comparison: TruthComparison
    private let title: String

    init(_ comparison: TruthComparison, title: String) {
        self.comparison = comparison
        self.title = title
    }

    private var slices: [Int] { Array(comparison.reference.slices.indices) }

    /// Without a line break at the end.
    func text(style: TerminalStyle) -> String {
        var lines = [
            title.wrapped(), "",
            "Model less reference in per cent: relative to the reference for cross-sections,",
            "RMS, c and b; points of a per cent for gluons and the shares that pass cuts.",
            "* not met   ~ within 3 sigma only   n not judged",
        ]
        for first in stride(from: 0, to: slices.count, by: Self.columns) {
            let chosen = Array(slices.dropFirst(first).prefix(Self.columns))
            lines += ["", style.paint(header(chosen, limits: true), .heading)] + criteria(chosen)
        }
        lines += [""] + pooled()
        lines += ["", "chi2/ndf of shapes, for information (+ after the cuts):"]
        for first in stride(from: 0, to: slices.count, by: Self.columns) {
            let chosen = Array(slices.dropFirst(first).prefix(Self.columns))
            lines += [style.paint(header(chosen, limits: false), .heading)] + shapes(chosen)
        }
        lines += ["", verdict(style)]
        return lines.joined(separator: "\n")
    }

    private func header(_ chosen: [Int], limits: Bool) -> String {
        var row = TableRow()
        row.put("slice from pT [GeV]", at: 19)
        if limits { row.put("limit", at: Self.labelWidth + 5) }
        for (column, slice) in chosen.enumerated() {
            row.put(Numbers.edge(comparison.reference.slices[slice].pHatMinimum), at: end(of: column))
        }
        return row.text
    }

    /// Where the digits of a column end; a mark may follow.
    private func end(of column: Int) -> Int { Self.labelWidth + 5 + 7 * (column + 1) - 1 }

    /// Rows of one criterion each, in the order of the first slice's.
    private func criteria(_ chosen: [Int]) -> [String] {
        let bySlice = chosen.map { slice in comparison.criteria.filter { $0.slice == slice } }
        guard let first = bySlice.first else { return [] }
        return first.indices.map { index in
            let criterion = first[index]
            var row = TableRow()
            var label = criterion.quantity.title
            if let bin = criterion.bin {
                label = "  |delta eta| \(Numbers.edge(bin.lowerBound))..\(Numbers.edge(bin.upperBound))"
            }
            row.put(label.padding(toLength: Self.labelWidth, withPad: " ", startingAt: 0), at: Self.labelWidth)
            row.put(String(format: "%g", 100 * criterion.limit), at: Self.labelWidth + 5)
            for (column, list) in bySlice.enumerated() where index < list.count {
                row.put(Self.percent(list[index].distance?.value), Self.mark(list[index]), at: end(of: column))
            }
            return row.text
        }
    }

    private static func mark(_ criterion: Criterion) -> String {
        switch criterion.verdict {
        case .passed: " "
        case .passedWithinUncertainty: "~"
        case .failed: "*"
        case .notJudged: "n"
        }
    }

    private static func percent(_ value: Double?) -> String {
        guard let value else { return "-" }
        return String(format: abs(value) < 0.9995 ? "%+.1f" : "%+.0f", min(max(100 * value, -9999), 9999))
    }

    /// Lines about what is summed over slices.
    private func pooled() -> [String] {
        let probe = lines(.meanAsymmetry, "mean asymmetry against |eta_probe|", "within 1 % or 3 sigma", unit: "")
        let spectrum = lines(
            .spectrum, "summed pT_1 spectrum", "within 10 % or 3 sigma of the reference", unit: " GeV")
        let steps = comparison.criteria.filter { $0.quantity == .step }.map { step in
            let place = Numbers.edge(step.bin?.lowerBound ?? 0)
            guard let size = step.distance else { return "\(place) GeV unknown" }
            let text = String(format: "%+.1f +- %.1f %%", 100 * size.value, 100 * size.uncertainty)
            return "\(place) GeV \(text)\(step.verdict == .failed ? "*" : "")"
        }
        let edges = steps.isEmpty ? [] : ["steps of it at slice edges: \(steps.joined(separator: ", "))".wrapped()]
        return [probe, spectrum] + edges
    }

    private func lines(_ quantity: Criterion.Quantity, _ name: String, _ limit: String, unit: String) -> String {
        let all = comparison.criteria.filter { $0.quantity == quantity && $0.isJudged }
        let good = all.count { $0.verdict != .failed }
        var text = "\(name): \(good) of \(all.count) bins \(limit)"
        func size(_ criterion: Criterion) -> Double { abs(criterion.distance?.value ?? 0) }
        // The worst of those that fail, if any do.
        let failed = all.filter { $0.verdict == .failed }
        if let worst = (failed.isEmpty ? all : failed).max(by: { size($0) < size($1) }), let bin = worst.bin,
            let distance = worst.distance
        {
            text += "; worst \(Self.place(bin))\(unit): "
            text += String(format: "%+.2f +- %.2f %%", 100 * distance.value, 100 * distance.uncertainty)
        }
        return text.wrapped()
    }

    private static func place(_ bin: ClosedRange<Double>) -> String {
        [bin.lowerBound, bin.upperBound].map { String(format: "%.3g", $0) }.joined(separator: "..")
    }

    private func shapes(_ chosen: [Int]) -> [String] {
        TruthHistogram.allCases.map { histogram in
            var row = TableRow()
            let label = String((histogram.title + (histogram.isAfterCuts ? " +" : "")).prefix(Self.labelWidth + 4))
            row.put(label.padding(toLength: Self.labelWidth, withPad: " ", startingAt: 0), at: Self.labelWidth)
            for (column, slice) in chosen.enumerated() {
                let text = comparison.shape(of: histogram, slice: slice).map { distance in
                    let ratio = distance.chiSquared / Double(distance.degreesOfFreedom)
                    return ratio < 99.95 ? String(format: "%.1f", ratio) : String(format: "%.0f", min(ratio, 99999))
                }
                row.put(text ?? "-", at: end(of: column))
            }
            return row.text
        }
    }

    private func verdict(_ style: TerminalStyle) -> String {
        let (judged, failed) = (comparison.judged.count, comparison.failed.count)
        let word = comparison.passed ? "PASSED" : "FAILED"
        let excused = comparison.criteria.count { $0.verdict == .passedWithinUncertainty }
        let counts =
            failed == 0 && !comparison.passed
            ? "nothing could be judged but cross-sections and steps"
            : "\(judged - failed) of \(judged) criteria are met, \(excused) of them within 3 sigma only"
        return "validation \(word): \(counts)".wrapped().replacingOccurrences(
            of: "validation \(word)", with: "validation " + style.paint(word, comparison.passed ? .good : .bad))
    }
}
