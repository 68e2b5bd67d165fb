import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import FlavourTagging
import Foundation
import JetPhysics
import Testing

struct TagWeightTests {
    /// Larger than in any experiment, and up and down where others have it the other way round.
    private static func factors() throws -> ScaleFactors {
        func table(_ edges: [Double], _ factors: [[Double]], _ widths: [[Double]]) throws -> ScaleFactors.Table {
            try ScaleFactors.Table(pt: try Axis(edges: edges), factors: factors, uncertainties: widths)
        }
        return ScaleFactors([
            .bottom: try table(
                [20, 50, 200], [[1.3, 1.1, 1.0, 0.9, 0.85], [1.1, 1.05, 1, 1, 0.95]],
                [[-0.2, -0.1, 0, 0.1, 0.15], [0.1, 0.1, 0.1, 0.1, 0.1]]),
            .charm: try table([25, 100], [[0.9, 1, 1.1, 1.2, 1.3]], [[0.05, 0.1, -0.1, 0.2, -0.3]]),
            .light: try table(
                [20, 80, 300], [[1, 1.2, 1.3, 1.5, 2], [0.99, 1, 1.1, 1.6, 2.5]],
                [
                    [-0.01, 0.1, 0.2, 0.3, 0.5], [0, 0.2, 0.2, 0.4, 0.9],
                ]),
        ])
    }

    /// Σω of tagged events by pT and |η| of the leading jet, and by kind, pT and score of all jets.
    private struct Spectra: MergeableSums {
        var pt = [Double](repeating: 0, count: 5)
        var absEta = [Double](repeating: 0, count: 5)
        var scores = [Double](repeating: 0, count: 3 * 12 * 5)

        mutating func add(_ block: ReconstructedBlock) {
            guard let tags = block.tags else { return }
            let edges = [30.0, 60, 120, 300]
            for row in 0..<block.count {
                let weight = block.relativeWeight[row]
                pt[edges.count { $0 <= block.pt[row] }] += weight
                absEta[min(4, Int(abs(block.eta[row])))] += weight
                for jet in 0..<ReconstructedBlock.jetCount {
                    let position = jet * block.capacity + row
                    guard block.truePt[position] > 0, tags.score[position] > 0 else { continue }
                    let kind = JetKind(flavour: block.flavour[position]).rawValue
                    let bin = max(0, ScoreSums.pt.index(of: block.pt[position]))
                    scores[(kind * 12 + bin) * 5 + Int(tags.score[position]) - 1] += weight
                }
            }
        }

        mutating func merge(_ other: Spectra) {
            for index in pt.indices { pt[index] += other.pt[index] }
            for index in absEta.indices { absEta[index] += other.absEta[index] }
            for index in scores.indices { scores[index] += other.scores[index] }
        }
    }

    private static let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/examples/tag-weights.yaml").path

    /// As many events as 'tags train' takes: the weights' means are known as well as the shares of scores.
    private static let tagger = Result { try SmallTagger.trained(events: 2_000_000, threads: 2) }

    /// Those without weights, and with each variation of some factors, of the same events.
    private struct Variations: MergeableSums {
        let weights: [TagWeights?]
        var spectra: [Spectra]

        mutating func add(_ block: ReconstructedBlock) {
            let plain = (0..<block.count).map { block.relativeWeight[$0] }
            for (index, weights) in weights.enumerated() {
                weights?.apply(to: block)
                spectra[index].add(block)
                for row in 0..<block.count { block.relativeWeight[row] = plain[row] }
            }
        }

        mutating func merge(_ other: Variations) {
            for index in spectra.indices { spectra[index].merge(other.spectra[index]) }
        }
    }

    private struct Study {
        let plain: Spectra
        let varied: [(variation: ScaleFactorVariation, spectra: Spectra)]

        func spectra(_ variation: ScaleFactorVariation) throws -> Spectra {
            try #require(varied.first { $0.variation == variation }).spectra
        }
    }

    private static func study(_ factors: ScaleFactors) throws -> Study {
        let (tagger, all) = (try tagger.get(), ScaleFactorVariation.all)
        let weights = [nil] + all.map { TagWeights(factors, tagger: tagger, variation: $0) }
        let sums = try SmallTagger.source(.closureSimulation, events: 1_500_000, tagger: tagger).reduce(
            Variations(weights: weights, spectra: weights.map { _ in Spectra() })
        ) { $1.add($0) }
        return Study(plain: sums.spectra[0], varied: Array(zip(all, sums.spectra.dropFirst())))
    }

    @Test func theTotalAndWhatIsNotTaggedStay() throws {
        let study = try Self.study(try ScaleFactors(file: Self.example))
        let plain = study.plain
        for (variation, weighted) in study.varied {
            let total = weighted.pt.reduce(0, +) / plain.pt.reduce(0, +)
            #expect(abs(total - 1) < 0.001, "\(variation): \(total)")
            for (one, other) in zip(weighted.pt + weighted.absEta, plain.pt + plain.absEta) where other > 1e5 {
                #expect(abs(one / other - 1) < 0.001, "\(variation): \(one / other) of \(other)")
            }
        }
    }

    @Test func scoresBecomeThoseOfDataAndVariationsBracketThem() throws {
        let study = try Self.study(try Self.factors())
        let (plain, nominal) = (study.plain, try study.spectra(.nominal))
        // Of b jets at 60 to 85 GeV: in proportion to factors times shares.
        let place = (JetKind.bottom.rawValue * 12 + 4) * 5
        let factors = [1.1, 1.05, 1, 1, 0.95]
        let expected = (0..<5).map { plain.scores[place + $0] * factors[$0] }
        let all = (expected.reduce(0, +), nominal.scores[place..<place + 5].reduce(0, +))
        for score in 0..<5 {
            let ratio = nominal.scores[place + score] / all.1 / (expected[score] / all.0)
            // Other jets of these events have weights, too, that scatter by a fifth.
            let scatter = 0.2 / plain.scores[place + score].squareRoot()
            #expect(abs(ratio - 1) < 3.5 * scatter, "score \(score + 1): \(ratio) ± \(scatter)")
        }
        for kind in JetKind.allCases {
            let (up, down) = (try study.spectra(.up(kind)), try study.spectra(.down(kind)))
            let range = kind.rawValue * 60..<(kind.rawValue + 1) * 60
            var moved = 0
            for index in range where nominal.scores[index] > 0 {
                let (low, high) = (min(up.scores[index], down.scores[index]), max(up.scores[index], down.scores[index]))
                // Products of jets of one event bend what each jet alone brackets.
                let slack = 2e-4 * nominal.scores[index]
                #expect(
                    low <= nominal.scores[index] + slack && nominal.scores[index] <= high + slack, "\(kind) \(index)")
                moved += high > 1.001 * low ? 1 : 0
            }
            #expect(moved > 20)
        }
    }

    @Test func weightsOfEachJetAreBracketedAndHaveTheMeanOne() throws {
        let (tagger, factors) = (try SmallTagger.tagger.get(), try Self.factors())
        let nominal = TagWeights(factors, tagger: tagger)
        for flavour in JetFlavour.allCases {
            let (up, down) = (
                TagWeights(factors, tagger: tagger, variation: .up(flavour.kind)),
                TagWeights(factors, tagger: tagger, variation: .down(flavour.kind))
            )
            for pt in [12.0, 25, 49, 50, 70, 100, 150, 240, 900, 6000] {
                for eta in [-2.4, -0.3, 1.2, 2.1] {
                    for weights in [nominal, up, down] {
                        let efficiencies = tagger.efficiencies
                        let shares = efficiencies.shares(
                            flavour, ptBin: efficiencies.pt.nearestIndex(of: pt),
                            absEtaBin: efficiencies.absEta.nearestIndex(of: abs(eta)))
                        let mean = zip(1..., shares).map {
                            $1 * weights.weight(flavour, pt: pt, eta: eta, score: $0)
                        }.reduce(0, +)
                        #expect(abs(mean - 1) < 1e-12)
                    }
                    for score in 1...5 {
                        let values = [nominal, up, down].map { $0.weight(flavour, pt: pt, eta: eta, score: score) }
                        #expect((values[1] - values[0]) * (values[2] - values[0]) <= 0 && values[0] > 0)
                    }
                    #expect(up.weight(flavour, pt: pt, eta: eta, score: -1) == 1)
                }
            }
        }
    }

    @Test func aSourceWeightsItsEvents() throws {
        let tagger = try SmallTagger.tagger.get()
        let weights = TagWeights(try Self.factors(), tagger: tagger)
        func sums(_ source: SimulatedSource, _ weights: TagWeights?) throws -> Spectra {
            try source.reduce(Spectra()) { block, sums in
                weights?.apply(to: block)
                sums.add(block)
            }
        }
        let plain = try SmallTagger.source(.simulation, events: 20_000, threads: 1, tagger: tagger)
        let weighted = try SmallTagger.source(
            .simulation, events: 20_000, threads: 1, tagger: tagger, tagWeights: weights)
        #expect(try sums(plain, weights).scores == sums(weighted, nil).scores)
        #expect(try sums(plain, nil).scores != sums(weighted, nil).scores)
    }

    @Test func factorsOfOneChangeNothing() throws {
        let tagger = try SmallTagger.tagger.get()
        let ones = [[Double]](repeating: [Double](repeating: 1, count: 5), count: 1)
        let table = try ScaleFactors.Table(
            pt: try Axis(edges: [20, 100]), factors: ones, uncertainties: [[0, 0, 0, 0, 0]])
        let weights = TagWeights(
            ScaleFactors([.bottom: table, .charm: table]), tagger: tagger, variation: .up(.bottom))
        for flavour in JetFlavour.allCases {
            for score in 1...5 { #expect(abs(weights.weight(flavour, pt: 60, eta: 1, score: score) - 1) < 1e-12) }
        }
    }

    @Test func theExampleIsReadAndMistakesAreNamed() throws {
        let text = try String(contentsOfFile: Self.example, encoding: .utf8)
        let factors = try ScaleFactors(file: Self.example)
        #expect(factors.tables.count == 3 && factors.tables[.bottom]?.factors[2] == [1.07, 1.02, 1, 0.99, 0.98])
        for (old, new, words) in [
            ("tag_weights/1", "tag_weight/1", ["schema"]), ("charm:", "strange:", ["strange", "unknown"]),
            ("[20, 80, 250]", "[20, 80]", ["charm.factors", "1 bins"]),
            ("[20, 80, 250]", "[20, 80, 60]", ["charm.pt_edges", "edge 2"]),
            ("1.05, 1.06]", "1.05]", ["charm.factors"]),
            ("0.99, 0.97]", "0.99, 0.05]", ["bottom.factors.0", "0.05", "0.1 to 10"]),
            ("0.99, 0.97]", "0.99, 11]", ["bottom.factors.0", "11.0"]),
            ("0.02, 0.03]", "0.02, -0.88]", ["bottom.uncertainties.0", "-0.88"]),
            ("0.02, 0.03]", "0.02, .nan]", ["not a number"]),
            ("[20, 80, 250]", "[-1e308, 80, 1e308]", ["charm.pt_edges", "1e6"]),
        ] {
            let changed = text.replacing(old, with: new, maxReplacements: 1)
            #expect(changed != text, "\(old)")
            let path = NSTemporaryDirectory() + "weights-\(UUID().uuidString).yaml"
            defer { try? FileManager.default.removeItem(atPath: path) }
            try changed.write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: (any Error).self) { _ = try ScaleFactors(file: path) }
            for word in words { #expect("\(error.map { "\($0)" } ?? "")".contains(word), "\(new): \(error as Any)") }
        }
    }
}
