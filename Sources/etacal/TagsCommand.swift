import ArgumentParser
import CalibrationFiles
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import FileAccess
import FlavourTagging
import Foundation
import JetPhysics
import Reporting

struct TagsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tags", abstract: "Train a b-tagger on simulated tracks, show what it does, and use it.",
        discussion: """
            A tagger belongs to a detector card with a tracker. What it makes of events becomes columns of theirs:
              etacal tags train --detector cms-like -o tagger.yaml
              etacal tags check tagger.yaml
              etacal simulate --detector cms-like --tagger tagger.yaml -o mc.h5
            """,
        subcommands: [Train.self, Check.self, Response.self])

    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make templates and working points from simulated jets.",
            usage: "etacal tags train --detector <card> [<options>] -o <file>",
            discussion: """
                Tracks of simulated dijets fill histograms of their significance for b, c and light jets; the discriminant that \
                they make is then cut to keep 60, 70, 77 and 85 % of the b jets. All jets count alike. The same options \
                give the same tagger, whatever the number of threads.

                Examples:
                  etacal tags train --detector cms-like -o tagger.yaml
                  etacal tags train --detector atlas-like --pt-min 25 -o tagger.yaml
                """)

        @Option(help: ArgumentHelp("A built-in name or a card file.", valueName: "card"), completion: .card)
        var detector: String

        @Option(help: "Number of events, such as 250k or 10M.")
        var events = EventCount(argument: "2M")!

        @Option(help: "Least measured pT of tagged jets, GeV, before calibration.")
        var ptMin = TagAcceptance.standard.ptMinimum

        @Option(help: "Largest |eta| of tagged jets.")
        var absEtaMax = TagAcceptance.standard.absEtaMaximum

        @Option(help: "f_c, the weight of charm against light jets in the discriminant, 0 to below 1.")
        var charmFraction = Tagger.standardCharmFraction

        @OptionGroup var truth: TruthOptions

        @Option(
            name: .shortAndLong, help: ArgumentHelp("The tagger to write (.yaml).", valueName: "file"),
            completion: .yaml)
        var output: String

        @OptionGroup var common: CommonOptions

        func validate() throws {
            try events.requireFewEnough()
            do { _ = try acceptance() } catch {
                throw ValidationError("--\(error.path[0].dashed): \(error.problem); \(error.remedy).")
            }
            guard (0..<1).contains(charmFraction) else { throw ValidationError("--charm-fraction takes 0 to below 1.") }
        }

        private func acceptance() throws(CardError) -> TagAcceptance {
            try TagAcceptance(ptMinimum: ptMin, absEtaMaximum: absEtaMax)
        }

        func run() throws {
            let target = try Output(output, .file, overwrite: common.overwrite)
            let sample = try TagSample(detector, truth, events: events.value, common)
            let tagger = try sample.train(try acceptance(), charmFraction: charmFraction)
            try writeText(
                tagger.yaml(training: [
                    ("events", "\(events.value)"), ("seed", "\(common.seed ?? 1)"), ("truth", quotedYAML(sample.truth)),
                ]),
                to: target.partialPath)
            try target.finish()
            if common.json {
                print(
                    JSONText.object([
                        ("detector", .text(tagger.detector)), ("cuts", .list(tagger.cuts.map { .number($0) })),
                    ]).text, terminator: "")
            } else if !common.quiet {
                print("The tagger for \(tagger.detector.shown()) is in \(output)")
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Efficiencies, rejections and scores on events that the tagger was not trained with.",
            discussion: """
                Efficiencies have binomial uncertainties; all jets count alike. With -o there are figures, too: impact parameters, \
                the discriminant, scores, rejections and efficiencies.

                Examples:
                  etacal tags check tagger.yaml
                  etacal tags check tagger.yaml --events 10M --json
                  etacal tags check tagger.yaml -o checked
                """)

        @Argument(help: "A tagger that 'tags train' has made.", completion: .yaml)
        var tagger: String

        @Option(
            help: ArgumentHelp(
                "A built-in name or a card file (default: the built-in one of the name in the tagger).",
                valueName: "card"), completion: .card)
        var detector: String?

        @Option(help: "Number of events, such as 250k or 10M.")
        var events = EventCount(argument: "2M")!

        @OptionGroup var truth: TruthOptions

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp(
                "A directory to make, of tags.json and figures (default: none).", valueName: "directory"),
            completion: .directory)
        var output: String?

        @OptionGroup var common: CommonOptions

        func validate() throws { try events.requireFewEnough() }

        func run() throws {
            let loaded = try Tagger(file: tagger)
            let sample = try TagSample(detector ?? loaded.detector, truth, events: events.value, common)
            let target = try output.map { path in
                try requireOwnDirectory(path, file: "tags.json", of: "a tagger's check", overwrite: common.overwrite)
                return try Output(path, .directory, overwrite: common.overwrite)
            }
            let performance = try sample.check(loaded)
            var drawn = FigureWriter.Outcome.drawn
            if let target {
                try writeText(performance.json.text, to: "\(target.partialPath)/tags.json")
                let folder = "\(target.partialPath)/figures"
                try makeDirectory(folder)
                let figures = TagFigures(
                    loaded, scores: performance.scores, discriminants: performance.discriminants,
                    impacts: try sample.impacts(loaded), label: sample.label(loaded))
                drawn = try FigureWriter.write(figures.all, to: folder)
                try target.finish()
            }
            if common.json {
                print(performance.json.text, terminator: "")
            } else if !common.quiet {
                print(performance.text(style: .output))
                if let output {
                    drawn.message.map { print($0.wrapped()) }
                    print("Results are in \(output)")
                }
            }
        }
    }
}

extension String {
    /// A key of a file as the name of an option.
    fileprivate var dashed: String { replacingOccurrences(of: "_", with: "-") }
}
