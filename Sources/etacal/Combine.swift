import ArgumentParser
import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration
import SumsFiles

struct Combine: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Combine calibrations of the same events by several methods.",
        usage: "etacal combine <run> <run>... [<options>] -o <file>",
        discussion: """
            Each run is a directory of closure, or a calibration of fit, made with --replicas: replicas of the same events say how \
            the methods' constants fluctuate together. The best linear unbiased combination has the least variance in each bin; \
            weights below zero, of methods that fluctuate much alike, are named. The runs have to share their events, bins and \
            number of replicas. The method that the result names is that of the first run. Status 0 however well the methods agree.

            Examples:
              etacal closure --replicas 1000 -o matrix-run
              etacal closure --replicas 1000 --method mpf -o mpf-run
              etacal combine matrix-run mpf-run -o combined.json
            """)

    @Argument(
        help: "Runs with replicas, two or more: directories of closure, or calibrations of fit.", completion: .json)
    var runs: [String]

    @Option(help: "Weights: unbounded, or positive for none below zero.")
    var weights = Combination.Weights.unbounded

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The calibration to write (.json).", valueName: "file"),
        completion: .json)
    var output: String

    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard runs.count >= 2 else {
            throw ValidationError("One run has nothing to be combined with: name two or more.")
        }
    }

    func run() throws {
        let target = try Output(output, .file, overwrite: result.overwrite)
        let study = try CombinationStudy(runs, weights: weights)
        try writeText(study.text, to: target.partialPath)
        try target.finish()
        if result.json {
            print(study.summaryJSON.text, terminator: "")
        } else if !result.quiet {
            print(study.summary.joined(separator: "\n"))
            print("Constants are in \(output)")
        }
    }
}
