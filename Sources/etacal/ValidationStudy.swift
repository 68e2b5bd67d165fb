import CalibrationFiles
import ClosureStudy
import DijetGeneration
import FileAccess
import Foundation
import JetPhysics
import Reporting
import TruthValidation

/// The built-in truth and a sample of another generator, observed alike.
struct ValidationStudy {
    let comparison: TruthComparison
    /// Generated events of each slice.
    let events: [Int]
    let sample: ValidationSample
    /// What was fitted, when it was.
    let tuned: RadiationTuning.Result?
    private let seed: UInt64

    /// - Parameter passes: goes through the generated events, in one round.
    /// - Throws: `IncompleteRound` when `passes` makes a part of the sums.
    init(
        _ sample: ValidationSample, events: Int, seed: UInt64, threads: Int, isTuned: Bool, passes: PassLedger,
        expected: Int, meter: ProgressMeter
    ) throws {
        self.sample = sample
        self.seed = seed
        let perSlice = Array(repeating: events, count: sample.slices)
        self.events = perSlice
        var truth = try sample.generator.truth(threads: threads)
        var reference: ObservedTruth?
        if isTuned {
            let observed = try sample.observed(threads: threads)
            let tuning = RadiationTuning(truth, to: observed, seed: seed, threads: threads)
            guard tuning.isDetermined else {
                throw FileError(
                    .malformed, sample.path, "too few events to fit \(tuning.free.count) parameters to",
                    "give a larger sample")
            }
            meter.begin("tuning", expected: tuning.expectedTrials)
            let result = try tuning.run { meter.add(1) }
            truth = truth.radiating(result.model)
            tuned = result
            reference = observed
        } else {
            tuned = nil
        }
        let generator = truth
        meter.begin("built-in truth", expected: expected)
        let sums = try passes.sums(
            "built-in-truth", pieces: TruthObservables.pieces(of: perSlice),
            from: TruthObservables(slices: perSlice.count)
        ) { pieces in
            try TruthObservables(
                events: perSlice, pieces: pieces, threads: threads, progress: { meter.add($0) }
            ) { block, slice, first, count in
                generator.fill(
                    block, slice: slice, first: first, count: count, replicas: 1, role: .simulation, seed: seed)
            }
        }
        comparison = try TruthComparison(
            model: ObservedTruth(
                slices: truth.slices, crossSectionUncertainties: truth.crossSections.map(\.uncertainty),
                observables: try sums.complete()),
            reference: try reference ?? sample.observed(threads: threads))
    }

    /// What decides the numbers, but for the seed and the files.
    static func configuration(_ sample: ValidationSample, events: Int, isTuned: Bool) -> String {
        let head = "validate truth, \(events) events a slice" + (isTuned ? ", tuned to the reference" : "")
        return ([head] + sample.generator.yamlLines).joined(separator: "\n") + "\n"
    }

    var title: String { "built-in truth against \(sample.name), \(events[0]) events a slice, seed \(seed)" }

    var json: String {
        let configuration = Self.configuration(sample, events: events[0], isTuned: tuned != nil)
        return ValidationJSON.text(
            comparison, events: events,
            provenance: Provenance(
                version: Etacal.version, seed: seed, configuration: configuration,
                configurationSHA256: sha256(Data(configuration.utf8)), inputs: sample.inputs))
    }

    func writeFigures(to directory: String) throws -> FigureWriter.Outcome {
        let folder = "\(directory)/figures"
        try makeDirectory(folder)
        let label = FigureLabel(
            sample: "built-in truth (line) against \(sample.name) (points) · √s = 13 TeV",
            selection:
                "jets: pT > 8 GeV, |η| < 5.2 · cuts: Δφ > 2.5, α < 0.3 · \(events[0]) events a slice, seed \(seed)")
        return try FigureWriter.write(ValidationFigures(comparison, label: label).all, to: folder)
    }
}
