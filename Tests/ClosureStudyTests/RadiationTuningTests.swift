import CardFiles
import ClosureStudy
import DijetGeneration
import Foundation
import Testing
import TruthValidation

/// The generator's own events as the reference: the parameters that they were made with have to come back.
struct RadiationTuningTests {
    private static let truth = Result {
        try QCDDijets(
            HardProcess(density: .builtIn, sqrtS: 13000, edges: [60, 120, 250]), radiation: RadiationTune.builtIn.model)
    }

    /// Another seed than that of the fit's events.
    private static func reference(_ model: RadiationModel, events: Int) throws -> ObservedTruth {
        let truth = try truth.get().radiating(model)
        let observables = try TruthObservables(events: [events, events], threads: 2) { block, slice, first, count in
            truth.fill(block, slice: slice, first: first, count: count, replicas: 1, role: .simulation, seed: 91)
        }
        return ObservedTruth(
            slices: truth.slices, crossSectionUncertainties: truth.crossSections.map(\.uncertainty),
            observables: observables)
    }

    private static func tuning(_ reference: ObservedTruth) throws -> RadiationTuning {
        var tuning = RadiationTuning(try truth.get(), to: reference, seed: 5, threads: 2)
        tuning.free = [.softRecoil, .finalRate]
        tuning.eventsPerSlice = 60_000
        tuning.iterations = 12
        // Uncertainties are those of residuals as they are.
        tuning.distance.summaryEmphasis = 1
        tuning.distance.spectrumEmphasis = 1
        tuning.distance.cutEmphasis = 1
        tuning.distance.asymmetryEmphasis = 1
        return tuning
    }

    @Test func parametersAreFoundBack() throws {
        var model = RadiationTune.builtIn.model
        model[.softRecoil] *= 1.3
        model[.finalRate] *= 0.85
        let tuning = try Self.tuning(Self.reference(model, events: 60_000))
        #expect(tuning.isDetermined)
        var trials = 0
        let result = try tuning.run { trials += 1 }
        #expect(trials >= 4 && result.fit.evaluations >= trials - 1)
        #expect(result.fit.chiSquared < 0.5 * result.fit.initialChiSquared)
        for (parameter, uncertainty) in zip(tuning.free, result.uncertainties) {
            let (found, made) = (result.model[parameter], model[parameter])
            #expect(uncertainty > 0 && uncertainty < 0.1 * made, "\(parameter.rawValue) +- \(uncertainty)")
            #expect(abs(found - made) < 4 * uncertainty, "\(parameter.rawValue): \(found) +- \(uncertainty), \(made)")
        }
        // The others stay as they were.
        for parameter in RadiationParameter.allCases where !tuning.free.contains(parameter) {
            #expect(result.model[parameter] == model[parameter])
        }
    }

    @Test func aFewEventsDetermineNothing() throws {
        var tuning = try Self.tuning(Self.reference(RadiationTune.builtIn.model, events: 3))
        tuning.free = RadiationParameter.allCases
        #expect(!tuning.isDetermined)
    }
}
