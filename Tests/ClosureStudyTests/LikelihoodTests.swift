import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Foundation
import Intercalibration
import Testing

/// Constants by the likelihood of the pT pair, beside those of the means of the asymmetry.
struct LikelihoodTests {
    private static func run(
        _ method: Method, card: DetectorCard, dataCard: DetectorCard? = nil, events: Int, seed: UInt64 = 3,
        binning: BalanceBinning = .coarse, threads: Int = 2
    ) throws -> ClosureRun {
        try ClosureRun(
            card: card, dataCard: dataCard, truth: QCDDijets.builtIn, events: events, seed: seed,
            options: DerivationOptions(method: method, selection: .standard, binning: binning), threads: threads)
    }

    /// Experiments of a uniform detector. Uncertainties are as the constants scatter, and near the bound of the events; those of the
    /// asymmetry are not. Limits are 4 standard deviations of the study's own.
    @Test func itComesClosestToTheBound() throws {
        let options = DerivationOptions(method: .matrix, selection: .standard, binning: .coarse)
        let result = try ToyStudy(
            card: LoadedCard("uniform").card, dataCard: nil, truth: QCDDijets.builtIn, events: 150_000, experiments: 40,
            asimovEvents: 3_000_000, seed: 1, methods: [.matrix, .mpf, .likelihood], options: options, threads: 2
        ).run()
        for method in result.methods {
            let width = try #require(method.overall.pulls?.width)
            let limit = 4 * (try #require(width.uncertainty)) + 0.03
            #expect(limit < 0.13)
            #expect(abs(width.value - 1) < limit, "\(method.method): width \(width.value)")
        }
        let (matrix, mpf, likelihood) = (result.methods[0], result.methods[1], result.methods[2])
        #expect(try #require(likelihood.scatterOverBound) < 1.12)
        for other in [matrix, mpf] {
            #expect(try #require(other.scatterOverBound) > 1.2 * (try #require(likelihood.scatterOverBound)))
        }
    }

    /// Truth closure, constants derived anew and the bound of a small run; threads have nothing to do with it.
    @Test func aTiltedDetectorCloses() throws {
        let binning = try BalanceBinning(
            eta: Axis(edges: [-2.5, -1.3, -0.8, 0, 0.8, 1.3, 2.5]), ptAverage: Axis(edges: [100, 150, 250, 400]),
            referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 100)
        func result(_ method: Method, threads: Int) throws -> ClosureRun.Result {
            try ClosureRun(
                card: DetectorCard(yaml: CentralReferenceTests.tilted, file: "tilted.yaml"), dataCard: nil,
                truth: CentralReferenceTests.truth.get(), events: 1_000_000, seed: 3,
                options: DerivationOptions(method: method, selection: .standard, binning: binning), threads: threads
            ).run()
        }
        let run = try result(.likelihood, threads: 2)
        let truth = run.test.truth
        #expect(
            truth.chiSquared < Double(truth.degreesOfFreedom) + 4 * (2 * Double(truth.degreesOfFreedom)).squareRoot())
        #expect(try #require(run.test.rederived?.probability) > 1e-3)
        let calibration = run.derivation.calibration
        #expect(calibration.isValid && calibration.passes == 3)
        #expect(try #require(calibration.compatibility).probability > 1e-3)
        // Events of unlike weights, and classes that are wider than cells, make the bound good to some per cent.
        #expect(abs(try #require(calibration.boundRatio) - 1) < 0.05)
        let matrix = try result(.matrix, threads: 2).derivation.calibration
        #expect(matrix.boundRatio == nil)
        for eta in 0..<binning.eta.count {
            for pt in 0..<binning.ptAverage.count {
                let constant = try #require(calibration.constants[eta][pt])
                let uncertainty = try #require(calibration.uncertainty(eta: eta, pt: pt))
                let expected = binning.eta.centre(eta) < 0 ? 1 / 0.98 : 1 / 1.02
                #expect(abs(constant - expected) < 4 * uncertainty + 0.001, "bin \(eta), \(pt): \(constant)")
                #expect(uncertainty < 0.95 * (try #require(matrix.uncertainty(eta: eta, pt: pt))))
            }
        }
        #expect(try result(.likelihood, threads: 1).derivation.calibration.constants == calibration.constants)
    }

    @Test func replicasAgreeWithTheAnalyticUncertainties() throws {
        let options = DerivationOptions(
            method: .likelihood, selection: .standard, binning: .coarse, passes: 2, replicas: 400)
        let run = try ClosureRun(
            card: LoadedCard("uniform").card, dataCard: nil, truth: QCDDijets.builtIn, events: 300_000, seed: 3,
            options: options, threads: 2)
        let calibration = try Derivation(
            data: run.source(.pseudoData), simulation: run.source(.simulation), scale: nil, options: options, threads: 2
        ).calibration
        #expect(abs(try #require(calibration.bootstrapRatio) - 1) < 0.05)
        // Of refined constants both hold what neighbouring pT bins have in common.
        let bootstrap = try #require(calibration.bootstrap)
        var (analytic, replicas, bins) = (0.0, 0.0, 0)
        for pt in calibration.binning.quotedPtBins.dropLast() {
            let (own, next, common) = (
                bootstrap.covariance(ptBin: pt), bootstrap.covariance(ptBin: pt + 1),
                bootstrap.covariance(ptBin: pt, with: bootstrap, ptBin: pt + 1)
            )
            for eta in 0..<calibration.binning.eta.count {
                let variances = (calibration.logCovariance[pt][eta][eta], calibration.logCovariance[pt + 1][eta][eta])
                guard min(variances.0, variances.1) > 1e-9, calibration.constants[eta][pt] != nil,
                    calibration.constants[eta][pt + 1] != nil
                else { continue }
                analytic += calibration.crossLogCovariance[pt][0][eta][eta] / (variances.0 * variances.1).squareRoot()
                replicas += common[eta][eta] / (own[eta][eta] * next[eta][eta]).squareRoot()
                bins += 1
            }
        }
        #expect(bins > 15)
        // 400 replicas know a correlation to 0.05, and the mean over bins to about 0.02.
        #expect(abs(analytic - replicas) / Double(bins) < 0.06)
        #expect(analytic / Double(bins) > 0.02)
    }

    @Test func simulationHasToTellIt() throws {
        let run = try Self.run(.likelihood, card: LoadedCard("uniform").card, events: 10_000)
        #expect(throws: MethodError.needsSimulation(.likelihood)) {
            try Derivation(
                data: run.source(.pseudoData), simulation: nil, scale: nil,
                options: DerivationOptions(method: .likelihood, selection: .standard, binning: .coarse))
        }
    }
}
