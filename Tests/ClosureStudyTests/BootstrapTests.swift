import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Intercalibration
import JetPhysics
import Testing

/// Replicas of simulated events against the analytic covariance.
struct BootstrapTests {
    private static let truth = Result {
        try QCDDijets(
            HardProcess(density: .builtIn, sqrtS: 13000, edges: [34, 45, 60, 80, 105, 140, 185, 245, 325, 500]),
            radiation: RadiationTune.builtIn.model)
    }

    private static func run(
        _ method: Method, truth: any DijetTruth, events: Int, passes: Int, binning: BalanceBinning = .coarse,
        threads: Int = 2
    ) throws -> Calibration {
        let options = DerivationOptions(
            method: method, selection: .standard, binning: binning, passes: passes, replicas: 1000)
        let run = try ClosureRun(
            card: LoadedCard("uniform").card, dataCard: nil, truth: truth, events: events, seed: 3, options: options,
            threads: threads)
        return try Derivation(
            data: run.source(.pseudoData), simulation: run.source(.simulation), scale: nil, options: options,
            threads: threads
        ).calibration
    }

    private static let calibrations = Result {
        let truth = try Self.truth.get()
        return try [Method.matrix, .matrixLinear, .central, .mpf].map {
            try run($0, truth: truth, events: 300_000, passes: 2)
        }
    }

    /// 1000 replicas of 1024 sub-samples tell a bin's σ to √(1/2000 + 1/2048) = 3.1 %, and the mean over bins to about 1 %.
    @Test(arguments: [0, 1, 2, 3]) func uncertaintiesAgreeWithTheAnalyticOnes(index: Int) throws {
        let calibration = try Self.calibrations.get()[index]
        let bootstrap = try #require(calibration.bootstrap)
        #expect(bootstrap.replicas == 1000 && bootstrap.subSamples == 1024)
        #expect(abs(try #require(calibration.bootstrapRatio) - 1) < 0.05)
        var bins = 0
        for pt in calibration.binning.quotedPtBins {
            let covariance = bootstrap.covariance(ptBin: pt)
            for eta in 0..<calibration.binning.eta.count {
                guard let uncertainty = calibration.uncertainty(eta: eta, pt: pt), uncertainty > 1e-6 else { continue }
                let constant = try #require(calibration.constants[eta][pt])
                let ratio = constant * covariance[eta][eta].squareRoot() / uncertainty
                bins += 1
                // 4 σ, and what variances of some tens of events are known to.
                #expect(abs(ratio - 1) < 0.2, "\(calibration.method) at \(eta), \(pt): \(ratio)")
                #expect(abs(try #require(bootstrap.shift(ptBin: pt, eta: eta))) < 0.5 * uncertainty)
            }
        }
        #expect(bins > 30)
    }

    /// Cov(a, b) = Var a for an efficient estimate a and any other b of the same; replica k of both is of the same events.
    @Test func methodsFluctuateTogetherAsHausmanSays() throws {
        let calibrations = try Self.calibrations.get()
        let (matrix, central) = (try #require(calibrations[0].bootstrap), try #require(calibrations[2].bootstrap))
        var (bins, shared, other) = (0.0, 0.0, 0.0)
        for pt in calibrations[0].binning.quotedPtBins {
            let variances = (matrix.covariance(ptBin: pt), central.covariance(ptBin: pt))
            let common = matrix.covariance(ptBin: pt, with: central, ptBin: pt)
            for eta in 0..<calibrations[0].binning.eta.count where calibrations[2].constants[eta][pt] != nil {
                guard variances.0[eta][eta] > 1e-9 else { continue }
                bins += 1
                shared += common[eta][eta] / variances.0[eta][eta]
                other += variances.1[eta][eta] / variances.0[eta][eta]
            }
        }
        #expect(bins > 15)
        #expect(abs(shared / bins - 1) < 0.1, "a covariance of \(shared / bins) variances")
        #expect(other / bins > 1.3)
    }

    /// Of one more method with another balance of the same events the correlation is neither that of an efficient estimate nor 0.
    /// 60 seeds of 300 000 events have 0.37 of constants, as their replicas do.
    @Test func theMissingMomentumSharesAPartWithTheAsymmetry() throws {
        let calibrations = try Self.calibrations.get()
        let (matrix, mpf) = (try #require(calibrations[0].bootstrap), try #require(calibrations[3].bootstrap))
        var (bins, sum) = (0.0, 0.0)
        for pt in calibrations[0].binning.quotedPtBins {
            let variances = (matrix.covariance(ptBin: pt), mpf.covariance(ptBin: pt))
            let common = matrix.covariance(ptBin: pt, with: mpf, ptBin: pt)
            for eta in 0..<calibrations[0].binning.eta.count {
                let product = variances.0[eta][eta] * variances.1[eta][eta]
                guard product > 1e-18 else { continue }
                bins += 1
                sum += common[eta][eta] / product.squareRoot()
            }
        }
        #expect(bins > 30)
        #expect(abs(sum / bins - 0.37) < 0.06, "\(sum / bins)")
    }

    @Test func nothingDependsOnThreads() throws {
        let truth = try Self.truth.get()
        let (one, three) = (
            try Self.run(.matrix, truth: truth, events: 60_000, passes: 1, threads: 1),
            try Self.run(.matrix, truth: truth, events: 60_000, passes: 1, threads: 3)
        )
        #expect(one.bootstrap == three.bootstrap)
        let first = try #require(one.bootstrap).logResponses
        #expect(first.joined().joined().contains { $0 != nil })
    }

    /// Events of the built-in truth in a sample, so many a slice.
    private static func sample(events count: Int) throws -> TruthSample {
        let truth = try Self.truth.get()
        let block = TruthBlock(capacity: count)
        let events = truth.slices.indices.map { slice in
            truth.fill(block, slice: slice, first: 0, count: count, replicas: 1, role: .simulation, seed: 9)
            var events = TruthSample.Events()
            events.event = (0..<count).map { block.event[$0] }
            func column(_ values: UnsafeMutablePointer<Double>) -> [Double] { (0..<count).map { values[$0] } }
            (events.softX, events.softY) = (column(block.softX), column(block.softY))
            (events.invisibleX, events.invisibleY) = (column(block.invisibleX), column(block.invisibleY))
            for jet in 0..<TruthBlock.jetCount {
                events.pt[jet] = column(block.pt + jet * block.capacity)
                events.eta[jet] = column(block.eta + jet * block.capacity)
                events.phi[jet] = column(block.phi + jet * block.capacity)
                events.flavour[jet] = (0..<count).map { block.flavour[jet * block.capacity + $0] }
            }
            return events
        }
        return TruthSample(slices: truth.slices, events: events)
    }

    /// Correlation of neighbouring pT bins, mean over bins of η.
    private static func correlationAlongPt(_ calibration: Calibration) throws -> Double {
        let bootstrap = try #require(calibration.bootstrap)
        var (sum, count) = (0.0, 0.0)
        for pt in calibration.binning.quotedPtBins.dropLast() {
            let variances = (bootstrap.covariance(ptBin: pt), bootstrap.covariance(ptBin: pt + 1))
            let common = bootstrap.covariance(ptBin: pt, with: bootstrap, ptBin: pt + 1)
            for eta in 0..<calibration.binning.eta.count {
                let product = variances.0[eta][eta] * variances.1[eta][eta]
                guard product > 1e-18 else { continue }
                sum += common[eta][eta] / product.squareRoot()
                count += 1
            }
        }
        #expect(count > 15)
        return sum / count
    }

    /// A truth event that is smeared again and again counts once in each cell, so that both agree there. It falls into more than one
    /// narrow bin of pT, which the analytic covariance takes for independent: the replicas know better.
    @Test func reusedTruthTiesBinsOfPt() throws {
        let narrow = try BalanceBinning(
            eta: try Axis(edges: [-2.5, -1.3, -0.8, 0, 0.8, 1.3, 2.5]),
            ptAverage: try Axis(edges: [60, 68, 77, 87, 98, 110, 125]), referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 60
        )
        func run(_ truth: any DijetTruth) throws -> Calibration {
            try Self.run(.matrix, truth: truth, events: 800_000, passes: 1, binning: narrow)
        }
        let (reused, independent) = (try run(Self.sample(events: 4000)), try run(Self.truth.get()))
        #expect(abs(try #require(reused.bootstrapRatio) - 1) < 0.1)
        let (tied, free) = (try Self.correlationAlongPt(reused), try Self.correlationAlongPt(independent))
        // 1 % statistical, of 30 bins.
        #expect(tied > 0.1 && abs(free) < 0.04, "\(tied), \(free)")
    }
}
