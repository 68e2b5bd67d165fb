internal import FileAccess
internal import Yams

extension YAMLValue {
    /// Longest text that is read as YAML, in bytes; the largest cards are some ten times shorter. It bounds what hostile
    /// text can cost; nesting is bounded by libYAML (1000 levels).
    static let longestText = 1 << 18

    /// The only document of a text.
    ///
    /// Anchors, aliases and tags are refused: aliases can stand for exponentially much, and a tag changes what a value
    /// means. Every value is what stands there.
    static func document(_ text: String, file: String) throws -> YAMLValue {
        guard text.utf8.count <= longestText else {
            throw FileError(
                .malformed, file, "the file has \(text.utf8.count) bytes, too many for a card or configuration",
                "give at most \(longestText) bytes")
        }
        if let line = aliasLine(text) { throw anchorError(file: file, line: line) }
        do {
            // The basic resolver takes every plain value for a text: keys compare as what they say, and quickly. Anchors are
            // known as long as their parser lives.
            let parser = try Parser(yaml: text, resolver: .basic)
            guard let node = try parser.singleRoot() else {
                throw FileError(.malformed, file, "the file is empty", "start from one of the cards in Geometry/")
            }
            try withExtendedLifetime(parser) { try requirePlain(node, file: file) }
            return YAMLValue(node: node, file: file, path: [])
        } catch let error as YamlError {
            throw FileError(
                .malformed, place(of: error, file: file), reason(of: error), "mend the YAML there")
        }
    }

    /// The line of what looks like an alias in a text that has what looks like an anchor, or nil.
    ///
    /// It has to be known before the text is parsed: a mapping whose key is an alias is compared there, at a cost that can
    /// be exponential. Only the characters around `&` and `*` are looked at, so that quotes and comments cannot hide one.
    private static func aliasLine(_ text: String) -> Int? {
        func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        var (line, anchor, alias) = (1, false, Int?.none)
        var (before, sign) = (UInt8(ascii: "\n"), UInt8(ascii: "\n"))
        for byte in text.utf8 {
            if isWord(byte) || byte == UInt8(ascii: "-"), !isWord(before) {
                // No anchor begins with two: libYAML ends there, and formulas have && in them.
                if sign == UInt8(ascii: "&"), before != sign { anchor = true }
                if sign == UInt8(ascii: "*"), alias == nil { alias = line }
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            (before, sign) = (sign, byte)
        }
        return anchor ? alias : nil
    }

    private static func anchorError(file: String, line: Int?) -> FileError {
        FileError(
            .malformed, place(file: file, line: line, path: []), "anchors (&name) and aliases (*name) are not read",
            "write the values out; in a text or comment put a space behind & and *")
    }

    private static func requirePlain(_ node: Node, file: String) throws(FileError) {
        guard node.anchor == nil else { throw anchorError(file: file, line: node.mark?.line) }
        let (implicit, text) = (Tag.Name.implicit.rawValue, Tag.Name.str.rawValue)
        let isPlain: Bool
        switch node {
        case .scalar(let scalar):
            isPlain = scalar.tag.rawValue == implicit || (scalar.style != .plain && scalar.tag.rawValue == text)
        case .sequence(let sequence):
            isPlain = sequence.tag.rawValue == implicit
            for item in sequence { try requirePlain(item, file: file) }
        case .mapping(let mapping):
            isPlain = mapping.tag.rawValue == implicit
            for (key, value) in mapping {
                // Keys that were compared carry the tag that they got by themselves.
                guard key.anchor == nil else { throw anchorError(file: file, line: key.mark?.line) }
                guard let tag = key.scalar?.tag, tag.rawValue == implicit || tag.rawValue == text else {
                    throw FileError(
                        .malformed, place(file: file, line: key.mark?.line, path: []), "this is not a key",
                        "give a single word without a tag")
                }
                try requirePlain(value, file: file)
            }
        case .alias: throw anchorError(file: file, line: node.mark?.line)
        }
        guard isPlain else {
            throw FileError(
                .malformed, place(file: file, line: node.mark?.line, path: []), "tags (!name) are not read",
                "leave the tag out; put a text that starts with ! in quotes")
        }
    }

    private static func place(of error: YamlError, file: String) -> String {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            "\(file):\(mark.line)"
        case .duplicatedKeysInMapping(_, let context): "\(file):\(context.mark.line)"
        case .reader(_, let offset?, _, let text):
            "\(file):\(text.prefix(offset).utf8.count { $0 == UInt8(ascii: "\n") } + 1)"
        default: file
        }
    }

    private static func reason(of error: YamlError) -> String {
        switch error {
        case .parser(_, let problem, _, _) where problem.hasPrefix("Maximum nesting level"):
            "lists and mappings are nested more than 1000 deep"
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .reader(let problem, _, let value, _): "\(problem) (U+\(String(value, radix: 16, uppercase: true)))"
        case .duplicatedKeysInMapping(let duplicates, _):
            "the key \(excerpt(duplicates.sorted().joined(separator: ", "))) stands there twice"
        default: "this is not YAML"
        }
    }
}

extension Unicode.Scalar {
    /// A control character: it has no place in a name, and can do things to a terminal.
    var isControl: Bool { value < 0x20 || (0x7F..<0xA0).contains(value) }
}
