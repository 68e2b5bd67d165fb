/// A JSON value that keeps the order of its keys and writes lists of numbers on one line, so that the files can be read
/// by people and compared byte by byte. Doubles read back bit for bit; what is not finite becomes null.
public enum JSONText: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case number(Double)
    case text(String)
    case list([JSONText])
    case object([(String, JSONText)])

    public static func optional(_ value: Double?) -> JSONText { value.map { .number($0) } ?? .null }
    public static func numbers(_ values: [Double]) -> JSONText { .list(values.map { .number($0) }) }
    public static func optionals(_ values: [Double?]) -> JSONText { .list(values.map { .optional($0) }) }
    public static func table(_ rows: [[Double?]]) -> JSONText { .list(rows.map { .optionals($0) }) }

    /// The text with a line break at its end.
    public var text: String {
        var result = ""
        write(to: &result, indent: "")
        return result + "\n"
    }

    private var isScalar: Bool {
        switch self {
        case .list, .object: false
        default: true
        }
    }

    private func write(to result: inout String, indent: String) {
        switch self {
        case .null: result += "null"
        case .bool(let value): result += value ? "true" : "false"
        case .int(let value): result += "\(value)"
        case .number(let value): result += value.isFinite ? "\(value)" : "null"
        case .text(let value): Self.quote(value, to: &result)
        case .list(let values):
            if values.allSatisfy(\.isScalar) {
                result += "["
                for (index, value) in values.enumerated() {
                    if index > 0 { result += ", " }
                    value.write(to: &result, indent: "")
                }
                result += "]"
            } else {
                Self.lines(values, "[", "]", to: &result, indent: indent) { $0.write(to: &$1, indent: $2) }
            }
        case .object(let members):
            if members.allSatisfy(\.1.isScalar), members.count <= 3 {
                result += "{"
                for (index, member) in members.enumerated() {
                    if index > 0 { result += ", " }
                    Self.quote(member.0, to: &result)
                    result += ": "
                    member.1.write(to: &result, indent: "")
                }
                result += "}"
            } else {
                Self.lines(members, "{", "}", to: &result, indent: indent) { member, result, indent in
                    Self.quote(member.0, to: &result)
                    result += ": "
                    member.1.write(to: &result, indent: indent)
                }
            }
        }
    }

    private static func lines<Element>(
        _ elements: [Element], _ open: String, _ close: String, to result: inout String, indent: String,
        _ write: (Element, inout String, String) -> Void
    ) {
        let deeper = indent + "  "
        result += open
        for (index, element) in elements.enumerated() {
            result += index > 0 ? ",\n" + deeper : "\n" + deeper
            write(element, &result, deeper)
        }
        result += elements.isEmpty ? close : "\n" + indent + close
    }

    private static func quote(_ value: String, to result: inout String) {
        result += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if scalar.value < 0x20 {
                    let hex = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        result += "\""
    }
}
