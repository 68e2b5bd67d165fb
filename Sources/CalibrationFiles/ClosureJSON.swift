public import ClosureStudy

/// `closure.json`, schema `etacal.closure/1`.
public enum ClosureJSON {
    static let schema = "etacal.closure/1"

    /// - Parameter resolution: nil where it was not derived.
    public static func text(
        _ test: ClosureTest, resolution: ResolutionTest? = nil, verdict: ClosureVerdict, tolerance: Tolerance,
        provenance: Provenance
    ) -> String {
        let closure = test.truth
        var members: [(String, JSONText)] = [
            ("schema", .text(schema)), ("eta_edges", .numbers(closure.etaEdges)),
            ("pt_edges", .numbers(closure.ptEdges)),
            ("nonclosure", .table(closure.nonclosure)), ("uncertainty", .table(closure.uncertainty)),
            ("events", .list(closure.events.map { .list($0.map { .int($0) }) })),
            (
                "before",
                .object([
                    ("nonclosure", .table(closure.uncalibrated)),
                    ("uncertainty", .table(closure.uncalibratedUncertainty)),
                ])
            ),
            ("summary", summary(test, verdict)),
            (
                "pulls",
                .object([
                    ("mean", .optional(verdict.pullMean)), ("width", .optional(verdict.pullWidth)),
                    ("coverage68", .optional(verdict.coverage)), ("experiments", .int(1)),
                ])
            ),
            (
                "rederived",
                test.rederived.map {
                    .object([
                        ("correction", .table($0.constants)), ("uncertainty", .table($0.uncertainty)),
                        ("chi2", .number($0.chiSquared)), ("ndf", .int($0.degreesOfFreedom)),
                        ("p_value", .optional($0.probability)),
                    ])
                } ?? .null
            ),
        ]
        if let resolution { members.append(("resolution", ResolutionJSON.json(resolution))) }
        members += [
            (
                "tolerance",
                .list(
                    tolerance.bands.map {
                        .object([("abs_eta_max", .number($0.absEtaMaximum)), ("value", .number($0.value))])
                    })
            ),
            ("passed", .bool(verdict.passed)), ("provenance", provenance.json),
        ]
        return JSONText.object(members).text
    }

    /// The figures of `summary`, also for printing.
    public static func summary(_ test: ClosureTest, _ verdict: ClosureVerdict) -> JSONText {
        .object([
            ("max_abs", .number(verdict.maximum)), ("rms", .number(verdict.rms)),
            ("rms_excess", .number(verdict.rmsExcess)), ("chi2", .number(test.truth.chiSquared)),
            ("ndf", .int(test.truth.degreesOfFreedom)), ("p_value", .optional(test.truth.probability)),
            ("bins", .int(verdict.binsDetermined)), ("bins_outside", .int(verdict.binsOutside)),
            ("bins_without_power", .int(verdict.binsWithoutPower)),
            ("bins_without_constant", .int(verdict.binsWithoutConstant)),
            ("median_uncertainty", .optional(verdict.medianUncertainty)),
            (
                "worst",
                verdict.worst.map {
                    .object([
                        ("eta", .numbers($0.eta)), ("pt", .numbers($0.pt)), ("nonclosure", .number($0.nonclosure)),
                        ("uncertainty", .number($0.uncertainty)), ("excess", .number($0.excess)),
                    ])
                } ?? .null
            ),
        ])
    }
}
