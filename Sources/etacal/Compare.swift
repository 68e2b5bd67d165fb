import ArgumentParser
import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration
import Reporting

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Differences between calibrations in units of their uncertainty.",
        usage: "etacal compare <reference> <calibration>... [<options>]",
        discussion: """
            The first calibration is the reference; the others have to have its bins. All are brought to the gauge of its \
            reference region, and bins that all of them determine are compared. Uncertainties of constants from other events \
            add in quadrature. From the same events, as by two methods, those of the less precise one are all that is left \
            beyond the more precise: sigma^2 = |u^2 - u_ref^2| (Hausman). Which of the two holds, the files say. Status 0 \
            whatever the differences.

            Examples:
              etacal compare matrix.json central.json
              etacal compare matrix.json central.json --correlation none -o compared
            """)

    enum Correlation: String, ExpressibleByArgument, CaseIterable { case auto, none, nested }

    @Argument(help: "Calibrations, two or more: calibration.json of fit or closure.", completion: .json)
    var calibrations: [String]

    @Option(
        help: ArgumentHelp(
            "Statistics in common: none, nested (one's events are in the other's), or auto (default: auto, as the files say).",
            valueName: "kind"))
    var correlation = Correlation.auto

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A directory to make, of comparison.json and a figure (default: none).", valueName: "directory"),
        completion: .directory)
    var output: String?

    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard calibrations.count >= 2 else {
            throw ValidationError("One calibration has nothing to be compared with: name two or more.")
        }
    }

    func run() throws {
        let target = try output.map { path in
            try requireOwnDirectory(path, file: "comparison.json", of: "a comparison", overwrite: result.overwrite)
            return try Output(path, .directory, overwrite: result.overwrite)
        }
        let study = try ComparisonStudy(calibrations, correlation: .init(rawValue: correlation.rawValue))
        var drawn = FigureWriter.Outcome.drawn
        if let target {
            try writeText(study.json(hasTables: true).text, to: "\(target.partialPath)/comparison.json")
            let folder = "\(target.partialPath)/figures"
            try makeDirectory(folder)
            drawn = try FigureWriter.write(study.figures, to: folder)
            try target.finish()
        }
        if result.json {
            print(study.json(hasTables: false).text, terminator: "")
        } else if !result.quiet {
            print(ComparisonSummary(study, style: .output).text)
            if let output {
                drawn.message.map { print($0.wrapped()) }
                print("Results are in \(output)")
            }
        }
    }
}
