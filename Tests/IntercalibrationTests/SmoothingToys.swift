import Balance
import Binning
import Foundation
import Intercalibration

/// Calibrations with constants and covariances that are made up.
struct SmoothingToys {
    let binning: BalanceBinning
    /// [η][pT], GeV.
    let ptMean: [[Double]]
    /// [pT][η][η] of ln c, singular along the gauge.
    let covariance: [[[Double]]]

    /// - Parameter size: of the standard deviations; in bins farther forward they are larger, in bins of higher pT smaller.
    init(
        etaEdges: [Double] = [-3, -2.3, -1.7, -1.2, -0.8, -0.4, 0, 0.4, 0.8, 1.2, 1.7, 2.3, 3],
        ptEdges: [Double] = [40, 55, 80, 120, 180, 280, 430, 650], size: Double = 0.01
    ) throws {
        binning = try BalanceBinning(
            eta: try Axis(edges: etaEdges), ptAverage: try Axis(edges: ptEdges), referenceAbsEtaMaximum: 0.8,
            quotedPtMinimum: ptEdges[0])
        let (etas, pts) = (etaEdges.count - 1, ptEdges.count - 1)
        ptMean = (0..<etas).map { eta in
            (0..<pts).map { pt in
                (ptEdges[pt] * ptEdges[pt + 1]).squareRoot() * (1 + 0.04 * sin(Double(3 * eta + 5 * pt)))
            }
        }
        let gauge = binning.gaugeWeights
        covariance = (0..<pts).map { pt in
            let raw = (0..<etas).map { row in
                (0..<etas).map { column -> Double in
                    let deviations = [row, column].map { bin -> Double in
                        let place = 0.5 * (etaEdges[bin] + etaEdges[bin + 1])
                        return size * (1 + 0.5 * place * place) / (1 + 0.2 * Double(pt))
                    }
                    return deviations[0] * deviations[1] * pow(0.3, Double(abs(row - column)))
                }
            }
            return Self.gauged(raw, gauge)
        }
    }

    private static func gauged(_ matrix: [[Double]], _ gauge: [Double]) -> [[Double]] {
        let along = matrix.map { zip($0, gauge).reduce(0) { $0 + $1.0 * $1.1 } }
        let common = zip(along, gauge).reduce(0) { $0 + $1.0 * $1.1 }
        return matrix.indices.map { row in
            matrix.indices.map { matrix[row][$0] - along[row] - along[$0] + common }
        }
    }

    /// - Parameter logs: [η][pT], of ln c before the gauge; the mean over the reference is taken out.
    func calibration(_ logs: [[Double]], scale: Double = 1) -> Calibration {
        let gauge = binning.gaugeWeights
        let pts = binning.ptAverage.count
        let means = (0..<pts).map { pt in logs.indices.reduce(0) { $0 + gauge[$1] * logs[$1][pt] } }
        let table = logs.map { row in row.indices.map { Optional(exp(row[$0] - means[$0])) } }
        let response = ResponseTable(values: table, uncertainties: table)
        let quality = FitQuality(
            chiSquared: 0, degreesOfFreedom: 0, probability: nil, pairs: 0, rank: 0, expectedRank: 0,
            conditionNumber: 1, iterations: 1, converged: true, components: [], invalidReason: nil)
        return Calibration(
            method: .matrix, kind: .dataOverSimulation, binning: binning, constants: table, ptMean: ptMean,
            status: table.map { $0.map { _ in .ok } },
            logCovariance: covariance.map { $0.map { $0.map { scale * $0 } } },
            fits: (0..<pts).map { _ in quality }, dataResponse: response, simulationResponse: response, passes: 1)
    }

    /// Numbers with the covariance of the toys: [η][pT].
    func noise(_ random: inout Numbers) -> [[Double]] {
        var result = ptMean.map { $0.map { _ in 0.0 } }
        for (pt, factor) in factors.enumerated() {
            let normals = factor.map { _ in random.normal() }
            for eta in factor.indices {
                result[eta][pt] = (0...eta).reduce(0) { $0 + factor[eta][$1] * normals[$1] }
            }
        }
        return result
    }

    /// Cholesky factors of semi-definite matrices.
    private var factors: [[[Double]]] {
        covariance.map { matrix in
            var factor = matrix.map { $0.map { _ in 0.0 } }
            for row in matrix.indices {
                for column in 0...row {
                    let rest =
                        matrix[row][column] - (0..<column).reduce(0) { $0 + factor[row][$1] * factor[column][$1] }
                    if row == column {
                        factor[row][row] = max(0, rest).squareRoot()
                    } else if factor[column][column] > 1e-9 {
                        factor[row][column] = rest / factor[column][column]
                    }
                }
            }
            return factor
        }
    }
}
