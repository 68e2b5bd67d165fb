import EventFiles
import Foundation
import Testing

/// The fast way from digits to doubles, against `strtod`.
struct DecimalNumbersTests {
    private static func agrees(_ text: String) -> Bool? {
        DecimalNumbers.shared.number(text).map { $0.bitPattern == strtod(text, nil).bitPattern }
    }

    /// What is said of texts: how many were read, and which of them otherwise than by `strtod`.
    private static func examine(_ count: Int, _ make: (Int) -> String) -> (read: Int, wrong: [String]) {
        var (read, wrong): (Int, [String]) = (0, [])
        for index in 0..<count {
            let text = make(index)
            guard let agrees = agrees(text) else { continue }
            read += 1
            if !agrees { wrong.append(text) }
        }
        return (read, wrong)
    }

    /// As tables have them: shortest digits of doubles and of floats, and fixed numbers of digits.
    @Test(arguments: 0..<4) func numbersOfTablesAreReadRight(part: Int) {
        var random = Mutants.generator(part: 500 + part)
        let count = 250_000
        let result = Self.examine(count) { index in
            let value = Double(random.next() >> 11) * 0x1p-53
            switch index % 4 {
            case 0: return "\((value - 0.5) * 10)"
            case 1: return "\(Double(Float(value * 3000)))"
            case 2: return "\(value * 0.01)"
            default: return "\(random.below(5000)).\(random.next() % 1_000_000_000_000_000)"
            }
        }
        #expect(result.wrong.isEmpty, "\(result.wrong.prefix(5))")
        #expect(result.read > count * 98 / 100, "\(result.read)")
    }

    /// Any number of digits before and behind the point, any exponent.
    @Test(arguments: 0..<4) func anyDigitsAreReadRightOrLeft(part: Int) {
        var random = Mutants.generator(part: 510 + part)
        func digits(_ count: Int) -> String { (0..<count).map { _ in String(random.below(10)) }.joined() }
        let result = Self.examine(500_000) { index in
            var text = (random.below(3) == 0 ? "-" : "") + digits(random.below(12))
            if index % 50 == 0 { text += String(repeating: "0", count: random.below(100)) }
            if random.below(4) > 0 { text += "." + digits(random.below(20)) }
            if index % 3 == 0 { text += random.pick(["e", "E", "e-", "e+"]) + digits(random.below(3)) }
            return text
        }
        #expect(result.wrong.isEmpty, "\(result.wrong.prefix(5))")
        #expect(result.read > 100_000, "\(result.read)")
    }

    /// In the middle between two doubles and next to it, where one digit too few would decide wrongly. The middle of doubles
    /// between 2^k and 2^(k+1) has 53 − k places behind the point.
    @Test(arguments: 0..<4) func middlesAreRoundedToEven(part: Int) {
        var random = Mutants.generator(part: 520 + part)
        var halves = 0
        let result = Self.examine(400_000) { index in
            // Of k places: (2m + 1) · 5^k, shifted by k decimal places, with m of 53 bits, as far as that fits into 19 digits.
            let places = 1 + random.below(4)
            let power = (0..<places).reduce(UInt64(1)) { product, _ in 5 * product }
            let odd = (random.next() >> 11 | 1 << 52) << 1 | 1
            let (product, overflows) = odd.multipliedReportingOverflow(by: power)
            guard !overflows, product < 10_000_000_000_000_000_000 else { return "" }
            halves += 1
            let digits = String(product &+ UInt64(index % 3) &- 1)
            return digits.dropLast(places) + "." + digits.suffix(places)
        }
        #expect(result.wrong.isEmpty, "\(result.wrong.prefix(5))")
        #expect(halves > 10_000 && result.read == halves, "\(result.read) of \(halves)")
    }

    @Test func formsAreThoseOfC() {
        for text in [
            "0", "-0", "0.0", "-0.000", ".5", "5.", "-.25", "007.50", "1e5", "1E+05", "25e-3", "9007199254740993",
            "9007199254740992", "18446744073709551615", "9999999999999999999", "0.1", "0.30000000000000004",
            "123456789012345678.9", "0.0000000000000000001", "1e22", "1e-22", "8.5e0", "99999999999999999.5",
            "9223372036854775807.5", "0.000000123456789", "12345678", "123456789.87654321", "1844674407370955161.5",
            "1200000.0000000000000000005", "0000000.5", "00.12345678901234567", "1.123456789012345678",
            "0.1234567890123456789", "1.1234567890123456789", "1234567.123456789012", "1234567.1234567890123",
            "1234567", "-1234567", "12345678.5", "0.0", "-0.0", "0.00000000000000000000",
        ] { #expect(Self.agrees(text) != false, "\(text)") }
        for text in ["0", "-0", ".5", "5.", "1E+05", "0.30000000000000004", "123456789.87654321"] {
            #expect(Self.agrees(text) == true, "\(text)")
        }
        for text in [
            "63" + String(repeating: "0", count: 110) + ".5", "1" + String(repeating: "0", count: 64), "", "-", ".",
            "-.", "e5", "1e", "1e+", "1e5x", "1.5.2", "--1", "+1", " 1", "1 ", "nan", "inf", "0x10",
            "1,5", "1_000",
            "٣", "1e1234", "12345678901234567890", "0.12345678901234567890",
        ] { #expect(DecimalNumbers.shared.number(text) == nil, "\(text)") }
    }
}
