internal import FileAccess
internal import Foundation
internal import Plots

/// The data of a figure and what its template needs to know; the template decides how it looks.
public struct Figure: Sendable {
    /// Also the name of the template.
    public let name: String
    /// Assignments that stand before the template: gnuplot expressions by variable.
    let variables: [(name: String, value: String)]
    /// Blocks of rows; a template addresses them as `index 0`, `index 1`, …
    let blocks: [Block]

    struct Block: Sendable {
        let title: String
        let columns: [String]
        let rows: [[Double?]]
        /// Rows after which a blank line separates scans of a surface; nil for none.
        var scan: Int?
    }

    static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }

    /// Data for gnuplot: comment lines, numbers, NaN where nothing is known.
    var data: String {
        var text = ""
        for block in blocks {
            text += "# \(block.title)\n# \(block.columns.joined(separator: " "))\n"
            for (index, row) in block.rows.enumerated() {
                if let scan = block.scan, index > 0, index % scan == 0 { text += "\n" }
                text += row.map { $0.map { "\($0)" } ?? "NaN" }.joined(separator: " ") + "\n"
            }
            text += "\n\n"
        }
        return text
    }

    /// A gnuplot script that stands alone beside its data.
    func script(template: String) -> String {
        let head = variables.map { "\($0.name) = \($0.value)\n" }.joined()
        return "# gnuplot \(name).gp   makes \(name).png, .pdf and .svg\nname = \"\(name)\"\ndata = \"\(name).dat\"\n"
            + head + "\n" + String(decoding: Plots.style, as: UTF8.self) + "\n" + template
    }
}

/// Writes figures and has gnuplot draw them.
public enum FigureWriter {
    public enum Outcome: Sendable, Equatable {
        case drawn
        /// Scripts and data are there, pictures are not.
        case notDrawn(reason: String)
    }

    /// - Parameter directory: exists; gets `NAME.gp`, `NAME.dat` and the pictures.
    public static func write(_ figures: [Figure], to directory: String) throws -> Outcome {
        for figure in figures {
            guard let template = Plots.templates[figure.name] else { preconditionFailure("a template for each figure") }
            try writeText(figure.data, to: "\(directory)/\(figure.name).dat")
            try writeText(
                figure.script(template: String(decoding: template, as: UTF8.self)),
                to: "\(directory)/\(figure.name).gp")
        }
        for figure in figures {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["gnuplot", "\(figure.name).gp"]
            process.currentDirectoryURL = URL(fileURLWithPath: directory)
            let messages = Pipe()
            process.standardError = messages
            process.standardOutput = FileHandle.nullDevice
            do { try process.run() } catch { return .notDrawn(reason: "gnuplot cannot be started: \(error)") }
            let text = String(decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            if process.terminationStatus == 127 {
                return .notDrawn(reason: "gnuplot is not installed (Debian package: gnuplot-nox)")
            }
            guard process.terminationStatus == 0 else {
                return .notDrawn(reason: "gnuplot failed on \(figure.name).gp: \(text)")
            }
        }
        return .drawn
    }
}
