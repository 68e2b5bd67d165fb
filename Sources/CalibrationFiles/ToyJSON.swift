internal import Balance
public import ClosureStudy
internal import Intercalibration

/// `toys.json`, schema `etacal.toys/1`.
public enum ToyJSON {
    static let schema = "etacal.toys/1"

    /// Tables are [η][quoted pT bin]; null where nothing is known.
    public static func text(_ result: ToyResult, provenance: Provenance) -> String {
        let binning = result.binning
        return JSONText.object([
            ("schema", .text(schema)), ("eta_edges", .numbers(binning.eta.edges)),
            ("pt_edges", .numbers(Array(binning.ptAverage.edges[binning.quotedPtBins.lowerBound...]))),
            ("experiments", .int(result.experiments)), ("events", .int(result.events)),
            ("asimov_events", .int(result.asimovEvents)),
            ("methods", .object(result.methods.map { ($0.method.rawValue, method($0, result)) })),
            ("provenance", provenance.json),
        ]).text
    }

    /// What `--json` prints.
    /// - Parameter seconds: by stage.
    public static func summary(_ result: ToyResult, seconds: [(stage: String, seconds: Double)]) -> JSONText {
        let spent = seconds.first { $0.stage == ToyStage.experiments.rawValue }?.seconds ?? 0
        return .object([
            (
                "methods",
                .object(
                    result.methods.map { method in
                        (method.method.rawValue, .object(figures(method.overall) + counts(method, result)))
                    })
            ),
            (
                "timing",
                .object([
                    ("experiments_per_second", spent > 0 ? .number(Double(result.experiments) / spent) : .null),
                    ("seconds", .object(seconds.map { ($0.stage, .number($0.seconds)) })),
                ])
            ),
        ])
    }

    private static func method(_ method: ToyMethodResult, _ result: ToyResult) -> JSONText {
        func table(_ value: (ToyBin) -> Double?) -> JSONText { .table(method.bins.map { $0.map(value) }) }
        func counts(_ value: (ToyBin) -> Int) -> JSONText {
            .list(method.bins.map { .list($0.map { .int(value($0)) }) })
        }
        func percent(_ value: Double?) -> Double? { value.map { 100 * $0 } }
        let tables: [(String, JSONText)] = [
            ("asimov", table { $0.asimov?.value }), ("asimov_uncertainty", table { $0.asimov?.uncertainty }),
            ("expected", table { $0.expected }), ("mean", table { $0.mean?.value }),
            ("mean_uncertainty", table { $0.mean?.uncertainty }), ("spread", table { $0.spread }),
            ("quoted_uncertainty", table { $0.quoted }),
            ("bias_percent", table { percent($0.bias?.value) }),
            ("bias_uncertainty_percent", table { percent($0.bias?.uncertainty) }),
            ("shift_percent", table { percent($0.shift?.value) }),
            ("shift_uncertainty_percent", table { percent($0.shift?.uncertainty) }),
            ("pull_mean", table { $0.pulls?.mean.value }),
            ("pull_mean_uncertainty", table { $0.pulls?.mean.uncertainty }),
            ("pull_width", table { $0.pulls?.width?.value }),
            ("pull_width_uncertainty", table { $0.pulls?.width?.uncertainty }),
            ("coverage68", table { $0.pulls?.coverage68.value }),
            ("coverage95", table { $0.pulls?.coverage95.value }),
            ("experiments", counts { $0.experiments }), ("undetermined", counts { $0.undetermined }),
            ("invalid", counts { $0.invalid }),
        ]
        return .object([
            ("summary", .object(figures(method.overall) + self.counts(method, result))),
            (
                "regions",
                .list(
                    method.regions.map { region in
                        .object(
                            [
                                ("abs_eta", .numbers([region.absEta.lowerBound, region.absEta.upperBound]))
                            ] + figures(region))
                    })
            ), ("tables", .object(tables)),
            (
                "pulls",
                .object([
                    ("lowest", .number(PullHistogram.lowest)), ("width", .number(PullHistogram.width)),
                    ("counts", .list(method.histogram.counts.map { .int($0) })),
                    ("below", .int(method.histogram.below)), ("above", .int(method.histogram.above)),
                ])
            ),
        ])
    }

    private static func figures(_ region: ToyRegion) -> [(String, JSONText)] {
        func pair(_ name: String, _ estimate: ToyEstimate?, scale: Double = 1, unit: String = "") -> [(
            String, JSONText
        )] {
            [
                (name + unit, .optional(estimate.map { scale * $0.value })),
                ("\(name)_uncertainty\(unit)", .optional(estimate?.uncertainty.map { scale * $0 })),
            ]
        }
        let pulls = region.pulls
        return [("bins", .int(region.bins))] + pair("pull_mean", pulls?.mean) + pair("pull_width", pulls?.width)
            + pair("coverage68", pulls?.coverage68) + pair("coverage95", pulls?.coverage95)
            + pair("bias", region.bias, scale: 100, unit: "_percent")
    }

    /// `experiments` are those that gave constants; the others failed. Bins are counted over these experiments.
    private static func counts(_ method: ToyMethodResult, _ result: ToyResult) -> [(String, JSONText)] {
        let bins = method.bins.joined()
        return [
            ("experiments", .int(result.experiments - method.failed)), ("failed", .int(method.failed)),
            ("scatter_over_bound", .optional(method.scatterOverBound)),
            ("invalid", .int(method.invalid)), ("constants", .int(bins.reduce(0) { $0 + $1.experiments })),
            ("undetermined", .int(bins.reduce(0) { $0 + $1.undetermined })),
        ]
    }
}
