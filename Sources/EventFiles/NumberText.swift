/// Bytes of text that numbers are appended to without making a string of each.
struct NumberText: TextOutputStream {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ character: Unicode.Scalar) { bytes.append(UInt8(ascii: character)) }

    /// The shortest digits that read back bit for bit, as `description` has them.
    mutating func append(_ number: Double) { number.write(to: &self) }

    mutating func append(_ number: some FixedWidthInteger) {
        if number < 0 { append("-") }
        let first = bytes.count
        var rest = number.magnitude
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        } while rest > 0
        bytes[first...].reverse()
    }

    mutating func write(_ string: String) { bytes.append(contentsOf: string.utf8) }

    /// What the library hands its digits to where it can; else they come through `write`.
    mutating func _writeASCII(_ digits: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: digits) }
}
