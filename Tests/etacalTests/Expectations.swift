import Foundation
import Testing

extension Workplace {
    /// Expects that the program refuses: one line of place, problem and remedy on stderr, nothing on stdout, and
    /// everything in the directory as it was.
    /// - Parameters:
    ///   - place: the whole place: `file`, `file:line` or `file:line: key.path`.
    ///   - problem: part of what the message says of the problem; nil when any wording will do.
    func expectRefusal(
        _ arguments: [String], _ status: Status, at place: String, _ problem: String?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try snapshot()
        let outcome = try etacal(arguments)
        let left = try changes(since: before)
        guard outcome.status == status.rawValue else {
            Issue.record(
                "status \(status.rawValue) was due; changed: \(left); \(outcome)", sourceLocation: sourceLocation)
            return
        }
        #expect(outcome.output == "", "\(outcome)", sourceLocation: sourceLocation)
        #expect(left == [], "\(outcome)", sourceLocation: sourceLocation)

        let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines.last == "", "not one line: \(outcome)", sourceLocation: sourceLocation)
        let start = "etacal: \(place): "
        guard outcome.errors.hasPrefix(start) else {
            Issue.record("the message does not start with '\(start)': \(outcome)", sourceLocation: sourceLocation)
            return
        }
        let parts = outcome.errors.dropFirst(start.count).components(separatedBy: "; ")
        if let problem {
            #expect(parts[0].contains(problem), "problem '\(problem)': \(outcome)", sourceLocation: sourceLocation)
        }
        let remedy = parts.dropFirst().joined(separator: "; ").trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(remedy.count >= 6, "no remedy: \(outcome)", sourceLocation: sourceLocation)
    }

    func expectRefusal(
        _ line: String, _ status: Status, at place: String, _ problem: String?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try expectRefusal(
            line.split(separator: " ").map(String.init), status, at: place, problem, sourceLocation: sourceLocation)
    }
}

/// A file with a mistake in it and what has to be said of the mistake.
struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
    /// What follows the file's name, such as `:3: name`.
    let place: String
    let problem: String

    init(_ name: String, text: String, at place: String, _ problem: String) {
        testDescription = name
        self.text = text
        self.place = place
        self.problem = problem
    }

    /// - Parameter edit: what to put for the one place of a valid file where a text stands.
    init(
        _ name: String, in valid: String, _ edit: (old: String, new: String), at place: String, _ problem: String
    ) {
        precondition(valid.components(separatedBy: edit.old).count == 2, "'\(edit.old)' stands there once")
        self.init(name, text: valid.replacingOccurrences(of: edit.old, with: edit.new), at: place, problem)
    }
}

/// A JSON document that can be looked into and changed.
struct JSON {
    var value: Any

    init(_ data: Data) throws { value = try JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed]) }

    init(_ text: String) throws { try self.init(Data(text.utf8)) }

    subscript(_ key: String) -> JSON {
        get { JSON(unchecked: (value as? [String: Any])?[key] ?? NSNull()) }
        set {
            var object = value as? [String: Any] ?? [:]
            object[key] = newValue.value
            value = object
        }
    }

    subscript(_ index: Int) -> JSON {
        get {
            let list = value as? [Any] ?? []
            return JSON(unchecked: list.indices.contains(index) ? list[index] : NSNull())
        }
        set {
            var list = value as? [Any] ?? []
            list[index] = newValue.value
            value = list
        }
    }

    init(unchecked value: Any) { self.value = value }

    var isNull: Bool { value is NSNull }
    var keys: Set<String> { Set((value as? [String: Any])?.keys.map { $0 } ?? []) }
    var list: [JSON]? { (value as? [Any])?.map { JSON(unchecked: $0) } }
    var count: Int? { list?.count }
    var string: String? { value as? String }
    var bool: Bool? { value as? Bool }
    var double: Double? { isNull ? nil : (value as? NSNumber)?.doubleValue }
    var doubles: [Double]? { list?.compactMap(\.double) }
    /// Rows and columns of a table; nil when rows differ in length.
    var shape: [Int]? {
        guard let rows = list, let columns = rows.first?.count, rows.allSatisfy({ $0.count == columns }) else {
            return nil
        }
        return [rows.count, columns]
    }

    var data: Data { get throws { try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]) } }
}
