internal import Binning
internal import JetPhysics
public import TruthValidation

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Figures of a truth against a reference: all with one template, panels with a strip of the ratio below.
public struct ValidationFigures: Sendable {
    let comparison: TruthComparison
    let label: FigureLabel

    public init(_ comparison: TruthComparison, label: FigureLabel) {
        self.comparison = comparison
        self.label = label
    }

    /// In the order of a report.
    public var all: [Figure] {
        [
            spectrum,
            distribution("pt1", "{/:Italic p}_{T,1} [GeV]", [.pt1, .selectedPt1], isSteep: true, reach: 0.5),
            distribution("pt2", "{/:Italic p}_{T,2} [GeV]", [.pt2], isSteep: true, reach: 0.5),
            distribution("pt3", "{/:Italic p}_{T,3} [GeV]", [.pt3], isSteep: true, reach: 0.5),
            distribution("mass", "dijet mass [GeV]", [.mass, .selectedMass], isSteep: true, reach: 0.5),
            distribution("eta1", "{/:Italic η}_1", [.selectedEta1], reach: 0.3),
            distribution("eta2", "{/:Italic η}_2", [.selectedEta2], reach: 0.3),
            distribution("eta3", "{/:Italic η}_3", [.eta3], reach: 0.5),
            distribution("delta-eta", "{/:Italic η}_1 − {/:Italic η}_2", [.selectedDeltaEta], reach: 0.3),
            distribution("delta-phi", "{/:Italic Δφ}", [.deltaPhi], isSteep: true, reach: 0.5),
            distribution("alpha", "{/:Italic α} (below 0: no third jet)", [.alpha], isSteep: true, reach: 0.5),
            distribution(
                "asymmetry", "({/:Italic p}_T^{lower η} − {/:Italic p}_T^{higher η}) / {/:Italic p}_T^{avg}",
                [.asymmetry], reach: 0.5),
            meanAsymmetry, flavours(byPt: true), flavours(byPt: false), passing,
        ].compactMap { $0 }
    }

    /// At most six of the slices, the judged ones first.
    private var slices: [Int] {
        let all = Array(comparison.reference.slices.indices)
        let judged = comparison.judgedSlices.isEmpty ? all : comparison.judgedSlices
        guard judged.count > 6 else { return judged }
        return (0..<6).map { judged[$0 * (judged.count - 1) / 5] }
    }

    private func title(_ slice: Int) -> String {
        let range = comparison.reference.slices[slice]
        return "\(RunFigures.plain(range.pHatMinimum))–\(RunFigures.plain(range.pHatMaximum)) GeV"
    }

    /// A distribution of each slice, as shares of its dijets; bins are of equal width or of equal ratio.
    private func distribution(
        _ name: String, _ axisTitle: String, _ histograms: [TruthHistogram], isSteep: Bool = false, reach: Double
    ) -> Figure? {
        let axis = histograms[0].axis
        // The bin of events without a third jet has no width to speak of: it is drawn left of the others.
        let edges = histograms[0] == .alpha ? [-axis.edges[2], 0] + axis.edges[2...] : axis.edges
        let panels = slices.map { slice -> ValidationPanel in
            let series = histograms.map { histogram in
                (
                    reference: comparison.reference.observables.shares(of: histogram, slice: slice),
                    model: comparison.model.observables.shares(of: histogram, slice: slice)
                )
            }
            var panel = ValidationPanel(title: title(slice), edges: edges)
            for bin in 0..<axis.count { panel.add(series.map { ($0.reference[bin], $0.model[bin]) }, scale: 1) }
            return panel
        }
        return figure(
            name, "\(axisTitle) in slices of the generation, each normalised to its dijets.",
            FigureAxes(
                xTitle: axisTitle, yTitle: "share of dijets per bin", isLogarithmic: axis.lowest > 1,
                isSteep: isSteep, reach: reach,
                names: histograms.count > 1
                    ? ["all dijets", "after cuts"] : [histograms[0].isAfterCuts ? "after cuts" : "all dijets"]
            ), panels)
    }

    /// The spectrum summed over slices.
    private var spectrum: Figure? {
        let all = Array(comparison.reference.slices.indices)
        let axis = TruthHistogram.pt1.axis
        let (model, reference) = (
            comparison.model.crossSections(of: .pt1, slices: all),
            comparison.reference.crossSections(of: .pt1, slices: all)
        )
        var panel = ValidationPanel(title: "", edges: axis.edges)
        for bin in 0..<axis.count {
            let shown = reference[bin].weight > 0 || model[bin].weight > 0
            panel.add([shown ? (reference[bin].estimate, model[bin].estimate) : (nil, nil)], scale: 1 / axis.width(bin))
        }
        return figure(
            "spectrum", "Cross-section of the leading jet, slices summed. Lines in the strip are the limits.",
            FigureAxes(
                xTitle: "{/:Italic p}_{T,1} [GeV]", yTitle: "d{/:Italic σ}/d{/:Italic p}_{T,1} [pb/GeV]",
                isLogarithmic: true, isSteep: true, reach: 0.3, bands: [0.9, 1.1], names: ["all dijets"]), [panel])
    }

    private var meanAsymmetry: Figure? {
        let axis = TruthObservables.absProbeAxis
        var panel = ValidationPanel(
            title: "slices from \(Int(TruthComparison.judgedFrom)) GeV, pooled", edges: axis.edges)
        for bin in 0..<axis.count {
            let asymmetry = MeanAsymmetry(
                comparison.model, comparison.reference, bin: bin, slices: comparison.judgedSlices)
            panel.add([(asymmetry?.reference, asymmetry?.model)], scale: 1)
        }
        return figure(
            "mean-asymmetry",
            "Mean truth asymmetry of a probe jet against a tag inside |η| = 1.3, after the cuts. Lines in the strip are the "
                + "limits.",
            FigureAxes(
                xTitle: "|{/:Italic η}_{probe}|",
                yTitle: "⟨({/:Italic p}_T^{probe} − {/:Italic p}_T^{tag}) / {/:Italic p}_T^{avg}⟩", isDifference: true,
                reach: 0.1, bands: [-0.01, 0.01], names: ["after cuts"]), [panel])
    }

    /// Shares of flavours of the leading and the subleading jet, slices summed with their cross-sections: dominated by the
    /// lowest slice at each pT, and overall for η.
    private func flavours(byPt: Bool) -> Figure? {
        let axis = byPt ? TruthObservables.flavourPtAxis : TruthObservables.flavourEtaAxis
        let slices = comparison.judgedSlices
        var panels: [ValidationPanel] = []
        for jet in 0..<2 {
            for flavour in [FlavourClass.gluon, .charm, .bottom] {
                var panel = ValidationPanel(
                    title: "\(flavour.name), \(jet == 0 ? "leading" : "subleading") jet", edges: axis.edges)
                let (reference, model) = (
                    comparison.reference.flavours(flavour, jet: jet, slices: slices, byPt: byPt),
                    comparison.model.flavours(flavour, jet: jet, slices: slices, byPt: byPt)
                )
                for bin in 0..<axis.count { panel.add([(reference[bin], model[bin])], scale: 1, areShares: true) }
                panels.append(panel)
            }
        }
        let xTitle = byPt ? "{/:Italic p}_T [GeV]" : "|{/:Italic η}|"
        return figure(
            byPt ? "flavours-pt" : "flavours-eta",
            "Shares of flavours among the two leading jets after the cuts against \(byPt ? "pT" : "|η|"), slices from "
                + "\(Int(TruthComparison.judgedFrom)) GeV summed with their cross-sections. Lines in the strip are the limits for c and b.",
            FigureAxes(
                xTitle: xTitle, yTitle: "share of jets", isLogarithmic: byPt, reach: 0.5, bands: [0.85, 1.15],
                names: ["after cuts"]), panels)
    }

    /// Shares of dijets that pass the cuts, against the rapidity gap.
    private var passing: Figure? {
        let axis = TruthObservables.gapAxis
        let panels = slices.map { slice in
            var panel = ValidationPanel(title: title(slice), edges: axis.edges)
            for bin in 0..<axis.count {
                panel.add(
                    [TruthCut.deltaPhi, .alpha, .both].map { cut in
                        (
                            comparison.reference.observables.passing(cut, gap: bin, slice: slice),
                            comparison.model.observables.passing(cut, gap: bin, slice: slice)
                        )
                    }, scale: 1, areShares: true)
            }
            return panel
        }
        return figure(
            "passing", "Shares of dijets that pass the cuts, against the distance of the two jets in η.",
            FigureAxes(
                xTitle: "|{/:Italic η}_1 − {/:Italic η}_2|", yTitle: "share of dijets", isDifference: true, reach: 0.2,
                bands: [-0.05, 0.05], names: ["Δφ > 2.5", "α < 0.3", "both"]), panels)
    }
}
