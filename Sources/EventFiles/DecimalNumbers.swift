/// Decimal numbers as the doubles next to them, ties to even, as `strtod` gives them; several times as fast for what tables hold.
///
/// A number is m · 10ᵉ with whole m. Up to m = 2⁵³ and |e| = 22 both factors are doubles, and one operation rounds once (Clinger,
/// PLDI 1990). Else m, of up to 19 digits behind the point, is multiplied with a reciprocal of 64 bits: the upper half of the
/// product is off by less than one in its last place, ten places behind those of a double, which decides but for one number in 500
/// (the idea is Eisel's; Lemire, Softw. Pract. Exper. 51 (2021) 1700). For that one there is a division with remainder. Other
/// numbers are left to `strtod`.
///
/// Most fields of a table are a few digits, a point and more digits. Where such a field ends is known, so that all its digits are
/// taken in words of eight and no branch depends on how many there are. Whatever else there may be is gone through byte by byte.
package struct DecimalNumbers: Sendable {
    private static let mostDigits = 19
    private static let mostExactPower = 22
    /// Bytes before and behind a text that may be looked at, whatever they are; the first one behind it is no digit.
    static let slack = 24

    /// 10⁰ to 10²², exact.
    private let powers: [Double]
    /// 10⁰ to 10¹⁹, shifted left until the highest bit is set.
    private let divisors: [UInt64]
    /// For 0 to 19 places behind the point; never freed, as there is one.
    private nonisolated(unsafe) let places: UnsafePointer<Places>

    /// What is known of a number of places behind the point.
    private struct Places {
        /// 2¹²⁷ over the divisor, rounded down; that of 10⁰ is not asked for.
        let reciprocal: UInt64
        /// 1 less the bits of 10^places.
        let scale: Int
        /// Which bytes of the last, the second but last and the third but last word of a number are of these places.
        let last: UInt64
        let middle: UInt64
        let first: UInt64
        /// Places in the third but last word, in bits.
        let firstBits: UInt64
        /// What digits before the last two words stand for, and what they are below for 19 digits in all.
        let power: UInt64
        let limit: UInt64
    }

    package static let shared = DecimalNumbers()

    private init() {
        powers = (0...Self.mostExactPower).map { (0..<$0).reduce(1.0) { product, _ in 10 * product } }
        let whole = (0...Self.mostDigits).map { (0..<$0).reduce(UInt64(1)) { product, _ in 10 * product } }
        divisors = whole.map { $0 << UInt64($0.leadingZeroBitCount) }
        let places = UnsafeMutablePointer<Places>.allocate(capacity: whole.count)
        for (count, (power, divisor)) in zip(whole, divisors).enumerated() {
            func mask(_ bytes: Int) -> UInt64 { bytes <= 0 ? 0 : .max << UInt64(64 - 8 * min(8, bytes)) }
            (places + count).initialize(
                to: Places(
                    reciprocal: divisor == 1 << 63 ? 0 : divisor.dividingFullWidth((1 << 63, 0)).quotient,
                    scale: 1 - (64 - power.leadingZeroBitCount), last: mask(count), middle: mask(count - 8),
                    first: mask(count - 16), firstBits: UInt64(8 * max(0, count - 16)), power: whole[min(count, 16)],
                    limit: whole[Self.mostDigits - min(count, 16)]))
        }
        self.places = UnsafePointer(places)
    }

    /// The number that a text is: digits with or without sign, point and exponent.
    /// - Parameters:
    ///   - start: of a text that is not empty, with `slack` around it.
    ///   - end: behind its last byte.
    /// - Returns: nil for what is no number, or one that takes longer.
    @inline(__always)
    func number(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Double? {
        plainNumber(start, end) ?? anyNumber(start, end)
    }

    /// The same for tests.
    package func number(_ text: String) -> Double? {
        let slack = Array(repeating: UInt8(0), count: Self.slack)
        return (slack + Array(text.utf8) + slack).withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, !text.isEmpty else { return nil }
            return number(base + Self.slack, base + (buffer.count - Self.slack))
        }
    }

    /// Up to seven digits, which may have a point and up to 19 places behind them; nil for anything else.
    @inline(__always)
    private func plainNumber(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Double? {
        let isNegative = start.pointee == UInt8(ascii: "-")
        let text = start + (isNegative ? 1 : 0)
        let length = end - text
        let word = Self.word(text)
        let digits = Self.firstPoint(word)
        let sign: UInt64 = isNegative ? 1 << 63 : 0
        let count = length - digits - 1
        guard count > 0 else {
            guard 1...7 ~= length, digits >= length else { return nil }
            let shifted = Self.digits(word) << UInt64(truncatingIfNeeded: 64 - 8 * length)
            guard Self.areDigits(shifted) else { return nil }
            return Double(bitPattern: Double(Int64(Self.value(shifted))).bitPattern | sign)
        }
        // One digit more than is possible may be a zero in front, which the limit below tells.
        guard 1...7 ~= digits, count <= Self.mostDigits, digits &+ count <= Self.mostDigits + 1 else { return nil }
        let known = places + count
        let last = Self.digits(Self.word(end - 8)) & known.pointee.last
        let middle = Self.digits(Self.word(end - 16)) & known.pointee.middle
        // The digits before the point and those of the third but last word make one, the point between them left out.
        let whole = Self.digits(word) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* digits)
        let first = (whole &>> known.pointee.firstBits) | (Self.digits(Self.word(end - 24)) & known.pointee.first)
        let upper = Self.value(first)
        guard Self.areDigits(whole, first, middle, last), upper < known.pointee.limit else { return nil }
        let mantissa =
            upper &* known.pointee.power &+ Self.value(middle) &* 100_000_000 &+ Self.value(last)
        guard mantissa > 0 else { return Double(bitPattern: sign) }
        return Double(bitPattern: quotient(mantissa, power: count).bitPattern | sign)
    }

    /// Reads any form, digit by digit.
    @inline(never)
    private func anyNumber(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Double? {
        var position = start
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
        guard position == end else { return nil }
        return value(mantissa, exponent).map { isNegative ? -$0 : $0 }
    }

    /// mantissa · 10^exponent, or nil where that takes longer.
    private func value(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        if exponent == 0 { return Double(mantissa) }
        if mantissa <= 1 << 53, abs(exponent) <= Self.mostExactPower {
            return exponent < 0 ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
        }
        guard mantissa > 0, exponent < 0, exponent >= -Self.mostDigits else { return nil }
        return quotient(mantissa, power: -exponent)
    }

    /// dividend / 10^power, which is far from the ends of what a double holds; dividend and power are not 0.
    @inline(__always)
    private func quotient(_ dividend: UInt64, power: Int) -> Double {
        let shift = dividend.leadingZeroBitCount
        let shifted = dividend &<< UInt64(shift)
        // The quotient is `product`, and less than two more, times two to this. It has 63 or 64 bits, of which 53 are a double's.
        let scale = places[power].scale &- shift
        let product = shifted.multipliedFullWidth(by: places[power].reciprocal).high
        let highest = product &>> 63
        let upper = product &+ (product & (highest &- 1))
        let rest = upper & 0x7FF
        // Next to the middle, at 2¹⁰, which is up to three more where all has been doubled.
        guard rest &- 0x3FE > 2 else { return division(shifted, power, scale) }
        let rounded = ((upper &>> 10) &+ 1) &>> 1
        // The highest bit, which a double leaves out, adds one to the exponent; so does a carry beyond it.
        let exponent = UInt64(truncatingIfNeeded: 1023 &+ 61 &+ scale) &+ highest
        return Double(bitPattern: (exponent &<< 52) &+ rounded)
    }

    /// The same by long division, for a quotient close to the middle between two doubles.
    @inline(never)
    private func division(_ shifted: UInt64, _ power: Int, _ scale: Int) -> Double {
        // The upper word of the dividend is smaller than the divisor, and the quotient has 63 or 64 bits.
        let (quotient, remainder) = divisors[power].dividingFullWidth((shifted >> 1, shifted << 63))
        // What is left, however small, decides a tie; it has no other effect, ten places behind the last one.
        return Double(quotient | (remainder == 0 ? 0 : 1)) * Double(bitPattern: UInt64(1023 + scale) << 52)
    }
}

/// Eight characters at once, the first of which is the lowest byte.
extension DecimalNumbers {
    @inline(__always)
    private static func word(_ text: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
    }

    /// The place of the first point, or 8.
    @inline(__always)
    private static func firstPoint(_ word: UInt64) -> Int {
        let others = word ^ 0x2E2E_2E2E_2E2E_2E2E
        // A borrow goes up only from a point.
        return ((others &- 0x0101_0101_0101_0101) & ~others & 0x8080_8080_8080_8080).trailingZeroBitCount &>> 3
    }

    /// Digits as their values; other characters give more than 9.
    @inline(__always)
    private static func digits(_ word: UInt64) -> UInt64 { word ^ 0x3030_3030_3030_3030 }

    @inline(__always)
    private static func areDigits(_ one: UInt64, _ two: UInt64 = 0, _ three: UInt64 = 0, _ four: UInt64 = 0) -> Bool {
        // Bytes from 10 on reach the highest bit, unless they have it; a carry comes only from such.
        let six: UInt64 = 0x7676_7676_7676_7676
        let reached = (one &+ six) | (two &+ six) | (three &+ six) | (four &+ six)
        return (reached | one | two | three | four) & 0x8080_8080_8080_8080 == 0
    }

    /// The value of eight digits: pairs are joined, then pairs of pairs, then those.
    @inline(__always)
    private static func value(_ digits: UInt64) -> UInt64 {
        var value = (digits &* 10 &+ (digits &>> 8)) & 0x00FF_00FF_00FF_00FF
        value = (value &* 100 &+ (value &>> 16)) & 0x0000_FFFF_0000_FFFF
        return (value &* 10_000 &+ (value &>> 32)) & 0xFFFF_FFFF
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
