internal import Foundation

/// Numbers as the report prints them: a real minus sign, a fixed number of decimals, units where there are any.
enum ReportNumbers {
    static let minus = "\u{2212}"

    static func plain(_ value: Double, decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value)
        // −0.00 is zero.
        let isZero = !text.contains { $0 != "0" && $0 != "." && $0 != "-" }
        return isZero ? text.replacingOccurrences(of: "-", with: "") : text.replacingOccurrences(of: "-", with: minus)
    }

    /// With its sign, except for zero.
    static func signed(_ value: Double, decimals: Int) -> String {
        let text = plain(value, decimals: decimals)
        return value > 0 && text.contains { $0 != "0" && $0 != "." } ? "+" + text : text
    }

    static func percent(_ value: Double, decimals: Int = 2) -> String { plain(100 * value, decimals: decimals) + " %" }

    static func signedPercent(_ value: Double, decimals: Int = 2) -> String {
        signed(100 * value, decimals: decimals) + " %"
    }

    /// As short as the number allows: 0.005, 2.4, 40.
    static func short(_ value: Double) -> String {
        String(format: "%g", value).replacingOccurrences(of: "-", with: minus)
    }

    static func probability(_ value: Double?) -> String { value.map { String(format: "%.2g", $0) } ?? "–" }

    /// 5000000 as 5 000 000, with spaces that do not break.
    static func count(_ value: Int) -> String {
        var digits = Array("\(value.magnitude)")
        for place in stride(from: digits.count - 3, to: 0, by: -3) where digits.count > 4 {
            digits.insert("\u{202F}", at: place)
        }
        return (value < 0 ? minus : "") + String(digits)
    }

    static func condition(_ value: Double) -> String {
        value.isFinite ? String(format: value < 1000 ? "%.0f" : "%.1e", value) : "–"
    }

    static func eta(_ edges: [Double]) -> String {
        "\(plain(edges[0], decimals: 3)) to \(plain(edges[1], decimals: 3))"
    }

    static func pt(_ edges: [Double]) -> String { "\(short(edges[0]))–\(short(edges[1]))" }
}
