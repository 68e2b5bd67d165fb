/// Decimal numbers as the doubles next to them, ties to even, as `strtod` gives them; several times as fast for what tables hold.
///
/// A number is m · 10ᵉ with whole m. Up to m = 2⁵³ and |e| = 22 both factors are doubles, and one operation rounds once (Clinger,
/// PLDI 1990). Else m, of up to 19 digits behind the point, is multiplied with a reciprocal of 64 bits: the upper half of the
/// product is off by less than one in its last place, ten places behind those of a double, which decides but for one number in 500
/// (the idea is Eisel's; Lemire, Softw. Pract. Exper. 51 (2021) 1700). For that one there is a division with remainder. Other
/// numbers are left to `strtod`.
package struct DecimalNumbers {
    private static let mostDigits = 19
    private static let mostExactPower = 22

    /// 10⁰ to 10²², exact.
    private let powers: [Double]
    /// 10⁰ to 10¹⁹, shifted left until the highest bit is set.
    private let divisors: [UInt64]
    /// The number of bits of these powers.
    private let bits: [Int]
    /// 2¹²⁷ over the divisors, rounded down; that of 10⁰ is not asked for.
    private let reciprocals: [UInt64]

    package static let shared = DecimalNumbers()

    private init() {
        powers = (0...Self.mostExactPower).map { (0..<$0).reduce(1.0) { product, _ in 10 * product } }
        let whole = (0...Self.mostDigits).map { (0..<$0).reduce(UInt64(1)) { product, _ in 10 * product } }
        bits = whole.map { 64 - $0.leadingZeroBitCount }
        divisors = whole.map { $0 << UInt64($0.leadingZeroBitCount) }
        reciprocals = divisors.map { $0 == 1 << 63 ? 0 : $0.dividingFullWidth((1 << 63, 0)).quotient }
    }

    /// Reads digits with or without sign, point and exponent, and moves `position` behind them.
    /// - Parameter position: in a line of a `LineReader`, which ends with a zero byte and some that may be looked at.
    /// - Returns: nil for what is no number, or one that takes longer; `position` is then anywhere in the line.
    @inline(__always)
    func scan(_ position: inout UnsafePointer<UInt8>) -> Double? {
        let isNegative = position.pointee == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var mantissa: UInt64 = 0
        var first = position
        Self.addDigits(&position, to: &mantissa)
        var digits = position - first
        // More of them may have left nothing of the number.
        guard digits <= Self.mostDigits else { return nil }
        var exponent = 0
        if position.pointee == UInt8(ascii: ".") {
            position += 1
            first = position
            if mantissa == 0 {
                // Zeros in front are digits, but take no room.
                while position.pointee == UInt8(ascii: "0") { position += 1 }
                guard digits + (position - first) > 0 || Self.digit(position) != nil else { return nil }
                digits = first - position
            }
            while let eight = Self.eightDigits(position) {
                mantissa = mantissa &* 100_000_000 &+ eight
                position += 8
            }
            Self.addDigits(&position, to: &mantissa)
            exponent = first - position
            digits -= exponent
        } else if digits == 0 {
            return nil
        }
        guard digits <= Self.mostDigits else { return nil }
        if position.pointee | 0x20 == UInt8(ascii: "e") {
            position += 1
            guard let power = Self.power(&position) else { return nil }
            exponent += power
        }
        return value(mantissa, exponent).map { isNegative ? -$0 : $0 }
    }

    /// What `scan` says of the whole text, for tests; nil also when something follows the number.
    package func number(_ text: String) -> Double? {
        let bytes = Array(text.utf8) + Array(repeating: 0, count: LineReader.slack)
        return bytes.withUnsafeBufferPointer { buffer in
            guard var position = buffer.baseAddress, !text.isEmpty, let value = scan(&position) else { return nil }
            return position == buffer.baseAddress.map { $0 + text.utf8.count } ? value : nil
        }
    }

    /// mantissa · 10^exponent, or nil where that takes longer.
    @inline(__always)
    private func value(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        if exponent == 0 { return Double(mantissa) }
        if mantissa <= 1 << 53, abs(exponent) <= Self.mostExactPower {
            return exponent < 0 ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
        }
        guard mantissa > 0, exponent < 0, exponent >= -Self.mostDigits else { return nil }
        return quotient(mantissa, power: -exponent)
    }

    /// dividend / 10^power, which is far from the ends of what a double holds.
    @inline(__always)
    private func quotient(_ dividend: UInt64, power: Int) -> Double {
        let shift = dividend.leadingZeroBitCount
        let shifted = dividend << UInt64(shift)
        // The quotient is `upper`, and less than one more, times two to this.
        let scale = 1 - shift - bits[power]
        let upper = shifted.multipliedFullWidth(by: reciprocals[power]).high
        let half: UInt64 = upper >> 63 == 1 ? 1 << 10 : 1 << 9
        let rest = upper & (2 * half - 1)
        guard rest != half, rest != half - 1 else { return division(shifted, power, scale) }
        let rounded = (upper & ~(2 * half - 1)) &+ (rest > half ? 2 * half : 0)
        // Past the end of 64 bits it is a power of two.
        return Self.scaled(rounded == 0 ? 0x1p64 : Double(rounded), scale)
    }

    /// The same by long division, for a quotient close to the middle between two doubles.
    @inline(never)
    private func division(_ shifted: UInt64, _ power: Int, _ scale: Int) -> Double {
        // The upper word of the dividend is smaller than the divisor, and the quotient has 63 or 64 bits.
        let (quotient, remainder) = divisors[power].dividingFullWidth((shifted >> 1, shifted << 63))
        // What is left, however small, decides a tie; it has no other effect, ten places behind the last one.
        return Self.scaled(Double(quotient | (remainder == 0 ? 0 : 1)), scale)
    }

    /// value · 2^power, which is an ordinary number.
    @inline(__always)
    private static func scaled(_ value: Double, _ power: Int) -> Double {
        value * Double(bitPattern: UInt64(1023 + power) << 52)
    }
}

extension DecimalNumbers {
    @inline(__always)
    private static func digit(_ text: UnsafePointer<UInt8>) -> UInt64? {
        let digit = text.pointee &- UInt8(ascii: "0")
        return digit < 10 ? UInt64(digit) : nil
    }

    @inline(__always)
    private static func addDigits(_ text: inout UnsafePointer<UInt8>, to value: inout UInt64) {
        while let digit = digit(text) {
            value = value &* 10 &+ digit
            text += 1
        }
    }

    /// The value of eight digits at once, or nil where there are fewer: each byte is one when its upper half is 3 and stays so when
    /// 6 is added. Pairs of digits are joined, then pairs of pairs, then those.
    @inline(__always)
    private static func eightDigits(_ text: UnsafePointer<UInt8>) -> UInt64? {
        let bytes = UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
        let upper: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
        guard bytes & upper == 0x3030_3030_3030_3030,
            (bytes &+ 0x0606_0606_0606_0606) & upper == 0x3030_3030_3030_3030
        else { return nil }
        var value = bytes & 0x0F0F_0F0F_0F0F_0F0F
        value = (value &* 10 &+ (value >> 8)) & 0x00FF_00FF_00FF_00FF
        value = (value &* 100 &+ (value >> 16)) & 0x0000_FFFF_0000_FFFF
        return (value &* 10_000 &+ (value >> 32)) & 0xFFFF_FFFF
    }

    /// An exponent of up to three digits.
    private static func power(_ text: inout UnsafePointer<UInt8>) -> Int? {
        let sign = text.pointee
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { text += 1 }
        let first = text
        var value: UInt64 = 0
        addDigits(&text, to: &value)
        guard (1...3).contains(text - first) else { return nil }
        return sign == UInt8(ascii: "-") ? -Int(value) : Int(value)
    }
}
