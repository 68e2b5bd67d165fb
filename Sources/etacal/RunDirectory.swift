import CalibrationFiles
import CardFiles
import ClosureStudy
import DetectorModel
import FileAccess
import Foundation
import Reporting
import SumsFiles

/// What a closure run leaves behind.
struct RunDirectory {
    let run: RunConfiguration
    let truth: ClosureTruth
    let result: ClosureRun.Result
    let verdict: ClosureVerdict
    /// Largest number of times that one truth event is used.
    let reuse: Int

    private var provenance: Provenance {
        let text = truth.yaml(of: run)
        return Provenance(
            version: Etacal.version, seed: run.seed, configuration: text, configurationSHA256: sha256(Data(text.utf8)),
            inputs: truth.inputs)
    }

    /// Writes configuration, calibration and closure.
    func writeResults(to directory: String) throws {
        let provenance = provenance
        let derivation = result.derivation
        try writeText(provenance.configuration, to: "\(directory)/run.yaml")
        let text = CalibrationJSON.text(derivation.calibration, scale: derivation.scale, provenance: provenance)
        try writeText(text, to: "\(directory)/calibration.json")
        if let replicas = derivation.calibration.bootstrap {
            try ReplicasFile(replicas, calibration: sha256(Data(text.utf8))).write(into: "\(directory)/replicas.h5")
        }
        try writeText(
            ClosureJSON.text(
                result.test, resolution: result.resolution, verdict: verdict, tolerance: run.tolerance,
                provenance: provenance),
            to: "\(directory)/closure.json")
    }

    /// Draws the figures and writes the report that shows them.
    func writeFigures(to directory: String) throws -> FigureWriter.Outcome {
        let figures = RunFigures(
            card: run.detector.card, dataCard: run.dataDetector?.card, triggers: run.triggers,
            derivation: result.derivation, closure: result.test.truth, resolution: result.resolution,
            tolerance: run.tolerance, label: label
        ).all
        let folder = "\(directory)/figures"
        try makeDirectory(folder)
        let outcome = try FigureWriter.write(figures, to: folder)
        let report = report(
            figures.map {
                ReportFigure(name: $0.name, caption: $0.caption, svg: try? readText("\(folder)/\($0.name).svg"))
            })
        try writeText(report.html, to: "\(directory)/report.html")
        return outcome
    }

    /// What stands above each figure: what the sample is, and how it was selected.
    private var label: FigureLabel {
        let card = run.detector.card
        let names = [card.name] + (run.dataDetector.map { ["data from \($0.card.name)"] } ?? [])
        let number = run.events < 1_000_000 ? "\(run.events)" : String(format: "%g million", Double(run.events) / 1e6)
        let jets = card.jets.isEmpty ? [] : ["jets: \(card.jets)"]
        return FigureLabel(
            sample: (names + [truth.title, "\(number) events each for MC and data"])
                .joined(separator: " · "),
            selection: (jets + [FigureLabel.cuts(run.selection), "\(run.method.rawValue) method, seed \(run.seed)"])
                .joined(separator: " · "))
    }

    /// A configuration names its truth samples without their directories.
    private var command: String {
        let files = truth.files.map { " \($0.option) DIR/\(URL(fileURLWithPath: $0.path).lastPathComponent)" }
        return "etacal closure run.yaml\(files.joined()) -o again"
    }

    private func report(_ figures: [ReportFigure]) -> Report {
        let card = run.detector.card
        let detectors = (
            simulation: Detector(card, pseudoData: false),
            data: Detector.ofData(card, other: run.dataDetector?.card)
        )
        let calibration = result.derivation.calibration
        let provenance = provenance
        var entries = [
            (label: "Version", value: "EtaCal \(provenance.version)"), (label: "Seed", value: "\(run.seed)"),
            (label: "run.yaml, SHA-256", value: provenance.configurationSHA256),
        ]
        entries += provenance.inputs.map { input in
            let events = input.events.map { ", \($0) events" } ?? ""
            return (label: "Input", value: "\(input.name)\(events), SHA-256 \(input.sha256)")
        }
        return Report(
            run: ReportedRun(
                detector: card.name, detectorSummary: card.summary, dataDetector: run.dataDetector?.card.name,
                hasOverlay: card.pseudoData != nil,
                truth: truth.simulation.description, dataTruth: truth.data?.description, events: run.events,
                seed: run.seed, largestReuse: reuse, options: run.options, tolerance: run.tolerance),
            calibration: calibration, test: result.test, resolution: result.resolution, verdict: verdict,
            diagnosis: ClosureDiagnosis(
                result.test.truth, calibration: calibration, tolerance: run.tolerance, detectors: detectors),
            figures: figures,
            provenance: ReportProvenance(
                entries: entries, configuration: provenance.configuration, command: command))
    }
}
