internal import FileAccess
internal import Yams

/// A YAML value with its place, read against a closed schema: an unknown key is an error, not a default.
struct YAMLValue {
    let node: Node
    let file: String
    let path: [String]

    /// `file:line: key.path`.
    var place: String { Self.place(file: file, line: node.mark?.line, path: path) }

    static func place(file: String, line: Int?, path: [String]) -> String {
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
            let name = key.scalar?.string ?? "?"
            let place = Self.place(file: file, line: (key.mark ?? node.mark)?.line, path: path + [excerpt(name)])
            guard keys.contains(name) else {
                throw FileError(
                    .malformed, place, "unknown key '\(excerpt(name))'", "known here: \(keys.joined(separator: ", "))")
            }
            values[name] = YAMLValue(node: value, file: file, path: path + [name])
        }
        return values
    }

    /// A mapping with any keys, in its order.
    func entries() throws -> [(name: String, value: YAMLValue)] {
        guard let mapping = node.mapping else { throw error("this is not a mapping", "give names with values") }
        return mapping.map { key, value in
            let name = key.scalar?.string ?? "?"
            return (name, YAMLValue(node: value, file: file, path: path + [excerpt(name)]))
        }
    }

    func required(_ values: [String: YAMLValue], _ key: String) throws -> YAMLValue {
        guard let value = values[key] else { throw error("the key '\(key)' is missing", "add it") }
        return value
    }

    func list() throws -> [YAMLValue] {
        guard let sequence = node.sequence else { throw error("this is not a list", "give a list: [a, b, …]") }
        return sequence.enumerated().map { YAMLValue(node: $1, file: file, path: path + ["\($0)"]) }
    }

    /// A text without control characters, other than line breaks and tabs.
    func string() throws -> String {
        guard let text = node.scalar?.string else { throw error("this is not a text", "give a single value") }
        guard !text.unicodeScalars.contains(where: { $0.isControl && $0 != "\n" && $0 != "\t" }) else {
            throw error("'\(word)' has control characters", "leave them out")
        }
        return text
    }

    /// A text that says something.
    func name() throws -> String {
        let text = try string()
        guard !text.isEmpty else { throw error("the name is empty", "give one, or leave the key out") }
        return text
    }

    /// The value as a message shows it.
    var word: String { node.scalar.map { excerpt($0.string) } ?? "a list or mapping" }

    func double() throws -> Double {
        guard let text = node.scalar?.string, let value = Double(text) else {
            throw error("'\(word)' is not a number", "give a finite number")
        }
        guard value.isFinite else { throw error("\(word) is not a finite number", "give a finite number") }
        guard value != 0 || !text.prefix(while: { !"eEpP".contains($0) }).contains(where: { ("1"..."9").contains($0) })
        else { throw error("\(word) is too small for a number", "give 0 or a larger number") }
        return value
    }

    func integer(_ range: ClosedRange<Int>) throws -> Int {
        guard let text = node.scalar?.string, let value = Int(text), range.contains(value) else {
            throw error(
                "'\(word)' is not possible", "give a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func doubles() throws -> [Double] { try list().map { try $0.double() } }

    func requireSchema(_ values: [String: YAMLValue], _ schema: String) throws {
        let value = try required(values, "schema")
        guard try value.string() == schema else {
            throw value.error("the schema '\(value.word)' is not known", "this version reads '\(schema)'")
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
