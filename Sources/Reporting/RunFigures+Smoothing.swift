internal import Binning
internal import Intercalibration
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

extension RunFigures {
    /// Constants before and after smoothing, over pT in η bins and over η in pT bins; nil where nothing was smoothed.
    var smoothing: Figure? {
        guard let smoothing = calibration.smoothing else { return nil }
        let panels = Array(
            shownEtaBins(at: [0.3, 0.6, 0.82]) { eta in smoothing.bins.count { $0.eta == eta } > 1 }.prefix(3))
        let slices = shownPtBins(3) { pt in smoothing.bins.contains { $0.pt == pt } }
        guard !panels.isEmpty, !slices.isEmpty else { return nil }
        return Figure(
            "smoothing",
            caption:
                "Constants of single bins and what smoothing makes of them, with the average of a Gaussian kernel in η and ln pT"
                + " for comparison, over pT (the curves) and over η (at the bins' places), and what the response in the detector cards asks for.",
            label: label,
            variables: [
                .init("panels", panels.count), .init("slices", slices.count), .init("cells", panels.map(etaTitle)),
                .init("titles", slices.map(ptTitle)), .init("fit", Self.summary(smoothing)),
                .init("smooth", smoothing.spline == nil ? "kernel" : "spline"), .init("eta_limit", etaLimit),
                .init("reference", binning.referenceAbsEtaMaximum),
            ],
            blocks: panels.flatMap { [nodes(smoothing, eta: $0), curve(smoothing, eta: $0)] }
                + slices.map { slice(smoothing, pt: $0) })
    }

    private static func summary(_ smoothing: SmoothedConstants) -> String {
        guard let spline = smoothing.spline else { return "" }
        let chiSquared = String(format: "%.0f", spline.chiSquared)
        let effective = String(format: "%.0f", spline.effectiveParameters)
        return "raw about smooth: χ² = \(chiSquared), \(spline.comparisons) constants, \(effective) parameters"
    }

    private func kernel(_ smoothing: SmoothedConstants) -> KernelSmoothing { smoothing.kernel ?? .standard }

    private func nodes(_ smoothing: SmoothedConstants, eta: Int) -> Figure.Block {
        Figure.Block(
            title: "constants of eta bin \(eta)", columns: ["pt_mean_GeV", "raw", "u", "smooth", "u"],
            rows: smoothing.bins.filter { $0.eta == eta }.map { bin in
                [
                    calibration.ptMean[eta][bin.pt], smoothing.rawConstants[eta][bin.pt],
                    smoothing.rawUncertainties[eta][bin.pt], calibration.constants[eta][bin.pt],
                    calibration.uncertainty(eta: eta, pt: bin.pt),
                ]
            })
    }

    private func curve(_ smoothing: SmoothedConstants, eta: Int) -> Figure.Block {
        let means = smoothing.bins.filter { $0.eta == eta }.compactMap { calibration.ptMean[eta][$0.pt] }
        let (first, last) = (log(means.min() ?? 1), log(means.max() ?? 1))
        let places = (0...60).map { first + (last - first) * Double($0) / 60 }
        let averages = calibration.averages(kernel(smoothing), eta: eta, logPts: places)
        let truth = truth
        return Figure.Block(
            title: "their curves", columns: ["pt_GeV", "smooth", "u", "kernel", "u", "from_cards"],
            rows: zip(places, averages).map { place, average in
                let smooth =
                    smoothing.spline.map { spline in
                        let constant = exp(spline.value(eta: eta, logPt: place))
                        return (constant, constant * spline.uncertainty(eta: eta, logPt: place))
                    } ?? average
                let expected = truth.mean(etaBin: eta, pt: exp(place)) / truth.reference(pt: exp(place))
                return [exp(place), smooth.0, smooth.1, average.constant, average.uncertainty, expected]
            })
    }

    private func slice(_ smoothing: SmoothedConstants, pt: Int) -> Figure.Block {
        let edges = binning.eta.edges
        let kernel = kernel(smoothing)
        let truth = truth
        return Figure.Block(
            title: "constants of pT_avg \(ptTitle(pt))",
            columns: ["eta_low", "eta_high", "raw", "u", "smooth", "u", "kernel", "from_cards"],
            rows: smoothing.bins.filter { $0.pt == pt }.compactMap { bin in
                guard let mean = calibration.ptMean[bin.eta][pt] else { return nil }
                return [
                    edges[bin.eta], edges[bin.eta + 1], smoothing.rawConstants[bin.eta][pt],
                    smoothing.rawUncertainties[bin.eta][pt], calibration.constants[bin.eta][pt],
                    calibration.uncertainty(eta: bin.eta, pt: pt),
                    calibration.averages(kernel, eta: bin.eta, logPts: [log(mean)]).first?.constant,
                    truth.mean(etaBin: bin.eta, pt: mean) / truth.reference(pt: mean),
                ]
            })
    }
}
