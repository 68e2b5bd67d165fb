#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning

/// Residual constants ready to apply: a step function of η, linear in ln pT between the pT that each constant belongs
/// to and frozen outside them. An η bin without any constant leaves its jets as they are.
public struct ResidualMap: Sendable, Equatable {
    public let eta: Axis
    public let ptBins: Int
    private struct Node: Sendable, Equatable {
        let logPt: Double
        let constant: Double
        /// 1 over the distance in ln pT to the next node; 0 at the last.
        let inverseStep: Double
        /// The pT bin that the constant came from.
        let bin: Int
    }
    /// By η bin, and by pT inside.
    private let nodes: [Node]
    private struct Row: Sendable, Equatable {
        /// Nodes of the η bin, and the pT of the first.
        let first: Int
        let end: Int
        let firstPt: Double
        /// The pT of the nodes; nil below two, or where two have the same.
        let axis: Axis?
    }
    private let rows: [Row]

    /// - Parameters:
    ///   - constants: [η][pT bin]; nil where undetermined.
    ///   - ptMean: [η][pT bin], GeV, positive where a constant stands.
    public init(eta: Axis, constants: [[Double?]], ptMean: [[Double?]]) {
        precondition(constants.count == eta.count && ptMean.count == eta.count, "one row for each η bin")
        self.eta = eta
        ptBins = constants.first?.count ?? 0
        var nodes: [Node] = []
        var rows: [Row] = []
        for row in 0..<eta.count {
            let known = constants[row].indices.compactMap { bin -> (logPt: Double, constant: Double, bin: Int)? in
                guard let constant = constants[row][bin], let mean = ptMean[row][bin] else { return nil }
                return (log(mean), constant, bin)
            }.sorted { ($0.logPt, $0.bin) < ($1.logPt, $1.bin) }
            for (index, node) in known.enumerated() {
                let step = index + 1 < known.count ? known[index + 1].logPt - node.logPt : 0
                nodes.append(
                    Node(
                        logPt: node.logPt, constant: node.constant, inverseStep: step > 0 ? 1 / step : 0,
                        bin: node.bin))
            }
            let pts = constants[row].indices.compactMap { constants[row][$0] == nil ? nil : ptMean[row][$0] }.sorted()
            rows.append(
                Row(
                    first: nodes.count - known.count, end: nodes.count, firstPt: pts.first ?? 0,
                    axis: try? Axis(edges: pts)))
        }
        self.nodes = nodes
        self.rows = rows
    }

    /// How a constant is made of the nodes at a place: (1 − fraction) of pT bin `low` and `fraction` of pT bin `high`.
    public struct Position: Sendable {
        public let low: Int
        public let high: Int
        public let fraction: Double
        public let constant: Double
    }

    /// - Returns: nil outside the η axis and in an η bin without constants.
    @inline(__always)
    public func position(eta value: Double, pt: Double) -> Position? {
        let bin = eta.index(of: value)
        guard bin >= 0, pt > 0 else { return nil }
        return rows.withUnsafeBufferPointer { rows in
            nodes.withUnsafeBufferPointer { nodes in
                let (first, end) = (rows[bin].first, rows[bin].end)
                guard end > first else { return nil }
                let place = rows[bin].axis?.index(of: pt) ?? Self.search(rows[bin], nodes, pt)
                guard place >= 0 else {
                    let node = nodes[pt < rows[bin].firstPt ? first : end &- 1]
                    return Position(low: node.bin, high: node.bin, fraction: 0, constant: node.constant)
                }
                let (low, high) = (nodes[first &+ place], nodes[first &+ place &+ 1])
                let fraction = max(0, (log(pt) - low.logPt) * low.inverseStep)
                return Position(
                    low: low.bin, high: high.bin, fraction: fraction,
                    constant: low.constant + (high.constant - low.constant) * fraction)
            }
        }
    }

    /// The node below `pt` among those of the row that have another above, or −1.
    private static func search(_ row: Row, _ nodes: UnsafeBufferPointer<Node>, _ pt: Double) -> Int {
        let place = log(pt)
        guard place >= nodes[row.first].logPt, place < nodes[row.end - 1].logPt else { return -1 }
        return (row.first..<row.end).count { nodes[$0].logPt <= place } - 1
    }

    /// The constant at (η, pT in GeV), 1 where `position` is nil.
    public func constant(eta: Double, pt: Double) -> Double { position(eta: eta, pt: pt)?.constant ?? 1 }
}
