import CalibrationFiles
import DetectorModel
import Foundation

/// What a detector does to jets, in tables for people and for programs.
struct DetectorTables {
    private let card: DetectorCard
    private let edges: [Double]

    init(_ card: DetectorCard) {
        self.card = card
        edges = BalanceEdges.eta(limit: card.absEtaMaximum)
    }

    var json: JSONText {
        let pts = [20.0, 30, 50, 100, 200, 300, 500, 1000]
        let centres = zip(edges, edges.dropFirst()).map { 0.5 * ($0 + $1) }
        let response = centres.map { eta in pts.map { card.response.value(eta: eta, pt: $0) as Double? } }
        let resolution = centres.map { eta in pts.map { card.resolution.value(eta: eta, pt: $0) as Double? } }
        return .object([
            ("name", .text(card.name)), ("eta_edges", .numbers(edges)), ("pt_values", .numbers(pts)),
            ("pt_edges", .numbers(BalanceEdges.around(pts))), ("response", .table(response)),
            ("resolution", .table(resolution)),
        ])
    }

    /// At most 80 columns, with a line break at the end.
    func text(style: TerminalStyle) -> String {
        let overlay = card.pseudoData == nil ? "no overlay for data" : "with an overlay for data"
        let header = """
                             mean response (data / MC)            resolution
                  eta       30 GeV       100 GeV      300 GeV       30    100    300
            """
        var lines = [
            "\(card.name.shown()): \(card.summary.shown(limit: 400))".wrapped(),
            "acceptance |eta| < \(card.absEtaMaximum); \(overlay)", "", style.paint(header, .heading),
        ]
        for (low, high) in zip(edges, edges.dropFirst()) { lines.append(row(low, high)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(_ low: Double, _ high: Double) -> String {
        let eta = 0.5 * (low + high)
        var line = String(format: "%6.2f..%5.2f", low, high)
        for pt in [30.0, 100, 300] {
            let ratio = card.pseudoData?.meanResponse(eta: eta, pt: pt) ?? 1
            line += String(format: " %.3f (%.3f)", card.response.value(eta: eta, pt: pt), ratio)
        }
        line += " "
        for pt in [30.0, 100, 300] { line += String(format: "  %.3f", card.resolution.value(eta: eta, pt: pt)) }
        return line
    }
}

/// η edges for tables that people read.
enum BalanceEdges {
    static func eta(limit: Double) -> [Double] {
        let positive = [0.5, 1, 1.3, 1.5, 2, 2.5, 2.65, 2.85, 3, 3.2, 3.5, 4, 4.5, limit].filter { $0 <= limit }
        let unique = positive.enumerated().filter { $0.offset == 0 || $0.element > positive[$0.offset - 1] }.map(
            \.element)
        return unique.reversed().map { -$0 } + [0] + unique
    }

    /// Geometric edges whose bins hold the given increasing values.
    static func around(_ values: [Double]) -> [Double] {
        let inner = zip(values, values.dropFirst()).map { ($0 * $1).squareRoot() }
        guard let first = inner.first, let last = inner.last else { return values }
        return [values[0] * values[0] / first] + inner + [values[values.count - 1] * values[values.count - 1] / last]
    }
}
