internal import FileAccess
internal import Yams

/// A YAML value with its place, read against a closed schema: an unknown key is an error, not a default.
struct YAMLValue {
    let node: Node
    let file: String
    let path: [String]

    /// The only document of a text.
    static func document(_ text: String, file: String) throws -> YAMLValue {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw FileError(.malformed, file, "the file is empty", "start from one of the cards in Geometry/")
            }
            return YAMLValue(node: node, file: file, path: [])
        } catch let error as YamlError {
            throw FileError(
                .malformed, Self.place(of: error, file: file), Self.reason(of: error), "mend the YAML there")
        }
    }

    private static func place(of error: YamlError, file: String) -> String {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            "\(file):\(mark.line)"
        case .duplicatedKeysInMapping(_, let context): "\(file):\(context.mark.line)"
        default: file
        }
    }

    private static func reason(of error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let duplicates, _):
            "the key \(duplicates.sorted().joined(separator: ", ")) stands there twice"
        default: "this is not YAML"
        }
    }

    /// `file:line: key.path`.
    var place: String { Self.place(file: file, line: node.mark?.line, path: path) }

    private static func place(file: String, line: Int?, path: [String]) -> String {
        let position = line.map { "\(file):\($0)" } ?? file
        return path.isEmpty ? position : "\(position): \(path.joined(separator: "."))"
    }

    func error(_ problem: String, _ remedy: String) -> FileError { FileError(.malformed, place, problem, remedy) }

    /// An error at a key path below this value, placed at the deepest node that exists.
    func error(at below: [String], _ problem: String, _ remedy: String) -> FileError {
        var deepest = node
        for key in below {
            guard
                let next = deepest.mapping?[key]
                    ?? Int(key).flatMap({ index in
                        deepest.sequence.flatMap { $0.indices.contains(index) ? $0[index] : nil }
                    })
            else { break }
            deepest = next
        }
        return FileError(
            .malformed, Self.place(file: file, line: (deepest.mark ?? node.mark)?.line, path: path + below), problem,
            remedy)
    }

    /// A mapping that has no other keys than these.
    func mapping(_ keys: [String]) throws -> [String: YAMLValue] {
        guard let mapping = node.mapping else {
            throw error("this is not a mapping", "give keys: \(keys.joined(separator: ", "))")
        }
        var values: [String: YAMLValue] = [:]
        for (key, value) in mapping {
            let name = key.string ?? "?"
            guard keys.contains(name) else {
                let line = (key.mark ?? node.mark)?.line
                throw FileError(
                    .malformed, Self.place(file: file, line: line, path: path + [name]), "unknown key '\(name)'",
                    "known here: \(keys.joined(separator: ", "))")
            }
            values[name] = YAMLValue(node: value, file: file, path: path + [name])
        }
        return values
    }

    func required(_ values: [String: YAMLValue], _ key: String) throws -> YAMLValue {
        guard let value = values[key] else { throw error("the key '\(key)' is missing", "add it") }
        return value
    }

    func list() throws -> [YAMLValue] {
        guard let sequence = node.sequence else { throw error("this is not a list", "give a list: [a, b, …]") }
        return sequence.enumerated().map { YAMLValue(node: $1, file: file, path: path + ["\($0)"]) }
    }

    func string() throws -> String {
        guard let scalar = node.scalar else { throw error("this is not a text", "give a single value") }
        return scalar.string
    }

    func double() throws -> Double {
        guard let text = node.scalar?.string, let value = Double(text) else {
            throw error("'\(node.scalar?.string ?? "a list or mapping")' is not a number", "give a finite number")
        }
        guard value.isFinite else { throw error("\(text) is not a finite number", "give a finite number") }
        return value
    }

    func integer(_ range: ClosedRange<Int>) throws -> Int {
        guard let text = node.scalar?.string, let value = Int(text), range.contains(value) else {
            throw error(
                "'\(node.scalar?.string ?? "a list or mapping")' is not possible",
                "give a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func doubles() throws -> [Double] { try list().map { try $0.double() } }

    func requireSchema(_ values: [String: YAMLValue], _ schema: String) throws {
        let value = try required(values, "schema")
        guard try value.string() == schema else {
            throw value.error("the schema '\(try value.string())' is not known", "this version reads '\(schema)'")
        }
    }
}

extension YAMLValue {
    func positive() throws -> Double {
        let value = try double()
        guard value > 0 else { throw error("\(value) is not positive", "give a number above 0") }
        return value
    }
}
