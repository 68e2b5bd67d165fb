public import TruthValidation

/// validation.json, schema `etacal.validation/1`.
public enum ValidationJSON {
    public static func text(_ comparison: TruthComparison, events: [Int], provenance: Provenance) -> String {
        JSONText.object(members(comparison, events: events) + [("provenance", provenance.json)]).text
    }

    /// What `--json` prints.
    public static func summary(_ comparison: TruthComparison, events: [Int]) -> JSONText {
        .object(members(comparison, events: events))
    }

    private static func members(_ comparison: TruthComparison, events: [Int]) -> [(String, JSONText)] {
        let slices = comparison.reference.slices.enumerated().map { index, slice in
            JSONText.object([
                ("pthat_min_GeV", .number(slice.pHatMinimum)), ("pthat_max_GeV", .number(slice.pHatMaximum)),
                ("model", source(comparison.model, slice: index)),
                ("reference", source(comparison.reference, slice: index)),
            ])
        }
        let shapes = TruthHistogram.allCases.map { histogram in
            let distances = comparison.reference.slices.indices.map { comparison.shape(of: histogram, slice: $0) }
            return JSONText.object([
                ("distribution", .text(histogram.name)), ("after_cuts", .bool(histogram.isAfterCuts)),
                ("chi2", .optionals(distances.map { $0?.chiSquared })),
                ("ndf", .list(distances.map { $0.map { .int($0.degreesOfFreedom) } ?? .null })),
            ])
        }
        return [
            ("schema", .text("etacal.validation/1")), ("events_per_slice", .list(events.map { .int($0) })),
            ("slices", .list(slices)), ("criteria", .list(comparison.criteria.map(criterion))),
            ("shapes", .list(shapes)),
            (
                "summary",
                .object([
                    ("judged", .int(comparison.judged.count)), ("failed", .int(comparison.failed.count)),
                    (
                        "passed_within_uncertainty",
                        .int(comparison.criteria.count { $0.verdict == .passedWithinUncertainty })
                    ),
                    ("shown_only", .int(comparison.criteria.count - comparison.judged.count)),
                ])
            ),
            ("passed", .bool(comparison.passed)),
        ]
    }

    private static func source(_ truth: ObservedTruth, slice: Int) -> JSONText {
        .object([
            ("sigma_pb", .number(truth.slices[slice].crossSection)),
            ("sigma_uncertainty_pb", .number(truth.crossSectionUncertainties[slice])),
            ("effective_events", .number(truth.observables.events(slice: slice).effectiveEvents)),
            ("dijets", .number(truth.observables.dijets(slice: slice).weight)),
            ("selected", .number(truth.observables.selected(slice: slice).weight)),
        ])
    }

    private static func criterion(_ criterion: Criterion) -> JSONText {
        let (verdict, note): (String, JSONText) =
            switch criterion.verdict {
            case .passed: ("passed", .null)
            case .passedWithinUncertainty: ("passed within uncertainty", .null)
            case .failed: ("failed", .null)
            case .notJudged(let reason): ("not judged", .text(reason))
            }
        return .object([
            ("quantity", .text(criterion.quantity.key)), ("slice", criterion.slice.map { .int($0) } ?? .null),
            ("bin", criterion.bin.map { .numbers([$0.lowerBound, $0.upperBound]) } ?? .null),
            ("model", estimate(criterion.model)), ("reference", estimate(criterion.reference)),
            ("difference", estimate(criterion.distance)), ("relative", .bool(criterion.quantity.isRelative)),
            ("limit", .number(criterion.limit)), ("verdict", .text(verdict)), ("note", note),
        ])
    }

    /// Value and uncertainty.
    private static func estimate(_ estimate: Estimate?) -> JSONText {
        estimate.map { .numbers([$0.value, $0.uncertainty]) } ?? .null
    }
}
