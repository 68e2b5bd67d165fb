import CalibrationFiles
import Foundation
import Intercalibration

/// A comparison in tables of at most 80 columns.
struct ComparisonSummary {
    private let study: ComparisonStudy
    private let style: TerminalStyle

    init(_ study: ComparisonStudy, style: TerminalStyle) {
        self.study = study
        self.style = style
    }

    /// Without a line break at the end.
    var text: String {
        let method = study.reference.calibration.method.rawValue
        var lines = ["reference: \(study.reference.name.shown()), \(method) method".wrapped()]
        for other in study.others { lines += [""] + self.lines(other) }
        return lines.joined(separator: "\n")
    }

    private static let header =
        "   pT [GeV]   bins      max d     RMS d   mean   RMS  >2  >3   chi2/ndf  p-value"

    private func lines(_ other: ComparedCalibration) -> [String] {
        let comparison = other.comparison
        var lines = ["\(other.name.shown()), \(other.method.rawValue) method".wrapped()]
        lines += correlation(other).map { $0.wrapped() }
        lines += [
            "d = ln c - ln c_ref; pulls d/sigma: mean, RMS, how many beyond 2 and 3",
            style.paint(Self.header, .heading),
        ]
        let edges = comparison.binning.ptAverage.edges
        for pt in comparison.ptBins {
            lines.append(row(Self.range(edges[pt], edges[pt + 1]), comparison.summary(ptBins: pt..<(pt + 1))))
        }
        lines.append(style.paint(Self.header.replacingOccurrences(of: "pT [GeV]", with: "   |eta|"), .heading))
        for region in comparison.regions(ComparisonStudy.regions) {
            lines.append(row(Self.range(region.low, region.high), region.summary))
        }
        let all = comparison.summary()
        lines.append(row(("all", ""), all))
        return lines + remarks(other, all)
    }

    private static func range(_ low: Double, _ high: Double) -> (String, String) {
        (Numbers.edge(low), "-" + Numbers.edge(high))
    }

    private func row(_ label: (String, String), _ summary: CalibrationComparison.Summary) -> String {
        func signed(_ value: Double?) -> String { value.map { String(format: "%+.2f", $0) } ?? "-" }
        var row = TableRow()
        row.put(label.0, label.1, at: 6)
        row.put("\(summary.bins)", at: 17)
        row.put(summary.maximum.map { String(format: "%+.2f %%", 100 * $0) } ?? "-", at: 28)
        row.put(Numbers.percent(summary.rms), at: 38)
        row.put(signed(summary.pullMean), at: 45)
        row.put(summary.pullRMS.map { String(format: "%.2f", $0) } ?? "-", at: 51)
        row.put("\(summary.beyondTwo)", at: 55)
        row.put("\(summary.beyondThree)", at: 59)
        row.put(summary.chiSquared.map { String(format: "%.0f", $0) } ?? "-", "/\(summary.degreesOfFreedom)", at: 66)
        row.put(Numbers.probability(summary.probability), at: 79)
        return row.text
    }

    /// What is taken for the uncertainty of a difference, and why.
    private func correlation(_ other: ComparedCalibration) -> [String] {
        let common =
            switch other.relation {
            case .sameEvents: "made of the same events"
            case .shared(let what): "both depend on \(what.shown())"
            case .apart: "made of other events, as far as the files say"
            }
        switch (other.comparison.correlation, other.relation) {
        case (.nested, .sameEvents): return ["\(common): sigma^2 = |u^2 - u_ref^2| (Hausman)"]
        case (.nested, _): return ["\(common): sigma^2 = |u^2 - u_ref^2| (Hausman) as asked for"]
        case (.none, .apart): return ["\(common): sigma^2 = u^2 + u_ref^2"]
        case (.none, _):
            return ["\(common): sigma^2 = u^2 + u_ref^2, too large where that moves both alike"]
        }
    }

    private func remarks(_ other: ComparedCalibration, _ all: CalibrationComparison.Summary) -> [String] {
        let comparison = other.comparison
        var lines: [String] = []
        func count(_ count: Int, _ text: String) {
            if count > 0 {
                lines.append(style.paint("\(count) \(count == 1 ? "bin" : "bins") \(text)".wrapped(), .caution))
            }
        }
        if comparison.bins == 0 { lines.append(style.paint("there is no bin to compare", .caution)) }
        if comparison.isRegauged {
            let limit = Numbers.edge(comparison.binning.referenceAbsEtaMaximum)
            lines.append("brought to the reference region of the reference, |eta| < \(limit)".wrapped())
        }
        count(comparison.onlyInReference, "with a constant in the reference alone")
        count(comparison.onlyHere, "without a constant in the reference")
        count(comparison.excluded, "with constants in both, but not in all calibrations")
        count(comparison.untied, "with constants, but none in common in the reference region of their pT")
        if comparison.correlation == .nested {
            count(
                comparison.bins - all.pulls,
                "without a pull: fixed by the gauge, or of the same variance to 5 %")
            if all.contraryDirections > 0 {
                let text =
                    "in \(all.contraryDirections) of the directions that chi2 could count the calibration that is more "
                    + "precise on the whole is less so: they are left out; many of them mean that neither holds all "
                    + "that the other knows"
                lines.append(style.paint(text.wrapped(), .caution))
            }
        }
        if study.otherScales.contains(other.name) {
            let text = "one of the two comes after an MC-truth scale, the other does not"
            lines.append(style.paint(text.wrapped(), .caution))
        }
        return lines
    }
}
