public import DetectorValidation
internal import TruthValidation

/// Figures of a validation of a detector card: what events show (points) against the card (line).
public struct DetectorValidationFigures {
    private let validation: DetectorValidation
    private let label: FigureLabel

    public init(_ validation: DetectorValidation, label: FigureLabel) {
        self.validation = validation
        self.label = label
    }

    public var all: [Figure] {
        [
            alongEta(
                .response, "detector-response", "Mean response of true jets against η, flavours together.",
                "mean response", limit: 1e-3, reach: 0.004),
            alongEta(
                .width, "detector-width", "Width of the core against η, flavours together.",
                "resolution {/:Italic σ}/{/:Italic p}_T", limit: 1e-2, reach: 0.04),
            tails, noise, projection,
        ].compactMap { $0 }
    }

    private static func plain(_ value: Double) -> String { RunFigures.plain(value) }

    /// One panel a pT, simulation and data as series.
    private func alongEta(
        _ quantity: DetectorCriterion.Quantity, _ name: String, _ caption: String, _ title: String, limit: Double,
        reach: Double
    ) -> Figure? {
        let all = validation.criteria.filter { $0.quantity == quantity }
        let edges = validation.etaEdges
        let samples = DetectorCriterion.Sample.allCases.filter { sample in all.contains { $0.sample == sample } }
        let panels = DetectorValidation.pts.map { pt in
            var panel = ValidationPanel(title: "true {/:Italic p}_T = \(Self.plain(pt)) GeV", edges: edges)
            for (low, high) in zip(edges, edges.dropFirst()) {
                panel.add(
                    samples.map { sample in
                        let inside = all.filter {
                            $0.sample == sample && $0.pt == pt && ($0.eta ?? 99) > low && ($0.eta ?? 99) < high
                        }
                        return DetectorCriterion.mean(inside)
                    }, scale: 1)
            }
            return panel
        }
        return figure(
            name, caption + " Dotted: limits of the validation.",
            FigureAxes(
                xTitle: "{/:Italic η} from the detector's centre", yTitle: title, reach: reach,
                bands: [1 - limit, 1 + limit], names: samples.map { $0 == .data ? "data" : "simulation" }), panels)
    }

    private var tails: Figure? {
        let all = validation.criteria.filter {
            ($0.quantity == .lowTail || $0.quantity == .highTail) && $0.sample == .simulation
        }
        let places = all.filter { $0.pt == DetectorValidation.pts[2] && $0.quantity == .lowTail }
        let pts = DetectorValidation.pts
        let edges = Self.edges(around: pts)
        let panels = places.prefix(6).map { region in
            let name = region.place.split(separator: ",").first.map(String.init) ?? ""
            var panel = ValidationPanel(
                title: name.replacingOccurrences(of: "eta ", with: "{/:Italic η} ").replacingOccurrences(
                    of: "..", with: "–"), edges: edges)
            for pt in pts {
                panel.add(
                    [DetectorCriterion.Quantity.lowTail, .highTail].map { quantity in
                        DetectorCriterion.mean(
                            all.filter { $0.quantity == quantity && $0.eta == region.eta && $0.pt == pt })
                    }, scale: 100)
            }
            return panel
        }
        return figure(
            "detector-tails", "Share of jets more than 2.5 widths of the core from its peak, by region of η.",
            FigureAxes(
                xTitle: "true {/:Italic p}_T [GeV]", yTitle: "share of jets [%]", isLogarithmic: true, reach: 0.2,
                bands: [0.95, 1.05], names: ["below", "above"]), panels)
    }

    private var noise: Figure? {
        let all = validation.criteria.filter { $0.quantity == .noise && $0.sample == .simulation }
        guard all.count >= 3 else { return nil }
        var panel = ValidationPanel(
            title: "events without jets", edges: Self.linearEdges(around: all.compactMap(\.pt)))
        for criterion in all { panel.add([DetectorCriterion.mean([criterion])], scale: 1) }
        return figure(
            "detector-noise", "Width of a component of the missing momentum against the root of the scalar sum.",
            FigureAxes(
                xTitle: "√Σ{/:Italic E}_T [GeV^{1/2}]", yTitle: "width of a component [GeV]", reach: 0.02,
                bands: [0.99, 1.01], names: ["simulation"]), [panel])
    }

    private var projection: Figure? {
        let all = validation.criteria.filter { $0.quantity == .projection }
        guard let eta = all.first?.eta else { return nil }
        let pts = all.filter { $0.eta == eta && $0.place.hasPrefix("no soft") }.compactMap(\.pt)
        let names = ["soft term like jets", "soft term of the card", "no soft term"]
        var panel = ValidationPanel(
            title: all.first?.place.split(separator: ",").dropFirst().first.map {
                $0.replacingOccurrences(of: "|eta|", with: "|{/:Italic η}_{probe}|").replacingOccurrences(
                    of: "..", with: "–")
            } ?? "", edges: Self.edges(around: pts))
        for pt in pts {
            panel.add(
                names.map { name in
                    let pair = DetectorCriterion.mean(
                        all.filter { $0.pt == pt && $0.eta == eta && $0.place.hasPrefix(name) })
                    return (Self.belowOne(pair.reference), Self.belowOne(pair.model))
                }, scale: 100)
        }
        return figure(
            "detector-mpf",
            "Response by the projection of the missing momentum where the true one is 1, with the prediction from the "
                + "response of the soft term (lines).",
            FigureAxes(
                xTitle: "mean true {/:Italic p}_T [GeV]", yTitle: "MPF response − 1 [%]", isLogarithmic: true,
                isDifference: true,
                reach: 0.8, bands: [-0.3, 0.3], names: names), [panel])
    }

    /// Less 1.
    private static func belowOne(_ estimate: Estimate?) -> Estimate? {
        estimate.map { Estimate($0.value - 1, uncertainty: $0.uncertainty) }
    }

    private static func edges(around values: [Double]) -> [Double] {
        guard values.count > 1 else { return values.flatMap { [$0 / 1.3, $0 * 1.3] } }
        let inner = zip(values, values.dropFirst()).map { ($0 * $1).squareRoot() }
        return [values[0] * values[0] / inner[0]] + inner
            + [values[values.count - 1] * values[values.count - 1] / inner[inner.count - 1]]
    }

    private static func linearEdges(around values: [Double]) -> [Double] {
        let inner = zip(values, values.dropFirst()).map { 0.5 * ($0 + $1) }
        guard let first = inner.first, let last = inner.last else { return values }
        return [2 * values[0] - first] + inner + [2 * values[values.count - 1] - last]
    }

    private func figure(_ name: String, _ caption: String, _ axes: FigureAxes, _ panels: [ValidationPanel]) -> Figure? {
        var axes = axes
        axes.strip = (ratio: "card / sim.", difference: "card − sim.")
        return ValidationPanel.figure("validation-" + name, caption, axes, panels, label: label)
    }
}

extension DetectorCriterion {
    /// The mean of several measurements, weighted with their precision, and of what was expected of them; nil for none.
    fileprivate static func mean(_ criteria: [DetectorCriterion]) -> (reference: Estimate?, model: Estimate?) {
        let known = criteria.filter { $0.uncertainty > 0 }
        guard !known.isEmpty else { return (nil, nil) }
        var (total, measured, expected) = (0.0, 0.0, 0.0)
        for criterion in known {
            let weight = 1 / (criterion.uncertainty * criterion.uncertainty)
            total += weight
            measured += weight * criterion.measured * criterion.level
            expected += weight * criterion.expected * criterion.level
        }
        return (
            Estimate(measured / total, uncertainty: known[0].level / total.squareRoot()),
            Estimate(expected / total, uncertainty: 0)
        )
    }
}
