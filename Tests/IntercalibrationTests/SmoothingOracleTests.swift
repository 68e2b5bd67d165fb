import Balance
import Binning
import Foundation
import Intercalibration
import Testing

/// Smooth constants against solutions by NumPy and SciPy; see Oracle/smoothing.py.
struct SmoothingOracleTests {
    struct Problem: Decodable, CustomTestStringConvertible {
        struct Spline: Decodable {
            let bend: Double
            let tilt: Double
            let coefficients: [[Double]]
            let log_constants: [Double]
            let covariance: [[Double]]
            let sampling_variances: [Double]
            let chi2: Double
            let effective_parameters: Double
            let likelihood: Double
        }
        struct Kernel: Decodable {
            let log_constants: [Double]
            let covariance: [[Double]]
        }
        let name: String
        let eta_edges: [Double]
        let pt_edges: [Double]
        let reference: Double
        let constants: [[Double?]]
        let pt_mean: [[Double?]]
        let blocks: [[[Double]]]
        let bins: [[Int]]
        let used: [Int]
        let splines: [Spline]
        let kernel: Kernel

        var testDescription: String { name }

        var calibration: Calibration {
            get throws {
                let binning = try BalanceBinning(
                    eta: try Axis(edges: eta_edges), ptAverage: try Axis(edges: pt_edges),
                    referenceAbsEtaMaximum: reference, quotedPtMinimum: pt_edges[0])
                let response = ResponseTable(values: constants, uncertainties: constants)
                let quality = FitQuality(
                    chiSquared: 0, degreesOfFreedom: 0, probability: nil, pairs: 0, rank: 0, expectedRank: 0,
                    conditionNumber: 1, iterations: 1, converged: true, components: [], invalidReason: nil)
                return Calibration(
                    method: .matrix, kind: .dataOverSimulation, binning: binning, constants: constants, ptMean: pt_mean,
                    status: constants.map { $0.map { $0 == nil ? .unconstrained : .ok } }, logCovariance: blocks,
                    fits: blocks.map { _ in quality }, dataResponse: response, simulationResponse: response, passes: 1)
            }
        }
    }

    private struct Fixture: Decodable { let problems: [Problem] }

    static let problems: [Problem] = {
        guard let url = Bundle.module.url(forResource: "smoothing", withExtension: "json", subdirectory: "Oracle"),
            let data = try? Data(contentsOf: url), let fixture = try? JSONDecoder().decode(Fixture.self, from: data)
        else { return [] }
        return fixture.problems
    }()

    @Test func theFixtureIsThere() { #expect(Self.problems.count == 3) }

    private func compare(
        _ smooth: Calibration, _ problem: Problem, logs: [Double], covariance: [[Double]]
    ) throws {
        let smoothing = try #require(smooth.smoothing)
        #expect(smoothing.bins == problem.bins.map { .init(eta: $0[0], pt: $0[1]) })
        for (row, bin) in smoothing.bins.enumerated() {
            let constant = try #require(smooth.constants[bin.eta][bin.pt])
            #expect(abs(log(constant) - logs[row]) < 1e-9, "bin \(bin)")
            for column in 0...row {
                let scale = (covariance[row][row] * covariance[column][column]).squareRoot()
                #expect(abs(smoothing.covariance[row][column] - covariance[row][column]) <= 1e-9 * scale + 1e-16)
                let other = smoothing.bins[column]
                guard other.pt == bin.pt else { continue }
                #expect(smooth.logCovariance[bin.pt][bin.eta][other.eta] == smoothing.covariance[row][column])
            }
        }
    }

    @Test(arguments: problems) func splinesAgreeToOnePartInABillion(problem: Problem) throws {
        let raw = try problem.calibration
        for expected in problem.splines {
            let smooth = try raw.splined(.init(bend: expected.bend, tilt: expected.tilt))
            try compare(smooth, problem, logs: expected.log_constants, covariance: expected.covariance)
            let spline = try #require(smooth.smoothing?.spline)
            for (place, eta) in problem.used.enumerated() {
                for (ours, theirs) in zip(spline.coefficients[eta], expected.coefficients[place]) {
                    #expect(abs(ours - theirs) < 1e-9)
                }
            }
            for (bin, variance) in zip(problem.bins, expected.sampling_variances) {
                #expect(abs(smooth.samplingVariance(eta: bin[0], pt: bin[1]) - variance) <= 1e-9 * variance + 1e-16)
            }
            #expect(abs(spline.chiSquared - expected.chi2) <= 1e-8 * max(1, expected.chi2))
            #expect(abs(spline.effectiveParameters - expected.effective_parameters) < 1e-8)
        }
    }

    /// Up to a constant, which differences do not have.
    @Test(arguments: problems) func likelihoodsOfWidthsAgree(problem: Problem) throws {
        let raw = try problem.calibration
        let values = try problem.splines.map {
            try #require(try raw.splineLikelihood(.init(bend: $0.bend, tilt: $0.tilt)))
        }
        for (value, expected) in zip(values, problem.splines).dropFirst() {
            let difference = expected.likelihood - problem.splines[0].likelihood
            #expect(abs(value - values[0] - difference) < 1e-6, "\(value - values[0]) and \(difference)")
        }
    }

    @Test(arguments: problems) func kernelsAgreeToOnePartInABillion(problem: Problem) throws {
        let smooth = try problem.calibration.averaged(.init(etaWidth: 0.1, logPtWidth: 0.3))
        try compare(smooth, problem, logs: problem.kernel.log_constants, covariance: problem.kernel.covariance)
    }
}
