/// What is wrong with a file: the problem, its place and the remedy.
public struct FileError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The content is not what it should be.
        case malformed
        /// The file is missing or cannot be read.
        case unreadable
        /// The output exists or cannot be created.
        case cannotCreate
        /// Reading or writing failed on the way.
        case failed
    }

    public let kind: Kind
    /// `file`, `file:line` or `file:line: key.path`.
    public let place: String
    public let problem: String
    public let remedy: String

    public init(_ kind: Kind, _ place: String, _ problem: String, _ remedy: String) {
        self.kind = kind
        self.place = place
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(place): \(problem); \(remedy)" }
}

/// The beginning of a text from a file, fit to stand in a message on a terminal: at most 60 characters, and no control
/// characters.
public func excerpt(_ text: String) -> String {
    let longest = 60
    var result = String.UnicodeScalarView()
    for (index, scalar) in text.unicodeScalars.enumerated() {
        guard index < longest else { return String(result) + "…" }
        result.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
    }
    return String(result)
}
