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
    /// Per η bin: ln of the pT of each node, the constant there, and the pT bin it came from.
    private let logPt: [[Double]]
    private let constants: [[Double]]
    private let bins: [[Int]]

    /// - Parameters:
    ///   - constants: [η][pT bin]; nil where undetermined.
    ///   - ptMean: [η][pT bin], GeV, positive where a constant stands.
    public init(eta: Axis, constants: [[Double?]], ptMean: [[Double?]]) {
        precondition(constants.count == eta.count && ptMean.count == eta.count, "one row for each η bin")
        self.eta = eta
        ptBins = constants.first?.count ?? 0
        var logPtRows: [[Double]] = []
        var constantRows: [[Double]] = []
        var binRows: [[Int]] = []
        for row in 0..<eta.count {
            let nodes = constants[row].indices.compactMap { bin -> (logPt: Double, constant: Double, bin: Int)? in
                guard let constant = constants[row][bin], let mean = ptMean[row][bin] else { return nil }
                return (log(mean), constant, bin)
            }.sorted { ($0.logPt, $0.bin) < ($1.logPt, $1.bin) }
            logPtRows.append(nodes.map(\.logPt))
            constantRows.append(nodes.map(\.constant))
            binRows.append(nodes.map(\.bin))
        }
        logPt = logPtRows
        self.constants = constantRows
        bins = binRows
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
        let row = eta.index(of: value)
        guard row >= 0, let first = logPt[row].first, pt > 0 else { return nil }
        return logPt[row].withUnsafeBufferPointer { nodes in
            let last = nodes.count - 1
            let place = log(pt)
            if place <= first || last == 0 {
                return Position(low: bins[row][0], high: bins[row][0], fraction: 0, constant: constants[row][0])
            }
            if place >= nodes[last] {
                return Position(
                    low: bins[row][last], high: bins[row][last], fraction: 0, constant: constants[row][last])
            }
            var upper = 1
            while place >= nodes[upper] { upper += 1 }
            let fraction = (place - nodes[upper - 1]) / (nodes[upper] - nodes[upper - 1])
            let constant = constants[row][upper - 1] * (1 - fraction) + constants[row][upper] * fraction
            return Position(low: bins[row][upper - 1], high: bins[row][upper], fraction: fraction, constant: constant)
        }
    }

    /// The constant at (η, pT in GeV), 1 where `position` is nil.
    public func constant(eta: Double, pt: Double) -> Double { position(eta: eta, pt: pt)?.constant ?? 1 }
}
