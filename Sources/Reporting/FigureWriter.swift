internal import FileAccess
internal import Foundation

/// Writes figures and has gnuplot draw them.
public enum FigureWriter {
    public static let formats = ["png", "pdf", "svg"]

    public enum Outcome: Sendable, Equatable {
        case drawn
        /// Scripts and data are there, some pictures are not.
        case partlyDrawn(reason: String)
        /// Scripts and data are there, pictures are not.
        case notDrawn(reason: String)
    }

    /// Writes data and scripts.
    static func prepare(_ figures: [Figure], in directory: String) throws {
        for figure in figures {
            guard let template = FigureScript.template(of: figure.name) else {
                preconditionFailure("a template for each figure")
            }
            try writeText(figure.data, to: "\(directory)/\(figure.name).dat")
            try writeText(
                FigureScript.text(
                    name: figure.name, settings: figure.settings, style: FigureScript.style, template: template),
                to: "\(directory)/\(figure.name).gp")
        }
    }

    /// - Parameter directory: exists; gets `NAME.gp`, `NAME.dat` and the pictures.
    public static func write(_ figures: [Figure], to directory: String) throws -> Outcome {
        try prepare(figures, in: directory)
        let failures = Gnuplot.run(figures.map { "\($0.name).gp" }, in: directory)
        for (script, _) in failures {
            // Without a picture rather than with half of one.
            for format in formats {
                try? FileManager.default.removeItem(atPath: "\(directory)/\(script.dropLast(3)).\(format)")
            }
        }
        // Without gnuplot all fail alike.
        guard let first = failures.first else { return .drawn }
        let others = first.failure == .missing ? [] : failures.dropFirst().map(\.script)
        let rest = others.isEmpty ? "" : "; and on \(others.joined(separator: ", "))"
        let reason = first.failure.description + rest
        return failures.count < figures.count ? .partlyDrawn(reason: reason) : .notDrawn(reason: reason)
    }
}
