import Foundation

/// A table read in the most straightforward way there is, to compare readers with.
struct PlainTable {
    let names: [String]
    let rows: [[String]]

    /// - Returns: nil when rows differ in their number of fields.
    init?(_ text: [UInt8]) {
        var lines = text.split(separator: 10, omittingEmptySubsequences: false).map { line in
            line.last == 13 ? line.dropLast() : line
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard var header = lines.first else { return nil }
        if header.starts(with: [0xEF, 0xBB, 0xBF]) { header = header.dropFirst(3) }
        func fields(_ line: ArraySlice<UInt8>) -> [String] {
            line.split(separator: 44, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }
        names = fields(header).map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " ")) }
        rows = lines.dropFirst().filter { !$0.isEmpty }.map(fields)
        let count = names.count
        guard rows.allSatisfy({ $0.count == count }), Set(names).count == count else { return nil }
    }

    /// The numbers of a column, NaN where a field is empty or the column is not there; nil when one is not a number.
    func column(_ name: String) -> [Double]? {
        guard let index = names.firstIndex(of: name) else { return rows.map { _ in .nan } }
        var numbers: [Double] = []
        for row in rows {
            let field = row[index].drop { " \t\u{B}\u{C}\r".unicodeScalars.contains($0.unicodeScalars.first ?? "x") }
            if row[index].isEmpty || field.lowercased().hasPrefix("nan") || field.lowercased().hasPrefix("-nan") {
                numbers.append(.nan)
            } else if let number = Double(String(field)) {
                numbers.append(number)
            } else {
                return nil
            }
        }
        return numbers
    }
}

/// gzip with stored blocks, written by hand: independent of the library that reads it.
func storedGzip(_ bytes: [UInt8]) -> [UInt8] {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    func littleEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    var first = 0
    repeat {
        let count = min(0xFFFF, bytes.count - first)
        let length = UInt32(count) | UInt32(~UInt16(count)) << 16
        result += [first + count == bytes.count ? 1 : 0] + littleEndian(length) + bytes[first..<first + count]
        first += count
    } while first < bytes.count
    return result + littleEndian(~crc) + littleEndian(UInt32(bytes.count))
}
