import ArgumentParser
import CalibrationFiles
import CardFiles
import ClosureStudy
import DetectorModel
import DetectorValidation
import FileAccess
import Foundation
import Reporting

struct ValidateDetector: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detector", abstract: "What simulated events show of a detector card.",
        usage: "etacal validate detector <card> [<options>]",
        discussion: """
            Measures from simulated events all that the card promises: mean response, width and tails in bins of eta, pT and \
            flavour, periods, dead modules, directions, vertices, soft term, pile-up and its weights, and the response \
            by the projection of the missing momentum. What is not within its limit, nor within what chance does once in \
            a hundred validations, is status 1.

            Examples:
              etacal validate detector cms-like
              etacal validate detector my-card.yaml --events 20M -o valid

            In two parts, for each of its two rounds (--sums FILE in the second):
              etacal validate detector cms-like --shard 0/2 -o part-0.h5
              etacal validate detector cms-like --shard 1/2 -o part-1.h5
              etacal merge part-0.h5 part-1.h5 -o round-1.h5
              etacal validate detector cms-like --sums round-1.h5
            """)

    @Argument(help: "A built-in name or a card file.", completion: .card)
    var card: String

    @Option(help: "Rows of four jets to simulate, of simulation and of data, such as 2M (default: 12M).")
    var events: EventCount?

    @Option(help: "The working point of the soft term (default: the card's first).")
    var softTerm: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A directory to make, of detector-validation.json and figures (default: none).", valueName: "directory"),
        completion: .directory)
    var output: String?

    @OptionGroup var sums: SumsOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if sums.isShard, output == nil { throw ValidationError("--shard writes sums: name their file with -o.") }
        try sums.requireApart(["-o": output])
        try events?.requireFewEnough()
        if let events, events.value < 60 { throw ValidationError("--events: give at least 60 rows.") }
    }

    func run() throws {
        let file = "detector-validation.json"
        let target = try output.map { path in
            guard !sums.isShard else { return try Output(path, .file, overwrite: common.overwrite) }
            try requireOwnDirectory(path, file: file, overwrite: common.overwrite)
            return try Output(path, .directory, overwrite: common.overwrite)
        }
        let loaded = try LoadedCard(card)
        let rows = events?.value ?? 12_000_000
        let generator = GeneratorConfiguration()
        let meter = ProgressMeter(quiet: common.quiet)
        let truth = try generator.truth(threads: common.threadCount)
        let origin = StoredSums.Origin("seed: \(common.seed ?? 1)\n" + configuration(loaded, rows), [])
        let passes = try sums.ledger(of: origin) { _ in }
        meter.begin("simulating", expected: DetectorValidation.rows(loaded.card, events: rows) / sums.shardCount)
        func validated() throws -> DetectorValidation {
            try DetectorValidation(
                loaded.card, truth: truth, events: rows, seed: common.seed ?? 1, threads: common.threadCount,
                softTerm: try loaded.softTerm(softTerm), passes: passes, progress: { meter.add($0) })
        }
        if let target, sums.isShard {
            try sums.makeShard(passes, of: origin, into: target, common) { _ = try validated() }
            return
        }
        let validation = try validated()
        meter.finish()
        var drawn = FigureWriter.Outcome.drawn
        if let target {
            try writeText(json(validation, loaded), to: "\(target.partialPath)/\(file)")
            let folder = "\(target.partialPath)/figures"
            try makeDirectory(folder)
            let label = FigureLabel(
                sample: "\(loaded.card.name) detector, simulated (points) against its card (line)",
                selection: "single jets, \(rows) rows of four · seed \(common.seed ?? 1)")
            drawn = try FigureWriter.write(DetectorValidationFigures(validation, label: label).all, to: folder)
            try target.finish()
        }
        sums.removeCheckpoint()
        if common.json {
            print(DetectorValidationJSON.summary(validation).text, terminator: "")
        } else if !common.quiet {
            print(DetectorFindings(validation).text(style: .output))
            if let output {
                drawn.message.map { print($0.wrapped()) }
                print("Results are in \(output)")
            }
        }
        if !validation.passed { throw ExitCode(ExitStatus.negativeVerdict.rawValue) }
    }

    private func configuration(_ loaded: LoadedCard, _ rows: Int) -> String {
        let term = softTerm.map { "soft_term: \(quotedYAML($0))\n" } ?? ""
        return "validate detector, \(rows) rows\n" + term
            + (loaded.builtIn.map { "detector: \($0)\n" } ?? loaded.card.yaml)
    }

    private func json(_ validation: DetectorValidation, _ loaded: LoadedCard) -> String {
        let configuration = configuration(loaded, validation.events)
        return DetectorValidationJSON.text(
            validation,
            provenance: Provenance(
                version: Etacal.version, seed: common.seed ?? 1, configuration: configuration,
                configurationSHA256: sha256(Data(configuration.utf8)), inputs: []))
    }
}

/// What a validation of a detector found, in a table of at most 80 columns.
struct DetectorFindings {
    private static let shownFailures = 10
    private let validation: DetectorValidation

    init(_ validation: DetectorValidation) { self.validation = validation }

    func text(style: TerminalStyle) -> String {
        var lines = [
            "\(validation.card.name.shown()): what simulated events show of the card",
            "Differences in per cent of what is expected; where marked 'a', as they are.", "",
            style.paint(
                "                                          places failed   largest +- sigma  limit", .heading),
        ]
        for summary in validation.quantities {
            let worst = summary.worst
            let scale = worst.isRelative ? 100.0 : 1
            var row = TableRow()
            let name = summary.quantity.title + (summary.sample == .data ? ", data" : "")
            row.put(name.padding(toLength: 41, withPad: " ", startingAt: 0), at: 41)
            row.put("\(summary.tested)", at: 48)
            row.put("\(summary.failed)", at: 55)
            row.put(Self.short(scale * worst.difference, signed: true), at: 64)
            row.put(Self.short(scale * worst.differenceUncertainty), at: 71)
            row.put(Self.short(scale * worst.limit), worst.isRelative ? "" : " a", at: 77)
            lines.append(row.text)
        }
        let failed = validation.failed
        if !failed.isEmpty { lines += ["", "what is not as the card says:"] }
        for criterion in failed.prefix(Self.shownFailures) {
            let sample = criterion.sample == .data ? " of data" : ""
            lines.append(
                ("  \(criterion.quantity.title)\(sample), \(criterion.place): \(Self.short(criterion.measured)) "
                    + "+- \(Self.short(criterion.uncertainty)), expected \(Self.short(criterion.expected))").wrapped())
        }
        if failed.count > Self.shownFailures { lines.append("  and \(failed.count - Self.shownFailures) more") }
        let word = validation.passed ? "PASSED" : "FAILED"
        let count = validation.criteria.count
        let verdict =
            "validation \(word): \(count - failed.count) of \(count) numbers are within their limit or "
            + String(format: "%.1f standard deviations", validation.chance)
        lines += [
            "",
            verdict.wrapped().replacingOccurrences(
                of: "validation \(word)", with: "validation " + style.paint(word, validation.passed ? .good : .bad)),
        ]
        return lines.joined(separator: "\n")
    }

    private static func short(_ value: Double, signed: Bool = false) -> String {
        String(format: signed ? "%+.3g" : "%.3g", value)
    }
}
