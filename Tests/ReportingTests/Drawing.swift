import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What can be read off a picture that gnuplot drew as SVG.
final class Drawing: NSObject, XMLParserDelegate {
    struct Label {
        var text: String
        /// Outline in pixels, from an average width of letters: an estimate that rather falls short.
        var box: CGRect
        var isRotated: Bool
    }

    private(set) var size = CGSize.zero
    private(set) var labels: [Label] = []
    /// Strokes, the straight segments of them, and filled cells of a plot command, with its title.
    typealias Plot = (title: String, strokes: Int, segments: Int, cells: Int)
    /// In the order of drawing.
    private(set) var plots: [Plot] = []
    /// Frames around panels.
    private(set) var panels: Set<String> = []

    private struct Group {
        var isPlot = false
        var position: (x: Double, y: Double)?
        var isRotated = false
        var fontSize = 11.0
        var anchor = "start"
    }
    private var groups: [Group] = []
    private var text: String?
    private var title: String?

    init(_ path: String) throws {
        super.init()
        let data = try #require(FileManager.default.contents(atPath: path), "no picture at \(path)")
        let parser = XMLParser(data: data)
        parser.delegate = self
        try #require(parser.parse(), "\(path) is not XML: \(String(describing: parser.parserError))")
    }

    func plot(_ title: String) -> [Plot] { plots.filter { $0.title == title } }

    /// How many labels read so, or contain it.
    func count(_ text: String) -> Int { labels.count { $0.text == text } }

    /// Labels that reach out of the picture, and pairs of labels that cover each other.
    var collisions: [String] {
        let frame = CGRect(origin: .zero, size: size)
        var found = labels.filter { !frame.contains($0.box) }.map { "'\($0.text)' leaves the picture at \($0.box)" }
        for (index, one) in labels.enumerated() {
            for other in labels[(index + 1)...] where one.box.intersects(other.box) {
                found.append("'\(one.text)' covers '\(other.text)' at \(one.box.origin)")
            }
        }
        return found
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        switch name {
        case "svg":
            let box = (attributes["viewBox"] ?? "").split(separator: " ").compactMap { Double($0) }
            if box.count == 4 { size = CGSize(width: box[2], height: box[3]) }
        case "g":
            var group = Group()
            group.isPlot = attributes["id"]?.hasPrefix("gnuplot_plot_") == true
            if group.isPlot { plots.append((title: "", strokes: 0, segments: 0, cells: 0)) }
            if let transform = attributes["transform"], transform.hasPrefix("translate("),
                let end = transform.firstIndex(of: ")")
            {
                let numbers = transform.prefix(upTo: end).dropFirst("translate(".count).split(separator: ",")
                    .compactMap { Double($0) }
                if numbers.count == 2 { group.position = (numbers[0], numbers[1]) }
                group.isRotated = transform.contains("rotate(270)")
            }
            if let size = attributes["font-size"].flatMap(Double.init) { group.fontSize = size }
            group.anchor = attributes["text-anchor"] ?? "start"
            groups.append(group)
        case "title": title = ""
        case "text": text = ""
        case "path":
            let path = attributes["d"] ?? ""
            if path.contains("Z"), path.filter({ $0 == "L" }).count == 4 { panels.insert(path) }
            guard groups.contains(where: \.isPlot), let last = plots.indices.last else { return }
            plots[last].strokes += path.filter { $0 == "M" }.count
            plots[last].segments += path.filter { $0 == "L" }.count
        case "polygon":
            guard groups.contains(where: \.isPlot), let last = plots.indices.last else { return }
            plots[last].cells += 1
        default: break
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if text != nil { text? += string } else if title != nil { title? += string }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        switch name {
        case "g": groups.removeLast()
        case "title":
            if groups.last?.isPlot == true, let last = plots.indices.last { plots[last].title = title ?? "" }
            title = nil
        case "text":
            if let text, let group = groups.last, let position = group.position {
                add(text.trimmingCharacters(in: .whitespacesAndNewlines), group, position)
            }
            text = nil
        default: break
        }
    }

    private func add(_ text: String, _ group: Group, _ position: (x: Double, y: Double)) {
        guard !text.isEmpty else { return }
        let width = 0.5 * group.fontSize * Double(text.count)
        let height = 0.7 * group.fontSize
        let shift = group.anchor == "middle" ? 0.5 : group.anchor == "end" ? 1.0 : 0
        let box =
            group.isRotated
            ? CGRect(x: position.x - height, y: position.y - width * (1 - shift), width: height, height: width)
            : CGRect(x: position.x - width * shift, y: position.y - height, width: width, height: height)
        labels.append(Label(text: text, box: box, isRotated: group.isRotated))
    }
}
