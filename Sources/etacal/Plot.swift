import ArgumentParser
import CalibrationFiles
import FileAccess
import Foundation
import Reporting

struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Redraw the figures of a finished run.",
        discussion: """
            Runs the scripts in DIR/figures as they stand, edited ones too. With --templates, figures are made from your \
            copies of the templates: NAME.gp is for one figure, style.gp for all. Pictures in report.html are replaced as \
            well. Needs gnuplot (Debian package: gnuplot-nox).

            Examples:
              etacal plot run
              etacal plot run --templates my-plots
            """)

    @Argument(help: "Directory that closure or validate has written.", completion: .directory)
    var directory: String

    @Option(
        help: ArgumentHelp(
            "Folder of changed templates (default: the scripts of the run as they stand).", valueName: "folder"),
        completion: .directory)
    var templates: String?

    @Flag(help: "Print nothing but errors and what --json asks for.")
    var quiet = false

    @Flag(help: "Print a summary as JSON, and nothing else, on standard output.")
    var json = false

    func run() throws {
        let pictures = try FigureRedrawing(directory: directory, templates: templates).run()
        let report = "\(directory)/report.html"
        if FileManager.default.fileExists(atPath: report) {
            try writeFile(Report.replacingFigures(in: try readText(report), pictures), to: report, overwrite: true)
        }
        let names = pictures.keys.sorted()
        if json {
            print(JSONText.object([("figures", .list(names.map { .text($0) }))]).text, terminator: "")
        } else if !quiet {
            print("\(names.count) figures are in \(directory)/figures")
        }
    }
}
