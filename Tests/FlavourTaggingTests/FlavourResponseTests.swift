import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import FlavourTagging
import Foundation
import JetPhysics
import Testing

/// Data whose b and c jets respond otherwise than those of simulation.
struct FlavourResponseTests {
    private static let shifts = (bottom: -0.12, charm: 0.08)

    /// The CMS-like card with other responses of flavours.
    private static func card() throws -> DetectorCard {
        let path = NSTemporaryDirectory() + "flavours-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func scaled(_ values: [Double], _ shift: Double) -> String {
            "[" + values.map { "\($0 * exp(shift))" }.joined(separator: ", ") + "]"
        }
        let text = try LoadedCard("cms-like").text
            .replacing(
                "values: [1.005, 1.004, 1.002, 1.000]}",
                with: "values: \(scaled([1.005, 1.004, 1.002, 1], shifts.charm))}"
            )
            .replacing(
                "values: [0.995, 0.997, 0.999, 1.000]}",
                with: "values: \(scaled([0.995, 0.997, 0.999, 1], shifts.bottom))}")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try LoadedCard(path).card
    }

    private static let binning = Result { try BalanceBinning("coarse") }

    private static func sample(
        _ role: SampleRole, of card: DetectorCard? = nil, events: Int = 2_000_000, threads: Int = 2,
        hidesCharm: Bool = false
    ) throws -> FlavourSample {
        let (truth, own, tagger) = (
            try SmallTagger.truth.get(), try SmallTagger.card.get(), try SmallTagger.tagger.get()
        )
        let detector: Detector = card.map { .ofData($0, other: nil) } ?? .ofSimulation(own, data: nil)
        let source = SimulatedSource(
            truth: truth, detector: detector, role: role, seed: 3,
            plan: try EventPlan(events: events, truth: truth, detector: own, role: role), threads: threads,
            tagger: tagger)
        let correction = JetCorrection(scale: nil, residual: nil)
        let empty = FlavourSums(
            binning: try binning.get(), selection: .standard, slices: source.sliceWeights.count)
        let sums = try source.reduce(empty) { block, sums in
            correction.apply(to: block)
            if hidesCharm {
                for jet in 0..<block.capacity * ReconstructedBlock.jetCount where block.flavour[jet] == 4 {
                    block.flavour[jet] = 1
                }
            }
            sums.add(block)
        }
        return FlavourSample(sums, weights: source.sliceWeights)
    }

    private static let simulation = Result { try sample(.simulation) }
    private static let response = Result {
        try FlavourResponse(
            data: try sample(.pseudoData, of: try card()), simulation: try simulation.get(), knowsTruth: true)
    }

    @Test func differencesAreFoundWhereTheyAre() throws {
        let response = try Self.response.get()
        let fit = try #require(response.average)
        let probability = try #require(fit.probability)
        print(
            "κ_b \(fit.value(.bottom)) ± \(fit.uncertainty(.bottom)), κ_c \(fit.value(.charm)) ± \(fit.uncertainty(.charm)), p \(probability)"
        )
        #expect(probability > 0.001)
        let pts = 0..<response.binning.ptAverage.count
        for (kind, shift) in [(JetKind.bottom, Self.shifts.bottom), (.charm, Self.shifts.charm)] {
            let truth = try #require(response.truth(kind, pts: pts))
            #expect(abs(truth.value - shift) < 0.004 + 4 * truth.uncertainty, "\(kind): \(truth)")
            let (value, uncertainty) = (fit.value(kind), fit.uncertainty(kind))
            #expect(uncertainty < 0.02 && abs(value - shift) < 3.5 * uncertainty, "\(kind): \(value) ± \(uncertainty)")
            #expect(abs(value) > 3 * uncertainty)
        }
        #expect(fit.value(.light) == 0 && fit.uncertainty(.light) == 0)
    }

    @Test func equalResponsesShowNoDifference() throws {
        let response = try FlavourResponse(
            data: try Self.sample(.closureSimulation), simulation: try Self.simulation.get(), knowsTruth: false)
        let fit = try #require(response.average)
        for kind in [JetKind.bottom, .charm] {
            #expect(abs(fit.value(kind)) < 3.5 * fit.uncertainty(kind))
            #expect(response.truth(kind, pts: 0..<1) == nil)
        }
        #expect(try #require(fit.probability) > 0.001)
    }

    @Test func compositionIsThatOfTheJetsAndTagsEnrichIt() throws {
        let response = try Self.response.get()
        let central = response.binning.referenceBins[0]
        let all = try #require(response.composition(eta: central, pt: 1))
        let tagged = try #require(response.composition(eta: central, pt: 1, scores: FlavourResponse.taggedScores))
        #expect(abs(all.reduce(0, +) - 1) < 1e-12 && abs(tagged.reduce(0, +) - 1) < 1e-12)
        // A few per cent of b jets become most of them.
        #expect((0.02..<0.08).contains(all[0]) && tagged[0] > 10 * all[0] && tagged[2] < 0.3)
    }

    /// κ, weighted with differences of composition, is what a mean response of all jets moves by: constants go the other way.
    @Test func theShiftOfConstantsIsTheOneOfTheMeanResponse() throws {
        let response = try Self.response.get()
        let fit = try #require(response.fits[1])
        var reference = [0.0, 0, 0]
        for eta in response.binning.referenceBins {
            reference = zip(reference, response.simulation.jets(eta: eta, pt: 1)).map(+)
        }
        let total = reference.reduce(0, +)
        for eta in 0..<response.binning.eta.count {
            guard let own = response.composition(eta: eta, pt: 1) else { continue }
            func mean(_ shares: [Double]) -> Double {
                1 + shares[0] * expm1(fit.bottom) + shares[1] * expm1(fit.charm)
            }
            let expected = -log(mean(own) / mean(reference.map { $0 / total }))
            let shift = try #require(response.shift(eta: eta, pt: 1))
            #expect(abs(shift.value - expected) < 0.1 * abs(expected) + 2e-4 && shift.uncertainty >= 0)
        }
    }

    @Test func whatNoScoreTellsIsNotDetermined() throws {
        let sample = try Self.sample(.simulation, events: 200_000, hidesCharm: true)
        #expect(sample.jets(eta: sample.binning.referenceBins[0], pt: 1)[JetKind.charm.rawValue] == 0)
        let response = try FlavourResponse(data: sample, simulation: sample, knowsTruth: true)
        #expect(response.average == nil && response.fits.allSatisfy { $0 == nil })
        let whole = try Self.sample(.simulation, events: 200_000)
        #expect(try FlavourResponse(data: whole, simulation: whole, knowsTruth: true).average != nil)
    }

    @Test func sumsDependOnNoThreads() throws {
        let one = try Self.sample(.simulation, events: 50_000, threads: 1)
        #expect(try Self.sample(.simulation, events: 50_000, threads: 3).sums == one.sums)
    }

    @Test func fewDijetsSayNothing() throws {
        let few = try Self.sample(.simulation, events: 3_000)
        let response = try FlavourResponse(data: few, simulation: few, knowsTruth: true)
        #expect(response.average == nil && response.fits.allSatisfy { $0 == nil })
        #expect(response.shift(eta: 0, pt: 0) == nil && response.balance(score: 1, pt: 0) == nil)
    }
}
