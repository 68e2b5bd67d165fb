import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Intercalibration
import Testing
import TruthResponse

struct SimulatedSourceTests {
    /// Small enough for the thread sanitizer, with many more blocks than threads.
    @Test func threadsShareNothingButTheirSums() throws {
        func sums(threads: Int) throws -> BalanceSums {
            let run = try ClosureRun(
                card: LoadedCard("uniform").card, dataCard: nil, truth: QCDDijets.builtIn, events: 100_000, seed: 3,
                options: DerivationOptions(method: .matrix, selection: .standard, binning: .coarse, passes: 1),
                threads: threads)
            let correction = JetCorrection(scale: nil, residual: nil)
            return try run.source(.pseudoData).balance(correction, binning: .coarse, selection: .standard).sums
        }
        let alone = try sums(threads: 1)
        #expect(alone.rowsSeen == 100_000 && alone.rowsSelected > 10_000)
        #expect(try sums(threads: 8) == alone)
    }

    /// Jets that fluctuate low fall below the threshold or behind the third: the mean of those listed is not the response. What data
    /// measure lower would seem to close too high by some per cent.
    @Test func theTestSeesEveryTrueJet() throws {
        let text = """
            schema: etacal.detector/2
            name: toy
            acceptance: {abs_eta_max: 5, pt_min: 15}
            response: {eta: absolute, regions: [{eta: [0, 5], value: 0.7}]}
            resolution: {eta: absolute, regions: [{eta: [0, 5], n: 0, s: 0, c: 0.3}]}
            pseudo_data: {response: {eta: absolute, regions: [{eta: [0, 5], value: 0.8}]}}
            """
        let run = try ClosureRun(
            card: DetectorCard(yaml: text, file: "toy.yaml"), dataCard: nil, truth: QCDDijets.builtIn, events: 400_000,
            seed: 1,
            options: DerivationOptions(method: .matrix, selection: .standard, binning: .coarse, passes: 1), threads: 2)
        let source = try run.source(.closurePseudoData)
        func response(_ isListed: Bool) throws -> (value: Double, deviation: Double) {
            let empty = TruthResponseSums(
                eta: try Axis(edges: [-4, 4]), truePt: try Axis(edges: [30, 40]), residual: nil,
                slices: source.sliceWeights.count)
            let sums = try source.reduce(empty) { block, sums in
                guard let jets = isListed ? block : block.trueJets else { return }
                JetCorrection(scale: nil, residual: nil).apply(to: jets)
                sums.add(jets)
            }
            let found = try #require(sums.response(eta: 0, pt: 0, weights: source.sliceWeights))
            return (found.base, found.baseVariance.squareRoot())
        }
        let (all, listed) = (try response(false), try response(true))
        #expect(abs(all.value - 0.56) < 4 * all.deviation && all.deviation < 0.003)
        #expect(listed.value > 0.57)
    }
}
