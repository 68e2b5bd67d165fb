internal import Balance
internal import ClosureStudy
internal import Intercalibration

/// Constants, quality of the fits and closure, as tables over η and pT.
extension Report {
    private typealias Numbers = ReportNumbers

    var tableValues: [String: Any] {
        let binning = calibration.binning
        let edges = binning.ptAverage.edges
        let quoted = binning.quotedPtBins.map { Numbers.pt([edges[$0], edges[$0 + 1]]) }
        return [
            "ptColumns": quoted,
            "constantRows": (0..<binning.eta.count).map { eta in
                row(eta, binning.quotedPtBins.map { constantCell(eta, $0) })
            },
            "closureRows": (0..<binning.eta.count).map { eta in
                row(eta, binning.quotedPtBins.indices.map { closureCell(eta, $0 - binning.quotedPtBins.lowerBound) })
            },
            "fits": binning.quotedPtBins.map(fitRow),
        ]
    }

    private func row(_ eta: Int, _ cells: [[String: String]]) -> [String: Any] {
        let edges = calibration.binning.eta.edges
        return ["eta": Numbers.eta([edges[eta], edges[eta + 1]]), "cells": cells]
    }

    /// A shade from 1 to 5: how many of the limits the size reaches; p for above, n for below.
    private func shade(_ value: Double, _ limits: [Double]) -> String {
        let level = limits.count { abs(value) >= $0 }
        return level == 0 ? "" : "\(value > 0 ? "p" : "n")\(level)"
    }

    private func constantCell(_ eta: Int, _ pt: Int) -> [String: String] {
        guard let constant = calibration.constants[eta][pt],
            let uncertainty = calibration.uncertainty(eta: eta, pt: pt)
        else {
            let reason = calibration.status[eta][pt] == .unconstrained ? "untied" : "too few"
            return ["class": "none", "value": "–", "note": reason]
        }
        return [
            "class": shade(constant - 1, [0.005, 0.01, 0.03, 0.06, 0.12]),
            "value": Numbers.plain(constant, decimals: 4), "spread": "±\(Numbers.plain(uncertainty, decimals: 4))",
        ]
    }

    /// In percent, with a mark where the number alone misleads.
    private func closureCell(_ eta: Int, _ pt: Int) -> [String: String] {
        let truth = test.truth
        guard let value = truth.nonclosure[eta][pt], let uncertainty = truth.uncertainty[eta][pt] else {
            guard truth.events[eta][pt] >= TruthClosure.smallestJetNumber else {
                return ["class": "none", "value": ""]
            }
            return ["class": "none", "value": "–"]
        }
        var cell = [
            "class": "", "value": Numbers.signed(100 * value, decimals: 2),
            "spread": "±\(Numbers.plain(100 * uncertainty, decimals: 2))",
        ]
        guard let limit = run.tolerance.value(etaLow: truth.etaEdges[eta], etaHigh: truth.etaEdges[eta + 1]) else {
            cell["note"] = "not judged"
            return cell
        }
        cell["class"] = shade(value, [0.25, 0.5, 1, 2, 4].map { $0 * limit })
        if abs(value) - 2 * uncertainty >= limit {
            cell["class"] = "outside " + (cell["class"] ?? "")
            cell["mark"] = "✗"
            cell["markText"] = "outside"
        } else if 2 * uncertainty > limit {
            cell["mark"] = "?"
            cell["markText"] = "cannot tell"
        }
        return cell
    }

    private func fitRow(_ pt: Int) -> [String: Any] {
        let (fit, edges) = (calibration.fits[pt], calibration.binning.ptAverage.edges)
        let determined = calibration.constants.count { $0[pt] != nil }
        return [
            "pt": Numbers.pt([edges[pt], edges[pt + 1]]),
            "goodness": fit.degreesOfFreedom > 0
                ? "\(Numbers.plain(fit.chiSquared, decimals: 0)) / \(fit.degreesOfFreedom)" : "–",
            "probability": Numbers.probability(fit.probability), "pairs": Numbers.count(fit.pairs),
            "rank": fit.rank == fit.expectedRank ? "\(fit.rank)" : "\(fit.rank) of \(fit.expectedRank)",
            "condition": Numbers.condition(fit.conditionNumber), "iterations": "\(fit.iterations)",
            "bins": "\(determined) of \(calibration.binning.eta.count)", "valid": fit.isValid,
            "state": fit.isValid ? "valid" : "not valid: \(fit.invalidReason ?? "")",
        ]
    }
}
