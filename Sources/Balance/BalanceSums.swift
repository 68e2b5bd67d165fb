#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning
public import JetPhysics

/// Sums of the asymmetry A = (pT_l − pT_r) / pT_avg over selected dijets, by bin of pT_avg and pair of η bins, with l
/// the jet at lower η. Exact and mergeable; see `FixedPointTable`.
///
/// Second moments are kept by truth event: rows that re-use one truth event enter as one observation with weight
/// a = Σω and b = ΣωA, so that the variance of a mean stays honest (for events used once a = ω, b = ωA).
public struct BalanceSums: MergeableSums, Equatable {
    public enum Column: Int, CaseIterable {
        /// Rows and truth events, as plain counts.
        case rows, truthEvents
        /// Σω, ΣωA, ΣωA².
        case weight, asymmetry, squaredAsymmetry
        /// Σa², Σab, Σb².
        case clusterWeight2, clusterCross, clusterAsymmetry2
        /// Σω pT of the two jets before the residual, and Σω η.
        case ptLow, ptHigh, etaLow, etaHigh
        /// Σω ln(residual) that the two jets were corrected with.
        case residualLow, residualHigh
    }
    /// Numbers of order 1.
    static let unit = FixedPoint(bits: 30)
    /// Squares of up to 4096 re-uses, and pT in GeV.
    static let coarse = FixedPoint(bits: 20)

    public let binning: BalanceBinning
    public let selection: Selection
    public private(set) var table: FixedPointTable
    /// Rows that were looked at, and that were selected.
    public private(set) var rowsSeen = 0
    public private(set) var rowsSelected = 0

    public init(binning: BalanceBinning, selection: Selection, slices: Int) {
        self.binning = binning
        self.selection = selection
        table = FixedPointTable(
            slices: slices, cells: binning.ptAverage.count * binning.pairCount, columns: Column.allCases.count)
    }

    public mutating func merge(_ other: BalanceSums) throws {
        try table.merge(other.table)
        rowsSeen += other.rowsSeen
        rowsSelected += other.rowsSelected
    }

    /// Adds a calibrated block.
    public mutating func add(_ block: ReconstructedBlock) {
        rowsSeen += block.count
        var row = 0
        while row < block.count {
            var end = row + 1
            while end < block.count, block.slice[end] == block.slice[row] { end += 1 }
            let range = row..<end
            let (binning, selection) = (binning, selection)
            rowsSelected += table.withSlice(Int(block.slice[row])) { sums in
                Self.add(block, range, binning, selection, sums)
            }
            row = end
        }
    }

    /// The part of a truth event's rows that fell into one cell.
    private struct Cluster {
        var cell = 0
        var weight = 0.0
        var asymmetry = 0.0
    }

    private static func add(
        _ block: ReconstructedBlock, _ rows: Range<Int>, _ binning: BalanceBinning, _ selection: Selection,
        _ sums: UnsafeMutablePointer<Int64>
    ) -> Int {
        let stride = block.capacity
        let columns = Column.allCases.count
        var selected = 0
        // A pair's rows spread over few pT bins, so that a short list finds its clusters at once.
        return withUnsafeTemporaryAllocation(of: Cluster.self, capacity: rows.count) { clusters in
            var open = 0
            func close() {
                for index in 0..<open {
                    let cluster = clusters[index]
                    let cell = sums + cluster.cell * columns
                    cell[Column.truthEvents.rawValue] &+= 1
                    cell[Column.clusterWeight2.rawValue] &+= coarse.quantized(cluster.weight * cluster.weight)
                    cell[Column.clusterCross.rawValue] &+= coarse.quantized(cluster.weight * cluster.asymmetry)
                    cell[Column.clusterAsymmetry2.rawValue] &+= coarse.quantized(cluster.asymmetry * cluster.asymmetry)
                }
                open = 0
            }
            for row in rows {
                if open > 0, block.event[row] != block.event[row - 1] { close() }
                guard let average = selection.averagePt(of: block, row: row) else { continue }
                let (pt1, pt2) = (block.pt[row], block.pt[stride + row])
                let (eta1, eta2) = (block.eta[row], block.eta[stride + row])
                let ptBin = binning.ptAverage.index(of: average)
                let (bin1, bin2) = (binning.eta.index(of: eta1), binning.eta.index(of: eta2))
                guard ptBin >= 0, bin1 >= 0, bin2 >= 0 else { continue }
                selected += 1

                let firstIsLow = bin1 < bin2 || (bin1 == bin2 && eta1 <= eta2)
                let pair = firstIsLow ? binning.pair(bin1, bin2) : binning.pair(bin2, bin1)
                let cell = ptBin * binning.pairCount + pair
                let weight = block.relativeWeight[row]
                let asymmetry = (firstIsLow ? pt1 - pt2 : pt2 - pt1) / average
                let low = firstIsLow ? row : stride + row
                let high = firstIsLow ? stride + row : row
                let target = sums + cell * columns
                target[Column.rows.rawValue] &+= 1
                target[Column.weight.rawValue] &+= unit.quantized(weight)
                target[Column.asymmetry.rawValue] &+= unit.quantized(weight * asymmetry)
                target[Column.squaredAsymmetry.rawValue] &+= unit.quantized(weight * asymmetry * asymmetry)
                target[Column.ptLow.rawValue] &+= coarse.quantized(weight * block.basePt[low])
                target[Column.ptHigh.rawValue] &+= coarse.quantized(weight * block.basePt[high])
                target[Column.etaLow.rawValue] &+= unit.quantized(weight * block.eta[low])
                target[Column.etaHigh.rawValue] &+= unit.quantized(weight * block.eta[high])
                if block.pt[low] != block.basePt[low] {
                    target[Column.residualLow.rawValue] &+= unit.quantized(
                        weight * log(block.pt[low] / block.basePt[low]))
                }
                if block.pt[high] != block.basePt[high] {
                    target[Column.residualHigh.rawValue] &+= unit.quantized(
                        weight * log(block.pt[high] / block.basePt[high]))
                }

                var index = 0
                while index < open, clusters[index].cell != cell { index += 1 }
                if index == open {
                    clusters[open] = Cluster(cell: cell)
                    open += 1
                }
                clusters[index].weight += weight
                clusters[index].asymmetry += weight * asymmetry
            }
            close()
            return selected
        }
    }
}
