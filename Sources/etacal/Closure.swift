import ArgumentParser
import Balance
import CardFiles
import ClosureStudy
import FileAccess
import Foundation
import Intercalibration
import JetPhysics
import Reporting
import SumsFiles
import Threads

struct Closure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulate MC and pseudo-data, fit, apply, test closure, draw.",
        usage: "etacal closure [<config.yaml>] [<options>] -o <directory>",
        discussion: """
            Options override what the configuration says. A closure outside the tolerance is status 1.

            Examples:
              etacal closure -o run
              etacal closure --detector atlas-like --events 20M -o atlas-run
              etacal closure --truth sample_dijets.csv.gz --binning coarse -o truth-run

            The same run again, to the same bytes, and with another method:
              etacal closure run/run.yaml -o again
              etacal closure run/run.yaml --method central -o central-run
            """)

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

    @Option(
        help: ArgumentHelp(
            "Triggers that keep the events of the pseudo-data, a YAML file (default: none, all are there).",
            valueName: "file"),
        completion: .yaml)
    var triggers: String?

    @Option(help: "How constants are derived (default: matrix).")
    var method: Method?

    @Option(
        help: ArgumentHelp(
            "Selection of dijets, a YAML file (default: delta phi above 2.7, alpha below 0.3, |eta| below 5.2).",
            valueName: "file"), completion: .yaml)
    var selection: String?

    @Option(
        help: ArgumentHelp(
            "Bins of eta and pT [GeV] and the reference region: standard, coarse or a YAML file (default: standard).",
            valueName: "binning"), completion: .binning)
    var binning: String?

    @Option(
        help: ArgumentHelp(
            "What |d| - 2u has to be below everywhere, a fraction (default: 0.005 to |eta| = 2.4, 0.02 to 4.5).",
            valueName: "number"))
    var tolerance: Double?

    @Option(
        help: ArgumentHelp(
            "Passes over the data, 1 to 20: a first fit and refinements (default: 3).", valueName: "number"))
    var passes: Int?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The directory of results to make: run.yaml, calibration.json, closure.json, report.html, figures.",
            valueName: "directory"), completion: .directory)
    var output: String

    @OptionGroup var sums: SumsOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let tolerance, !(tolerance > 0 && tolerance.isFinite) {
            throw ValidationError("--tolerance takes a number above 0.")
        }
        if let passes, !(1...20).contains(passes) { throw ValidationError("--passes takes 1 to 20.") }
    }

    private func resolved() throws -> RunConfiguration {
        var run = try configurationFile.map { try RunConfiguration(file: $0) } ?? RunConfiguration()
        if let detector { run.detector = try LoadedCard(detector) }
        if let dataDetector { run.dataDetector = try LoadedCard(dataDetector) }
        if let path = truth.truth { run.truth = path }
        if truth.isGenerator, run.truth != nil { throw ValidationError(TruthOptions.generatorIsUnused) }
        try truth.configure(&run.generator)
        if let events { run.events = events.value }
        if let method { run.method = method }
        if let passes { run.passes = passes }
        if let selection { run.selection = try .init(file: selection) }
        if let binning { run.binning = try .init(binning) }
        if let tolerance { run.tolerance = .uniform(tolerance) }
        if let seed = common.seed { run.seed = seed }
        if let triggers { run.triggers = try TriggerMenu(simulable: triggers) }
        return run
    }

    func run() throws {
        let run = try resolved()
        if !sums.isShard { try requireRunDirectory(output) }
        let output = try Output(output, sums.isShard ? .file : .directory, overwrite: common.overwrite)
        let named = try NamedTruth(
            path: run.truth, crossSections: truth.crossSections, generator: run.generator, threads: common.threadCount)
        let meter = ProgressMeter(quiet: common.quiet)
        let simulated = Guarded(0)
        let study = try ClosureRun(
            card: run.detector.card, dataCard: run.dataDetector?.card, truth: named.truth, events: run.events,
            seed: run.seed, options: run.options, threads: common.threadCount,
            progress: { events in
                simulated.withLock { $0 += events }
                meter.add(events)
            })
        var timing = StageTiming()
        let origin = StoredSums.Origin(run, named)
        let passes = try sums.ledger(of: origin) { stage in
            timing.begin(stage.rawValue)
            meter.begin(stage.rawValue, expected: study.events(of: stage))
        }
        guard !sums.isShard else {
            try sums.makeShard(passes, of: origin, into: output, common) { _ = try study.run(passes: passes) }
            return
        }
        let result = try study.run(passes: passes)
        timing.end()
        meter.finish()
        let verdict = ClosureVerdict(
            result.test.truth, tolerance: run.tolerance, fitIsValid: result.derivation.calibration.isValid)

        let reuse = try study.largestReuse()
        let directory = RunDirectory(run: run, truth: named, result: result, verdict: verdict, reuse: reuse)
        try directory.writeResults(to: output.partialPath)
        timing.begin("figures")
        let drawn = try directory.writeFigures(to: output.partialPath)
        timing.end()
        try output.finish()
        sums.removeCheckpoint()

        let summary = ClosureSummary(
            run: run, truth: named, result: result, verdict: verdict, timing: timing,
            simulated: simulated.withLock { $0 }, reuse: reuse)
        if common.json {
            print(summary.json.text, terminator: "")
        } else if !common.quiet {
            print(summary.text)
            try EmptySelection.lines(
                result.derivation, data: study.source(.pseudoData), simulation: study.source(.simulation), run.options
            ).forEach { print($0.wrapped()) }
            switch drawn {
            case .drawn: break
            case .partlyDrawn(let reason): print("Some pictures are missing: \(reason)".wrapped())
            case .notDrawn(let reason): print("No pictures: \(reason)".wrapped())
            }
            print("Results are in \(self.output)")
        }
        if !verdict.passed { throw ExitCode(ExitStatus.negativeVerdict.rawValue) }
    }

    /// Overwriting takes a directory away whole: only one that a run has made, or an empty one.
    private func requireRunDirectory(_ path: String) throws {
        guard common.overwrite, let names = try? FileManager.default.contentsOfDirectory(atPath: path), !names.isEmpty,
            !names.contains("run.yaml")
        else { return }
        throw FileError(.cannotCreate, path, "the directory holds something other than a run", "choose another name")
    }
}

extension StoredSums.Origin {
    /// All that sums depend on; the tolerance is for the verdict alone.
    fileprivate init(_ run: RunConfiguration, _ truth: NamedTruth) {
        var run = run
        run.tolerance = .standard
        self.init(run.yaml(truthName: truth.name), truth.inputs)
    }
}
