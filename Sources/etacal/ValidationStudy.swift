import CalibrationFiles
import CardFiles
import ClosureStudy
import DijetGeneration
import EventFiles
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
    let referenceName: String
    /// What was fitted, when it was.
    let tuned: RadiationTuning.Result?
    private let seed: UInt64
    private let generator: GeneratorConfiguration
    private let inputs: [Provenance.Input]

    /// GeV.
    private static let sqrtS = 13000.0

    init(
        against path: String, crossSections: String?, events: Int, seed: UInt64, threads: Int,
        generator: GeneratorConfiguration, isTuned: Bool, meter: ProgressMeter
    ) throws {
        try requireFile(path, again: true)
        let sections = crossSections ?? TruthSampleFile.crossSectionPath(for: path)
        guard FileManager.default.fileExists(atPath: sections) else {
            throw FileError(
                .unreadable, sections, "there is no such file of cross-sections",
                "name the one of \(path) with --truth-xsec")
        }
        let table = try TruthTable(path, crossSections: sections)
        var generator = generator
        generator.edges = try Self.edges(of: table, sections)
        self.generator = generator
        var truth = try generator.truth(threads: threads)
        self.events = table.slices.map { _ in events }
        self.seed = seed
        referenceName = URL(fileURLWithPath: path).lastPathComponent
        inputs = [
            Provenance.Input(
                name: referenceName, sha256: try sha256(ofFile: path), events: table.counts.reduce(0, +)),
            Provenance.Input(
                name: URL(fileURLWithPath: sections).lastPathComponent, sha256: try sha256(ofFile: sections),
                events: nil),
        ]
        let observed = try TruthObservables(events: table.counts, threads: threads) { block, slice, first, count in
            table.fill(block, slice: slice, first: first, count: count)
        }
        let reference = ObservedTruth(
            slices: table.slices, crossSectionUncertainties: table.crossSectionUncertainties, observables: observed)
        if isTuned {
            let tuning = RadiationTuning(truth, to: reference, seed: seed, threads: threads)
            guard tuning.isDetermined else {
                throw FileError(
                    .malformed, path, "too few events to fit \(tuning.free.count) parameters to", "give a larger sample"
                )
            }
            meter.begin("tuning", expected: tuning.expectedTrials)
            let result = try tuning.run { meter.add(1) }
            truth = truth.radiating(result.model)
            tuned = result
        } else {
            tuned = nil
        }
        let tunedTruth = truth
        meter.begin("built-in truth", expected: events * table.slices.count)
        let generated = try TruthObservables(
            events: self.events, threads: threads, progress: { meter.add($0) }
        ) { block, slice, first, count in
            tunedTruth.fill(
                block, slice: slice, first: first, count: count, replicas: 1, role: .simulation, seed: seed)
        }
        comparison = try TruthComparison(
            model: ObservedTruth(
                slices: truth.slices, crossSectionUncertainties: truth.crossSections.map(\.uncertainty),
                observables: generated),
            reference: reference)
    }

    /// The edges of slices that adjoin, below the kinematic limit.
    private static func edges(of table: TruthTable, _ path: String) throws -> [Double] {
        for (below, above) in zip(table.slices, table.slices.dropFirst()) where below.pHatMaximum != above.pHatMinimum {
            throw FileError(
                .malformed, path, "there is a gap between \(below.pHatMaximum) and \(above.pHatMinimum) GeV",
                "give slices that adjoin")
        }
        let edges = table.slices.prefix(1).map(\.pHatMinimum) + table.slices.map(\.pHatMaximum)
        guard let last = edges.last, last < sqrtS / 2 else {
            throw FileError(
                .malformed, path, "the slices reach to \(edges.last ?? 0) GeV",
                "give slices below half of \(Int(sqrtS)) GeV, the energy of the built-in truth")
        }
        return edges
    }

    var title: String { "built-in truth against \(referenceName), \(events[0]) events a slice, seed \(seed)" }

    var json: String {
        let lines = ["validate truth, \(events[0]) events a slice" + (tuned == nil ? "" : ", tuned to the reference")]
        let configuration = (lines + generator.yamlLines).joined(separator: "\n") + "\n"
        return ValidationJSON.text(
            comparison, events: events,
            provenance: Provenance(
                version: Etacal.version, seed: seed, configuration: configuration,
                configurationSHA256: sha256(Data(configuration.utf8)), inputs: inputs))
    }

    func writeFigures(to directory: String) throws -> FigureWriter.Outcome {
        let folder = "\(directory)/figures"
        try makeDirectory(folder)
        let label = FigureLabel(
            sample: "built-in truth (line) against \(referenceName) (points) · √s = 13 TeV",
            selection:
                "jets: pT > 8 GeV, |η| < 5.2 · cuts: Δφ > 2.5, α < 0.3 · \(events[0]) events a slice, seed \(seed)")
        return try FigureWriter.write(ValidationFigures(comparison, label: label).all, to: folder)
    }
}
