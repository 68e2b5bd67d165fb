import ArgumentParser
import CalibrationFiles
import CardFiles
import DijetGeneration
import EventFiles
import FileAccess
import Foundation
import JetPhysics

/// A source of truth with what provenance needs to know of it.
struct NamedTruth {
    var truth: any DijetTruth
    /// File name without its directory; nil for the built-in truth.
    let name: String?
    /// What it is, for figures.
    let title: String
    let inputs: [Provenance.Input]
    /// What a reader of the terminal should know, such as how often events are re-used.
    let dropped: Int
    let events: Int?

    /// For the report.
    var description: String {
        name.map { "\($0), \(events ?? 0) events, \(dropped) left out" } ?? "built-in: \(title)"
    }

    /// - Parameters:
    ///   - path: a truth sample, or nil for the built-in truth.
    ///   - crossSectionsOption: what names its table, for messages.
    init(
        path: String?, crossSections: String?, generator: GeneratorConfiguration, threads: Int,
        crossSectionsOption: String = TruthSamplePaths.standardOption
    ) throws {
        guard let path else {
            truth = try generator.truth(threads: threads)
            (name, dropped, events, title) = (nil, 0, nil, generator.title)
            inputs =
                try generator.pdf.map { path in
                    [
                        Provenance.Input(
                            name: URL(fileURLWithPath: path).lastPathComponent, sha256: try sha256(ofFile: path),
                            events: nil)
                    ]
                } ?? []
            return
        }
        let paths = try TruthSamplePaths(path, crossSections: crossSections, option: crossSectionsOption)
        let file = try TruthSampleFile(path, crossSections: paths.crossSections)
        truth = file.sample
        (name, title) = (paths.name, paths.name)
        dropped = file.dropped
        events = file.events
        inputs = try paths.inputs(events: file.events)
    }
}

struct TruthOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Truth events of a generator (.csv, .csv.gz or .h5), in GeV (default: the built-in truth, leading-order QCD).",
            valueName: "file"), completion: .events)
    var truth: String?

    @Option(
        name: .customLong("truth-xsec"),
        help: ArgumentHelp(
            "Cross-sections of its slices, in pb (default: NAME_xsec.csv beside NAME_dijets.csv).", valueName: "file"),
        completion: .events)
    var crossSections: String?

    @OptionGroup var process: HardProcessOptions
    @OptionGroup var radiation: RadiationOptions

    @Option(
        name: .customLong("pt-bias"), parsing: .unconditional,
        help: ArgumentHelp(
            "Make events more often by this power of pThat inside a slice, -2 to 8, and weight them less (default: 0).",
            valueName: "power"))
    var bias: Double?

    func validate() throws {
        if let bias, !GeneratorConfiguration.biases.contains(bias) {
            throw ValidationError("--pt-bias takes -2 to 8.")
        }
        if truth != nil, isGenerator { throw ValidationError(Self.generatorIsUnused) }
    }

    /// Whether anything is said of the built-in truth.
    var isGenerator: Bool {
        radiation.radiation != nil || radiation.variation != nil || bias != nil || process.isGiven
    }

    static let generatorIsUnused =
        "--sqrt-s, --pdf, --slices, --radiation, --radiation-variation and --pt-bias are for the built-in truth; "
        + "leave them out with --truth."

    /// Lays what the options say over a configuration.
    func configure(_ generator: inout GeneratorConfiguration) throws {
        try process.configure(&generator)
        try radiation.configure(&generator)
        if let bias { generator.bias = bias }
    }
}

/// Options that say how the built-in truth radiates.
struct RadiationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Parameters of the radiation, a YAML file (default: the built-in tune monash).", valueName: "file"),
        completion: .yaml)
    var radiation: String?

    @Option(
        name: .customLong("radiation-variation"),
        help: ArgumentHelp("One of its variations, such as initial-up (default: none).", valueName: "name"))
    var variation: String?

    func configure(_ generator: inout GeneratorConfiguration) throws {
        if let radiation {
            generator.radiation = try RadiationTune(named: radiation)
            generator.variation = nil
        }
        if let variation {
            guard generator.radiation.variation(variation) != nil else {
                throw ValidationError(
                    "--radiation-variation: \(generator.radiation.unknown(variation)); \(generator.radiation.remedy).")
            }
            generator.variation = variation
        }
    }
}
