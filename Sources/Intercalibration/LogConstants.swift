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
        let covariance: [[Double]]
    }

    /// pT bin by pT bin, in each by η.
    let bins: [Bin]
    /// ln c, less the mean of the block.
    let values: [Double]
    let blocks: [Block]
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
            blocks.append(
                Block(
                    range: bins.count..<bins.count + known.count, gauge: shares, mean: mean,
                    covariance: known.map { row in known.map { calibration.logCovariance[pt][row][$0] } }))
            bins += known.map { Bin(eta: $0, pt: pt, logPt: log(calibration.ptMean[$0][pt] ?? 1)) }
            values += logs.map { $0 - mean }
        }
        guard Set(bins.map(\.eta)).count > 1 else { return nil }
        self.gauge = gauge
        self.bins = bins
        self.values = values
        self.blocks = blocks
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

    /// Rows of bins, and their values, made independent with unit variances. A block is singular along its gauge, where neither has
    /// a part, so that a variance filled in there does not show.
    func whitened(_ rows: [[Double]]) throws -> (rows: [[Double]], values: [Double]) {
        let width = rows.first?.count ?? 0
        var (whiteRows, whiteValues) = (rows, values)
        for block in blocks {
            let count = block.range.count
            let typical = (0..<count).reduce(0.0) { $0 + block.covariance[$1][$1] } / Double(count)
            let squares = block.gauge.reduce(0) { $0 + $1 * $1 }
            var matrix = Matrix(rows: count, columns: count)
            for row in 0..<count {
                for column in 0..<count {
                    matrix[row, column] =
                        block.covariance[row][column] + typical * block.gauge[row] * block.gauge[column] / squares
                }
            }
            let factor = try Cholesky(matrix)
            for column in 0..<width {
                let white = try factor.whiten(block.range.map { rows[$0][column] })
                for (row, value) in zip(block.range, white) { whiteRows[row][column] = value }
            }
            for (row, value) in zip(block.range, try factor.whiten(block.range.map { values[$0] })) {
                whiteValues[row] = value
            }
        }
        return (whiteRows, whiteValues)
    }

    /// S V Sᵀ.
    func propagated(_ rows: [[Double]]) -> [[Double]] {
        // V Sᵀ, a row of S at a time.
        let products = rows.map { row -> [Double] in
            var product = Array(repeating: 0.0, count: bins.count)
            for block in blocks {
                for (one, line) in zip(block.range, block.covariance) {
                    product[one] = zip(block.range, line).reduce(0) { $0 + row[$1.0] * $1.1 }
                }
            }
            return product
        }
        return rows.map { row in products.map { product in zip(row, product).reduce(0) { $0 + $1.0 * $1.1 } } }
    }
}
