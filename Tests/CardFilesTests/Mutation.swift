import Foundation

/// A small generator with a seed, so that every run tries the same mutants (Steele, Lea and Flood, OOPSLA 2014).
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}

/// How many mutants the suites try, and from which seed: `ETACAL_MUTANTS` and `ETACAL_MUTANT_SEED` change it for
/// sanitizers and for longer hunts.
enum Mutants {
    static let parts = 8

    /// How long one document may take; sanitizers, which ask for fewer mutants, get more.
    static var patience: Duration {
        ProcessInfo.processInfo.environment["ETACAL_MUTANTS"] == nil ? .seconds(2) : .seconds(60)
    }

    static func count(_ standard: Int) -> Int {
        let environment = ProcessInfo.processInfo.environment
        guard let asked = environment["ETACAL_MUTANTS"].flatMap(Int.init) else { return standard / parts }
        return max(1, asked * standard / 10_000 / parts)
    }

    static func generator(part: Int) -> SplitMix64 {
        let seed = ProcessInfo.processInfo.environment["ETACAL_MUTANT_SEED"].flatMap(UInt64.init) ?? 1
        return SplitMix64(seed: seed << 8 | UInt64(part))
    }
}

/// Breaks a text in ways that files break: bits, cuts, copies, wrong numbers.
struct Mutator {
    var random: SplitMix64
    /// Characters that mean something in the format, put in anywhere.
    let signs: [String]

    /// Put in place of numbers.
    static let numbers = [
        "1e308", "-1e308", "1e-308", "1e-320", "1e-400", "1e400", "-0", "0", "nan", ".nan", "NaN", "inf", "-inf",
        ".inf",
        "0x10", "1_000", "", "1e5", "007", "+3", "1:30", "9223372036854775808", "18446744073709551616", "0.1e", "1e",
        "--1", "-1", "1e-10", "65536", "4096", "1e15", "0.30000000000000004", "1.5", "3", "1e2", "-0.7", "1 2", "٣",
        "²",
        "true", "~", "1e-200", "1e200", "0.049", "5.0001", "20", "1e6",
    ]

    mutating func mutated(_ text: [UInt8]) -> [UInt8] {
        var result = text
        for _ in 0...random.below(3) where !result.isEmpty { mutate(&result) }
        return result
    }

    private mutating func mutate(_ text: inout [UInt8]) {
        let place = random.below(text.count)
        switch random.below(16) {
        case 0: text[place] ^= 1 << UInt8(random.below(8))
        case 1: text[place] = UInt8(random.below(256))
        case 2: text.removeSubrange(place..<min(text.count, place + 1 + random.below(12)))
        case 3: text.removeSubrange(line(text, place))
        case 4: text.insert(contentsOf: text[line(text, place)], at: line(text, random.below(text.count)).lowerBound)
        case 5: text.insert(contentsOf: Array(random.pick(signs).utf8), at: place)
        case 6: text.removeSubrange(place...)
        case 7...11: replaceNumber(&text, near: place)
        case 12:
            let end = min(text.count, place + 1 + random.below(40))
            text.insert(contentsOf: text[place..<end], at: random.below(text.count))
        case 13:
            text.insert(
                contentsOf: random.pick([[0], [0xEF, 0xBB, 0xBF], [0xFF], [0xC3], [13], [0xE2, 0x80]]), at: place)
        case 14:
            text.insert(
                contentsOf: repeatElement(random.pick([32, 48, 57, 45]), count: 1 + random.below(400)), at: place)
        default: text.swapAt(place, random.below(text.count))
        }
    }

    /// The line of a place with its end.
    private func line(_ text: [UInt8], _ place: Int) -> Range<Int> {
        let first = text[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0
        let last = text[place...].firstIndex(of: 10) ?? text.count - 1
        return first..<last + 1
    }

    private mutating func replaceNumber(_ text: inout [UInt8], near place: Int) {
        let isNumber = { (byte: UInt8) in (48...57).contains(byte) || [43, 45, 46, 101].contains(byte) }
        guard let first = text[place...].firstIndex(where: { (48...57).contains($0) }) else { return }
        let start = text[..<first].lastIndex { !isNumber($0) }.map { $0 + 1 } ?? 0
        let end = text[first...].firstIndex { !isNumber($0) } ?? text.count
        text.replaceSubrange(start..<end, with: Array(random.pick(Self.numbers).utf8))
    }
}
