internal import CHepMC
internal import FileAccess
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A line or what is left of it: fields with one blank in front of each.
struct Field {
    private(set) var start: UnsafePointer<CChar>
    let end: UnsafePointer<CChar>

    init(_ start: UnsafePointer<CChar>, _ end: UnsafePointer<CChar>) {
        self.start = start
        self.end = end
    }

    private var count: Int { end - start }

    var isBlank: Bool {
        var text = start
        while text < end {
            guard text.pointee == 32 || text.pointee == 13 else { return false }
            text += 1
        }
        return true
    }

    var first: UInt8? { count > 0 ? UInt8(bitPattern: start[0]) : nil }
    var second: UInt8? { count > 1 ? UInt8(bitPattern: start[1]) : nil }

    /// As lines of Windows do.
    var endsInReturn: Bool { count > 0 && end[-1] == 13 }

    func begins(with text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount && memcmp(start, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    static func == (field: Field, text: String) -> Bool {
        field.count == text.utf8.count && text.withCString { memcmp(field.start, $0, field.count) == 0 }
    }

    /// For messages.
    var excerpt: String {
        FileAccess.excerpt(
            String(decoding: UnsafeRawBufferPointer(start: start, count: min(count, 200)), as: UTF8.self))
    }

    mutating func skip(_ count: Int) { start += count }

    private mutating func skipBlank() -> Bool {
        guard first == 32 else { return false }
        start += 1
        return true
    }

    mutating func integer() -> Int64? {
        var value: Int64 = 0
        guard skipBlank(), let rest = chepmc_read_integer(start, end, &value) else { return nil }
        start = rest
        return start == end || first == 32 ? value : nil
    }

    mutating func number() -> Double? {
        var value = 0.0
        guard skipBlank(), let rest = chepmc_read_number(start, end, &value) else { return nil }
        start = rest
        return start == end || first == 32 ? value : nil
    }

    /// Everything up to the next blank.
    mutating func word() -> Field? {
        guard skipBlank() else { return nil }
        let begin = start
        while start < end, start.pointee != 32 { start += 1 }
        return start > begin ? Field(begin, start) : nil
    }

    /// ` @ x y z t`, and nothing behind it.
    mutating func position() -> Bool {
        guard let sign = word(), sign == "@" else { return false }
        for _ in 0..<4 where number() == nil { return false }
        return isBlank
    }

    /// ` [1,2,3]`, each from 1 to a largest number.
    mutating func incoming(_ record: inout EventRecord, atMost limit: Int) -> Bool {
        guard skipBlank(), first == UInt8(ascii: "[") else { return false }
        start += 1
        if first == UInt8(ascii: "]") {
            start += 1
            return true
        }
        while true {
            var value: Int64 = 0
            guard let rest = chepmc_read_integer(start, end, &value), 1...Int64(limit) ~= value else { return false }
            record.appendIncoming(Int32(value))
            start = rest
            let sign = first
            guard sign != nil else { return false }
            start += 1
            if sign == UInt8(ascii: "]") { return true }
            guard sign == UInt8(ascii: ",") else { return false }
        }
    }
}
