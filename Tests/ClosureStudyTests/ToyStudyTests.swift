import Balance
import CardFiles
import ClosureStudy
import DijetGeneration
import Foundation
import Intercalibration
import Testing

struct ToyStudyTests {
    private static func options(passes: Int) -> DerivationOptions {
        DerivationOptions(method: .central, selection: .standard, binning: .coarse, passes: passes)
    }

    /// The known first values of SplitMix64 from 0 and from 1234567.
    @Test func seedsAreThoseOfSplitMix64() {
        let fromZero: [UInt64] = [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]
        let fromOther: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        ]
        #expect((0..<3).map { ToyStudy.seed(ofExperiment: $0, from: 0) } == fromZero)
        #expect((0..<3).map { ToyStudy.seed(ofExperiment: $0, from: 1_234_567) } == fromOther)
    }

    /// Experiments are what a derivation with their seed gives, by the scale of the study's own seed; so are the constants without
    /// fluctuations.
    @Test func experimentsAreDerivationsWithTheirSeeds() throws {
        let card = try LoadedCard("cms-like").card
        let options = Self.options(passes: 2)
        let result = try ToyStudy(
            card: card, dataCard: nil, truth: QCDDijets.builtIn, events: 60_000, experiments: 2, asimovEvents: 100_000,
            seed: 5, methods: [.matrix, .central], options: options, threads: 3
        ).run()
        #expect(result.methods.map(\.method) == [.matrix, .central])
        func run(_ events: Int, _ seed: UInt64) throws -> ClosureRun {
            try ClosureRun(
                card: card, dataCard: nil, truth: QCDDijets.builtIn, events: events, seed: seed, options: options,
                threads: 2)
        }
        let scale = try run(100_000, 5).source(.simulation)
            .simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum)
        for found in result.methods {
            func constants(_ run: ClosureRun) throws -> Calibration {
                var options = options
                options.method = found.method
                return try Derivation(
                    data: run.source(.pseudoData), simulation: run.source(.simulation), scale: scale, options: options
                ).calibration
            }
            let asimov = try constants(run(100_000, 5))
            let both = try (0..<2).map { try constants(run(60_000, ToyStudy.seed(ofExperiment: $0, from: 5))) }
            var compared = 0
            for (row, pt) in BalanceBinning.coarse.quotedPtBins.enumerated() {
                for eta in 0..<BalanceBinning.coarse.eta.count {
                    let bin = found.bins[eta][row]
                    #expect(bin.asimov?.value == asimov.constants[eta][pt])
                    guard bin.experiments == 2, let first = both[0].constants[eta][pt],
                        let second = both[1].constants[eta][pt], let mean = bin.mean?.value
                    else { continue }
                    compared += 1
                    #expect(abs(mean / (first * second).squareRoot() - 1) < 1e-12, "η bin \(eta), pT bin \(pt)")
                }
            }
            #expect(compared > 20)
        }
    }

    /// One pass on a detector without mis-response: constants scatter as quoted and about 1. Limits are 4 standard deviations of
    /// the study's own; few events in a pair make pulls wider by up to 5 % (Student's t).
    @Test func pullsOfOnePassAreUnitNormal() throws {
        let card = try LoadedCard("uniform").card
        let result = try ToyStudy(
            card: card, dataCard: nil, truth: QCDDijets.builtIn, events: 100_000, experiments: 30,
            asimovEvents: 2_000_000, seed: 1, methods: [.matrix], options: Self.options(passes: 1), threads: 2
        ).run()
        let method = result.methods[0]
        #expect(method.failed == 0)
        let pulls = try #require(method.overall.pulls)
        let width = try #require(pulls.width)
        let widthUncertainty = try #require(width.uncertainty)
        #expect(widthUncertainty > 0.005 && widthUncertainty < 0.06)
        #expect(width.value > 1 - 4 * widthUncertainty && width.value < 1.05 + 4 * widthUncertainty, "\(width)")
        func limit(_ estimate: ToyEstimate) throws -> Double { 4 * (try #require(estimate.uncertainty)) }
        let limits = try [pulls.mean, pulls.coverage68, pulls.coverage95].map(limit)
        #expect(abs(pulls.mean.value) < limits[0], "\(pulls.mean)")
        #expect(abs(pulls.coverage68.value - 0.6827) < limits[1] + 0.02, "\(pulls.coverage68)")
        #expect(abs(pulls.coverage95.value - 0.95) < limits[2] + 0.01, "\(pulls.coverage95)")
        let bias = try #require(method.overall.bias)
        let biasLimit = try limit(bias)
        #expect(biasLimit < 0.008 && abs(bias.value) < biasLimit, "\(bias)")
    }

    /// Truth events that are the same each time do not fluctuate.
    @Test func aTruthSampleIsRefused() throws {
        let slice = QCDDijets.builtIn.slices[3]
        var events = TruthSample.Events()
        for number in 0..<40 {
            events.event.append(UInt64(number))
            for jet in events.pt.indices {
                events.pt[jet].append(jet < 2 ? 50 : 0)
                events.eta[jet].append(0.1)
                events.phi[jet].append(jet == 1 ? 3 : 0)
                events.flavour[jet].append(21)
            }
            events.softX.append(0)
            events.softY.append(0)
            events.invisibleX.append(0)
            events.invisibleY.append(0)
        }
        #expect(throws: ToyStudyError.truthIsFixed) {
            _ = try ToyStudy(
                card: LoadedCard("uniform").card, dataCard: nil, truth: TruthSample(slices: [slice], events: [events]),
                events: 1000, experiments: 2, asimovEvents: 1000, seed: 1, methods: [.matrix],
                options: Self.options(passes: 1), threads: 1)
        }
    }
}
