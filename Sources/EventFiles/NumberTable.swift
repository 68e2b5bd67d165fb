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
    /// The fields to read, in their order, and where they go in a row of `wanted` columns.
    private let fields: [(field: Int, place: Int)]
    private let commas: CommaFinder
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
        fields = header.enumerated().compactMap { field, name in wanted.firstIndex(of: name).map { (field, $0) } }
        commas = CommaFinder(atMost: header.count)
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

    func skip(_ count: Int) throws(FileError) {
        var left = count
        while left > 0, let line = try reader.next() { left -= line.isEmpty ? 0 : 1 }
    }

    private func parse(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into row: UnsafeMutableBufferPointer<Double>
    ) throws(FileError) {
        let count = commas.find(start, end)
        for (field, place) in fields {
            guard field < count else { break }
            let (first, last) = (start + commas.starts[field], start + (commas.starts[field + 1] - 1))
            guard first != last else { continue }
            if let value = numbers.number(first, last) {
                row[place] = value
            } else {
                row[place] = try number(first, last - first, field)
            }
        }
        guard count == columns.count else { throw fieldCount(start, end) }
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
            .malformed, reader.place, "the row has \(count) fields, the header has \(columns.count)",
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
