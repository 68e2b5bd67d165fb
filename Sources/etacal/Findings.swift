import ClosureStudy
import Foundation
import Intercalibration

extension ClosureVerdict {
    /// What a test of closure found, in lines for people.
    func findings(tolerance: Tolerance, style: TerminalStyle) -> [String] {
        var lines: [String] = []
        if let worst {
            lines.append(
                String(
                    format: "worst bin: eta %.3f..%.3f, pT %@..%@ GeV: d = %+.2f %% +- %.2f %%", worst.eta[0],
                    worst.eta[1], Numbers.edge(worst.pt[0]), Numbers.edge(worst.pt[1]), 100 * worst.nonclosure,
                    100 * worst.uncertainty
                ).wrapped())
        }
        let word = passed ? "PASSED" : "FAILED"
        let counts = "\(binsDetermined - binsOutside) of \(binsDetermined) bins have |d| - 2u < \(tolerance.inWords)"
        let verdict = "closure \(word): \(binsDetermined > 0 ? counts : "no bin has jets enough to be tested")"
        lines.append(
            verdict.wrapped().replacingOccurrences(
                of: "closure \(word)", with: "closure " + style.paint(word, passed ? .good : .bad)))
        func warn(_ text: String) { lines.append(style.paint(text.wrapped(), .caution)) }
        if binsWithoutPower > 0 {
            warn("\(binsWithoutPower) of these cannot tell: 2u is above the tolerance; give more events")
        }
        if binsWithoutConstant > 0 {
            warn("\(binsWithoutConstant) bins with jets have no constant and were not tested")
        }
        return lines
    }
}

extension Tolerance {
    /// Such as `0.5 % to |eta| 2.4, 2 % to 4.5`.
    fileprivate var inWords: String {
        var name = "|eta| "
        return bands.map { band in
            let value = String(format: "%g %%", 100 * band.value)
            guard band.absEtaMaximum < 20 else { return value }
            defer { name = "" }
            return value + " to \(name)" + String(format: "%g", band.absEtaMaximum)
        }.joined(separator: ", ")
    }
}

extension AlphaExtrapolation {
    /// How large k_FSR is at most, and how well its curves describe the bins.
    fileprivate func lines(style: TerminalStyle) -> [String] {
        let curves = dependsOnPt ? own.compactMap { $0 } : [common].compactMap { $0 }
        guard !curves.isEmpty else { return [] }
        let (eta, pt) = (0..<binning.eta.count, binning.quotedPtBins)
        let factors = eta.flatMap { eta in pt.compactMap { factor(eta: eta, pt: $0) } }
        let largest = factors.max { abs($0.value - 1) < abs($1.value - 1) }
        let chiSquared = curves.reduce(0) { $0 + $1.chiSquared }
        let freedom = curves.reduce(0) { $0 + $1.degreesOfFreedom }
        let text = String(
            format: "extrapolated to alpha = 0: k - 1 up to %+.2f %% +- %.2f %%, %@ with chi2/ndf = %.0f/%d",
            100 * ((largest?.value ?? 1) - 1), 100 * (largest?.uncertainty ?? 0),
            dependsOnPt ? "a curve in each pT bin" : "one curve for all pT", chiSquared, freedom)
        return [text.wrapped()]
    }
}

extension SmoothedConstants {
    /// What has smoothed the constants, for people.
    var lines: [String] {
        guard let spline else { return ["smoothed: averages of \(bins.count) constants with a kernel"] }
        let text = String(
            format: "smoothed: splines with %.0f parameters for %d constants, chi2 of these %.0f",
            spline.effectiveParameters,
            bins.count, spline.chiSquared)
        return [text.wrapped()]
    }
}

extension Calibration {
    /// What replicas say of the uncertainties, in a line for people.
    var bootstrapLines: [String] {
        guard let bootstrap, let ratio = bootstrapRatio else { return [] }
        let text = String(
            format: "bootstrap: uncertainties of %d replicas are %.3f times those quoted", bootstrap.replicas, ratio)
        return [text.wrapped()]
    }

    /// How near uncertainties are to what is possible, in a line for people.
    var boundLines: [String] {
        guard let boundRatio else { return [] }
        return [String(format: "uncertainties are %.3f times the event-level bound", boundRatio).wrapped()]
    }

    /// Whether the pairs of η bins agree with one constant a bin, in lines for people.
    func compatibilityLines(style: TerminalStyle) -> [String] {
        guard let compatibility else { return [] }
        let word = compatibility.inputsAgree ? "AGREE" : "DISAGREE"
        let text =
            String(
                format: "inputs \(word): chi2/ndf = %.0f/%.0f, p = ", compatibility.chiSquared,
                compatibility.degreesOfFreedom) + Numbers.probability(compatibility.probability)
        let count = compatibility.outliers.count
        let outliers =
            count == 0
            ? "no pair of \(compatibility.pairs) stands out" : "\(count) of \(compatibility.pairs) pairs stand out"
        var lines = ["\(text); \(outliers)".wrapped()]
        func bin(_ edges: [Double], _ index: Int) -> String {
            Numbers.edge(edges[index]) + ".." + Numbers.edge(edges[index + 1])
        }
        for outlier in compatibility.outliers.prefix(3) {
            let (eta, pt) = (binning.eta.edges, binning.ptAverage.edges)
            let place =
                "eta \(bin(eta, outlier.low)) with \(bin(eta, outlier.high)), pT \(bin(pt, outlier.ptBin)) GeV: "
            lines.append(
                (place + String(format: "%+.1f sigma, p = ", outlier.pull) + Numbers.probability(outlier.probability))
                    .wrapped())
        }
        return lines.map {
            $0.replacingOccurrences(of: word, with: style.paint(word, compatibility.inputsAgree ? .good : .caution))
        }
    }

    /// What is not as it should be, in lines for people.
    func warnings(style: TerminalStyle) -> [String] {
        var lines: [String] = []
        if passes > 1, lastChange > 3 {
            let text = String(
                format: "the last pass still moved a constant by %.1f standard deviations; try more --passes",
                lastChange)
            lines.append(style.paint(text.wrapped(), .caution))
        }
        let edges = binning.ptAverage.edges
        if let surface {
            let frozen = binning.quotedPtBins.reduce(0) { sum, pt in
                sum + status.count { $0[pt] == .extrapolated }
            }
            if frozen > 0 {
                // Where each η bin's data end.
                let ends = surface.map.ranges.indices.filter { status[$0].contains(.ok) }.map {
                    (eta: abs(binning.eta.centre($0)), pt: Foundation.exp(surface.map.ranges[$0].upperBound))
                }
                let lowest = ends.min { ($0.pt, $0.eta) < ($1.pt, $1.eta) }
                let text = String(
                    format:
                        "%d quoted bins lie beyond the data, where the surface is frozen and the uncertainty grows; "
                        + "first from %.0f GeV on, at |eta| = %.1f", frozen, lowest?.pt ?? 0, lowest?.eta ?? 0)
                lines.append(style.paint(text.wrapped(), .caution))
            }
        }
        lines += smoothing?.lines ?? []
        lines += extrapolation.map { $0.lines(style: style) } ?? []
        for (pt, fit) in fits.enumerated() {
            guard let reason = fit.invalidReason else { continue }
            let text =
                "fit of pT \(Numbers.edge(edges[pt]))..\(Numbers.edge(edges[pt + 1])) GeV is not valid: \(reason)"
            // The verdict rests on the quoted bins alone.
            lines.append(style.paint(text.wrapped(), binning.quotedPtBins.contains(pt) ? .bad : .caution))
        }
        return lines
    }
}
