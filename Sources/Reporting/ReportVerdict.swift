internal import Balance
internal import ClosureStudy
internal import Foundation
internal import Intercalibration

/// The verdict in words, the figures it rests on, and what was calibrated.
extension Report {
    private typealias Numbers = ReportNumbers

    var verdictValues: [String: Any] {
        [
            "title": "\(run.detector), \(run.options.method.rawValue) method", "passed": verdict.passed,
            "verdict": verdict.passed ? "PASSED" : "FAILED", "reasons": reasons, "remarks": remarks, "keys": keys,
        ]
    }

    private func bins(_ count: Int) -> String { count == 1 ? "1 bin" : "\(Numbers.count(count)) bins" }

    /// The sentences that decide.
    private var reasons: [String] {
        var reasons: [String] = []
        let edges = calibration.binning.ptAverage.edges
        for pt in calibration.binning.quotedPtBins {
            guard let reason = calibration.fits[pt].invalidReason else { continue }
            reasons.append("The fit of pT \(Numbers.pt([edges[pt], edges[pt + 1]])) GeV is not valid: \(reason).")
        }
        let (tested, outside) = (verdict.binsDetermined, verdict.binsOutside)
        if tested == 0 {
            reasons.append("No bin could be tested.")
        } else if outside == 0 {
            reasons.append(
                "|δ| − 2u stays below the tolerance in \(tested == 1 ? "the one bin" : "all \(bins(tested))") tested.")
        } else {
            reasons.append("|δ| − 2u reaches the tolerance in \(Numbers.count(outside)) of \(bins(tested)) tested.")
        }
        if let worst = verdict.worst {
            reasons.append(
                "\(outside > 0 ? "Farthest beyond" : "Nearest to") it: η \(Numbers.eta(worst.eta)), "
                    + "pT \(Numbers.pt(worst.pt)) GeV, with δ = \(Numbers.signedPercent(worst.nonclosure)) "
                    + "± \(Numbers.percent(worst.uncertainty)).")
        }
        return reasons
    }

    /// What the verdict does not cover.
    private var remarks: [String] {
        var remarks: [String] = []
        let (powerless, untested) = (verdict.binsWithoutPower, verdict.binsWithoutConstant)
        if powerless > 0 {
            remarks.append(
                "\(bins(powerless)) cannot tell: 2u is above the tolerance there, and more events would help.")
        }
        if untested > 0 {
            remarks.append("\(bins(untested)) with jets \(untested == 1 ? "has" : "have") no constant, and no test.")
        }
        if calibration.passes > 1, calibration.lastChange > 3 {
            remarks.append(
                "The last pass still moved a constant by \(Numbers.plain(calibration.lastChange, decimals: 1)) "
                    + "standard deviations.")
        }
        return remarks
    }

    private var keys: [[String: String]] {
        let truth = test.truth
        func key(_ label: String, _ value: String, _ note: String) -> [String: String] {
            ["label": label, "value": value, "note": note]
        }
        func goodness(_ chiSquared: Double, _ freedom: Int) -> String {
            freedom > 0 ? "\(Numbers.plain(chiSquared, decimals: 0)) / \(freedom)" : "–"
        }
        func tested(_ value: Double) -> String { verdict.binsDetermined > 0 ? Numbers.percent(value) : "–" }
        let before = truth.uncalibrated.joined().compactMap { $0 }.map(abs).max()
        var keys = [
            key(
                "largest |δ|", tested(verdict.maximum), "before: \(before.map { Numbers.percent($0) } ?? "–")"),
            key("RMS of δ", tested(verdict.rms), "beyond u: \(tested(verdict.rmsExcess))"),
            key(
                "median u", verdict.medianUncertainty.map { Numbers.percent($0) } ?? "–", "of test and constants"),
            key(
                "truth closure χ²/ndf", goodness(truth.chiSquared, truth.degreesOfFreedom),
                "p = \(Numbers.probability(truth.probability))"),
        ]
        if let rederived = test.rederived {
            keys.append(
                key(
                    "re-derived χ²/ndf", goodness(rederived.chiSquared, rederived.degreesOfFreedom),
                    rederived.probability.map { "p = \(Numbers.probability($0))" }
                        ?? (rederived.degreesOfFreedom > 0
                            ? "no p: truth events are those of the fit" : "nothing to compare")))
        }
        if let mean = verdict.pullMean, let width = verdict.pullWidth, let coverage = verdict.coverage {
            keys.append(
                key(
                    "pulls δ/u", "\(Numbers.signed(mean, decimals: 2)) ± \(Numbers.plain(width, decimals: 2))",
                    "mean ± width; \(Numbers.percent(coverage, decimals: 0)) within ±1"))
        }
        return keys
    }

    var runValues: [String: Any] {
        let (options, binning) = (run.options, calibration.binning)
        let edges = (binning.eta.edges, binning.ptAverage.edges)
        let data =
            run.dataDetector.map { "detector \($0)" }
            ?? (run.hasOverlay
                ? "the same detector with its own mis-responses" : "like simulation: the card has no mis-responses")
        var rows: [(String, String)] = [
            ("Detector", "\(run.detector): \(run.detectorSummary)"), ("Data", data), ("Truth", run.truth),
        ]
        if let truth = run.dataTruth { rows.append(("Truth of data", truth)) }
        rows += [
            (
                "Events",
                "\(Numbers.count(run.events)) in each of four samples: MC and data, for constants and for the test"
            ),
            ("Seed", "\(run.seed)"),
        ]
        if run.largestReuse > 1 {
            rows.append(
                ("Re-use", "each truth event up to \(run.largestReuse) times; it counts once in the uncertainties"))
        }
        let passes = calibration.passes == 1 ? "1 pass" : "\(calibration.passes) passes"
        rows += [
            ("Method", "\(options.method.rawValue), \(passes)"),
            (
                "Selection",
                "Δφ > \(Numbers.short(options.selection.deltaPhiMinimum)) rad, "
                    + "third jet below \(Numbers.short(options.selection.alphaMaximum)) pT_avg, "
                    + "|η| < \(Numbers.short(options.selection.absEtaMaximum))"
                    + (options.selection.requiredTag.map { ", \($0)" } ?? "")
            ),
            (
                "Bins",
                "\(binning.eta.count) in η from \(Numbers.short(edges.0[0])) to \(Numbers.short(edges.0[binning.eta.count])), "
                    + "\(binning.ptAverage.count) in pT from \(Numbers.short(edges.1[0])) to "
                    + "\(Numbers.short(edges.1[binning.ptAverage.count])) GeV, quoted from "
                    + "\(Numbers.short(binning.quotedPtMinimum)) GeV"
            ),
            ("Reference", "|η| < \(Numbers.short(binning.referenceAbsEtaMaximum))"),
            ("Tolerance", toleranceText),
        ]
        return ["facts": rows.map { ["label": $0.0, "value": $0.1] }]
    }

    private var toleranceText: String {
        run.tolerance.bands.map { band in
            let value = "\(Numbers.short(100 * band.value)) %"
            return band.absEtaMaximum < 20 ? "\(value) to |η| = \(Numbers.short(band.absEtaMaximum))" : value
        }.joined(separator: ", ") + ", for |δ| − 2u"
    }
}
