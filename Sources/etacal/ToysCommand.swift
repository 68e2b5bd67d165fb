import ArgumentParser
import CalibrationFiles
import CardFiles
import ClosureStudy
import FileAccess
import Foundation
import Intercalibration
import Reporting

struct Toys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pseudo-experiments: pulls, coverage and bias of the constants.",
        usage: "etacal toys [<config.yaml>] [--experiments <number>] [<options>]",
        discussion: """
            Draws data and MC anew in each experiment, derives constants by each method, and compares them with what the \
            method gives without fluctuations, in units of what the experiment says it fluctuates by. What the method gives \
            without fluctuations is compared with what the detector cards ask for. There is no verdict: the status is 0.

            Examples:
              etacal toys --binning coarse
              etacal toys --experiments 1000 --detector uniform --events 250k \\
                  --binning coarse --method matrix --method central -o toys
              etacal toys toys/run.yaml --experiments 200 -o again
            """)

    @OptionGroup var options: ToysOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A directory to make, of toys.json, run.yaml and figures (default: none).", valueName: "directory"),
        completion: .directory)
    var output: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let run = try options.resolved(seed: common.seed)
        let asimovEvents = try options.asimovEvents(run)
        let target = try output.map { path in
            try requireOwnDirectory(
                path, file: "toys.json", of: "pseudo-experiments", overwrite: common.overwrite)
            return try Output(path, .directory, overwrite: common.overwrite)
        }
        let truth = try NamedTruth(
            path: nil, crossSections: nil, generator: run.generator, threads: common.threadCount)
        let meter = ProgressMeter(quiet: common.quiet)
        let study = try ToyStudy(
            card: run.detector.card, dataCard: run.dataDetector?.card, truth: truth.truth, tagger: run.tagger,
            events: run.events,
            experiments: options.experiments, asimovEvents: asimovEvents, seed: run.seed,
            methods: options.methods.isEmpty ? [run.method] : options.methods, options: run.options,
            threads: common.threadCount, progress: { meter.add($0) })
        var timing = StageTiming()
        let result = try study.run { stage in
            timing.begin(stage.rawValue)
            meter.begin(stage.rawValue, expected: study.events(of: stage))
        }
        timing.end()
        meter.finish()
        let report = ToysReport(run: run, truth: truth, result: result)
        var drawn = FigureWriter.Outcome.drawn
        if let target {
            drawn = try report.write(to: target.partialPath)
            try target.finish()
        }
        if common.json {
            print(ToyJSON.summary(result, seconds: timing.seconds).text, terminator: "")
        } else if !common.quiet {
            print(report.text(timing, style: .output))
            if let output {
                drawn.message.map { print($0.wrapped()) }
                print("Results are in \(output)")
            }
        }
    }
}

/// Pseudo-experiments for files and for people.
struct ToysReport {
    let run: RunConfiguration
    let truth: NamedTruth
    let result: ToyResult

    private var methods: [String] { result.methods.map(\.method.rawValue) }

    /// What 'etacal toys' reads again; what a configuration has no key for stands in the comment.
    private var configuration: String {
        let options =
            ["--experiments \(result.experiments)", "--asimov-events \(result.asimovEvents)"]
            + methods.map { "--method \($0)" }
        return "# etacal toys run.yaml \(options.joined(separator: " ")) -o again\n" + run.yaml(truthName: nil)
    }

    /// - Parameter directory: exists; gets toys.json, run.yaml and the figures.
    func write(to directory: String) throws -> FigureWriter.Outcome {
        let provenance = Provenance(
            version: Etacal.version, seed: run.seed, configuration: configuration,
            configurationSHA256: sha256(Data(configuration.utf8)), inputs: truth.inputs)
        try writeText(configuration, to: "\(directory)/run.yaml")
        try writeText(ToyJSON.text(result, provenance: provenance), to: "\(directory)/toys.json")
        let folder = "\(directory)/figures"
        try makeDirectory(folder)
        return try FigureWriter.write(ToyFigures(result, label: label).all, to: folder)
    }

    private var label: FigureLabel {
        let names = [run.detector.card.name] + (run.dataDetector.map { ["data from \($0.card.name)"] } ?? [])
        let passes = run.passes == 1 ? "1 pass" : "\(run.passes) passes"
        return FigureLabel(
            sample: (names + [
                truth.title,
                "\(result.experiments) experiments of \(Self.count(result.events)) events each for MC and data",
            ]).joined(separator: " · "),
            selection: "\(FigureLabel.cuts(run.selection)) · \(passes) over data · seed \(run.seed)")
    }

    private static func count(_ events: Int) -> String {
        events < 1_000_000 ? "\(events)" : String(format: "%g million", Double(events) / 1e6)
    }

    /// At most 80 columns.
    func text(_ timing: StageTiming, style: TerminalStyle) -> String {
        let data = run.dataDetector.map { ", data from \($0.card.name.shown())" } ?? ""
        let title =
            "\(run.detector.card.name.shown())\(data), \(result.experiments) experiments of \(Self.count(result.events)) "
            + "events each for MC and data, \(run.passes == 1 ? "1 pass" : "\(run.passes) passes"), seed \(run.seed)"
        var lines = [title.wrapped(), ""]
        let header = "method     |eta|    bins       pull mean      pull width  68.3 %  95 %  bias [%]"
        lines.append(style.paint(header, .heading))
        for method in result.methods {
            lines.append(row(method.method.rawValue, "all", method.overall))
            for region in method.regions {
                let ends = region.absEta
                lines.append(
                    row("", "\(Numbers.edge(ends.lowerBound))-\(Numbers.edge(ends.upperBound))", region))
            }
        }
        lines.append("")
        let bounds = result.methods.compactMap { method in
            method.scatterOverBound.map { "\(method.method.rawValue) \(String(format: "%.2f", $0))" }
        }
        if !bounds.isEmpty {
            lines += ["scatter over the event-level bound: \(bounds.joined(separator: ", "))".wrapped(), ""]
        }
        for method in result.methods { lines += warnings(method).map { style.paint($0.wrapped(), .caution) } }
        let spent = timing.seconds.first { $0.stage == ToyStage.experiments.rawValue }?.seconds ?? 0
        lines.append(
            String(
                format: "%.3g experiments a second; %.1f s in all, %.1f s of them for constants without fluctuations",
                Double(result.experiments) / max(spent, 1e-9), timing.total, timing.total - spent
            ).wrapped())
        return lines.joined(separator: "\n")
    }

    private func row(_ method: String, _ place: String, _ region: ToyRegion) -> String {
        func pair(_ estimate: ToyEstimate?, _ format: String) -> String {
            guard let estimate else { return "-" }
            return String(format: format, estimate.value)
                + (estimate.uncertainty.map { String(format: " +- %.3f", $0) } ?? "")
        }
        let pulls = region.pulls
        var row = TableRow()
        row.put(method.padding(toLength: 10, withPad: " ", startingAt: 0), at: 10)
        row.put(place.padding(toLength: 8, withPad: " ", startingAt: 0), at: 19)
        row.put("\(region.bins)", at: 24)
        row.put(pair(pulls?.mean, "%+.3f"), at: 40)
        row.put(pair(pulls?.width, "%.3f"), at: 56)
        row.put(pulls.map { String(format: "%.1f", 100 * $0.coverage68.value) } ?? "-", at: 64)
        row.put(pulls.map { String(format: "%.1f", 100 * $0.coverage95.value) } ?? "-", at: 70)
        row.put(region.bias.map { String(format: "%+.3f", 100 * $0.value) } ?? "-", at: 80)
        return row.text
    }

    /// What is counted and not in the table.
    private func warnings(_ method: ToyMethodResult) -> [String] {
        let name = method.method.rawValue
        var lines: [String] = []
        if method.failed > 0, let reason = method.firstFailure {
            lines.append("\(name): \(method.failed) experiments gave no constants; the first: \(reason)")
        }
        if method.invalid > 0 {
            lines.append(
                "\(name): \(method.invalid) experiments have a pT bin with a fit that is not valid, which is left out")
        }
        let bins = method.bins.joined()
        let missing = bins.reduce(0) { $0 + $1.undetermined }
        if missing > 0 {
            let all = bins.count * (result.experiments - method.failed)
            lines.append("\(name): \(missing) of \(all) constants are not determined, for want of events")
        }
        return lines
    }
}
