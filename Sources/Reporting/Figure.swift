public import Balance
internal import Foundation
internal import Plots

/// The data of a figure and what its template needs to know; the template decides how it looks.
public struct Figure: Sendable {
    /// Also the name of the template.
    public let name: String
    /// What is to be seen, in a sentence or two.
    public let caption: String
    /// Assignments that stand before the template: gnuplot expressions by variable.
    let variables: [Variable]
    /// Blocks of rows; a template addresses them as `index 0`, `index 1`, …
    let blocks: [Block]

    struct Variable: Sendable {
        let name: String
        let value: String

        init(_ name: String, _ value: Double) { (self.name, self.value) = (name, "\(value)") }
        init(_ name: String, _ value: Int) { (self.name, self.value) = (name, "\(value)") }
        init(_ name: String, _ text: String) { (self.name, value) = (name, Figure.quoted(text)) }

        init(_ name: String, _ numbers: [Double]) {
            self.name = "array \(name)[\(max(numbers.count, 1))]"
            value = "[" + numbers.map { "\($0)" }.joined(separator: ", ") + "]"
        }

        init(_ name: String, _ texts: [String]) {
            self.name = "array \(name)[\(max(texts.count, 1))]"
            value = "[" + texts.map(Figure.quoted).joined(separator: ", ") + "]"
        }
    }

    struct Block: Sendable {
        let title: String
        let columns: [String]
        let rows: [[Double?]]
    }

    init(_ name: String, caption: String, label: FigureLabel, variables: [Variable], blocks: [Block]) {
        self.name = name
        self.caption = caption
        self.variables = [Variable("sample", label.sample), Variable("selection", label.selection)] + variables
        self.blocks = blocks
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            // gnuplot runs what stands between backquotes, in strings as well.
            case "`": result += "\\140"
            case "\r", "\t": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Data for gnuplot: comment lines, numbers, NaN where nothing is known.
    var data: String {
        var text = ""
        for block in blocks {
            let title = block.title.replacingOccurrences(of: "\n", with: " ")
            text += "# \(title)\n# \(block.columns.joined(separator: " "))\n"
            for row in block.rows { text += row.map { $0.map { "\($0)" } ?? "NaN" }.joined(separator: " ") + "\n" }
            // gnuplot takes a block without rows for none at all, and would number the next ones wrongly.
            if block.rows.isEmpty { text += block.columns.map { _ in "NaN" }.joined(separator: " ") + "\n" }
            text += "\n\n"
        }
        return text
    }

    /// The assignments that make a template into this figure, one a line.
    var settings: String {
        let head = [Variable("name", name), Variable("data", "\(name).dat")] + variables
        return head.map { "\($0.name) = \($0.value)\n" }.joined()
    }
}

/// What stands above every figure.
public struct FigureLabel: Sendable {
    /// Detector, events and √s.
    public let sample: String
    /// Jets, selection and method.
    public let selection: String

    public init(sample: String, selection: String) {
        self.sample = sample
        self.selection = selection
    }

    /// The cuts of a selection in words.
    public static func cuts(_ selection: Selection) -> String {
        let cuts = String(format: "Δφ > %g, α < %g", selection.deltaPhiMinimum, selection.alphaMaximum)
        return selection.requiredTag.map { "\(cuts), \($0)" } ?? cuts
    }
}

/// gnuplot scripts: settings of a figure, the common style and a template.
public enum FigureScript {
    private static let divider = "# ---- settings above, style and template below ----"

    /// A script that stands alone beside its data.
    /// - Parameter settings: assignments, one a line.
    public static func text(name: String, settings: String, style: String, template: String) -> String {
        "# gnuplot \(name).gp   makes \(name).png, .pdf and .svg\n\(settings)\(divider)\n\(style)\n\(template)"
    }

    /// The settings of a script that `text` made; nil when they cannot be told from the rest.
    public static func settings(of script: String) -> String? {
        guard let range = script.range(of: "\n\(divider)\n"), let first = script.firstIndex(of: "\n") else {
            return nil
        }
        guard first < range.lowerBound else { return "" }
        return String(script[script.index(after: first)..<range.lowerBound]) + "\n"
    }

    /// The built-in template of a figure.
    public static func template(of name: String) -> String? {
        Plots.templates[name].map { String(decoding: $0, as: UTF8.self) }
    }

    /// The built-in style.
    public static var style: String { String(decoding: Plots.style, as: UTF8.self) }
}
