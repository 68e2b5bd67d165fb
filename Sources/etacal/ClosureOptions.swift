import ArgumentParser
import Balance
import CardFiles
import Intercalibration

/// Options that decide the result of a closure.
struct ClosureOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A configuration, such as run.yaml of an earlier run (default: none).", valueName: "config.yaml"),
        completion: .yaml)
    var configurationFile: String?

    @Option(
        help: ArgumentHelp(
            "Detector of the simulation: a built-in name or a card file (default: cms-like).", valueName: "card"),
        completion: .card)
    var detector: String?

    @Option(
        help: ArgumentHelp(
            "Detector of the pseudo-data (default: the other card with its own overlay of mis-responses).",
            valueName: "card"), completion: .card)
    var dataDetector: String?

    @Option(help: "Events of each sample up to 10T, such as 250k or 10M (default: 5M).")
    var events: EventCount?

    @OptionGroup var truth: TruthOptions
    @OptionGroup var dataTruth: DataTruthOptions

    @Option(
        help: ArgumentHelp(
            "Triggers that keep the events of the pseudo-data, a YAML file (default: none, all are there).",
            valueName: "file"),
        completion: .yaml)
    var triggers: String?

    @Option(help: "How constants are derived (default: matrix).")
    var method: Method?

    @OptionGroup var fit: FitOptions
    @OptionGroup var tolerance: ToleranceOption

    @Option(
        help: ArgumentHelp(
            "Passes over the events, 1 to 20: a first fit and refinements (default: 3).", valueName: "number"))
    var passes: Int?

    func validate() throws {
        if let passes, !(1...20).contains(passes) { throw ValidationError("--passes takes 1 to 20.") }
    }

    /// What the options say, laid over the configuration.
    /// - Parameter seed: nil for the configuration's own.
    func resolved(seed: UInt64?) throws -> RunConfiguration {
        var run = try configurationFile.map { try RunConfiguration(file: $0) } ?? RunConfiguration()
        if let detector { run.detector = try LoadedCard(detector) }
        if let dataDetector { run.dataDetector = try LoadedCard(dataDetector) }
        if let path = truth.truth { run.truth = path }
        if truth.isGenerator, run.truth != nil { throw ValidationError(TruthOptions.generatorIsUnused) }
        try truth.configure(&run.generator)
        try dataTruth.configure(&run)
        if let events { run.events = events.value }
        if let method { run.method = method }
        if let passes { run.passes = passes }
        if let selection = fit.selection { run.selection = try .init(file: selection) }
        if let binning = fit.binning { run.binning = try .init(binning) }
        if let limits = tolerance.value { run.tolerance = limits }
        if let seed { run.seed = seed }
        if let triggers { run.triggers = try TriggerMenu(simulable: triggers) }
        return run
    }
}
