import Reporting
import Testing

struct InlineSVGTests {
    private func inline(_ body: String, root: String = "viewBox=\"0 0 4 3\"") -> String? {
        InlineSVG("<?xml version=\"1.0\"?>\n<!DOCTYPE svg>\n<svg \(root)>\(body)</svg>\n", name: "f")?.text
    }

    private let head = "<svg role=\"img\" aria-labelledby=\"caption-f\" viewBox=\"0 0 4 3\" width=\"4\">"

    @Test func theViewBoxIsWhatRemainsOfTheSize() {
        #expect(inline("") == head + "</svg>")
        #expect(inline("", root: "width='4' height='3' xmlns=\"http://www.w3.org/2000/svg\"") == head + "</svg>")
        #expect(inline("", root: "width='4'") == nil)
    }

    @Test func namesGetThePrefixOfTheFigure() {
        let found = inline("<path id='a' d='M0,0'/><use xlink:href='#a'/><g clip-path='url(#b)'></g>")
        #expect(
            found == head + "<path id=\"f-a\" d=\"M0,0\"/><use href=\"#f-a\"/><g clip-path=\"url(#f-b)\"></g></svg>")
    }

    @Test(arguments: [
        ("black", "var(--ink)"), ("#000000", "var(--ink)"), ("rgb(  0,   0, 0)", "var(--ink)"),
        ("White", "var(--paper)"),
        ("#FFFFFF", "var(--paper)"), ("#404040", "var(--muted)"), ("rgb(230, 230, 230)", "var(--shade)"),
        ("rgb(  0, 114, 178)", "var(--blue)"), ("rgb(213,  94,   0)", "#d55e00"), ("#7F7F7F", "#7f7f7f"),
        ("none", "none"), ("currentColor", "currentColor"),
    ])
    func coloursOfAxesFollowTheTheme(colour: String, expected: String) {
        #expect(inline("<path stroke = '\(colour)'/>") == head + "<path stroke=\"\(expected)\"/></svg>")
    }

    /// gnuplot draws maps and boxes in groups with crisp edges.
    @Test func coloursOfDataStay() {
        let cells =
            "<g shape-rendering='crispEdges'><polygon fill='#000000'/><polygon fill='#0072b2'/></g><path fill='#000000'/>"
        let found = inline(cells) ?? ""
        #expect(found.contains("<polygon fill=\"#000000\"/><polygon fill=\"#0072b2\"/></g><path fill=\"var(--ink)\"/>"))
    }

    @Test func onlyDrawingPasses() {
        let hostile = """
            <script>alert(1)</script><style>@import 'x';</style><title>t</title><g onclick="alert(1)" style="fill:red">\
            <a href="http://example.org"><text>lost</text></a><foreignObject><p>lost</p></foreignObject>\
            <!-- /figure:f --><use href="http://example.org/#a"/><image href="data:image/png;base64,AA=="/>\
            <image href="http://example.org/a.png"/><path fill="url(http://example.org)"/>\
            <text font-family="x">a &lt; b <tspan>c</tspan> d</text></g>
            """
        #expect(
            inline(hostile) == head
                + "<g><use/><image href=\"data:image/png;base64,AA==\"/><image/><path/>"
                + "<text>a &lt; b <tspan>c</tspan> d</text></g></svg>")
    }

    @Test(arguments: [
        "", "text", "<p>no</p>", "<svg viewBox='0 0 1 1'>", "<svg viewBox='0 0 1 1'><g></svg>",
        "<svg viewBox='0 0 1 1'></g></svg>", "<svg viewBox='0 0 1 1'><path d='M", "<svg viewBox='0 0 1 x'></svg>",
        "<svg viewBox='0 0 1 1'><!-- </svg>", "<svg viewBox=0></svg>", "<svg viewBox='0 0 1 1'/>",
    ])
    func whatIsBrokenIsNone(source: String) {
        #expect(InlineSVG(source, name: "f") == nil)
    }
}
