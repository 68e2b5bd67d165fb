internal import TruthValidation

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// How the panels of a validation figure are drawn.
struct FigureAxes {
    let xTitle: String
    let yTitle: String
    var isLogarithmic = false
    /// Whether the vertical axis is logarithmic.
    var isSteep = false
    /// Whether the strip shows differences; else ratios.
    var isDifference = false
    /// Of the strip, on either side of 0 or 1.
    let reach: Double
    /// Where lines are drawn in the strip.
    var bands: [Double] = []
    /// One a series.
    let names: [String]
    /// What the strip is called, of a ratio and of a difference.
    var strip = (ratio: "model / ref.", difference: "model − ref.")
}

/// One panel: bins with reference and model of each series.
struct ValidationPanel {
    let title: String
    let edges: [Double]
    private(set) var rows: [[Double?]] = []

    init(title: String, edges: [Double]) {
        self.title = title
        self.edges = edges
    }

    /// Adds the next bin. A share that is not known to 0.15 is left out: it tells nothing and would stretch the axis.
    mutating func add(_ series: [(reference: Estimate?, model: Estimate?)], scale: Double, areShares: Bool = false) {
        let bin = rows.count
        let values = series.flatMap { pair -> [Double?] in
            [pair.reference, pair.model].flatMap { estimate -> [Double?] in
                guard let estimate, !areShares || estimate.uncertainty < 0.15 else { return [nil, nil] }
                return [estimate.value * scale, estimate.uncertainty * scale]
            }
        }
        rows.append([edges[bin], edges[bin + 1]] + values)
    }

    /// Reference and model of all series.
    private func values(_ row: [Double?]) -> [Double] {
        stride(from: 2, to: row.count, by: 2).compactMap { row[$0] }
    }

    /// Bins that hold something; all where nothing does.
    private var shown: [[Double?]] {
        let filled = rows.indices.filter { values(rows[$0]).contains { $0 != 0 } }
        guard let first = filled.first, let last = filled.last else { return rows }
        return Array(rows[first...last])
    }

    var xRange: (Double, Double) { (shown.first?[0] ?? 0, shown.last?[1] ?? 1) }

    /// With room for titles above.
    func yRange(isSteep: Bool) -> (Double, Double) {
        let all = shown.flatMap(values)
        let highest = all.max() ?? 1
        if isSteep {
            let lowest = all.filter { $0 > 0 }.min() ?? 1e-3
            let top = max(highest, lowest)
            return (lowest / 2, top * min(pow(2 * top / lowest, 0.25), 100))
        }
        let lowest = min(all.min() ?? 0, 0)
        return (1.15 * lowest, lowest + 1.35 * max(highest - lowest, 1e-6))
    }

    /// What the template draws: steps need a last point at the upper edge.
    func block(columns: [String]) -> Figure.Block {
        var rows = shown
        if let last = rows.last {
            var end: [Double?] = [last[1], last[1]]
            for column in 2..<last.count { end.append((column - 2) % 4 == 2 ? last[column] : nil) }
            rows.append(end)
        }
        return Figure.Block(title: title, columns: columns, rows: rows)
    }
}

extension ValidationFigures {
    /// nil without panels.
    func figure(_ name: String, _ caption: String, _ axes: FigureAxes, _ panels: [ValidationPanel]) -> Figure? {
        ValidationPanel.figure("validation-\(name)", caption, axes, panels, label: label)
    }
}

extension ValidationPanel {
    /// nil without panels.
    static func figure(
        _ name: String, _ caption: String, _ axes: FigureAxes, _ panels: [ValidationPanel], label: FigureLabel
    ) -> Figure? {
        guard !panels.isEmpty else { return nil }
        let columns =
            ["low", "high"]
            + axes.names.indices.flatMap { number in
                ["reference", "uncertainty", "model", "uncertainty"].map { "\($0)_\(number + 1)" }
            }
        let vertical = panels.map { $0.yRange(isSteep: axes.isSteep) }
        return Figure(
            name, caption: caption, label: label,
            variables: [
                .init("panels", panels.count), .init("titles", panels.map(\.title)), .init("names", axes.names),
                .init("x_title", axes.xTitle), .init("y_title", axes.yTitle),
                .init("x_low", panels.map(\.xRange.0)), .init("x_high", panels.map(\.xRange.1)),
                .init("y_low", vertical.map(\.0)), .init("y_high", vertical.map(\.1)),
                .init("logarithmic", axes.isLogarithmic ? 1 : 0), .init("rising", axes.isSteep ? 1 : 0),
                .init("difference", axes.isDifference ? 1 : 0),
                .init("strip", axes.isDifference ? axes.strip.difference : axes.strip.ratio),
                .init("reach", axes.reach),
                .init("bands", axes.bands.map { "\($0)" }.joined(separator: " ")),
            ], blocks: panels.map { $0.block(columns: columns) })
    }
}
