package import Foundation

/// The keys of a JSON text, which `JSONDecoder` does not tell: it takes one of two equal keys and leaves out those that
/// it was not asked for. It also takes a comma behind the last element, which stands where one was lost.
package enum JSONKeys {
    package struct Fault: Error {
        package let path: [String]
        package let problem: String
    }

    private struct Level {
        let isObject: Bool
        /// The key of the value that is being read.
        var key = ""
        var seen: Set<String> = []
        var expectsKey: Bool
    }

    /// - Parameters:
    ///   - text: valid JSON in UTF-8.
    ///   - known: keys of the object at a path of keys joined by points (positions in lists left out); nil where any is.
    /// - Throws: `Fault` at the first key that stands twice in its object or is not known there, or list or object that ends with a comma.
    package static func check(_ text: Data, known: (String) -> [String]?) throws(Fault) {
        let bytes = [UInt8](text)
        var levels: [Level] = []
        var position = 0
        var isBehindComma = false
        while position < bytes.count {
            if isBehindComma, [UInt8(ascii: "}"), UInt8(ascii: "]")].contains(bytes[position]) {
                throw Fault(
                    path: levels.filter(\.isObject).map(\.key), problem: "a comma stands behind the last element")
            }
            if ![0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
                isBehindComma = bytes[position] == UInt8(ascii: ",")
            }
            switch bytes[position] {
            case UInt8(ascii: "{"): levels.append(Level(isObject: true, expectsKey: true))
            case UInt8(ascii: "["): levels.append(Level(isObject: false, expectsKey: false))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = levels.popLast()
            case UInt8(ascii: ","):
                if let last = levels.indices.last { levels[last].expectsKey = levels[last].isObject }
            case UInt8(ascii: "\""):
                let first = position
                position += 1
                while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                    position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                if let last = levels.indices.last, levels[last].expectsKey, position < bytes.count {
                    try add(key(bytes[first...position]), to: &levels, known)
                }
            default: break
            }
            position += 1
        }
    }

    private static func add(_ key: String, to levels: inout [Level], _ known: (String) -> [String]?) throws(Fault) {
        let last = levels.count - 1
        let path = levels.dropLast().filter(\.isObject).map(\.key)
        guard levels[last].seen.insert(key).inserted else {
            throw Fault(path: path + [key], problem: "the key stands there twice")
        }
        if let known = known(path.joined(separator: ".")), !known.contains(key) {
            throw Fault(
                path: path + [key], problem: "the key is not known; known here: \(known.joined(separator: ", "))")
        }
        levels[last].key = key
        levels[last].expectsKey = false
    }

    /// The text of a quoted string, escapes resolved.
    private static func key(_ quoted: ArraySlice<UInt8>) -> String {
        let plain = String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
        guard plain.contains("\\") else { return plain }
        return (try? JSONDecoder().decode([String].self, from: Data([91] + quoted + [93])))?.first ?? plain
    }
}
