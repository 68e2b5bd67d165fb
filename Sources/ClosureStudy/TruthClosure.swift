#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import GSL
public import Intercalibration
public import TruthResponse

/// How far calibrated data are from the response of simulation, by truth.
///
/// δ = x / x̄ − 1 with x = R_data / R_MC in a bin of true η and true pT, over all matched jets of independent samples, and
/// x̄ the average of ln x with the fit's own gauge weights. The uncertainty holds the test's statistics and the fit's:
/// each bin knows in what shares the constants of the pT bins acted on its jets, so that their covariance propagates.
public struct TruthClosure: Sendable {
    static let smallestRows = 50

    public let etaEdges: [Double]
    public let ptEdges: [Double]
    /// [η][pT], nil where undetermined.
    public let nonclosure: [[Double?]]
    public let uncertainty: [[Double?]]
    /// The same before the residual, with the uncertainty of the test alone.
    public let uncalibrated: [[Double?]]
    public let uncalibratedUncertainty: [[Double?]]
    /// Data jets of each bin.
    public let events: [[Int]]
    public let chiSquared: Double
    public let degreesOfFreedom: Int
    public let probability: Double?

    /// A closure bin, and the row it has in the covariance.
    struct Cell {
        let eta: Int
        let pt: Int
        let logRatio: Double
        let variance: Double
        let shares: [Double]
    }

    public init(
        data: TruthResponseSums, dataWeights: [Double], simulation: TruthResponseSums?, simulationWeights: [Double],
        calibration: Calibration
    ) throws {
        let binning = calibration.binning
        let gauge = binning.gaugeWeights
        let firstPt = binning.quotedPtBins.lowerBound
        var after: [Cell] = []
        var before: [Cell] = []
        var events = Array(repeating: Array(repeating: 0, count: data.truePt.count), count: data.eta.count)
        for pt in 0..<data.truePt.count {
            for eta in 0..<data.eta.count {
                guard let measured = data.response(eta: eta, pt: pt, weights: dataWeights) else { continue }
                events[eta][pt] = measured.rows
                guard measured.rows >= Self.smallestRows, calibration.status[eta][firstPt + pt] == .ok else {
                    continue
                }
                var (expected, common) = (1.0, 0.0)
                if let simulation {
                    guard let response = simulation.response(eta: eta, pt: pt, weights: simulationWeights),
                        response.rows >= Self.smallestRows
                    else { continue }
                    expected = response.base
                    common = response.baseVariance / (expected * expected)
                }
                after.append(
                    Cell(
                        eta: eta, pt: pt, logRatio: log(measured.calibrated / expected),
                        variance: measured.calibratedVariance / (measured.calibrated * measured.calibrated) + common,
                        shares: measured.shares))
                before.append(
                    Cell(
                        eta: eta, pt: pt, logRatio: log(measured.base / expected),
                        variance: measured.baseVariance / (measured.base * measured.base) + common, shares: []))
            }
        }
        let shape = (eta: data.eta.count, pt: data.truePt.count)
        let calibrated = GaugedCells(
            after, gauge: gauge, covariance: { calibration.logCovariance(of: $0.map { ($0.eta, $0.shares) }) })
        let raw = GaugedCells(before, gauge: gauge, covariance: nil)
        etaEdges = data.eta.edges
        ptEdges = data.truePt.edges
        nonclosure = calibrated.table(shape) { exp(calibrated.deviations[$0]) - 1 }
        uncertainty = calibrated.table(shape) { calibrated.uncertainty($0) }
        uncalibrated = raw.table(shape) { exp(raw.deviations[$0]) - 1 }
        uncalibratedUncertainty = raw.table(shape) { raw.uncertainty($0) }
        self.events = events
        (chiSquared, degreesOfFreedom) = try calibrated.chiSquared()
        probability =
            degreesOfFreedom > 0 ? chiSquaredProbability(chiSquared, degreesOfFreedom: degreesOfFreedom) : nil
    }
}

/// Log ratios with the gauge removed in each pT bin, and their full covariance.
struct GaugedCells {
    let cells: [TruthClosure.Cell]
    let deviations: [Double]
    let covariance: [[Double]]
    private let gauges: [[Double]]

    /// - Parameter covariance: of the fit, between cells; nil to leave it out.
    init(_ input: [TruthClosure.Cell], gauge: [Double], covariance fit: (([TruthClosure.Cell]) -> [[Double]])?) {
        // A pT bin whose reference region is empty has no scale.
        let anchored = Set(input.filter { gauge[$0.eta] > 0 }.map(\.pt))
        let cells = input.filter { anchored.contains($0.pt) }
        self.cells = cells
        let ptBins = Array(anchored).sorted()
        let gauges = ptBins.map { pt in
            let weights = cells.map { $0.pt == pt ? gauge[$0.eta] : 0 }
            let total = weights.reduce(0, +)
            return weights.map { $0 / total }
        }
        self.gauges = gauges
        let rowGauge = cells.map { cell in ptBins.firstIndex(of: cell.pt) ?? 0 }
        let means = gauges.map { weights in zip(weights, cells).reduce(0) { $0 + $1.0 * $1.1.logRatio } }
        deviations = zip(cells, rowGauge).map { $0.logRatio - means[$1] }

        let count = cells.count
        var raw = fit?(cells) ?? Array(repeating: Array(repeating: 0.0, count: count), count: count)
        for row in 0..<count { raw[row][row] += cells[row].variance }
        // P V Pᵀ with P = 1 − (gauge of the row's pT bin).
        let left = gauges.map { weights in
            (0..<count).map { column in
                (0..<count).reduce(0.0) { $0 + weights[$1] * raw[$1][column] }
            }
        }
        let both = left.map { row in gauges.map { weights in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } } }
        for row in 0..<count {
            for column in 0..<count {
                let (one, other) = (rowGauge[row], rowGauge[column])
                raw[row][column] += both[one][other] - left[one][column] - left[other][row]
            }
        }
        covariance = raw
    }

    /// Of the ratio itself, which is close to 1.
    func uncertainty(_ row: Int) -> Double { max(0, covariance[row][row]).squareRoot() }

    func table(_ shape: (eta: Int, pt: Int), _ value: (Int) -> Double) -> [[Double?]] {
        var table: [[Double?]] = Array(repeating: Array(repeating: nil, count: shape.pt), count: shape.eta)
        for (row, cell) in cells.enumerated() { table[cell.eta][cell.pt] = value(row) }
        return table
    }

    /// χ² of all deviations being zero. The gauge directions carry no information: they are filled in with a variance of
    /// their own, which leaves χ² as it is because deviations have no part in them.
    func chiSquared() throws -> (Double, Int) {
        let count = cells.count
        guard count > gauges.count else { return (0, 0) }
        var matrix = Matrix(rows: count, columns: count)
        let typical = covariance.indices.reduce(0.0) { $0 + covariance[$1][$1] } / Double(count)
        for row in 0..<count {
            for column in 0..<count {
                var value = covariance[row][column]
                for weights in gauges where weights[row] != 0 && weights[column] != 0 {
                    value += typical * weights[row] * weights[column] / weights.reduce(0) { $0 + $1 * $1 }
                }
                matrix[row, column] = value
            }
        }
        let solution = try Cholesky(matrix).solve(deviations)
        return (zip(deviations, solution).reduce(0) { $0 + $1.0 * $1.1 }, count - gauges.count)
    }
}
