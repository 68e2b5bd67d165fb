#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import GSL

/// Logarithms of the determined constants of a calibration at the places that they belong to: what is smoothed.
///
/// In each pT bin Σ g ln c of the reference region is a number that the fit has fixed, and the covariance has no part along it.
struct LogConstants: Sendable, Equatable {
    /// A bin of the calibration that is determined.
    struct Bin: Sendable, Equatable {
        let eta: Int
        let pt: Int
        /// ln(pT/GeV) before the residual.
        let logPt: Double
    }

    /// The bins of one pT bin.
    struct Block: Sendable, Equatable {
        let range: Range<Int>
        /// Of each of them in the gauge; adds up to 1.
        let gauge: [Double]
        /// Σ g ln c, which smoothing does not change.
        let mean: Double
    }

    /// pT bin by pT bin, in each by η.
    let bins: [Bin]
    /// ln c, less the mean of the block.
    let values: [Double]
    let blocks: [Block]
    /// Of `values`, of all pT bins.
    let covariance: [[Double]]
    /// g by η bin.
    let gauge: [Double]

    /// - Returns: nil where fewer than two η bins are determined.
    init?(_ calibration: Calibration) {
        let binning = calibration.binning
        let gauge = binning.gaugeWeights
        var (bins, values, blocks): ([Bin], [Double], [Block]) = ([], [], [])
        for pt in 0..<binning.ptAverage.count {
            let known = (0..<binning.eta.count).filter {
                calibration.status[$0][pt] == .ok && calibration.constants[$0][pt] != nil
                    && calibration.ptMean[$0][pt] != nil
            }
            let total = known.reduce(0) { $0 + gauge[$1] }
            guard total > 0 else { continue }
            let logs = known.map { log(calibration.constants[$0][pt] ?? 1) }
            let shares = known.map { gauge[$0] / total }
            let mean = zip(shares, logs).reduce(0) { $0 + $1.0 * $1.1 }
            blocks.append(Block(range: bins.count..<bins.count + known.count, gauge: shares, mean: mean))
            bins += known.map { Bin(eta: $0, pt: pt, logPt: log(calibration.ptMean[$0][pt] ?? 1)) }
            values += logs.map { $0 - mean }
        }
        guard Set(bins.map(\.eta)).count > 1 else { return nil }
        self.gauge = gauge
        self.bins = bins
        self.values = values
        self.blocks = blocks
        covariance = bins.map { one in bins.map { calibration.logCovariance((one.eta, one.pt), ($0.eta, $0.pt)) } }
    }

    /// Takes Σ g of each pT bin out of the columns of a matrix whose rows are bins.
    func gauged(_ rows: [[Double]]) -> [[Double]] {
        var result = rows
        for block in blocks {
            var mean = Array(repeating: 0.0, count: rows.first?.count ?? 0)
            for (row, share) in zip(block.range, block.gauge) where share != 0 {
                for column in mean.indices { mean[column] += share * rows[row][column] }
            }
            for row in block.range { for column in mean.indices { result[row][column] -= mean[column] } }
        }
        return result
    }

    /// Rows of bins, and their values, made independent with unit variances. The covariance is singular along the gauge of each pT bin, where
    /// neither has a part, so that a variance filled in there does not show.
    func whitened(_ rows: [[Double]]) throws -> (rows: [[Double]], values: [Double]) {
        let count = bins.count
        var matrix = Matrix(rows: count, columns: count)
        for row in 0..<count { for column in 0..<count { matrix[row, column] = covariance[row][column] } }
        for block in blocks {
            let typical = block.range.reduce(0.0) { $0 + covariance[$1][$1] } / Double(block.range.count)
            let squares = block.gauge.reduce(0) { $0 + $1 * $1 }
            for (row, share) in zip(block.range, block.gauge) {
                for (column, other) in zip(block.range, block.gauge) {
                    matrix[row, column] += typical * share * other / squares
                }
            }
        }
        let factor = try Cholesky(matrix)
        var whiteRows = rows
        for column in 0..<(rows.first?.count ?? 0) {
            for (row, value) in try factor.whiten(rows.map { $0[column] }).enumerated() {
                whiteRows[row][column] = value
            }
        }
        return (whiteRows, try factor.whiten(values))
    }

    /// S V Sᵀ.
    func propagated(_ rows: [[Double]]) -> [[Double]] {
        // V Sᵀ, a row of S at a time.
        let products = rows.map { row in
            covariance.map { line in zip(row, line).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        return rows.map { row in products.map { product in zip(row, product).reduce(0) { $0 + $1.0 * $1.1 } } }
    }
}
