import Foundation
import Testing

/// The report of a real run, opened in a real browser.
struct ReportBrowserTests {
    /// One run with figures; the tests write other pages beside it.
    private struct Site {
        static let shared = Result { try Site() }

        let workplace: Workplace
        let browser: Browser
        let html: String

        private init() throws {
            workplace = try Workplace()
            browser = try Browser(in: workplace)
            try workplace.write(Sample.binning, to: "binning.yaml")
            try workplace.succeed(
                "closure --detector uniform --events 20k --binning binning.yaml --tolerance 0.5 --quiet -o run",
                drawing: true)
            html = try workplace.text("run/report.html")
        }

        /// The report with something put in before its end.
        func page(_ name: String, adding text: String, policy: Bool = true) throws -> String {
            var page = html.replacingOccurrences(of: "</main>", with: text + "</main>")
            if !policy {
                let start = try #require(page.range(of: "<meta http-equiv=\"Content-Security-Policy\""))
                let end = try #require(page.range(of: "/>", range: start.upperBound..<page.endIndex))
                page.removeSubrange(start.lowerBound..<end.upperBound)
            }
            #expect(page != html)
            try workplace.write(page, to: name)
            return name
        }
    }

    @Test func itOpensWithoutAWord() throws {
        let site = try Site.shared.get()
        let visit = try site.browser.visit("run/report.html", ["--dump-dom"])
        #expect(visit.console == [])
        #expect(visit.output.contains("<title>Closure PASSED: uniform, matrix method</title>"))
        #expect(visit.output.contains("</html>") && visit.output.contains("<svg role=\"img\""))
    }

    /// The page forbids itself the network and scripts, and the console would say so: the test above can fail.
    @Test func itsPolicyRefuses() throws {
        let site = try Site.shared.get()
        let page = try site.page(
            "intruders.html",
            adding: """
                <img src="http://127.0.0.1:9/a.png"/><link rel="stylesheet" href="http://127.0.0.1:9/a.css"/>
                <script>document.title = 'run'</script>
                """)
        let visit = try site.browser.visit(page, ["--dump-dom"])
        for directive in ["img-src", "style-src", "script-src"] {
            #expect(
                visit.console.contains { $0.contains("Content Security Policy") && $0.contains(directive) },
                "\(directive): \(visit.console)")
        }
        #expect(visit.output.contains("<title>Closure PASSED"))
    }

    /// Tables and figures scroll in their own frames, and the page does not; one with something wide in it would.
    @Test func itFitsOnAPhone() throws {
        let site = try Site.shared.get()
        func script(_ name: String) -> String {
            """
            <script>addEventListener('load', () => {
            parent.postMessage(`${name}: ${document.documentElement.scrollWidth} of ${innerWidth}`, '*') })</script>
            """.replacingOccurrences(of: "${name}", with: name)
        }
        try site.workplace.write(
            """
            <!DOCTYPE html><title>silent</title>
            <script>onmessage = message => { document.title += '; ' + message.data }</script>
            <iframe src="\(try site.page("phone.html", adding: script("report"), policy: false))" width="360" height="700"
            style="border: 0"></iframe>
            <iframe src="\(try site.page("wide.html", adding: "<div style='width: 400px'>-</div>" + script("wide"), policy: false))"
            width="360" height="700" style="border: 0"></iframe>
            """, to: "frames.html")
        let visit = try site.browser.visit("frames.html", ["--dump-dom", "--virtual-time-budget=3000"])
        let title = visit.output.components(separatedBy: "</title>")[0]
        #expect(title.contains("; report: 360 of 360") && title.contains("; wide: 4"), "\(title.suffix(200))")
    }

    @Test func itHasTwoThemes() throws {
        let site = try Site.shared.get()
        let (light, dark) = (
            try site.browser.picture(of: "run/report.html", dark: false),
            try site.browser.picture(of: "run/report.html", dark: true)
        )
        #expect(light.count > 20_000 && dark.count > 20_000 && light != dark)
    }

    @Test func itPrints() throws {
        let site = try Site.shared.get()
        _ = try site.browser.visit(
            "run/report.html", ["--no-pdf-header-footer", "--print-to-pdf=\(site.workplace.path("report.pdf"))"])
        let pdf = String(decoding: try site.workplace.data("report.pdf"), as: UTF8.self)
        #expect(pdf.hasPrefix("%PDF"))
        #expect(pdf.components(separatedBy: "/Type /Page\n").count - 1 > 1)
    }
}
