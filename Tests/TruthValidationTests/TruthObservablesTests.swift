import Binning
import JetPhysics
import Testing
import TruthValidation

struct TruthObservablesTests {
    private static let back = Double.pi

    private static func filled(_ sums: TruthObservables, _ histogram: TruthHistogram) -> [Int] {
        sums.histogram(histogram, slice: 0).enumerated().filter { $0.element.weight != 0 }.map(\.offset)
    }

    /// A clean dijet, one with a hard third jet, one that is not back to back.
    @Test func cutsAreThoseOfTheDocumentation() throws {
        let sums = observables(of: [
            [ToyJet(pt: 100, eta: 0.5), ToyJet(pt: 90, eta: -2.5, phi: Self.back)],
            [ToyJet(pt: 100), ToyJet(pt: 90, phi: Self.back), ToyJet(pt: 28.6, eta: 1, phi: 2)],
            [ToyJet(pt: 100), ToyJet(pt: 90, phi: 2.4)],
            [ToyJet(pt: 100), ToyJet(pt: 90, phi: 2.4), ToyJet(pt: 40)],
        ])
        #expect(sums.dijets(slice: 0).weight == 4)
        #expect(sums.selected(slice: 0).weight == 1)
        #expect(sums.passing(.deltaPhi, gap: nil, slice: 0)?.value == 0.5)
        #expect(sums.passing(.alpha, gap: nil, slice: 0)?.value == 0.5)
        #expect(sums.passing(.both, gap: nil, slice: 0)?.value == 0.25)
        // Only the first has a gap of 2.5 to 3.5.
        #expect(sums.passing(.both, gap: 3, slice: 0)?.value == 1)
        #expect(sums.passing(.both, gap: 2, slice: 0) == nil)
        #expect(sums.passing(.both, gap: 0, slice: 0)?.value == 0)
    }

    @Test func softAndForwardJetsDoNotCount() {
        let sums = observables(of: [
            [ToyJet(pt: 100), ToyJet(pt: 7.9, phi: Self.back)],
            [ToyJet(pt: 100), ToyJet(pt: 90, eta: -5.3, phi: Self.back), ToyJet(pt: 8, eta: 2, phi: 2)],
            [ToyJet(pt: 100), ToyJet(pt: 90, phi: Self.back), ToyJet(pt: 7.99, eta: 4)],
            [],
        ])
        #expect(sums.events(slice: 0).weight == 4)
        #expect(sums.dijets(slice: 0).weight == 2)
        // In the second event the third jet takes the place of the one that is too far forward.
        #expect(
            Self.filled(sums, .pt2) == [TruthHistogram.pt2.axis.index(of: 8), TruthHistogram.pt2.axis.index(of: 90)])
        #expect(Self.filled(sums, .eta3) == [])
        // Without a third jet α is exactly 0.
        #expect(Self.filled(sums, .alpha) == [0])
    }

    @Test func quantitiesHaveTheirValues() throws {
        let sums = observables(of: [
            [ToyJet(pt: 110, eta: 1, phi: 3), ToyJet(pt: 90, eta: -0.5, phi: -0.2), ToyJet(pt: 20, eta: -2, phi: 1)]
        ])
        func bin(_ histogram: TruthHistogram, _ value: Double) {
            #expect(Self.filled(sums, histogram) == [histogram.axis.index(of: value)], "\(histogram)")
        }
        bin(.pt1, 110)
        bin(.pt2, 90)
        bin(.pt3, 20)
        bin(.eta1, 1)
        bin(.eta2, -0.5)
        bin(.eta3, -2)
        bin(.deltaEta, 1.5)
        // The short way round.
        bin(.deltaPhi, 2 * .pi - 3.2)
        bin(.alpha, 0.2)
        // m² = 2 · 110 · 90 (cosh 1.5 − cos 3.2)
        bin(.mass, 258.18)
        // The jet at the lower η less the other one.
        bin(.asymmetry, -0.2)
        bin(.selectedPt1, 110)
        bin(.selectedMass, 258.18)
        bin(.softRecoil, 0)
        #expect(Self.filled(sums, .invisible) == [])
    }

    @Test func flavoursAreClasses() throws {
        let flavours: [Int32] = [21, 5, -4, 2, 0, 3, -5, 4]
        let sums = observables(
            of: flavours.map { [ToyJet(pt: 50, eta: -3, flavour: $0), ToyJet(pt: 49, phi: Self.back, flavour: 21)] })
        let expected: [(FlavourClass, Double)] = [
            (.gluon, 0.125), (.bottom, 0.25), (.charm, 0.25), (.light, 0.25), (.unknown, 0.125),
        ]
        for (flavour, share) in expected {
            #expect(sums.flavour(flavour, jet: 0, slice: 0)?.value == share, "\(flavour)")
            #expect(sums.flavour(flavour, jet: 1, slice: 0)?.value == (flavour == .gluon ? 1 : 0), "\(flavour)")
        }
        let etaBin = TruthObservables.flavourEtaAxis.index(of: 3)
        let byEta = sums.flavoursByEta(.bottom, jet: 0, slice: 0).map(\.weight)
        #expect(byEta[etaBin] == 2 && byEta.reduce(0, +) == 2)
        let ptBin = TruthObservables.flavourPtAxis.index(of: 50)
        let byPt = sums.flavoursByPt(.charm, jet: 0, slice: 0).map(\.weight)
        #expect(byPt[ptBin] == 2 && byPt.reduce(0, +) == 2)
        #expect(sums.histogram(.invisible, slice: 0)[0].weight == 4)
    }

    @Test func weightsCount() throws {
        let sums = observables(
            of: [
                [ToyJet(pt: 50, eta: 1), ToyJet(pt: 49, phi: Self.back)],
                [ToyJet(pt: 50, eta: 3), ToyJet(pt: 49, phi: 1)],
            ], weights: [3, 1])
        #expect(sums.events(slice: 0).weight == 4)
        #expect(sums.events(slice: 0).squares == 10)
        let share = try #require(sums.passing(.both, gap: nil, slice: 0))
        #expect(share.value == 0.75)
        // [(1 − 2p) Σ_pass w² + p² Σ w²] / (Σw)² = (−0.5 · 9 + 0.5625 · 10) / 16, below the least of (10/16)².
        #expect(abs(share.uncertainty - 0.625) < 1e-12)
    }

    @Test func momentsAreThoseOfTheEvents() throws {
        let etas = [0.1, -0.7, 2.2, 1.4, -3.1, 0.6]
        let sums = observables(of: etas.map { [ToyJet(pt: 50, eta: $0), ToyJet(pt: 49, eta: 0.25, phi: Self.back)] })
        let moments = try #require(sums.moments(.eta1, slice: 0))
        let count = Double(etas.count)
        let mean = etas.reduce(0, +) / count
        func central(_ power: Int) -> Double {
            etas.map { eta in (0..<power).reduce(1.0) { product, _ in product * (eta - mean) } }.reduce(0, +) / count
        }
        #expect(abs(moments.mean.value - mean) < 1e-6)
        #expect(abs(moments.spread.value - central(2).squareRoot()) < 1e-5)
        let variance = (central(4) - central(2) * central(2)) / (4 * count * central(2))
        #expect(abs(moments.spread.uncertainty - variance.squareRoot()) < 1e-5)
        #expect(abs(moments.mean.uncertainty - (central(2) / count).squareRoot()) < 1e-5)
        // All the same: there is no spread to tell.
        #expect(sums.moments(.eta2, slice: 0) == nil)
        let gap = try #require(sums.moments(.deltaEta, slice: 0))
        #expect(abs(gap.mean.value - (mean - 0.25)) < 1e-6)
    }

    /// A central jet is the tag, the other the probe; two central jets are both.
    @Test func theAsymmetryIsThatOfTheProbe() throws {
        let sums = observables(of: [
            [ToyJet(pt: 110, eta: 3.1), ToyJet(pt: 90, phi: Self.back)],
            [ToyJet(pt: 110, eta: 0.5), ToyJet(pt: 90, eta: 3.1, phi: Self.back)],
            [ToyJet(pt: 105, eta: 3.1), ToyJet(pt: 95, phi: Self.back)],
            [ToyJet(pt: 110, eta: -0.9), ToyJet(pt: 90, eta: 0.9, phi: Self.back)],
            [ToyJet(pt: 120, eta: -0.9), ToyJet(pt: 80, eta: 0.9, phi: Self.back)],
            [ToyJet(pt: 110, eta: 3), ToyJet(pt: 90, eta: 3.1, phi: Self.back)],
        ])
        let truth = ObservedTruth(
            slices: [Slice(pHatMinimum: 60, pHatMaximum: 120, crossSection: 12)], crossSectionUncertainties: [0],
            observables: sums)
        let axis = TruthObservables.probeAxis
        func mean(_ eta: Double) -> SpreadMoments? { sums.probeMoments(bin: axis.index(of: eta), slice: 0) }
        let forward = try #require(mean(3.1))
        #expect(forward.effectiveEvents == 3)
        #expect(abs(forward.mean.value - 0.1 / 3) < 1e-6)
        // Deviations .1667, −.2333, .0667: √(Σ d²)/3.
        #expect(abs(forward.mean.uncertainty - 0.098131) < 1e-5)
        let same = try #require(MeanAsymmetry(truth, truth, bin: Int(3.1 / 0.4), slices: [0]))
        // Three events of a model say nothing.
        #expect(same.model == nil && same.events == forward.effectiveEvents)
        #expect(abs(try #require(mean(-0.9)).mean.value - 0.3) < 1e-6)
        #expect(abs(try #require(mean(0.9)).mean.value + 0.3) < 1e-6)
        // A single tag at η = 0 that probes a jet at 0.5.
        #expect(mean(0.5) == nil)
        #expect(truth.weight(slice: 0) == 2)
    }

    @Test(arguments: [1, 3, 8])
    func threadsDoNotMatter(threads: Int) throws {
        let toy = ToyTruth()
        #expect(try toy.observables(20_000, threads: threads) == toy.observables(20_000, threads: 2))
    }

    @Test func partsAddUp() throws {
        let toy = ToyTruth()
        func part(_ range: Range<Int>) throws -> TruthObservables {
            try TruthObservables(events: [range.count, range.count], threads: 2) { block, slice, first, count in
                toy.fill(block, slice: slice, first: range.lowerBound + first, count: count)
            }
        }
        var sum = try part(0..<3000)
        sum.merge(try part(3000..<10_000))
        #expect(sum == (try part(0..<10_000)))
        #expect(sum.events(slice: 1).weight == 10_000)
    }

    /// In pieces, by way of records, in any order; the last of a slice are smaller.
    @Test func recordsOfPiecesAddUp() throws {
        let toy = ToyTruth()
        let events = [10_000, 5000]
        func part(_ pieces: Range<Int>?) throws -> TruthObservables {
            try TruthObservables(events: events, pieces: pieces, threads: 2) { block, slice, first, count in
                toy.fill(block, slice: slice, first: first, count: count)
            }
        }
        let pieces = TruthObservables.pieces(of: events)
        #expect(pieces == 5)
        var sum = TruthObservables(slices: 2)
        for range in [3..<pieces, 0..<2, 2..<3] {
            var restored = TruthObservables(slices: 2)
            try restored.restore(part(range).record)
            #expect(try restored == part(range))
            sum.merge(restored)
        }
        #expect(try sum == part(nil))
        #expect(sum.events(slice: 0).weight == 10_000 && sum.events(slice: 1).weight == 5000)
        var other = TruthObservables(slices: 1)
        #expect(throws: SumsRecordError.self) { try other.restore(sum.record) }
    }

    /// Sums of squares of 2⁷³ quanta are more than 64 bits hold.
    @Test func sumsOfManyPartsDoNotOverflow() throws {
        let one = observables(
            of: [[ToyJet(pt: 50, eta: 1), ToyJet(pt: 49, phi: Self.back)]], weights: [900])
        var sum = one
        let doublings = 24
        for _ in 0..<doublings { sum.merge(sum) }
        let factor = Double(1 << doublings)
        #expect(sum.events(slice: 0).weight == 900 * factor)
        #expect(sum.events(slice: 0).squares == 810_000 * factor)
        #expect(sum.passing(.both, gap: nil, slice: 0)?.value == 1)
    }
}
