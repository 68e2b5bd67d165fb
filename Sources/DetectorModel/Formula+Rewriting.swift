extension Formula {
    /// The text with numbers in place of its parameters and other expressions in place of its variables.
    ///
    /// What is put in stands in brackets, so that it stays one operand.
    public func rewritten(_ replacements: [String: String]) -> String {
        // The text was read before.
        guard let tokens = try? FormulaToken.tokens(of: text) else { return text }
        let bytes = Array(text.utf8)
        var (result, copied) = ("", 0)
        for token in tokens {
            let replacement: String
            switch token.kind {
            case .parameter(let index):
                replacement = parameters[index] < 0 ? "(\(parameters[index]))" : "\(parameters[index])"
            case .name where variables.contains(token.text):
                guard let expression = replacements[token.text] else { continue }
                replacement =
                    expression.utf8.allSatisfy { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
                    ? expression : "(\(expression))"
            default: continue
            }
            result += String(decoding: bytes[copied..<token.range.lowerBound], as: UTF8.self) + replacement
            copied = token.range.upperBound
        }
        return result + String(decoding: bytes[copied...], as: UTF8.self)
    }
}
