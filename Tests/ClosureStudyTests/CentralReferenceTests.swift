import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Intercalibration
import Testing

struct CentralReferenceTests {
    /// Data 2 % low on one side and 2 % high on the other, the reference region included.
    static let tilted = """
        schema: etacal.detector/1
        name: tilted
        acceptance: {abs_eta_max: 5.2}
        response: {eta: absolute, regions: [{eta: [0, 5.2], value: 1}]}
        resolution: {eta: absolute, regions: [{eta: [0, 5.2], n: 3, s: 0.8, c: 0.04}]}
        pseudo_data:
          response: {eta: signed, regions: [{eta: [-5.2, 0], value: 0.98}, {eta: [0, 5.2], value: 1.02}]}

        """

    /// Slices that reach the one pT bin.
    static let truth = Result {
        try QCDDijets(
            HardProcess(density: .builtIn, sqrtS: 13000, edges: [60, 80, 105, 140, 185, 245, 325, 500]),
            radiation: RadiationTune.builtIn.model)
    }

    private func calibration(reference edges: [Double], method: Method, passes: Int) throws -> Calibration {
        let binning = try BalanceBinning(
            eta: try Axis(edges: edges), ptAverage: try Axis(edges: [100, 400]), referenceAbsEtaMaximum: 0.8,
            quotedPtMinimum: 100)
        let options = DerivationOptions(method: method, selection: .standard, binning: binning, passes: passes)
        let run = try ClosureRun(
            card: DetectorCard(yaml: Self.tilted, file: "tilted.yaml"), dataCard: nil, truth: Self.truth.get(),
            events: 1_000_000, seed: 1, options: options, threads: 2)
        return try Derivation(
            data: run.source(.pseudoData), simulation: run.source(.simulation), scale: nil, options: options
        ).calibration
    }

    /// The more bins share the reference the closer; with two, each bin's own pairs are half of what it is compared with.
    @Test(
        arguments: [[-2.5, -0.8, 0, 0.8, 2.5], [-2.5, -0.8, -0.4, 0, 0.4, 0.8, 2.5]],
        [(Method.central, 1), (.central, 2), (.central, 3), (.mpf, 1), (.mpf, 3)])
    func aTiltedReferenceIsMeasuredOnce(edges: [Double], by choice: (method: Method, passes: Int)) throws {
        let calibration = try calibration(reference: edges, method: choice.method, passes: choice.passes)
        for eta in 0..<edges.count - 1 {
            let constant = try #require(calibration.constants[eta][0])
            let expected = edges[eta] < 0 ? 1 / 0.98 : 1 / 1.02
            // 4 σ, and half a per cent for the one pass that is not refined.
            let uncertainty = try #require(calibration.uncertainty(eta: eta, pt: 0))
            #expect(abs(constant - expected) < 4 * uncertainty + 0.005, "bin \(eta): \(constant) ± \(uncertainty)")
            #expect(uncertainty < 0.005)
        }
    }

    @Test(arguments: Method.allCases) func aReferenceOfOneBinIsOne(method: Method) throws {
        let calibration = try calibration(reference: [-2.5, -0.8, 0.8, 2.5], method: method, passes: 2)
        #expect(calibration.isValid)
        // The gauge of a surface is exact as an integral; its constant of a bin is a mean over some places in it.
        let accuracy = method == .fold ? 1e-3 : 1e-12
        #expect(abs(try #require(calibration.constants[1][0]) - 1) < accuracy)
        #expect(abs(try #require(calibration.constants[0][0]) - 1 / 0.98) < 0.01)
    }
}
