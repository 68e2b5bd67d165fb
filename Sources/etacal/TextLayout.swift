import Foundation

extension String {
    /// Broken at spaces into lines of at most that many characters; a longer word, such as a path, stays whole.
    /// - Parameter indent: spaces before each line but the first.
    func wrapped(columns: Int = 80, indent: Int = 4) -> String {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ", omittingEmptySubsequences: false) {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= columns {
                line += " " + word
            } else {
                lines.append(line)
                line = String(repeating: " ", count: indent) + word
            }
        }
        return (lines + [line]).joined(separator: "\n")
    }

    /// A name from a file as it can be shown in a line: control characters, which could steer the terminal, become '?',
    /// and the middle of a long name '...'.
    func shown(limit: Int = 48) -> String {
        let safe = String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
        guard safe.count > limit else { return safe }
        let kept = limit - 3
        return safe.prefix((kept + 1) / 2) + "..." + safe.suffix(kept / 2)
    }
}

/// A line of a table, the cells of which end at given columns. A cell that is too long takes the room of the gaps behind it
/// and leaves the later ones where they belong.
struct TableRow {
    private(set) var text = ""

    /// - Parameters:
    ///   - cell: ends at the column.
    ///   - rest: what follows it at once, such as the second of two numbers about a dash.
    mutating func put(_ cell: String, _ rest: String = "", at column: Int) {
        let gap = column - text.count - cell.count
        text += String(repeating: " ", count: max(text.isEmpty ? 0 : 1, gap)) + cell + rest
    }
}

enum Numbers {
    static func percent(_ value: Double?) -> String { value.map { String(format: "%.2f %%", 100 * $0) } ?? "-" }

    static func probability(_ value: Double?) -> String { value.map { String(format: "%.2g", $0) } ?? "-" }

    /// An edge of a bin in at most six characters, as long as it is below a million.
    static func edge(_ value: Double) -> String {
        let short = String(format: "%.5g", value)
        return short.contains("e") ? String(format: "%g", value) : short
    }
}
