import Balance
import Binning
import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration

/// Six bins of η and three of pT: one bin of η without any constant, others without one at an end or in the middle of pT.
enum SampleCalibration {
    static let etaEdges = [-2.5, -1.3, -0.5, 0, 0.5, 1.3, 2.5]
    static let ptEdges = [30.0, 60, 120, 240]
    private static let missing: Set<[Int]> = [[0, 0], [0, 1], [0, 2], [1, 0], [4, 1], [5, 2]]

    static func make() throws -> Calibration {
        let binning = try BalanceBinning(
            eta: try Axis(edges: etaEdges), ptAverage: try Axis(edges: ptEdges), referenceAbsEtaMaximum: 0.5,
            quotedPtMinimum: 60)
        func table<Value>(_ value: (Int, Int) -> Value) -> [[Value?]] {
            (0..<6).map { row in (0..<3).map { missing.contains([row, $0]) ? nil : value(row, $0) } }
        }
        let constants = table { 0.9 + 0.05 * Double($0) + 0.01 * Double($1) / 3 }
        let quality = FitQuality(
            chiSquared: 3, degreesOfFreedom: 4, probability: 0.5, pairs: 6, rank: 3, expectedRank: 3,
            conditionNumber: 3,
            iterations: 4, converged: true, components: [[0, 1, 2, 3, 4, 5]], invalidReason: nil)
        let covariance = (0..<6).map { row in (0..<6).map { row == $0 ? 1e-4 / Double(row + 1) : 0 } }
        let empty = table { _, _ in Double?.none }.map { $0.map { $0 ?? nil } }
        return Calibration(
            method: .matrix, kind: .dataOverSimulation, binning: binning, constants: constants,
            ptMean: table { 44 * Double(1 << $1) + Double($0) },
            status: (0..<6).map { row in
                (0..<3).map { missing.contains([row, $0]) ? .tooFewEvents : row == 3 && $0 == 2 ? .extrapolated : .ok }
            }, logCovariance: [covariance, covariance, covariance], fits: [quality, quality, quality],
            dataResponse: ResponseTable(values: empty, uncertainties: empty), simulationResponse: nil, passes: 3)
    }

    /// Runs `body` with the path of a file that holds some bytes.
    static func withFile<Result>(_ data: Data, ending: String, _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "etacal-\(UUID().uuidString).\(ending)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try writeData(data, to: path)
        return try body(path)
    }
}
