import Balance
import Binning
import JetPhysics
import Testing

/// Tagged dijets by hand.
struct FlavourSumsTests {
    private struct Event {
        var id: UInt64 = 0
        var slice = 0
        var weight = 1.0
        var pt: (Double, Double)
        var eta: (Double, Double)
        var score: (Int32, Int32)
        var flavour: (Int32, Int32) = (1, 1)
    }

    private let binning: BalanceBinning
    private let weights = [2.0, 0.5]

    init() throws {
        binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -0.5, 0.5, 2]), ptAverage: try Axis(edges: [50, 100, 200]),
            referenceAbsEtaMaximum: 0.5, quotedPtMinimum: 50)
    }

    private func sample(_ events: [Event]) -> FlavourSample {
        let block = ReconstructedBlock(capacity: max(events.count, 1))
        let tags = JetTags(capacity: block.capacity)
        block.tags = tags
        block.count = events.count
        for (row, event) in events.enumerated() {
            block.event[row] = event.id
            block.slice[row] = Int32(event.slice)
            block.relativeWeight[row] = event.weight
            let jets = [
                (event.pt.0, event.eta.0, 0, event.score.0, event.flavour.0),
                (event.pt.1, event.eta.1, 3.1, event.score.1, event.flavour.1), (0, 0, 0, -1, 0),
            ]
            for (jet, (pt, eta, phi, score, flavour)) in jets.enumerated() {
                let position = jet * block.capacity + row
                (block.pt[position], block.basePt[position], block.truePt[position]) = (pt, pt, 0.5 * pt)
                (block.detectorEta[position], block.phi[position]) = (eta, phi)
                (tags.score[position], block.flavour[position]) = (score, flavour)
            }
        }
        var sums = FlavourSums(binning: binning, selection: .standard, slices: 2)
        sums.add(block)
        return FlavourSample(sums, weights: weights)
    }

    @Test func theJetBesideTheReferenceIsTheProbe() throws {
        // Harder and softer probes, on both sides.
        let sample = sample([
            Event(pt: (90, 80), eta: (1, 0.1), score: (5, 1), flavour: (5, -4)),
            Event(slice: 1, weight: 2, pt: (90, 70), eta: (0.2, 1.5), score: (1, 5), flavour: (2, -5)),
            Event(pt: (150, 130), eta: (-1, -0.1), score: (2, 3), flavour: (21, 4)),
        ])
        let cell = sample.cell(eta: 2, pt: 0, score: 5)
        let (one, other) = (10.0 / 85, -20.0 / 80)
        // What the events stand for: 2 · 1 and 0.5 · 2.
        let mean = (2 * one + other) / 3
        let variance = (4 * (one - mean) * (one - mean) + (other - mean) * (other - mean)) / 9
        let balance = try #require(cell.balance)
        #expect(abs(balance.value - mean) < 1e-8 && abs(balance.variance / variance - 1) < 1e-6)
        #expect(abs(balance.effective - 9.0 / 5) < 1e-6)
        #expect(cell.probe == [3, 0, 0] && cell.reference == [0, 2, 1])
        #expect(sample.cell(eta: 0, pt: 1, score: 2).probe == [0, 0, 2])
        // Each responds with 2: there is no width.
        #expect(sample.response(.bottom, eta: 2, pt: 0) == nil)
    }

    @Test func ofTwoCentralJetsTheOneOfHigherScoreIsTheProbe() {
        for (scores, id, expected) in [((1, 4), 0, 4), ((4, 1), 1, 4), ((-1, 1), 0, 1)]
            as [((Int32, Int32), UInt64, Int)]
        {
            let sample = sample([Event(id: id, pt: (90, 80), eta: (0.1, -0.1), score: scores)])
            #expect(sample.cell(eta: 1, pt: 0, score: expected).probe == [0, 0, 2])
        }
        // Of equal ones by the event's number: the balance has either sign.
        let signs = [0, 1].map { id in
            sample([Event(id: id, pt: (90, 80), eta: (0.1, -0.1), score: (2, 2), flavour: (5, 1))])
                .cell(eta: 1, pt: 0, score: 2).probe
        }
        #expect(signs == [[2, 0, 0], [0, 0, 2]])
    }

    @Test func compositionCountsBothJetsOfAllDijets() {
        let sample = sample([
            Event(pt: (90, 80), eta: (1, 1.2), score: (5, 2), flavour: (5, -5)),
            Event(pt: (90, 80), eta: (-1, 1.2), score: (-1, 2), flavour: (4, 0)),
        ])
        #expect(sample.cell(eta: 2, pt: 0, score: 2).probe == [0, 0, 0])
        #expect(sample.jets(eta: 2, pt: 0) == [4, 0, 2] && sample.jets(eta: 0, pt: 0) == [0, 2, 0])
        #expect(sample.jets(eta: 2, pt: 0, scores: 5..<6) == [2, 0, 0])
    }

    @Test func partsAddUp() {
        let events = (0..<40).map { number in
            let share = Double(number % 7) / 7
            return Event(
                id: UInt64(number), slice: number % 2, weight: 1 + share, pt: (100 + 40 * share, 90 - 20 * share),
                eta: (1.8 * share - 0.9, 0.9 - 1.8 * share), score: (Int32(1 + number % 5), Int32(1 + number % 3)),
                flavour: (Int32(number % 6), 21))
        }
        let whole = sample(events).sums
        for cut in [0, 13, 40] {
            var merged = sample(Array(events[cut...])).sums
            merged.merge(sample(Array(events[..<cut])).sums)
            #expect(merged == whole)
        }
    }
}
