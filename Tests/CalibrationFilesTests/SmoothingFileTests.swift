import Balance
import Binning
import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration
import Testing

/// What a calibration file keeps of smoothing.
struct SmoothingFileTests {
    private static func calibration() throws -> Calibration {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -1, 1, 2]), ptAverage: try Axis(edges: [30, 60, 120]),
            referenceAbsEtaMaximum: 1, quotedPtMinimum: 30)
        let quality = FitQuality(
            chiSquared: 1, degreesOfFreedom: 1, probability: 0.5, pairs: 3, rank: 2, expectedRank: 2,
            conditionNumber: 3, iterations: 1, converged: true, components: [[0, 1, 2]], invalidReason: nil)
        let table = ResponseTable(values: [[1, 1], [1, 1], [1, nil]], uncertainties: [[0, 0], [0, 0], [0, nil]])
        return try Calibration(
            method: .matrix, kind: .dataOverSimulation, binning: binning,
            constants: [[1.1, 1.05], [1, 1], [0.95, nil]], ptMean: [[44, 85], [44, 84], [45, nil]],
            status: [[.ok, .ok], [.ok, .ok], [.ok, .tooFewEvents]],
            logCovariance: [
                [[1e-4, 0, 3e-5], [0, 0, 0], [3e-5, 0, 2e-4]], [[3e-4, 0, 0], [0, 0, 0], [0, 0, 0]],
            ], fits: [quality, quality], dataResponse: table, simulationResponse: nil, passes: 1
        ).smoothed(.spline)
    }

    @Test func theCovarianceReadsBackBitForBit() throws {
        let calibration = try Self.calibration()
        let again = try stored(text(of: calibration)).calibration
        let (one, other) = (try #require(calibration.smoothing), try #require(again.smoothing))
        #expect(other.smoothing == .spline && other.bins == one.bins && one.bins.count == 5)
        #expect(other.rawConstants == one.rawConstants && other.rawUncertainties == one.rawUncertainties)
        for row in one.bins.indices {
            for column in 0...row { #expect(other.covariance[row][column] == one.covariance[row][column]) }
        }
        let jets = [(eta: 0, shares: [0.5, 0.5])]
        #expect(
            abs(again.logCovariance(of: jets)[0][0] / calibration.logCovariance(of: jets)[0][0] - 1) < 1e-12)
        #expect(again.logCovariance(of: jets)[0][0] > 0)
    }

    @Test(arguments: [
        ("\"kind\": \"spline\"", "\"kind\": \"none\"", "smoothing.kind"),
        ("\"kind\": \"spline\"", "\"kidn\": \"spline\"", "smoothing"),
        ("\"bend_width\"", "\"bent_width\"", "bent_width"), ("[[0, 0], [1, 0]", "[[0, 0], [0, 0]", "smoothing.bins"),
        ("[[0, 0], [1, 0]", "[[0, 0], [3, 0]", "smoothing.bins.1"), ("[0, 0], [1, 0]", "[1, 0]", "smoothing.bins"),
    ])
    func damageIsTold(from: String, to: String, key: String) throws {
        let text = try text(of: Self.calibration()).replacingOccurrences(of: "],\n      [", with: "], [")
            .replacingOccurrences(of: "[\n      [0, 0]", with: "[[0, 0]")
        #expect(text.contains(from), "\(text)")
        let damaged = text.replacingOccurrences(of: from, with: to)
        #expect { try stored(damaged) } throws: { "\($0)".contains(key) }
    }
}
