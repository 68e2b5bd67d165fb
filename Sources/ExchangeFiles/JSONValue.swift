internal import CalibrationFiles
internal import FileAccess
internal import Foundation

/// A JSON document whose numbers are as they stand there, bit for bit.
indirect enum JSONValue: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        // Asked for in the order of how many there are: each that fails costs an error.
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else {
            guard container.decodeNil() else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "no value of JSON")
            }
            self = .null
        }
    }
}

/// A value with the file and the key path that it stands at, for errors.
struct JSONPlace {
    let file: String
    let path: [String]
    let value: JSONValue

    /// - Throws: `FileError` when the text is not JSON, or has a key twice.
    init(_ data: Data, file: String) throws(FileError) {
        func malformed(_ place: String, _ problem: String) -> FileError {
            FileError(.malformed, "\(file): \(place)", problem, "give a file of correctionlib")
        }
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: data)
            guard String(data: data, encoding: .utf8) != nil else {
                throw malformed("top level", "this is not JSON in UTF-8")
            }
            try JSONKeys.check(data) { _ in nil }
        } catch let fault as JSONKeys.Fault {
            throw malformed(excerpt(fault.path.joined(separator: ".")), fault.problem)
        } catch let error as FileError { throw error } catch { throw malformed("top level", "this is not JSON") }
        self.file = file
        path = []
    }

    private init(_ file: String, _ path: [String], _ value: JSONValue) {
        (self.file, self.path, self.value) = (file, path, value)
    }

    var place: String { "\(file): \(path.isEmpty ? "top level" : excerpt(path.joined(separator: ".")))" }

    func error(_ problem: String, _ remedy: String = "mend the file or fetch it again") -> FileError {
        FileError(.malformed, place, problem, remedy)
    }

    /// The value of a key; nil where it is missing or null.
    func optional(_ key: String) throws(FileError) -> JSONPlace? {
        guard case .object(let members) = value else { throw error("this is not an object") }
        guard let member = members[key] else { return nil }
        if case .null = member { return nil }
        return JSONPlace(file, path + [key], member)
    }

    func member(_ key: String) throws(FileError) -> JSONPlace {
        guard let member = try optional(key) else { throw error("the key '\(key)' is missing") }
        return member
    }

    /// Expects no other keys than these.
    func requireKeys(_ known: [String]) throws(FileError) {
        guard case .object(let members) = value else { throw error("this is not an object") }
        for key in members.keys.sorted() where !known.contains(key) {
            throw error("the key '\(excerpt(key))' is not known; known here: \(known.joined(separator: ", "))")
        }
    }

    func list() throws(FileError) -> [JSONPlace] {
        guard case .list(let values) = value else { throw error("this is not a list") }
        return values.enumerated().map { JSONPlace(file, path + ["\($0.offset)"], $0.element) }
    }

    func text() throws(FileError) -> String {
        guard case .text(let text) = value else { throw error("this is not a text") }
        return text
    }

    func number() throws(FileError) -> Double {
        guard case .number(let number) = value else { throw error("this is not a number") }
        return number
    }
}
