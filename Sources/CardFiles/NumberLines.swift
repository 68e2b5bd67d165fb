internal import FileAccess
internal import Foundation

/// The lines of a text of numbers separated by blanks, one after another.
struct NumberLines {
    let file: String
    /// The number of the present line, from 1; 0 before the first.
    private(set) var line = 0
    /// Ends with a line break and a zero, so that a number ends before its text does.
    private let bytes: [UInt8]
    private var current = 0..<0
    private var next = 0

    init(_ text: [UInt8], file: String) {
        self.file = file
        var bytes = text
        if bytes.last.map({ $0 != Self.newline }) ?? false { bytes.append(Self.newline) }
        bytes.append(0)
        self.bytes = bytes
    }

    private static let newline = UInt8(ascii: "\n")

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    /// Goes to the next line; false at the end.
    mutating func advance() throws(FileError) -> Bool {
        guard next < bytes.count - 1 else { return false }
        var end = next
        while bytes[end] != Self.newline {
            guard bytes[end] != 0 else {
                throw FileError(.malformed, "\(file):\(line + 1)", "this is not text", "give a text file")
            }
            end += 1
        }
        (current, next, line) = (next..<end, end + 1, line + 1)
        return true
    }

    /// Goes to the next line.
    /// - Parameter what: is due there.
    mutating func require(_ what: String) throws(FileError) {
        guard try advance() else {
            throw FileError(
                .malformed, "\(file):\(line)", "the file ends before \(what)", "give the whole file; this one was cut")
        }
    }

    var isBlank: Bool { current.allSatisfy { Self.isBlank(bytes[$0]) } }
    var isSeparator: Bool {
        bytes[current].starts(with: Array(repeating: UInt8(ascii: "-"), count: 3))
            && current.dropFirst(3).allSatisfy { Self.isBlank(bytes[$0]) }
    }
    var text: String { String(decoding: bytes[current], as: UTF8.self) }

    func error(_ problem: String, _ remedy: String) -> FileError {
        FileError(.malformed, "\(file):\(line)", problem, remedy)
    }

    func numbers() throws(FileError) -> [Double] {
        var found: [Double] = []
        try numbers(into: &found)
        return found
    }

    /// The numbers of the present line.
    func numbers(into numbers: inout [Double]) throws(FileError) {
        numbers.removeAll(keepingCapacity: true)
        var position = current.lowerBound
        while position < current.upperBound {
            if Self.isBlank(bytes[position]) {
                position += 1
                continue
            }
            var end = position
            while end < current.upperBound, !Self.isBlank(bytes[end]) { end += 1 }
            guard let number = Self.number(bytes, position..<end) else {
                let word = String(decoding: bytes[position..<min(end, position + 400)], as: UTF8.self)
                throw error("'\(excerpt(word))' is not a finite number", "mend the file or fetch it again")
            }
            numbers.append(number)
            position = end
        }
    }

    /// The decimal number that a word is, or nil.
    private static func number(_ bytes: [UInt8], _ word: Range<Int>) -> Double? {
        for index in word {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                continue
            default: return nil
            }
        }
        return bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return nil }
            let start = base.advanced(by: word.lowerBound).assumingMemoryBound(to: CChar.self)
            var stop: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &stop)
            guard let stop, UnsafePointer(stop) - start == word.count, value.isFinite else { return nil }
            return value
        }
    }
}
