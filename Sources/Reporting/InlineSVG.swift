internal import Foundation

/// A figure's SVG made fit to stand inside a page among others.
///
/// Only drawing elements and their attributes pass: no scripts, no styles, no handlers, no address outside the figure except
/// embedded pixels. Names get the figure's own prefix. Black, dark and light grey and white become the page's
/// `--ink`, `--muted`, `--shade` and `--paper`, so that axes follow its theme; colours that carry data stay, but
/// for lines in the figures' blue, which the page may lighten.
package struct InlineSVG: Equatable {
    package let text: String

    private static let elements: Set<String> = [
        "svg", "g", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "use",
        "image", "clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop", "marker", "symbol",
        "filter", "feFlood", "feComposite",
    ]
    private static let dropped: Set<String> = ["font-family", "style", "class", "tabindex"]
    private static let colours: Set<String> = ["fill", "stroke", "color", "flood-color", "stop-color"]

    /// Linear in the length: figures have megabytes.
    /// - Parameter name: of the figure; letters, digits and hyphens.
    /// - Returns: nil when this is no complete SVG.
    package init?(_ source: String, name: String) {
        var output = Array("<svg role=\"img\" aria-labelledby=\"caption-\(name)\"".utf8)
        output.reserveCapacity(source.utf8.count)
        var open: [String] = []
        var hidden = 0  // depth inside an element that is left out
        var cells = 0  // depth inside a group of coloured cells, whose colours all carry data
        var isRooted = false
        var scanner = SVGScanner(bytes: Array(source.utf8))
        while let text = scanner.textBeforeTag() {
            if hidden == 0, let element = open.last {
                // Text is kept where it is shown; between elements a line break is enough.
                if element == "text" || element == "tspan" {
                    output += text
                } else if text.contains(UInt8(ascii: "\n")) {
                    output.append(UInt8(ascii: "\n"))
                }
            }
            guard let skipped = scanner.skipDeclaration() else { return nil }
            if skipped { continue }
            guard let tag = scanner.tag() else { return nil }
            if tag.isClosing {
                guard open.popLast() == tag.name else { return nil }
                if hidden > 0 { hidden -= 1 } else { output += "</\(tag.name)>".utf8 }
                if cells > 0 { cells -= 1 }
                continue
            }
            if !isRooted {
                guard tag.name == "svg", !tag.isEmpty, let box = Self.viewBox(tag.attributes) else { return nil }
                output += " viewBox=\"\(box.text)\" width=\"\(box.width)\">".utf8
                open.append("svg")
                isRooted = true
                continue
            }
            guard !open.isEmpty else { return nil }
            let isHidden = hidden > 0 || !Self.elements.contains(tag.name) || tag.name == "svg"
            if !isHidden {
                output += "<\(tag.name)".utf8
                for attribute in tag.attributes {
                    guard let text = Self.attribute(attribute, of: tag.name, figure: name, isData: cells > 0) else {
                        continue
                    }
                    output += text.utf8
                }
                output += (tag.isEmpty ? "/>" : ">").utf8
            }
            guard !tag.isEmpty else { continue }
            open.append(tag.name)
            if isHidden { hidden += 1 }
            if cells > 0 || tag.attributes.contains(where: { $0.name == "shape-rendering" && $0.value == "crispEdges" })
            {
                cells += 1
            }
        }
        guard isRooted, open.isEmpty else { return nil }
        text = String(decoding: output, as: UTF8.self)
    }

    /// The page may scale a figure down, and keeps its shape.
    private static func viewBox(_ attributes: [SVGTag.Attribute]) -> (text: String, width: Substring)? {
        func value(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
        let text = value("viewBox") ?? "0 0 \(value("width") ?? "") \(value("height") ?? "")"
        let parts = text.split { $0 == " " || $0 == "," }
        guard parts.count == 4, parts.allSatisfy({ Double($0)?.isFinite == true }) else { return nil }
        return (text, parts[2])
    }

    private static func attribute(
        _ attribute: SVGTag.Attribute, of element: String, figure: String, isData: Bool
    ) -> String? {
        var (name, value) = (attribute.name, attribute.value)
        if name.hasPrefix("on") || name.hasPrefix("xmlns") || dropped.contains(name) { return nil }
        if name == "id" {
            value = "\(figure)-\(value)"
        } else if name == "href" || name == "xlink:href" {
            name = "href"
            if value.hasPrefix("#") {
                value = "#\(figure)-\(value.dropFirst())"
            } else if element != "image" || !value.hasPrefix("data:image/") {
                return nil
            }
        } else if name != "points", name != "d", value.contains("url(") {
            guard value.hasPrefix("url(#"), value.hasSuffix(")") else { return nil }
            value = "url(#\(figure)-\(value.dropFirst(5))"
        } else if colours.contains(name) {
            value = colour(value, isData: isData)
        }
        if value.utf8.contains(UInt8(ascii: "\"")) { value = value.replacingOccurrences(of: "\"", with: "&quot;") }
        return " \(name)=\"\(value)\""
    }

    private static func colour(_ value: String, isData: Bool) -> String {
        guard let (red, green, blue) = components(value) else { return value }
        // Shaded regions are cells as well.
        if red == green, green == blue, (224...240).contains(red) { return "var(--shade)" }
        if !isData, red + green + blue == 0 { return "var(--ink)" }
        if !isData, red == green, green == blue, red <= 100 { return "var(--muted)" }
        if !isData, red + green + blue == 3 * 255 { return "var(--paper)" }
        // The figures' blue, too dark for lines on a dark page.
        if !isData, (red, green, blue) == (0, 114, 178) { return "var(--blue)" }
        let digits = Array("0123456789abcdef".utf8)
        let hex = [red, green, blue].flatMap { [digits[$0 / 16], digits[$0 % 16]] }
        return "#" + String(decoding: hex, as: UTF8.self)
    }

    private static func components(_ value: String) -> (Int, Int, Int)? {
        let text = value.utf8.filter { $0 != UInt8(ascii: " ") }.map { $0 | 0x20 }
        if text.elementsEqual("black".utf8) { return (0, 0, 0) }
        if text.elementsEqual("white".utf8) { return (255, 255, 255) }
        var numbers: [Int?] = []
        if value.utf8.first == UInt8(ascii: "#"), text.count == 7 {
            numbers = [1, 3, 5].map { Int(String(decoding: text[$0...$0 + 1], as: UTF8.self), radix: 16) }
        } else if text.starts(with: "rgb(".utf8), value.utf8.last == UInt8(ascii: ")") {
            numbers = text.dropFirst(4).dropLast().split(separator: UInt8(ascii: ",")).map {
                Int(String(decoding: $0, as: UTF8.self))
            }
        }
        guard numbers.count == 3, let red = numbers[0], let green = numbers[1], let blue = numbers[2],
            [red, green, blue].allSatisfy((0...255).contains)
        else { return nil }
        return (red, green, blue)
    }
}
