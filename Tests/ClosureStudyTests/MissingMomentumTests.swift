import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Foundation
import Intercalibration
import Testing

/// The projection of the missing momentum against responses that are known.
struct MissingMomentumTests {
    /// Without any mis-response every constant is 1 within its uncertainty, which is right, as are its correlations.
    @Test(arguments: [nil, 0.92]) func aUniformDetectorNeedsNothing(softResponse: Double?) throws {
        let options = DerivationOptions(
            method: .mpf, selection: .standard, binning: .coarse, passes: 1, softResponse: softResponse)
        let card = try LoadedCard("uniform").card
        var pulls: [Double] = []
        for seed in 1...30 {
            let run = try ClosureRun(
                card: card, dataCard: card, truth: QCDDijets.builtIn, events: 100_000, seed: UInt64(seed),
                options: options, threads: 2)
            let calibration = try Derivation(
                data: run.source(.pseudoData), simulation: run.source(.simulation), scale: nil, options: options
            ).calibration
            for pt in options.binning.quotedPtBins {
                for eta in 0..<options.binning.eta.count {
                    guard let constant = calibration.constants[eta][pt] else { continue }
                    pulls.append(log(constant) / calibration.logCovariance[pt][eta][eta].squareRoot())
                }
            }
        }
        let mean = pulls.reduce(0, +) / Double(pulls.count)
        let width = (pulls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pulls.count)).squareRoot()
        #expect(pulls.count > 1000)
        // Half of the pulls count, since bins of a pT share the gauge: 5 and 3.5 standard deviations, once in 10³ times.
        #expect(abs(mean) < 0.2)
        #expect(abs(width - 1) < 3.5 / Double(pulls.count).squareRoot())
    }

    /// Truth closure and constants derived anew of a small run; shards and threads have nothing to do with it.
    @Test func aTiltedDetectorCloses() throws {
        let binning = try BalanceBinning(
            eta: Axis(edges: [-2.5, -1.3, -0.8, 0, 0.8, 1.3, 2.5]), ptAverage: Axis(edges: [100, 150, 250, 400]),
            referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 100)
        let options = DerivationOptions(method: .mpf, selection: .standard, binning: binning)
        func result(threads: Int) throws -> ClosureRun.Result {
            try ClosureRun(
                card: DetectorCard(yaml: CentralReferenceTests.tilted, file: "tilted.yaml"), dataCard: nil,
                truth: CentralReferenceTests.truth.get(), events: 1_000_000, seed: 3, options: options,
                threads: threads
            ).run()
        }
        let run = try result(threads: 2)
        let truth = run.test.truth
        #expect(
            truth.chiSquared < Double(truth.degreesOfFreedom) + 4 * (2 * Double(truth.degreesOfFreedom)).squareRoot())
        #expect(try #require(run.test.rederived?.probability) > 1e-3)
        let calibration = run.derivation.calibration
        #expect(calibration.isValid && calibration.passes == 3)
        for eta in 0..<binning.eta.count {
            for pt in 0..<binning.ptAverage.count {
                let constant = try #require(calibration.constants[eta][pt])
                let uncertainty = try #require(calibration.uncertainty(eta: eta, pt: pt))
                let expected = binning.eta.centre(eta) < 0 ? 1 / 0.98 : 1 / 1.02
                #expect(abs(constant - expected) < 4 * uncertainty + 0.001, "bin \(eta), \(pt): \(constant)")
                #expect(uncertainty < 0.01)
                let mean = try #require(calibration.ptMean[eta][pt])
                #expect(mean > 0.8 * binning.ptAverage.edges[pt] && mean < 1.2 * binning.ptAverage.edges[pt + 1])
            }
        }
        for block in calibration.logCovariance {
            for eta in block.indices {
                for other in 0..<eta { #expect(abs(block[eta][other] - block[other][eta]) < 1e-15) }
            }
        }
        #expect(try result(threads: 1).derivation.calibration.constants == calibration.constants)
    }
}
