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

    @OptionGroup var options: ClosureOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The directory of results to make: run.yaml, calibration.json, closure.json, report.html, figures.",
            valueName: "directory"), completion: .directory)
    var output: String

    @OptionGroup var sums: SumsOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try sums.requireApart(
            ["-o": output],
            from: [
                "the configuration": options.configurationFile, "--truth": options.truth.truth,
                "--truth-xsec": options.truth.crossSections, "--data-truth": options.dataTruth.truth,
                "--data-truth-xsec": options.dataTruth.crossSections,
            ])
    }

    func run() throws {
        let run = try options.resolved(seed: common.seed)
        if !sums.isShard {
            try requireOwnDirectory(output, file: "run.yaml", of: "a run", overwrite: common.overwrite)
        }
        let output = try Output(output, sums.isShard ? .file : .directory, overwrite: common.overwrite)
        let truth = try ClosureTruth(run, options, threads: common.threadCount)
        let meter = ProgressMeter(quiet: common.quiet)
        let simulated = Guarded(0)
        let study = try ClosureRun(
            card: run.detector.card, dataCard: run.dataDetector?.card, truth: truth.simulation.truth,
            dataTruth: truth.data?.truth, tagger: run.tagger, events: run.events, seed: run.seed, options: run.options,
            threads: common.threadCount,
            progress: { events in
                simulated.withLock { $0 += events }
                meter.add(events)
            })
        var timing = StageTiming()
        let origin = StoredSums.Origin(run, truth)
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
        let directory = RunDirectory(run: run, truth: truth, result: result, verdict: verdict, reuse: reuse)
        try directory.writeResults(to: output.partialPath)
        timing.begin("figures")
        let drawn = try directory.writeFigures(to: output.partialPath)
        timing.end()
        try output.finish()
        sums.removeCheckpoint()

        let summary = ClosureSummary(
            run: run, truth: truth, result: result, verdict: verdict, timing: timing,
            simulated: simulated.withLock { $0 }, reuse: reuse)
        if common.json {
            print(summary.json.text, terminator: "")
        } else if !common.quiet {
            print(summary.text)
            try EmptySelection.lines(
                result.derivation, data: study.source(.pseudoData), simulation: study.source(.simulation), run.options
            ).forEach { print($0.wrapped()) }
            drawn.message.map { print($0.wrapped()) }
            print("Results are in \(self.output)")
        }
        if !verdict.passed { throw ExitCode(ExitStatus.negativeVerdict.rawValue) }
    }
}

extension StoredSums.Origin {
    /// All that sums depend on; the tolerance is for the verdict alone.
    fileprivate init(_ run: RunConfiguration, _ truth: ClosureTruth) {
        var run = run
        run.tolerance = .standard
        self.init(truth.yaml(of: run), truth.inputs)
    }
}
