import Foundation
import Plots
import Testing

/// Contrast of text on its ground, after WCAG 2.2: (L₁ + 0.05)/(L₂ + 0.05) with relative luminances L₁ ≥ L₂; 4.5 is AA.
struct ReportStyleTests {
    /// The colours of each theme: dark ones replace light ones.
    private static func themes() throws -> [(name: String, colours: [String: String])] {
        let style = String(decoding: Plots.reportStyle, as: UTF8.self)
        let parts = style.components(separatedBy: ":root {").dropFirst().map { $0.components(separatedBy: "}")[0] }
        try #require(parts.count == 2)
        let sets = parts.map { part in
            part.split(separator: ";").reduce(into: [String: String]()) { colours, declaration in
                let sides = declaration.split(separator: ":").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
                if sides.count == 2, sides[1].hasPrefix("#") { colours[sides[0]] = sides[1] }
            }
        }
        return [("light", sets[0]), ("dark", sets[0].merging(sets[1]) { $1 })]
    }

    private static func luminance(_ colour: String) throws -> Double {
        let digits = Array(colour.dropFirst())
        try #require(digits.count == 6)
        let parts = try [0, 2, 4].map { start -> Double in
            let value = Double(try #require(Int(String(digits[start...start + 1]), radix: 16))) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    static func contrast(_ one: String, _ other: String) throws -> Double {
        let values = [try luminance(one), try luminance(other)].sorted()
        return (values[1] + 0.05) / (values[0] + 0.05)
    }

    @Test func contrastIsThatOfTheStandard() throws {
        #expect(try Self.contrast("#000000", "#ffffff") == 21)
        #expect(abs(try Self.contrast("#777777", "#ffffff") - 4.478) < 0.001)
    }

    @Test func everyTextCanBeRead() throws {
        let shades = (1...5).flatMap { ["--p\($0)", "--n\($0)"] }
        let pairs =
            ["--bg", "--card"].flatMap { ground in ["--ink", "--muted", "--link"].map { ($0, ground) } }
            + shades.map { ("--ink", $0) } + [("--ok-ink", "--ok-bg"), ("--bad-ink", "--bad-bg"), ("--ink", "--shade")]
        for theme in try Self.themes() {
            for (text, ground) in pairs {
                let contrast = try Self.contrast(
                    try #require(theme.colours[text]), try #require(theme.colours[ground]))
                #expect(contrast >= 4.5, "\(text) on \(ground), \(theme.name): \(contrast)")
            }
        }
        #expect(try Self.themes()[0].colours["--bg"] != Self.themes()[1].colours["--bg"])
    }

    /// Printed pages are light: the dark colours are for screens alone.
    @Test func printingIsLight() {
        let style = String(decoding: Plots.reportStyle, as: UTF8.self)
        #expect(style.contains("@media screen and (prefers-color-scheme: dark)") && style.contains("@media print"))
    }
}
