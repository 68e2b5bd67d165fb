import Balance
import Binning
import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration
import Testing

/// The surface of a forward-folded calibration in its file.
struct SurfaceFileTests {
    private static func calibration() throws -> Calibration {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -1, 1, 2]), ptAverage: try Axis(edges: [30, 60]), referenceAbsEtaMaximum: 1,
            quotedPtMinimum: 30)
        let quality = FitQuality(
            chiSquared: 1, degreesOfFreedom: 1, probability: 0.5, pairs: 3, rank: 2, expectedRank: 2,
            conditionNumber: 3, iterations: 1, converged: true, components: [[0, 1, 2]], invalidReason: nil)
        let table = ResponseTable(values: [[1], [1], [1]], uncertainties: [[0], [0], [0]])
        var calibration = Calibration(
            method: .fold, kind: .dataOverSimulation, binning: binning, constants: [[1.1], [1], [0.95]],
            ptMean: [[44], [44], [45]], status: [[.ok], [.ok], [.extrapolated]],
            logCovariance: [[[1e-4, 0, 0], [0, 1e-5, 0], [0, 0, 2e-4]]], fits: [quality], dataResponse: table,
            simulationResponse: nil, passes: 4)
        let eta = SplineAxis(breaks: try Axis(edges: [-2, 0.1, 2]))
        let logPt = SplineAxis(breaks: try Axis(edges: [log(24.0), log(69.0)]))
        let count = eta.count * logPt.count
        let coefficients = (0..<count).map { 0.1 * sin(Double($0)) / 3 }
        calibration.surface = FittedSurface(
            map: SurfaceMap(
                surface: ResponseSurface(
                    eta: eta, logPt: logPt, coefficients: coefficients,
                    pull: AxisPull(absEta: [0.2, 1.1], squaredWidths: [0.01, 0.01 / 3])), eta: binning.eta,
                ranges: [log(24.0)...log(69), log(24.0)...log(69), log(24.0)...log(50)],
                remainder: SurfaceRemainder(
                    logPt: LinearNodes([log(40.0), log(60)]), values: [[0.01, 0], [0.02 / 3, -0.001], [0, 0]])),
            resolution: ResolutionFactor(
                eta: SplineAxis(breaks: try Axis(edges: [-2, 2])), logPt: LinearNodes([3.5, 4.5]),
                logarithms: [0.1, 0.2 / 3, 0, -0.05, 0.1, 0, 0, 0.3]),
            covariance: (0..<count).map { row in
                (0..<count).map { 1e-4 * exp(-abs(Double(row - $0))) }
            },
            resolutionUncertainty: (1...8).map { 0.01 * Double($0) },
            smoothness: Smoothness(level: 0.03, tilt: 0.02 / 3, bend: 0.0041), effectiveParameters: 7.25,
            penaltyDecides: 3, leastShares: [0.01, 0.5])
        return calibration
    }

    @Test func aSurfaceReadsBackBitForBit() throws {
        let calibration = try Self.calibration()
        let again = try stored(text(of: calibration)).calibration
        let (one, other) = (try #require(calibration.surface), try #require(again.surface))
        #expect(other.map == one.map)
        #expect(other.covariance == one.covariance)
        #expect(other.resolution == one.resolution)
        #expect(other.resolutionUncertainty == one.resolutionUncertainty)
        #expect(other.smoothness == one.smoothness)
        #expect(other.effectiveParameters == one.effectiveParameters && other.penaltyDecides == one.penaltyDecides)
        #expect(again.residual == calibration.residual)
        #expect(text(of: again).contains("\"surface\""))
    }

    @Test(arguments: [
        ("\"method\": \"fold\"", "\"method\": \"matrix\"", "surface"),
        ("\"surface\"", "\"sufrace\"", "sufrace"), ("\"ln_k\"", "\"ln_q\"", "ln_"),
        ("\"eta_breaks\": [-2.0, 0.1, 2.0]", "\"eta_breaks\": [-2.0, 0.1, 0.1]", "surface.eta_breaks"),
        ("\"eta_breaks\": [-2.0, 0.1, 2.0]", "\"eta_breaks\": [-2.0, 2.0]", "surface.coefficients"),
        ("\"abs_eta\": [0.2, 1.1]", "\"abs_eta\": [1.2, 1.1]", "surface.axis_pull"),
        ("\"ln_pt\": [3.5, 4.5]", "\"ln_pt\": [4.5, 3.5]", "surface.resolution.ln_pt"),
        ("\"ln_pt\": [3.5, 4.5]", "\"ln_pt\": [3.5]", "surface.resolution.ln_k"),
        ("[0.01, 0.0]", "[0.01]", "surface.remainder.values"),
        ("\"level\": 0.03", "\"level\": \"three\"", "surface.penalty.level"),
    ])
    func damagedSurfacesAreRefused(_ old: String, _ new: String, _ named: String) throws {
        let text = text(of: try Self.calibration())
        #expect(text.contains(old), "\(old)")
        let error = #expect(throws: FileError.self) { try stored(text.replacingOccurrences(of: old, with: new)) }
        #expect(error?.kind == .malformed)
        #expect(error?.description.contains(named) == true, "\(error?.description ?? "")")
    }
}
