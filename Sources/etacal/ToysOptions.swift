import ArgumentParser
import Balance
import CardFiles
import EventFiles
import FileAccess
import Intercalibration

/// Options that decide the result of pseudo-experiments: those of a closure, without a truth sample and a tolerance.
struct ToysOptions: ParsableArguments {
    /// Of each sample of an experiment, where nothing is said.
    static let standardEvents = 500_000
    static let standardExperiments = 100

    @Argument(
        help: ArgumentHelp(
            "A configuration, such as run.yaml of an earlier run (default: none).", valueName: "config.yaml"),
        completion: .yaml)
    var configurationFile: String?

    @Option(help: ArgumentHelp("Pseudo-experiments, 2 to 1000000.", valueName: "number"))
    var experiments = Self.standardExperiments

    @Option(
        help:
            "Events of data and of MC of each experiment, such as 250k or 10M (default: 500k, or what the configuration says)."
    )
    var events: EventCount?

    @Option(
        help: ArgumentHelp(
            "Events of data and of MC that the constants without fluctuations come from (default: as many as all experiments have).",
            valueName: "events"))
    var asimovEvents: EventCount?

    @Option(
        name: .customLong("method"),
        help: ArgumentHelp(
            "How constants are derived; again for more methods on the same events (default: matrix).",
            valueName: "method"))
    var methods: [Method] = []

    @OptionGroup var process: HardProcessOptions
    @OptionGroup var radiation: RadiationOptions

    @OptionGroup var study: StudyOptions

    func validate() throws {
        guard (2...1_000_000).contains(experiments) else {
            throw ValidationError("--experiments takes 2 to 1000000.")
        }
        if let twice = methods.indices.first(where: { methods[..<$0].contains(methods[$0]) }) {
            throw ValidationError("--method \(methods[twice].rawValue) stands there twice.")
        }
    }

    /// What the options say, laid over the configuration.
    /// - Parameter seed: nil for the configuration's own.
    func resolved(seed: UInt64?) throws -> RunConfiguration {
        var run = try configurationFile.map { try RunConfiguration(file: $0) } ?? RunConfiguration()
        if configurationFile == nil { run.events = Self.standardEvents }
        if let configurationFile, run.truth != nil {
            throw FileError(
                .malformed, configurationFile,
                "truth: the events of a sample are the same in each pseudo-experiment and do not fluctuate",
                "leave truth out for the built-in one")
        }
        try study.configure(&run)
        try process.configure(&run.generator)
        try radiation.configure(&run.generator)
        if let events { run.events = events.value }
        if let method = methods.first { run.method = method }
        try study.fit.softResponse.requireUse(by: methods.isEmpty ? [run.method] : methods)
        if let seed { run.seed = seed }
        try run.requireTags()
        try run.extrapolate(over: run.alphaCuts?.cuts)
        try run.location.requireUse(
            by: methods.isEmpty ? [run.method] : methods, replicas: 0, extrapolates: run.alphaCuts != nil)
        // Constants do not follow from it.
        try run.deriveResolution(false)
        try (methods.isEmpty ? [run.method] : methods).forEach { try $0.require(run.smoothing) }
        if run.alphaCuts != nil { try methods.forEach { try $0.requireExtrapolable() } }
        return run
    }

    /// Of the constants without fluctuations.
    func asimovEvents(_ run: RunConfiguration) throws -> Int {
        if let asimovEvents { return asimovEvents.value }
        let (all, overflow) = run.events.multipliedReportingOverflow(by: experiments)
        guard !overflow, all <= RunConfiguration.largestEvents else {
            throw ValidationError(
                "--experiments \(experiments) of \(run.events) events each are more than 10T: give --asimov-events.")
        }
        return all
    }
}
