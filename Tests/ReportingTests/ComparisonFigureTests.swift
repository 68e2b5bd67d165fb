import Balance
import Binning
import Foundation
import Intercalibration
import Reporting
import Testing

struct ComparisonFigureTests {
    /// - Parameter shift: of all constants outside the reference region.
    private static func calibration(_ shift: Double, hasGap: Bool = false) throws -> Calibration {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-3, -2, -1, 0, 1, 2, 3]), ptAverage: try Axis(edges: [50, 100, 200, 400, 800, 1600]),
            referenceAbsEtaMaximum: 1, quotedPtMinimum: 50)
        let (eta, pt) = (0..<6, 0..<5)
        let constants = eta.map { eta in
            pt.map { pt -> Double? in
                hasGap && eta == 5 && pt == 0 ? nil : [2, 3].contains(eta) ? 1 : 1.05 + shift + 0.01 * Double(eta)
            }
        }
        let table = ResponseTable(values: constants, uncertainties: constants)
        let quality = FitQuality(
            chiSquared: 0, degreesOfFreedom: 0, probability: nil, pairs: 0, rank: 0, expectedRank: 0,
            conditionNumber: 1,
            iterations: 1, converged: true, components: [], invalidReason: nil)
        let covariance = eta.map { row in eta.map { row == $0 ? 1e-4 : 0 } }
        return Calibration(
            method: .matrix, kind: .single, binning: binning, constants: constants,
            ptMean: constants.map { $0.map { $0.map { _ in 70 } } },
            status: constants.map { $0.map { $0 == nil ? .unconstrained : .ok } },
            logCovariance: pt.map { _ in covariance },
            fits: pt.map { _ in quality }, dataResponse: table, simulationResponse: nil, passes: 1)
    }

    private static func figure(_ count: Int) throws -> Figure {
        let reference = try calibration(0)
        let others = try (1...count).map { index in
            (
                name: "run-\(index)-with-a-name/calibration.json",
                comparison: try CalibrationComparison(
                    calibration(0.02 * Double(index), hasGap: index == 2), with: reference, correlation: .none)
            )
        }
        return try #require(
            ComparisonFigure.figure(
                reference: "run-0-with-a-name/calibration.json", others: others,
                label: FigureLabel(sample: "run_1 {compared} with `run`", selection: "σ² = u² + u_ref²")))
    }

    @Test(arguments: [1, 3, 6]) func allAreDrawn(count: Int) throws {
        let directory = try SmallRun.emptyDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let figure = try Self.figure(count)
        #expect(figure.caption.count > 40 && figure.caption.hasSuffix("."))
        try #require(try FigureWriter.write([figure], to: directory) == .drawn)
        let drawing = try Drawing("\(directory)/comparison.svg")
        #expect(drawing.panels.count == 6)
        #expect(drawing.collisions == [], "\(drawing.collisions)")
        for index in 0...count { #expect(drawing.count("run-\(index)-with-a-name/calibration.json") == 3) }
        #expect(drawing.count("run_1 {compared} with `run`") == 1)
        let blocks = try SmallRun.blocks("\(directory)/comparison.dat")
        #expect(blocks.count == 3 * (count + 1))
        // Of the reference there is no difference; of the first, 2 % of the constant at twice the variance, and the gauge's.
        #expect(blocks[0].allSatisfy { $0[4] == nil && $0[2] != nil })
        let pull = try #require(blocks[1][0][4])
        #expect(abs(pull - log(1.07 / 1.05) / (2 * 1.5e-4).squareRoot()) < 1e-9)
        if count > 1 { #expect(blocks[2][5][4] == nil && blocks[2][5][2] == nil) }
    }

    @Test func nothingIsDrawnOfNothing() throws {
        let reference = try Self.calibration(0)
        let included = (0..<6).map { _ in [Bool](repeating: false, count: 5) }
        let comparison = try CalibrationComparison(reference, with: reference, correlation: .none, included: included)
        let label = FigureLabel(sample: "", selection: "")
        #expect(ComparisonFigure.figure(reference: "a", others: [("b", comparison)], label: label) == nil)
        #expect(ComparisonFigure.figure(reference: "a", others: [], label: label) == nil)
    }
}
