public import Balance
public import Binning
public import Intercalibration

/// The sums of a balance pass as a table for other programs, and a number that tells whether two passes agree in every bit.
public struct CellSums {
    private typealias Column = BalanceSums.Column
    private let binning: BalanceBinning
    private let table: FixedPointTable
    private let weights: [Double]

    /// - Parameters:
    ///   - table: with the columns of `BalanceSums`.
    ///   - weights: what an event of each slice stands for.
    public init(_ table: FixedPointTable, binning: BalanceBinning, weights: [Double]) {
        self.binning = binning
        self.table = table
        self.weights = weights
    }

    public init(_ sample: BalanceSample) {
        self.init(sample.sums.table, binning: sample.sums.binning, weights: sample.weights)
    }

    /// FNV-1a over the integers of all slices, in hexadecimal digits.
    public var digest: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for slice in table.sums {
            for sum in slice { hash = (hash ^ UInt64(bitPattern: sum)) &* 0x100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }

    /// Cells with events, slices combined: with ω an event's weight (pb) and A its asymmetry, Σω, ΣωA, ΣωA², Σω², Σω²A and Σω²A².
    public var csv: String {
        var lines = ["pt_bin,eta_low_bin,eta_high_bin,rows,weight,asymmetry,asymmetry2,weight2,cross,square"]
        let squares = weights.map { $0 * $0 }
        let (fine, coarse) = (BalanceSums.unit.quantum, BalanceSums.coarse.quantum)
        for ptBin in 0..<binning.ptAverage.count {
            for high in 0..<binning.eta.count {
                for low in 0...high {
                    let cell = ptBin * binning.pairCount + binning.pair(low, high)
                    let rows = table.count(cell: cell, column: Column.rows.rawValue)
                    guard rows > 0 else { continue }
                    func sum(_ column: Column, _ weights: [Double], _ quantum: Double) -> String {
                        "\(table.total(cell: cell, column: column.rawValue, weights: weights, quantum: quantum))"
                    }
                    lines.append(
                        [
                            "\(ptBin)", "\(low)", "\(high)", "\(rows)", sum(.weight, weights, fine),
                            sum(.asymmetry, weights, fine), sum(.squaredAsymmetry, weights, fine),
                            sum(.clusterWeight2, squares, coarse), sum(.clusterCross, squares, coarse),
                            sum(.clusterAsymmetry2, squares, coarse),
                        ].joined(separator: ","))
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
