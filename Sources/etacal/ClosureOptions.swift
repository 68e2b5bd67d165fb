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

    @Option(help: "Events of each sample up to 10T, such as 250k or 10M (default: 5M).")
    var events: EventCount?

    @OptionGroup var truth: TruthOptions
    @OptionGroup var dataTruth: DataTruthOptions

    @Option(help: "How constants are derived (default: matrix).")
    var method: Method?

    @OptionGroup var bootstrap: ReplicaOption
    @OptionGroup var study: StudyOptions
    @OptionGroup var smoothing: SmoothingOption
    @OptionGroup var extrapolation: ExtrapolationOption
    @OptionGroup var resolution: ResolutionOption
    @OptionGroup var tolerance: ToleranceOption

    /// What the options say, laid over the configuration.
    /// - Parameter seed: nil for the configuration's own.
    func resolved(seed: UInt64?) throws -> RunConfiguration {
        var run = try configurationFile.map { try RunConfiguration(file: $0) } ?? RunConfiguration()
        try study.configure(&run)
        if let path = truth.truth { run.truth = path }
        if truth.isGenerator, run.truth != nil { throw ValidationError(TruthOptions.generatorIsUnused) }
        try truth.configure(&run.generator)
        try dataTruth.configure(&run)
        if let events { run.events = events.value }
        if let method { run.method = method }
        try study.fit.softResponse.requireUse(by: [run.method])
        if let replicas = bootstrap.replicas { run.replicas = replicas }
        try ReplicaOption.require(run.replicas, by: run.method)
        if let smoothing = smoothing.smoothing { run.smoothing = smoothing }
        try run.method.require(run.smoothing)
        try run.requireTags()
        if let limits = tolerance.value { run.tolerance = limits }
        if let seed { run.seed = seed }
        try extrapolation.configure(&run)
        try run.requireLocation()
        try resolution.configure(&run)
        return run
    }
}
