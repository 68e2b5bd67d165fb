import CardFiles
import DijetGeneration
import Testing
import TruthValidation

/// Where one slice of the generation ends and the next begins nothing may be seen.
struct SliceStepTests {
    /// The summed pT spectrum of the leading jet at the edges of the standard slices: a polynomial through nine bins, with and
    /// without a step, of 0.5 to 0.9 %.
    @Test func standardSlicesHaveNoSteps() throws {
        // Two slices below the standard ones: the spectrum bends where p̂T begins.
        let process = try HardProcess(
            density: .builtIn, sqrtS: 13000, edges: [8, 11] + HardProcess.standardEdges(sqrtS: 13000))
        let truth = try QCDDijets(process, radiation: RadiationTune.builtIn.model, threads: 2)
        let observables = try TruthObservables(events: truth.slices.map { _ in 600_000 }, threads: 2) {
            truth.fill($0, slice: $1, first: $2, count: $3, replicas: 1, role: .simulation, seed: 17)
        }
        let observed = ObservedTruth(
            slices: truth.slices, crossSectionUncertainties: truth.crossSections.map(\.uncertainty),
            observables: observables)
        let steps = try TruthComparison(model: observed, reference: observed).judged.filter { $0.quantity == .step }
        #expect(steps.count == 14)
        for step in steps {
            let estimate = try #require(step.model)
            print("step at \(step.bin?.lowerBound ?? 0) GeV: \(estimate.value) +- \(estimate.uncertainty)")
            #expect(estimate.uncertainty < 0.01)
            #expect(abs(estimate.value) < 3.3 * estimate.uncertainty, "\(step)")
        }
    }
}
