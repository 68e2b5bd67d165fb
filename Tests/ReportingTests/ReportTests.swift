import CardFiles
import ClosureStudy
import DijetGeneration
import Foundation
import FoundationXML
import Reporting
import Testing

/// A small closure run and its report.
private struct Sample {
    /// Such that a strict tolerance finds a bin outside: most seeds of so few events have none.
    static let shared = Result {
        for seed in 1...20 {
            let sample = try Sample(events: 60_000, seed: UInt64(seed))
            let strict = ClosureVerdict(sample.result.test.truth, tolerance: .uniform(1e-13), fitIsValid: true)
            if sample.result.derivation.calibration.isValid, strict.binsOutside > 0 { return sample }
        }
        return try Sample(events: 60_000)
    }
    static let hopeless = Result { try Sample(events: 100) }

    let result: ClosureRun.Result
    let options: DerivationOptions

    init(events: Int, seed: UInt64 = 1) throws {
        options = DerivationOptions(method: .matrix, selection: .standard, binning: .coarse, passes: 2)
        result = try ClosureRun(
            card: LoadedCard("uniform").card, dataCard: nil, truth: QCDDijets.builtIn, events: events, seed: seed,
            options: options, threads: 2
        ).run()
    }

    func report(
        tolerance: Tolerance = .uniform(0.5), detector: String = "uniform", figures: [ReportFigure] = [],
        configuration: String = "schema: etacal.run/1\n"
    ) -> Report {
        let calibration = result.derivation.calibration
        return Report(
            run: ReportedRun(
                detector: detector, detectorSummary: "for tests", dataDetector: nil, hasOverlay: true,
                truth: "built-in", events: 60_000,
                seed: 1, largestReuse: 3, options: options, tolerance: tolerance),
            calibration: calibration, test: result.test,
            verdict: ClosureVerdict(result.test.truth, tolerance: tolerance, fitIsValid: calibration.isValid),
            diagnosis: ClosureDiagnosis(
                result.test.truth, calibration: calibration, tolerance: tolerance, detectors: nil),
            figures: figures,
            provenance: ReportProvenance(
                entries: [("Version", "EtaCal 0"), ("run.yaml, SHA-256", "abc")], configuration: configuration,
                command: "etacal closure run.yaml -o again"))
    }
}

/// Reads a page as XML: its elements with their attributes, and all of its text.
private final class Page: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String])] = []
    private(set) var text = ""
    private(set) var problem: String?

    init(_ html: String) {
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        if !parser.parse() {
            problem = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "not well-formed")"
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        elements.append((name, attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func count(_ name: String, class wanted: String? = nil) -> Int {
        elements.count {
            $0.name == name
                && (wanted.map(($0.attributes["class"] ?? "").split(separator: " ").map(String.init).contains) ?? true)
        }
    }
}

struct ReportTests {
    private static let svg = """
        <?xml version="1.0"?><svg width="10" height="10" viewBox="0 0 10 10" xmlns="http://www.w3.org/2000/svg">
        <g id="a"><path stroke='black' d='M0,0 L1,1'/></g></svg>
        """

    private static func figures() -> [ReportFigure] {
        [
            ReportFigure(name: "closure-eta", caption: "Non-closure & more", svg: svg),
            ReportFigure(name: "response-map", caption: "Response", svg: nil),
        ]
    }

    @Test func thePageIsWellFormedAndStandsAlone() throws {
        let html = try Sample.shared.get().report(figures: Self.figures()).html
        let page = Page(html)
        #expect(page.problem == nil)
        // Names are there once, and each reference finds one.
        let names = page.elements.compactMap { $0.attributes["id"] }
        #expect(Set(names).count == names.count)
        for element in page.elements {
            for key in ["href", "aria-labelledby"] {
                guard let value = element.attributes[key] else { continue }
                #expect(names.contains(key == "href" ? String(value.dropFirst()) : value), "\(value)")
                #expect(key != "href" || value.hasPrefix("#"))
            }
            #expect(element.attributes["src"] == nil && !element.attributes.keys.contains { $0.hasPrefix("on") })
        }
        for forbidden in ["script", "link", "iframe", "img", "object", "form"] { #expect(page.count(forbidden) == 0) }
        for forbidden in ["http:", "https:", "@import", "javascript:", "{{", "}}"] {
            #expect(!html.contains(forbidden), "\(forbidden)")
        }
        let policy = page.elements.first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        #expect(policy?.attributes["content"]?.hasPrefix("default-src 'none'; style-src 'unsafe-inline'") == true)
        #expect(page.elements.first?.attributes["lang"] == "en" && page.count("h1") == 1)
        #expect(page.elements.contains { $0.attributes["name"] == "viewport" })
    }

    @Test func theSameRunGivesTheSameBytes() throws {
        let sample = try Sample.shared.get()
        #expect(sample.report(figures: Self.figures()).html == sample.report(figures: Self.figures()).html)
    }

    /// 12 η bins by 4 quoted pT bins, twice, and the same number of rows of worst bins as the diagnosis has.
    @Test func everyBinHasItsPlace() throws {
        let sample = try Sample.shared.get()
        let html = sample.report().html
        let page = Page(html)
        #expect(page.count("table") == 4)
        let calibration = sample.result.derivation.calibration
        let constants = calibration.binning.quotedPtBins.flatMap { pt in calibration.constants.compactMap { $0[pt] } }
        let determined = sample.result.test.truth.nonclosure.joined().count { $0 != nil }
        #expect(page.elements.count { $0.name == "span" && $0.attributes["class"] == "value" } == 2 * 12 * 4)
        #expect(html.components(separatedBy: "<small>±").count - 1 == constants.count + determined)
        #expect(page.count("td", class: "why") == 8)
        #expect(constants.count >= 20)
        let first = try #require(constants.first)
        #expect(html.contains(String(format: ">%.4f<", first)))
        #expect(page.text.contains("65–130") && page.text.contains("0.800 to 1.305"))
        #expect(page.text.contains("−4.500 to −3.139") && page.text.contains("each truth event up to 3 times"))
    }

    @Test func theVerdictComesInWords() throws {
        let sample = try Sample.shared.get()
        let passed = Page(sample.report().html)
        #expect(passed.count("section", class: "passed") == 1 && passed.count("section", class: "failed") == 0)
        #expect(passed.text.contains("Closure PASSED: uniform, matrix method"))
        #expect(passed.text.contains("stays below the tolerance in all"))

        let strict = sample.report(tolerance: .uniform(1e-13))
        let failed = Page(strict.html)
        let outside = ClosureVerdict(sample.result.test.truth, tolerance: .uniform(1e-13), fitIsValid: true).binsOutside
        #expect(failed.count("section", class: "failed") == 1 && failed.count("section", class: "passed") == 0)
        #expect(failed.text.contains("Closure FAILED"))
        #expect(failed.text.contains("reaches the tolerance in \(outside) of"))
        let marks = failed.elements.count { $0.attributes["class"] == "mark" && $0.attributes["title"] == "outside" }
        #expect(outside > 0 && marks == outside)
    }

    @Test func aFitThatIsNotValidIsSaid() throws {
        let sample = try Sample.hopeless.get()
        let page = Page(sample.report().html)
        let reason = try #require(sample.result.derivation.calibration.fits[1].invalidReason)
        #expect(page.problem == nil && page.text.contains("Closure FAILED"))
        #expect(page.text.contains("The fit of pT 65–130 GeV is not valid: \(reason)"))
        #expect(page.text.contains("No bin could be tested.") && page.text.contains("No bin was judged."))
    }

    @Test func namesAreTextAndNothingElse() throws {
        let name = "<script>alert('x')</script> & \"quotes\" {{title}}\u{1}"
        let report = try Sample.shared.get().report(detector: name, configuration: "summary: </pre><b>&amp;")
        let page = Page(report.html)
        let usual = Page(try Sample.shared.get().report().html)
        #expect(page.problem == nil && page.count("script") == 0 && page.count("b") == usual.count("b"))
        #expect(report.html.contains("&lt;script&gt;alert("))
        #expect(page.text.contains("<script>alert('x')</script> & \"quotes\" {{title}}, matrix method"))
        #expect(page.text.contains("summary: </pre><b>&amp;"))
    }

    @Test func everyFigureHasItsPlace() throws {
        let html = try Sample.shared.get().report(figures: Self.figures()).html
        let page = Page(html)
        #expect(page.count("figure") == 2 && page.count("svg") == 1 && page.count("p", class: "missing") == 1)
        #expect(page.text.contains("Non-closure & more") && page.text.contains("gnuplot-nox"))
        #expect(html.contains("id=\"closure-eta-a\"") && html.contains("stroke=\"var(--ink)\""))
    }

    @Test func picturesCanBeReplaced() throws {
        let html = try Sample.shared.get().report(figures: Self.figures()).html
        let drawn = Self.svg.replacingOccurrences(of: "M0,0 L1,1", with: "M5,5 L6,6")
        let replaced = Report.replacingFigures(
            in: html, ["response-map": drawn, "closure-eta": drawn, "unknown": drawn])
        let page = Page(replaced)
        #expect(page.problem == nil && page.count("svg") == 2 && page.count("p", class: "missing") == 0)
        #expect(!replaced.contains("M0,0 L1,1") && replaced.contains("id=\"response-map-a\""))
        // Again, with what is there already; and what is no picture changes nothing.
        #expect(Report.replacingFigures(in: replaced, ["response-map": drawn, "closure-eta": drawn]) == replaced)
        #expect(Report.replacingFigures(in: replaced, ["closure-eta": "<p>no picture</p>"]) == replaced)
        #expect(Report.replacingFigures(in: "<p>another page</p>", ["closure-eta": drawn]) == "<p>another page</p>")
    }
}
