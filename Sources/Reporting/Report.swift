public import ClosureStudy
internal import Foundation
public import Intercalibration
internal import Mustache
internal import Plots

/// A figure of the report.
public struct ReportFigure: Sendable {
    /// Letters, digits and hyphens.
    public let name: String
    public let caption: String
    /// As gnuplot drew it; nil when it did not.
    public let svg: String?

    public init(name: String, caption: String, svg: String?) {
        self.name = name
        self.caption = caption
        self.svg = svg
    }
}

/// What was run, beyond what the results know themselves.
public struct ReportedRun: Sendable {
    public var detector: String
    public var detectorSummary: String
    /// nil for the detector's own pseudo-data.
    public var dataDetector: String?
    /// Whether the detector's card makes pseudo-data differ from simulation.
    public var hasOverlay: Bool
    /// What the truth events are, in words.
    public var truth: String
    /// The same of the data's own; nil where they have that of simulation.
    public var dataTruth: String?
    /// Of each sample.
    public var events: Int
    public var seed: UInt64
    /// Largest number of times that one truth event is used in a sample.
    public var largestReuse: Int
    public var options: DerivationOptions
    public var tolerance: Tolerance

    public init(
        detector: String, detectorSummary: String, dataDetector: String?, hasOverlay: Bool, truth: String,
        dataTruth: String? = nil, events: Int, seed: UInt64, largestReuse: Int, options: DerivationOptions,
        tolerance: Tolerance
    ) {
        self.detector = detector
        self.detectorSummary = detectorSummary
        self.dataDetector = dataDetector
        self.hasOverlay = hasOverlay
        self.truth = truth
        self.dataTruth = dataTruth
        self.events = events
        self.seed = seed
        self.largestReuse = largestReuse
        self.options = options
        self.tolerance = tolerance
    }
}

/// Where a result comes from and how to make it again.
public struct ReportProvenance: Sendable {
    /// Labels and values, in order.
    public var entries: [(label: String, value: String)]
    /// The resolved configuration, as in `run.yaml`.
    public var configuration: String
    public var command: String

    public init(entries: [(label: String, value: String)], configuration: String, command: String) {
        self.entries = entries
        self.configuration = configuration
        self.command = command
    }
}

/// The report of a closure run: one HTML file that stands alone. It has no script and asks nothing of a network, which its
/// content security policy enforces; it is well-formed XML; the same run gives the same bytes.
public struct Report: Sendable {
    let run: ReportedRun
    let calibration: Calibration
    let test: ClosureTest
    let resolution: ResolutionTest?
    let verdict: ClosureVerdict
    let diagnosis: ClosureDiagnosis
    let figures: [ReportFigure]
    let provenance: ReportProvenance

    public init(
        run: ReportedRun, calibration: Calibration, test: ClosureTest, resolution: ResolutionTest? = nil,
        verdict: ClosureVerdict, diagnosis: ClosureDiagnosis, figures: [ReportFigure], provenance: ReportProvenance
    ) {
        self.run = run
        self.calibration = calibration
        self.test = test
        self.resolution = resolution
        self.verdict = verdict
        self.diagnosis = diagnosis
        self.figures = figures
        self.provenance = provenance
    }

    public var html: String {
        guard let template = try? MustacheTemplate(string: String(decoding: Plots.report, as: UTF8.self)) else {
            preconditionFailure("the template of the report is one")
        }
        var values = verdictValues
        values.merge(runValues) { $1 }
        values.merge(tableValues) { $1 }
        values.merge(diagnosisValues) { $1 }
        values.merge(resolutionValues) { $1 }
        values.merge([
            "style": String(decoding: Plots.reportStyle, as: UTF8.self),
            "figures": figures.map { figure in
                [
                    "name": figure.name, "caption": figure.caption,
                    "picture": Self.picture(figure.svg, name: figure.name),
                ]
            },
            "provenance": provenance.entries.map { ["label": $0.label, "value": $0.value] },
            "configuration": provenance.configuration, "command": provenance.command,
        ]) { $1 }
        return Self.withoutControls(template.render(values))
    }

    /// Puts redrawn pictures into a report; figures that it does not have, and pictures that are none, are left out.
    /// - Parameter svg: by the name of the figure.
    public static func replacingFigures(in html: String, _ svg: [String: String]) -> String {
        var html = html
        for (name, source) in svg.sorted(by: { $0.key < $1.key }) {
            guard let begin = html.range(of: "<!-- figure:\(name) -->"),
                let end = html.range(of: "<!-- /figure:\(name) -->", range: begin.upperBound..<html.endIndex),
                let picture = InlineSVG(source, name: name)
            else { continue }
            html.replaceSubrange(begin.upperBound..<end.lowerBound, with: "\n" + picture.text + "\n")
        }
        return html
    }

    private static func picture(_ svg: String?, name: String) -> String {
        if let svg, let inline = InlineSVG(svg, name: name) { return inline.text }
        return """
            <p class="missing">This figure was not drawn: gnuplot was missing or failed. Install it (Debian package \
            gnuplot-nox) and say <code>etacal plot DIR</code>, with DIR the directory of this run.</p>
            """
    }

    /// XML has no place for control characters; names of cards and files may hold some.
    private static func withoutControls(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 }) else { return text }
        return String(decoding: text.utf8.filter { $0 >= 0x20 || $0 == 0x0A || $0 == 0x09 }, as: UTF8.self)
    }
}
