import Foundation

/// Colours of what goes to one stream: on a terminal only, and not where the user has turned them off.
struct TerminalStyle: Sendable {
    /// Select Graphic Rendition codes of ECMA-48; the eight colours, which every scheme of a terminal makes readable.
    enum Tint: Int {
        case heading = 1
        case bad = 31
        case good = 32
        case caution = 33
    }

    /// Decided when first asked for, once for each stream.
    static let output = TerminalStyle(stream: STDOUT_FILENO)
    static let errors = TerminalStyle(stream: STDERR_FILENO)

    let isColoured: Bool

    /// `NO_COLOR` counts when it is not empty (no-color.org); a terminal without a name is taken for a dumb one.
    private init(stream: Int32) {
        let environment = ProcessInfo.processInfo.environment
        let terminal = environment["TERM"] ?? ""
        isColoured =
            isatty(stream) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && !["", "dumb"].contains(terminal)
    }

    /// Prints what a user should know of a result.
    static func caution(_ text: String) { print(output.paint(text.wrapped(), .caution)) }

    /// The text in a colour, each line for itself, so that no pager loses it at a line's end.
    func paint(_ text: String, _ tint: Tint) -> String {
        guard isColoured else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "\u{1B}[\(tint.rawValue)m\($0)\u{1B}[0m" }.joined(separator: "\n")
    }
}
