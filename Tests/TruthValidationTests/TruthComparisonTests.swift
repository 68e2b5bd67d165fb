import JetPhysics
import Testing
import TruthValidation

struct TruthComparisonTests {
    private static func failures(_ model: ToyTruth, _ reference: ToyTruth, events: Int = 20_000) throws -> Set<String> {
        let comparison = try TruthComparison(model: model.observed(events), reference: reference.observed(events))
        return Set(comparison.failed.map(\.quantity.key))
    }

    @Test func aTruthAgreesWithItself() throws {
        let toy = try ToyTruth().observed(20_000)
        let comparison = try TruthComparison(model: toy, reference: toy)
        #expect(comparison.passed)
        #expect(comparison.judged.count > 40)
        for criterion in comparison.judged where criterion.quantity != .step {
            #expect(criterion.distance?.value == 0 && criterion.verdict == .passed, "\(criterion)")
        }
        for histogram in TruthHistogram.allCases {
            #expect(comparison.shape(of: histogram, slice: 0)?.chiSquared ?? 0 == 0)
        }
    }

    /// With other random numbers differences are those of statistics: χ² of 0.5 to 1.6 an each degree of freedom for
    /// distributions of 30 bins or so (below 10⁻³ beyond that on either side).
    @Test func anotherSeedIsWithinStatistics() throws {
        var other = ToyTruth()
        other.seed = 2
        let comparison = try TruthComparison(model: ToyTruth().observed(50_000), reference: other.observed(50_000))
        #expect(comparison.passed, "\(comparison.failed)")
        for histogram in [TruthHistogram.eta1, .deltaEta, .asymmetry, .alpha] {
            let shape = try #require(comparison.shape(of: histogram, slice: 1))
            let ratio = shape.chiSquared / Double(shape.degreesOfFreedom)
            #expect(ratio > 0.5 && ratio < 1.6, "\(histogram): \(ratio)")
        }
    }

    @Test func eachDefectFailsItsCriterion() throws {
        let reference = ToyTruth()
        var model = reference
        model.seed = 2
        model.rates = [1, 1.02]
        #expect(try Self.failures(model, reference) == ["cross_section"])
        model.rates = [1, 0.999]
        #expect(try Self.failures(model, reference) == [])
        model.gluonShare = 0.55
        #expect(try Self.failures(model, reference) == ["gluon_fraction_jet1"])
        model.gluonShare = 0.5
        model.radiation = 0.1
        let found = try Self.failures(model, reference)
        #expect(found.isSuperset(of: ["passing_alpha", "passing_both_in_gap", "rms_asymmetry"]), "\(found)")
        #expect(found.isDisjoint(with: ["cross_section", "gluon_fraction_jet1"]), "\(found)")
    }

    /// The spectrum shows a slice that is a half too high, and the step at its edge.
    @Test func stepsAreFound() throws {
        let reference = ToyTruth(edges: [20, 60, 120])
        var model = reference
        model.seed = 2
        let smooth = try TruthComparison(model: model.observed(50_000), reference: reference.observed(50_000))
        func step(_ comparison: TruthComparison) throws -> Criterion {
            try #require(comparison.criteria.first { $0.quantity == .step })
        }
        let none = try step(smooth)
        #expect(none.bin == 60...60)
        #expect(none.verdict == .passed, "\(none)")
        model.rates = [1, 1.5]
        let high = try TruthComparison(model: model.observed(50_000), reference: reference.observed(50_000))
        let found = try step(high)
        #expect(found.verdict == .failed, "\(found)")
        let size = try #require(found.distance)
        // ln 1.5 within three standard deviations, and not in doubt.
        #expect(abs(size.value - 0.4055) < 3 * size.uncertainty)
        #expect(size.uncertainty < 0.07)
        #expect(high.failed.contains { $0.quantity == .spectrum })
    }

    @Test func slicesBelow30GeVAreShownOnly() throws {
        let reference = ToyTruth(edges: [15, 30, 60])
        var model = reference
        model.gluonShare = 0.8
        model.rates = [1.1, 1]
        let comparison = try TruthComparison(model: model.observed(5000), reference: reference.observed(5000))
        #expect(comparison.judgedSlices == [1])
        let judgedBelow = comparison.judged.filter { $0.slice == 0 }
        #expect(judgedBelow.map(\.quantity) == [.crossSection])
        #expect(judgedBelow.first?.verdict == .failed)
        let shown = try #require(comparison.criteria.first { $0.slice == 0 && $0.quantity == .flavour(.gluon, jet: 0) })
        #expect((shown.distance?.value ?? 0) > 0.2 && !shown.isJudged)
    }

    @Test func binsWithFewEventsAreShownOnly() throws {
        let few = try ToyTruth().observed(300)
        let comparison = try TruthComparison(model: ToyTruth().observed(20_000), reference: few)
        let gaps = comparison.criteria.filter { $0.quantity == .passingInGap(.both) && $0.slice == 0 }
        #expect(gaps.count == TruthObservables.gapAxis.count)
        for (bin, criterion) in gaps.enumerated() {
            let events = few.observables.total(gap: bin, nil, slice: 0).weight
            #expect(criterion.isJudged == (events >= 100), "\(events): \(criterion)")
        }
        #expect(gaps.contains { $0.isJudged } && gaps.contains { !$0.isJudged })
    }

    @Test func nothingToJudgeIsNoSuccess() throws {
        let empty = ObservedTruth(
            slices: ToyTruth().slices, crossSectionUncertainties: [0, 0], observables: TruthObservables(slices: 2))
        let comparison = try TruthComparison(model: ToyTruth().observed(100), reference: empty)
        // The cross-sections are given; without events nothing else is known.
        #expect(Set(comparison.judged.map(\.quantity)) == [.crossSection])
        #expect(!comparison.passed)
    }

    @Test func aModelWithoutEventsFails() throws {
        let empty = ObservedTruth(
            slices: ToyTruth().slices, crossSectionUncertainties: [0, 0], observables: TruthObservables(slices: 2))
        let comparison = try TruthComparison(model: empty, reference: ToyTruth().observed(5000))
        #expect(comparison.failed.count > 10 && !comparison.passed)
        #expect(comparison.failed.contains { $0.quantity == .meanAsymmetry })
    }
}
