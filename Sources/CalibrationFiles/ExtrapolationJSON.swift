internal import Foundation
internal import Intercalibration

/// The object `extrapolation` of a calibration file: what the constants have been multiplied by, and what that came from.
enum ExtrapolationJSON {
    static let keys = [
        "extrapolation": [
            "form", "alpha_cuts", "probability_of_common_curve", "curves", "factor", "uncertainty", "cells",
        ],
        "extrapolation.curves": ["pt_bins", "p0", "p1", "p2", "chi2", "ndf", "p_value"],
        "extrapolation.cells": [
            "eta_bin", "pt_bin", "eta_mean", "alpha", "data", "mc", "ratio", "factor", "uncertainty",
        ],
    ].merging(["data", "mc", "ratio"].map { ("extrapolation.cells.\($0)", trendKeys) }) { $1 }

    private static let trendKeys = [
        "ln_r", "uncertainty", "intercept", "intercept_uncertainty", "slope", "chi2", "ndf", "p_value",
    ]

    static func json(_ extrapolation: AlphaExtrapolation) -> JSONText {
        let binning = extrapolation.binning
        let (eta, pt) = (0..<binning.eta.count, 0..<binning.ptAverage.count)
        return .object([
            (
                "form",
                .text(
                    "c(alpha -> 0) = k c(cut), ln k = p0 + p1 cosh(eta) / (1 + p2 cosh(eta)), 0 on average over the "
                        + "reference region; ln r of probe over reference")
            ),
            ("alpha_cuts", .numbers(extrapolation.cuts)),
            ("probability_of_common_curve", .optional(extrapolation.probabilityOfCommon)),
            ("curves", .list(curves(extrapolation))),
            ("factor", .table(eta.map { eta in pt.map { extrapolation.factor(eta: eta, pt: $0)?.value } })),
            (
                "uncertainty",
                .table(eta.map { eta in pt.map { extrapolation.factor(eta: eta, pt: $0)?.uncertainty } })
            ),
            ("cells", .list(extrapolation.cells.map(json))),
        ])
    }

    /// Each curve with the pT bins that it acts in.
    private static func curves(_ extrapolation: AlphaExtrapolation) -> [JSONText] {
        var found: [(curve: FactorCurve, bins: [Int])] = []
        for pt in 0..<extrapolation.binning.ptAverage.count {
            guard let curve = extrapolation.curve(ptBin: pt) else { continue }
            if let known = found.firstIndex(where: { $0.curve == curve }) {
                found[known].bins.append(pt)
            } else {
                found.append((curve, [pt]))
            }
        }
        return found.map { curve, bins in
            .object([
                ("pt_bins", .list(bins.map { .int($0) })), ("p0", .number(curve.p0)), ("p1", .number(curve.p1)),
                ("p2", .number(curve.p2)), ("chi2", .number(curve.chiSquared)), ("ndf", .int(curve.degreesOfFreedom)),
                ("p_value", .optional(curve.probability)),
            ])
        }
    }

    private static func json(_ cell: AlphaCell) -> JSONText {
        let factor = exp(cell.logFactor)
        return .object([
            ("eta_bin", .int(cell.etaBin)), ("pt_bin", .int(cell.ptBin)),
            ("eta_mean", .number(cell.eta)), ("alpha", .numbers(cell.ratio.points.alpha)), ("data", json(cell.data)),
            ("mc", cell.simulation.map(json) ?? .null), ("ratio", json(cell.ratio)), ("factor", .number(factor)),
            ("uncertainty", .number(factor * cell.variance.squareRoot())),
        ])
    }

    private static func json(_ trend: AlphaCell.Trend) -> JSONText {
        let (points, line) = (trend.points, trend.line)
        return .object([
            ("ln_r", .numbers(points.logRatio)),
            ("uncertainty", .numbers(points.logRatio.indices.map { points.covariance[$0][$0].squareRoot() })),
            ("intercept", .number(line.intercept)),
            ("intercept_uncertainty", .number(line.covariance[0][0].squareRoot())), ("slope", .number(line.slope)),
            ("chi2", .number(line.chiSquared)), ("ndf", .int(line.degreesOfFreedom)),
            ("p_value", .optional(line.probability)),
        ])
    }
}
