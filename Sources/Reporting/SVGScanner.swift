/// One tag of an XML text.
struct SVGTag {
    struct Attribute {
        let name: String
        let value: String
    }

    var name = ""
    var isClosing = false
    var isEmpty = false
    var attributes: [Attribute] = []
}

/// Goes through an XML text from tag to tag, over its bytes.
struct SVGScanner {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Moves on to the next tag.
    /// - Returns: what stands before it; nil when there is none.
    mutating func textBeforeTag() -> ArraySlice<UInt8>? {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        return position < bytes.count ? bytes[start..<position] : nil
    }

    /// Skips a comment, an instruction or a declaration.
    /// - Returns: whether there was one; nil when it does not end.
    mutating func skipDeclaration() -> Bool? {
        let rest = bytes[position...]
        let end: String
        if rest.starts(with: "<!--".utf8) {
            end = "-->"
        } else if rest.starts(with: "<?".utf8) {
            end = "?>"
        } else if rest.starts(with: "<!".utf8) {
            end = ">"
        } else {
            return false
        }
        while position < bytes.count, !bytes[position...].starts(with: end.utf8) { position += 1 }
        guard position < bytes.count else { return nil }
        position += end.utf8.count
        return true
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, Self.isSpace(byte) { position += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private mutating func word() -> String {
        let start = position
        while let byte = next, !Self.isSpace(byte), !"<>/='\"".utf8.contains(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Takes the tag that stands here; nil when it is not complete.
    mutating func tag() -> SVGTag? {
        var tag = SVGTag()
        position += 1
        if next == UInt8(ascii: "/") {
            tag.isClosing = true
            position += 1
        }
        tag.name = word()
        guard !tag.name.isEmpty else { return nil }
        while true {
            skipSpace()
            if next == UInt8(ascii: ">") {
                position += 1
                return tag
            }
            if bytes[position...].starts(with: "/>".utf8) {
                tag.isEmpty = true
                position += 2
                return tag
            }
            let name = word()
            skipSpace()
            guard !name.isEmpty, next == UInt8(ascii: "=") else { return nil }
            position += 1
            skipSpace()
            guard let quote = next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
            position += 1
            let start = position
            while let byte = next, byte != quote { position += 1 }
            guard next == quote else { return nil }
            tag.attributes.append(
                SVGTag.Attribute(name: name, value: String(decoding: bytes[start..<position], as: UTF8.self)))
            position += 1
        }
    }
}
