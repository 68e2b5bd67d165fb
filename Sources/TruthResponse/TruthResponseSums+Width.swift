#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
internal import Binning

/// The width of the response of true jets, relative to its mean, and where it belongs.
public struct ResponseWidth: Sendable, Equatable {
    /// Mean of the bin, GeV.
    public let truePt: Double
    /// Root mean square of r about its mean, over the mean.
    public let value: Double
}

extension TruthResponseSums {
    /// Jets of a bin that fewer rows show are not judged.
    static let smallestWidthRows = 200

    /// Empty sums for widths in regions of the measured |η|, which corrections go by, and narrow bins of true pT.
    public static func forWidths(_ regions: AbsEtaRegions, residual: Residual?, slices: Int) -> TruthResponseSums {
        let mirrored = regions.edges.dropFirst().reversed().map { -$0 } + regions.edges
        let eta = try? Axis(edges: mirrored)
        let truePt = try? Axis(edges: (0...42).map { 20 * pow(2, Double($0) / 6) })
        guard let eta, let truePt else { preconditionFailure("mirrored edges increase") }
        return TruthResponseSums(
            eta: eta, truePt: truePt, isByMeasuredEta: true, residual: residual, shares: false, slices: slices)
    }

    /// Of the response as corrected, of the bins of either side of each region, by pT; those with few jets are left out.
    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    public func widths(weights: [Double]) -> [[ResponseWidth]] {
        (0..<eta.count / 2).map { widths(region: $0, weights: weights) }
    }

    private func widths(region: Int, weights: [Double]) -> [ResponseWidth] {
        let half = eta.count / 2
        let (first, second): (Column, Column) = residual == nil ? (.base, .base2) : (.calibrated, .calibrated2)
        return (0..<truePt.count).compactMap { pt in
            let cells = [half - 1 - region, half + region].map { $0 * truePt.count + pt }
            func sum(_ column: Column, _ quantum: Double) -> Double {
                cells.reduce(0) {
                    $0 + table.total(cell: $1, column: column.rawValue, weights: weights, quantum: quantum)
                }
            }
            let rows = cells.reduce(0) { $0 + table.count(cell: $1, column: Column.rows.rawValue) }
            let weight = sum(.weight, Self.unit.quantum)
            guard rows >= Self.smallestWidthRows, weight > 0 else { return nil }
            let mean = sum(first, Self.unit.quantum) / weight
            let spread = sum(second, Self.unit.quantum) / weight - mean * mean
            guard mean > 0, spread > 0 else { return nil }
            return ResponseWidth(
                truePt: sum(.truePt, Self.momentum.quantum) / weight, value: spread.squareRoot() / mean)
        }
    }
}
