#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import GSL
internal import Intercalibration

/// Constants derived anew from independent samples after calibration: compatible with 1 if the method closes on itself.
public struct RederivedClosure: Sendable {
    public let constants: [[Double?]]
    /// Of the new fit alone.
    public let uncertainty: [[Double?]]
    public let chiSquared: Double
    public let degreesOfFreedom: Int
    public let probability: Double?

    /// - Parameters:
    ///   - remainder: constants of the independent samples, data corrected by `applied`.
    ///   - shares: [η][quoted pT bin][fitted number], in what shares the applied constants acted on the jets of each bin.
    ///   - isIndependent: whether the two fits share no events; their covariances add only then.
    init(remainder: Calibration, applied: Calibration, shares: [[[Double]?]], isIndependent: Bool) throws {
        let first = remainder.binning.quotedPtBins.lowerBound
        var cells: [TruthClosure.Cell] = []
        for pt in remainder.binning.quotedPtBins {
            for eta in 0..<remainder.binning.eta.count {
                guard let constant = remainder.constants[eta][pt], let share = shares[eta][pt - first] else { continue }
                cells.append(TruthClosure.Cell(eta: eta, pt: pt, logRatio: constant, variance: 0, shares: share))
            }
        }
        // Independent fits: their covariances add. Constants of the applied set act in shares, the new ones as they are.
        let count = cells.count
        constants = remainder.constants
        uncertainty = (0..<remainder.binning.eta.count).map { eta in
            (0..<remainder.binning.ptAverage.count).map { remainder.uncertainty(eta: eta, pt: $0) }
        }
        let gauge = remainder.binning.gaugeWeights
        let gauges = Set(cells.filter { gauge[$0.eta] > 0 }.map(\.pt)).count
        guard count > gauges, count > 0 else {
            (chiSquared, degreesOfFreedom, probability) = (0, 0, nil)
            return
        }
        let ofApplied = applied.logCovariance(of: cells.map { ($0.eta, $0.shares) })
        var matrix = Matrix(rows: count, columns: count)
        var diagonal = 0.0
        for row in 0..<count {
            for column in 0..<count {
                let (one, other) = (cells[row], cells[column])
                let value = ofApplied[row][column] + remainder.logCovariance((one.eta, one.pt), (other.eta, other.pt))
                matrix[row, column] = value
                if row == column { diagonal += value }
            }
        }
        // Both fits fix the gauge of each pT bin: give its direction a variance that the deviations do not see.
        for row in 0..<count {
            for column in 0..<count where cells[row].pt == cells[column].pt {
                matrix[row, column] +=
                    diagonal / Double(count) * gauge[cells[row].eta] * gauge[cells[column].eta]
                    / gauge.reduce(0) { $0 + $1 * $1 }
            }
        }
        let deviations = cells.map { log($0.logRatio) }
        let solution = try Cholesky(matrix).solve(deviations)
        chiSquared = zip(deviations, solution).reduce(0) { $0 + $1.0 * $1.1 }
        degreesOfFreedom = count - gauges
        probability = isIndependent ? chiSquaredProbability(chiSquared, degreesOfFreedom: degreesOfFreedom) : nil
    }
}
