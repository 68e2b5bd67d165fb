internal import FileAccess
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Rows of numbers under a header of column names, separated by commas. An empty field is NaN.
final class NumberTable: RowSource {
    static let mostColumns = 10_000
    private static let comma = UInt8(ascii: ",")

    let columns: [String]
    private let reader: LineReader
    /// Where a field of the file goes in a row of `wanted` columns; −1 when it is not wanted.
    private let destination: [Int]
    private let numbers = DecimalNumbers.shared

    /// - Parameters:
    ///   - wanted: the columns to read, in the order of a row.
    ///   - optional: those of them that may be missing; their place in a row stays NaN.
    init(_ path: String, wanted: [String], optional: Set<String>) throws(FileError) {
        reader = try LineReader(path)
        guard let header = try reader.next().map({ line throws(FileError) in try Self.header(line, path) }) else {
            throw FileError(.malformed, path, "the file is empty", "give a table with a header line")
        }
        columns = header
        var seen: Set<String> = []
        for name in header where !seen.insert(name).inserted {
            throw FileError(
                .malformed, "\(path):1", "the column '\(excerpt(name))' stands there twice", "rename one of them")
        }
        for name in wanted where !header.contains(name) && !optional.contains(name) {
            throw FileError(
                .malformed, "\(path):1", "the column '\(name)' is missing",
                "name it in the header; found: \(excerpt(header.joined(separator: ",")))")
        }
        destination = header.map { name in wanted.firstIndex(of: name) ?? -1 }
    }

    private static func header(_ line: UnsafeBufferPointer<UInt8>, _ path: String) throws(FileError) -> [String] {
        let count = line.count { $0 == comma } + 1
        guard count <= mostColumns else {
            throw FileError(.malformed, "\(path):1", "there are \(count) columns", "give at most \(mostColumns)")
        }
        return names(Array(line))
    }

    /// The names in a header line.
    static func names(_ line: [UInt8]) -> [String] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return line.dropFirst(line.starts(with: mark) ? 3 : 0)
            .split(separator: comma, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self).trimmingSpaces }
    }

    var place: String { reader.place }
    var header: String { "\(reader.path):1" }

    /// Reads the next row; false at the end.
    func next(into row: UnsafeMutableBufferPointer<Double>) throws(FileError) -> Bool {
        for index in row.indices { row[index] = .nan }
        while let line = try reader.next() {
            guard let start = line.baseAddress, !line.isEmpty else { continue }
            try parse(start, start + line.count, into: row)
            return true
        }
        return false
    }

    private func parse(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into row: UnsafeMutableBufferPointer<Double>
    ) throws(FileError) {
        var position = start
        var field = 0
        while true {
            guard field < destination.count else { throw fieldCount(start, end) }
            let place = destination[field]
            let first = position
            if place < 0 || first.pointee == Self.comma || first == end {
                position = Self.fieldEnd(first, end)
            } else if let value = numbers.scan(&position), position.pointee == Self.comma || position == end {
                row[place] = value
            } else {
                position = Self.fieldEnd(first, end)
                row[place] = try number(first, position - first, field)
            }
            field += 1
            if position == end { break }
            position += 1
        }
        guard field == destination.count else { throw fieldCount(start, end) }
    }

    /// The comma or the end of the line from a place on.
    @inline(__always)
    private static func fieldEnd(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var position = start
        while position != end, position.pointee != comma { position += 1 }
        return position
    }

    private func number(_ text: UnsafePointer<UInt8>, _ length: Int, _ field: Int) throws(FileError) -> Double {
        guard let value = parsedNumber(text, length) else {
            let bytes = UnsafeBufferPointer(start: text, count: min(length, 400))
            throw FileError(
                .malformed, reader.place,
                "column '\(excerpt(columns[field]))' holds '\(excerpt(String(decoding: bytes, as: UTF8.self)))', "
                    + "which is not a number",
                "mend the field or leave it empty")
        }
        return value
    }

    private func fieldCount(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> FileError {
        let count = UnsafeBufferPointer(start: start, count: end - start).count { $0 == Self.comma } + 1
        return FileError(
            .malformed, reader.place, "the row has \(count) fields, the header has \(destination.count)",
            "complete the row; a file that ends early was cut")
    }
}

/// The number that a whole field holds, as C reads it, or nil. A NaN is an absent value like an empty field; an infinity
/// is nothing that a detector measures, and what is too small for a number is not 0.
/// - Parameters:
///   - text: followed by a comma or a zero byte.
///   - length: at least 1.
func parsedNumber(_ text: UnsafePointer<UInt8>, _ length: Int) -> Double? {
    text.withMemoryRebound(to: CChar.self, capacity: length + 1) { characters in
        var stop: UnsafeMutablePointer<CChar>?
        let value = strtod(characters, &stop)
        guard let stop, UnsafePointer(stop) - characters == length, !value.isInfinite else { return nil }
        guard value == 0 else { return value }
        for index in 0..<length where UInt8(ascii: "1")...UInt8(ascii: "9") ~= text[index] { return nil }
        return value
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
