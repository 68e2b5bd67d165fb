/// A word, number or sign of a formula.
struct FormulaToken: Equatable {
    enum Kind: Equatable {
        case number(Double)
        case name
        case parameter(Int)
        case sign
        case end
    }

    let kind: Kind
    /// As it stands, without blanks.
    let text: String
    /// Of its bytes in the formula.
    let range: Range<Int>

    var column: Int { range.lowerBound + 1 }
}

extension FormulaToken {
    /// The words of a formula, with one for its end.
    static func tokens(of text: String) throws(FormulaError) -> [FormulaToken] {
        var scanner = FormulaScanner(bytes: Array(text.utf8))
        var tokens: [FormulaToken] = []
        repeat { tokens.append(try scanner.next()) } while tokens[tokens.count - 1].kind != .end
        return tokens
    }
}

private struct FormulaScanner {
    let bytes: [UInt8]
    var place = 0

    private func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    private mutating func skip(while matches: (UInt8) -> Bool) -> Range<Int> {
        let start = place
        while place < bytes.count, matches(bytes[place]) { place += 1 }
        return start..<place
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    mutating func next() throws(FormulaError) -> FormulaToken {
        _ = skip(while: Self.isBlank)
        let start = place
        guard start < bytes.count else { return FormulaToken(kind: .end, text: "", range: start..<start) }
        let first = bytes[start]
        if Self.isDigit(first) || first == UInt8(ascii: ".") && Self.isDigit(byte(start + 1)) { return try number() }
        if Self.isLetter(first) { return name() }
        if first == UInt8(ascii: "[") { return try parameter() }
        let pair = text(start..<min(start + 2, bytes.count))
        for sign in ["**", "<=", ">=", "==", "!=", "&&", "||"] where pair == sign {
            place += 2
            return FormulaToken(kind: .sign, text: sign == "**" ? "^" : sign, range: start..<place)
        }
        guard "+-*/^()<>!,".utf8.contains(first) else { throw unknown(first) }
        place += 1
        return FormulaToken(kind: .sign, text: text(start..<place), range: start..<place)
    }

    private mutating func name() -> FormulaToken {
        let start = place
        _ = skip { Self.isLetter($0) || Self.isDigit($0) }
        if byte(place) == UInt8(ascii: ":"), byte(place + 1) == UInt8(ascii: ":"), Self.isLetter(byte(place + 2)) {
            place += 2
            _ = skip { Self.isLetter($0) || Self.isDigit($0) }
        }
        return FormulaToken(kind: .name, text: text(start..<place), range: start..<place)
    }

    private mutating func number() throws(FormulaError) -> FormulaToken {
        let start = place
        let whole = skip(while: Self.isDigit)
        var fraction = place..<place
        if byte(place) == UInt8(ascii: ".") {
            place += 1
            fraction = skip(while: Self.isDigit)
        }
        var exponent = ""
        if byte(place) | 0x20 == UInt8(ascii: "e") {
            place += 1
            if [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(byte(place)) {
                if byte(place) == UInt8(ascii: "-") { exponent = "-" }
                place += 1
            }
            let digits = skip(while: Self.isDigit)
            guard !digits.isEmpty else {
                throw FormulaError(column: start + 1, "the number has an 'e' without an exponent", "write such as 1e-3")
            }
            exponent = "e" + exponent + text(digits)
        }
        guard !Self.isLetter(byte(place)), byte(place) != UInt8(ascii: ".") else {
            throw FormulaError(
                column: place + 1, "a number is followed by '\(text(place..<place + 1))'",
                "put an operator between them")
        }
        let written = "\(whole.isEmpty ? "0" : text(whole)).\(fraction.isEmpty ? "0" : text(fraction))\(exponent)"
        guard let value = Double(written), value.isFinite else {
            throw FormulaError(column: start + 1, "the number is too large", "give one below 1e308")
        }
        guard value != 0 || !(bytes[whole] + bytes[fraction]).contains(where: { $0 != UInt8(ascii: "0") }) else {
            throw FormulaError(column: start + 1, "the number is too small", "give 0 or a larger number")
        }
        return FormulaToken(kind: .number(value), text: text(start..<place), range: start..<place)
    }

    private mutating func parameter() throws(FormulaError) -> FormulaToken {
        let start = place
        place += 1
        let digits = skip(while: Self.isDigit)
        guard byte(place) == UInt8(ascii: "]"), let index = Int(text(digits)), index < Formula.mostParameters else {
            throw FormulaError(
                column: start + 1, "'[' does not begin a parameter",
                "write [0] to [\(Formula.mostParameters - 1)] for parameters and ( ) for brackets")
        }
        place += 1
        return FormulaToken(kind: .parameter(index), text: text(start..<place), range: start..<place)
    }

    private func unknown(_ first: UInt8) -> FormulaError {
        switch first {
        case UInt8(ascii: "&"), UInt8(ascii: "|"):
            let sign = text(place..<place + 1)
            return FormulaError(column: place + 1, "a single '\(sign)' means nothing", "write \(sign)\(sign)")
        case UInt8(ascii: "="):
            return FormulaError(column: place + 1, "a single '=' means nothing", "write == to compare")
        case 0x21..<0x7F:
            return FormulaError(
                column: place + 1, "'\(text(place..<place + 1))' has no place in a formula", "take it out")
        default:
            return FormulaError(
                column: place + 1, "a formula has only the characters of ASCII",
                "write such as -, *, <= and eta for other signs and letters")
        }
    }
}
