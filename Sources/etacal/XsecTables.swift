import Balance
import CalibrationFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Foundation

/// Slices and bins of a hard process, for people and for programs.
struct XsecTables {
    let process: HardProcess
    let sections: [SliceCrossSection]
    let draws: [Int]
    let luminosity: Double
    let card: DetectorCard
    let triggers: TriggerMenu?
    let precision: ExpectedPrecision

    var json: JSONText {
        let slices = sections.enumerated().map { index, section in
            JSONText.object([
                ("slice", .int(index)), ("pthat_min_GeV", .number(section.pHatMinimum)),
                ("pthat_max_GeV", .number(section.pHatMaximum)), ("sigma_pb", .number(section.value)),
                ("sigma_uncertainty_pb", .number(section.uncertainty)),
                ("chi2_per_ndf", .number(section.chiSquaredPerFreedom)), ("events", .int(draws[index])),
                ("weight", .number(section.value * luminosity / Double(draws[index]))),
                ("expected_events", .number(section.value * luminosity)),
            ])
        }
        let bins = precision.bins.map { bin in
            JSONText.object([
                ("pt_avg_min_GeV", .number(bin.ptLow)), ("pt_avg_max_GeV", .number(bin.ptHigh)),
                ("sigma_pb", .number(bin.crossSection)),
                ("trigger", bin.trigger.map { .text($0.name) } ?? .null),
                ("prescale", triggers == nil ? .number(1) : .optional(bin.trigger?.prescale)),
                ("expected_events", .number(bin.events)),
                ("region_events", .numbers(bin.regions.map(\.events))),
                ("constant_uncertainty", .optionals(bin.regions.map(\.uncertainty))),
            ])
        }
        return .object([
            ("sqrt_s_GeV", .number(process.sqrtS)), ("pdf", .text(process.density.name)),
            ("luminosity_per_pb", .number(luminosity)), ("slices", .list(slices)),
            ("detector", .text(card.name)), ("abs_eta_edges", .numbers(precision.regionEdges)), ("bins", .list(bins)),
        ])
    }

    /// At most 80 columns, with a line break at the end.
    func text(style: TerminalStyle) -> String {
        let density = process.density
        let source = density.citation.isEmpty ? density.name.shown() : "\(density.name.shown()) (\(density.citation))"
        let title = """
            proton-proton dijets in lowest-order QCD at \(Numbers.edge(process.sqrtS)) GeV, \(source), \
            luminosity \(Numbers.edge(luminosity)) /pb
            """
        var lines = [title.wrapped(), ""]
        lines.append(style.paint(Self.sliceHeader, .heading))
        lines += sections.indices.map(sliceRow)
        lines += ["", "relative uncertainty of one constant, \(card.name.shown()), by |eta| of its jet:".wrapped()]
        lines.append(style.paint(binHeader, .heading))
        lines += precision.bins.map(binRow)
        return lines.joined(separator: "\n") + "\n"
    }

    private static var sliceHeader: String {
        var row = TableRow()
        let columns = [
            ("slice", 6), ("pThat [GeV]", 19), ("sigma [pb]", 34), ("+-", 41), ("chi2/ndf", 51), ("events", 61),
            ("weight", 71), ("expected", 80),
        ]
        for (name, column) in columns { row.put(name, at: column) }
        return row.text
    }

    private func sliceRow(_ index: Int) -> String {
        let section = sections[index]
        var row = TableRow()
        row.put("\(index)", at: 6)
        row.put(Numbers.edge(section.pHatMinimum), "-\(Numbers.edge(section.pHatMaximum))", at: 13)
        row.put(String(format: "%.4g", section.value), at: 34)
        row.put(String(format: "%.2f%%", 100 * section.uncertainty / section.value), at: 41)
        row.put(String(format: "%.1f", section.chiSquaredPerFreedom), at: 51)
        row.put("\(draws[index])", at: 61)
        row.put(String(format: "%.3g", section.value * luminosity / Double(draws[index])), at: 71)
        row.put(String(format: "%.3g", section.value * luminosity), at: 80)
        return row.text
    }

    /// Where the columns of the regions end.
    private static let regionColumns = [53, 62, 71, 80]

    private var binHeader: String {
        var row = TableRow()
        row.put("pT_avg [GeV]", at: 14)
        row.put("trigger", at: 25)
        row.put("prescale", at: 34)
        row.put("events", at: 44)
        for (index, column) in Self.regionColumns.enumerated() where index + 1 < precision.regionEdges.count {
            let (low, high) = (precision.regionEdges[index], precision.regionEdges[index + 1])
            row.put("\(Numbers.edge(low))-\(Numbers.edge(high))", at: column)
        }
        return row.text
    }

    private func binRow(_ bin: ExpectedPrecision.Bin) -> String {
        var row = TableRow()
        row.put(Numbers.edge(bin.ptLow), "-\(Numbers.edge(bin.ptHigh))", at: 8)
        row.put(bin.trigger.map { $0.name.shown(limit: 10) } ?? "-", at: 25)
        row.put(triggers == nil ? "1" : bin.trigger.map { Numbers.edge($0.prescale) } ?? "-", at: 34)
        row.put(String(format: "%.3g", bin.events), at: 44)
        for (region, column) in zip(bin.regions, Self.regionColumns) {
            row.put(region.uncertainty.map { String(format: "%.1e", $0) } ?? "-", at: column)
        }
        return row.text
    }
}
