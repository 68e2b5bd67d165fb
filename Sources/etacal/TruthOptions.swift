import ArgumentParser
import CalibrationFiles
import DijetGeneration
import EventFiles
import FileAccess
import Foundation
import JetPhysics

/// A source of truth with what provenance needs to know of it.
struct NamedTruth {
    let truth: any DijetTruth
    /// File name without its directory; nil for the built-in spectrum.
    let name: String?
    let inputs: [Provenance.Input]
    /// What a reader of the terminal should know, such as how often events are re-used.
    let dropped: Int
    let events: Int?

    /// - Parameter path: a truth sample, or nil for the built-in spectrum.
    init(path: String?, crossSections: String?) throws {
        guard let path else {
            truth = FallingSpectrum()
            (name, inputs, dropped, events) = (nil, [], 0, nil)
            return
        }
        try requireFile(path, again: true)
        let table = crossSections ?? TruthSampleFile.crossSectionPath(for: path)
        guard FileManager.default.fileExists(atPath: table) else {
            throw FileError(
                .unreadable, table, "there is no such file of cross-sections",
                "name the one of \(path) with --truth-xsec")
        }
        let file = try TruthSampleFile(path, crossSections: table)
        truth = file.sample
        name = URL(fileURLWithPath: path).lastPathComponent
        dropped = file.dropped
        events = file.events
        inputs = [
            Provenance.Input(name: name ?? path, sha256: try sha256(ofFile: path), events: file.events),
            Provenance.Input(
                name: URL(fileURLWithPath: table).lastPathComponent, sha256: try sha256(ofFile: table), events: nil),
        ]
    }
}

struct TruthOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Truth events of a generator (.csv or .csv.gz), in GeV (default: the built-in spectrum).",
            valueName: "file"), completion: .events)
    var truth: String?

    @Option(
        name: .customLong("truth-xsec"),
        help: ArgumentHelp(
            "Cross-sections of its slices, in pb (default: NAME_xsec.csv beside NAME_dijets.csv).", valueName: "file"),
        completion: .events)
    var crossSections: String?
}
