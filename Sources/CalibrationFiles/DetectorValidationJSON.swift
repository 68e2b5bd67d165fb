public import DetectorValidation

/// detector-validation.json, schema `etacal.detector-validation/1`.
public enum DetectorValidationJSON {
    public static func text(_ validation: DetectorValidation, provenance: Provenance) -> String {
        JSONText.object(
            members(validation) + [
                ("criteria", .list(validation.criteria.map { criterion($0, chance: validation.chance) })),
                ("provenance", provenance.json),
            ]
        ).text
    }

    /// What `--json` prints: what fails in full, of the rest numbers by quantity.
    public static func summary(_ validation: DetectorValidation) -> JSONText {
        .object(
            members(validation) + [
                ("failures", .list(validation.failed.map { criterion($0, chance: validation.chance) }))
            ])
    }

    private static func members(_ validation: DetectorValidation) -> [(String, JSONText)] {
        let quantities = validation.quantities.map { summary in
            JSONText.object([
                ("quantity", .text(summary.quantity.rawValue)), ("sample", .text(summary.sample.rawValue)),
                ("tested", .int(summary.tested)), ("failed", .int(summary.failed)),
                ("largest_difference", .number(summary.worst.difference)),
                ("its_uncertainty", .number(summary.worst.differenceUncertainty)),
                ("place", .text(summary.worst.place)), ("limit", .number(summary.worst.limit)),
                ("relative", .bool(summary.worst.isRelative)), ("chi2", .number(summary.chiSquared)),
            ])
        }
        return [
            ("schema", .text("etacal.detector-validation/1")), ("detector", .text(validation.card.name)),
            ("rows", .int(validation.events)), ("standard_deviations_allowed", .number(validation.chance)),
            ("tested", .int(validation.criteria.count)), ("failed", .int(validation.failed.count)),
            ("passed", .bool(validation.passed)), ("quantities", .list(quantities)),
        ]
    }

    private static func criterion(_ criterion: DetectorCriterion, chance: Double) -> JSONText {
        .object([
            ("quantity", .text(criterion.quantity.rawValue)), ("sample", .text(criterion.sample.rawValue)),
            ("place", .text(criterion.place)), ("eta", criterion.eta.map { .number($0) } ?? .null),
            ("pt", criterion.pt.map { .number($0) } ?? .null), ("measured", .number(criterion.measured)),
            ("uncertainty", .number(criterion.uncertainty)), ("expected", .number(criterion.expected)),
            ("limit", .number(criterion.limit)), ("relative", .bool(criterion.isRelative)),
            ("holds", .bool(criterion.holds(chance: chance))),
        ])
    }
}
