import ArgumentParser
import FileAccess
import Foundation
import Reporting

struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Redraw the figures of a finished run.",
        discussion: """
            Runs the scripts in DIR/figures as they stand, edited ones too. With --templates, figures of that name are made \
            from your copies of the templates (style.gp changes all of them). The pictures in report.html are replaced as well.

            Examples:
              etacal plot run
              etacal plot run --templates my-plots     my-plots/closure-eta.gp, say, in place of the built-in template
            """)

    @Argument(help: "Directory that 'etacal closure' has written.", completion: .directory)
    var directory: String

    @Option(
        help: ArgumentHelp("Folder of changed templates: NAME.gp of a figure, style.gp of all.", valueName: "folder"),
        completion: .directory)
    var templates: String?

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    @Flag(help: "Print a machine-readable summary on standard output.")
    var json = false

    func run() throws {
        let pictures = try FigureRedrawing(directory: directory, templates: templates).run()
        let names = pictures.keys.sorted()
        if json {
            print("{\"figures\": [\(names.map { "\"\($0)\"" }.joined(separator: ", "))]}")
        } else if !quiet {
            print("\(names.count) figures are in \(directory)/figures")
        }
    }
}
