import ArgumentParser
import CalibrationFiles
import CardFiles
import ClosureStudy
import DijetGeneration
import EventFiles
import FileAccess
import Foundation
import JetPhysics
import Reporting
import TruthValidation

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Test what is generated against what is promised.",
        discussion: """
            The built-in truth against dijets of another generator:
              etacal validate truth --against sample_dijets.csv.gz
            Simulated events against the detector card that they were simulated with:
              etacal validate detector cms-like
            """,
        subcommands: [Truth.self, ValidateDetector.self])

    struct Truth: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The built-in truth against dijets of another generator.",
            usage: "etacal validate truth --against <file> [<options>]",
            discussion: """
                Generates the slices of the file and compares cross-sections, flavours, kinematics and radiation, slice by slice \
                and summed. Jets count from 8 GeV on. Cuts are delta phi > 2.5 and alpha < 0.3. A criterion that is not \
                met is status 1; slices below 30 GeV are shown and not judged, but for their cross-section.

                Examples:
                  etacal validate truth --against sample_dijets.csv.gz
                  etacal validate truth --against sample_dijets.csv.gz --events 1M -o valid

                In two parts:
                  etacal validate truth --against sample_dijets.csv.gz --shard 0/2 -o part-0.h5
                  etacal validate truth --against sample_dijets.csv.gz --shard 1/2 -o part-1.h5
                  etacal merge part-0.h5 part-1.h5 -o sums.h5
                  etacal validate truth --against sample_dijets.csv.gz --sums sums.h5
                """)

        @Option(
            help: ArgumentHelp(
                "Truth events of another generator (.csv, .csv.gz or .h5), in GeV.", valueName: "file"),
            completion: .events)
        var against: String

        @Option(
            name: .customLong("truth-xsec"),
            help: ArgumentHelp(
                "Cross-sections of its slices, in pb (default: NAME_xsec.csv beside NAME_dijets.csv).",
                valueName: "file"), completion: .events)
        var crossSections: String?

        @OptionGroup var radiation: RadiationOptions

        @Option(
            help: ArgumentHelp(
                "Fit these parameters to the sample first, and write them to a file (default: do not).",
                valueName: "file"), completion: .yaml)
        var tune: String?

        @Option(help: "Events to generate in each slice, such as 50k or 1M (default: 200k).")
        var events: EventCount?

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp(
                "A directory to make, of validation.json and figures (default: none).", valueName: "directory"),
            completion: .directory)
        var output: String?

        @OptionGroup var sums: SumsOptions
        @OptionGroup var common: CommonOptions

        func validate() throws {
            if sums.isShard, output == nil { throw ValidationError("--shard writes sums: name their file with -o.") }
            if tune != nil, sums.areAsked {
                throw ValidationError(
                    "--tune runs in one process: give what it writes to --radiation, with --shard, --sums or --checkpoint."
                )
            }
            try events?.requireFewEnough()
            try sums.requireApart(
                ["--tune": tune, "-o": output],
                from: ["--against": against, "--truth-xsec": crossSections, "--radiation": radiation.radiation])
        }

        func run() throws {
            let target = try output.map { path in
                guard !sums.isShard else { return try Output(path, .file, overwrite: common.overwrite) }
                try requireOwnDirectory(path, file: "validation.json", overwrite: common.overwrite)
                return try Output(path, .directory, overwrite: common.overwrite)
            }
            let tuneTarget = try tune.map { try Output($0, .file, overwrite: common.overwrite) }
            var generator = GeneratorConfiguration()
            try radiation.configure(&generator)
            let meter = ProgressMeter(quiet: common.quiet)
            let sample = try ValidationSample(against, crossSections: crossSections, generator: generator)
            let (events, seed) = (events?.value ?? 200_000, common.seed ?? 1)
            let configuration = ValidationStudy.configuration(sample, events: events, isTuned: tune != nil)
            let origin = StoredSums.Origin("seed: \(seed)\n" + configuration, sample.inputs)
            let passes = try sums.ledger(of: origin) { _ in }
            func compared() throws -> ValidationStudy {
                try ValidationStudy(
                    sample, events: events, seed: seed, threads: common.threadCount, isTuned: tune != nil,
                    passes: passes, expected: events * sample.slices / sums.shardCount, meter: meter)
            }
            if let target, sums.isShard {
                try sums.makeShard(passes, of: origin, into: target, common) { _ = try compared() }
                return
            }
            let study = try compared()
            meter.finish()
            if let tuneTarget, let tuned = study.tuned {
                try writeText(TuneText.yaml(tuned, reference: sample.name), to: tuneTarget.partialPath)
                try tuneTarget.finish()
            }
            var drawn = FigureWriter.Outcome.drawn
            if let target {
                try writeText(study.json, to: "\(target.partialPath)/validation.json")
                drawn = try study.writeFigures(to: target.partialPath)
                try target.finish()
            }
            sums.removeCheckpoint()
            if common.json {
                print(ValidationJSON.summary(study.comparison, events: study.events).text, terminator: "")
            } else if !common.quiet {
                print(ValidationSummary(study.comparison, title: study.title).text(style: .output))
                if let tune { print("The tune is in \(tune)") }
                if let output {
                    drawn.message.map { print($0.wrapped()) }
                    print("Results are in \(output)")
                }
            }
            if !study.comparison.passed { throw ExitCode(ExitStatus.negativeVerdict.rawValue) }
        }
    }
}
