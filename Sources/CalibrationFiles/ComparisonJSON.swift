public import Intercalibration

/// A calibration beside a reference, with what tells them apart.
public struct ComparedCalibration: Sendable {
    /// Short, and of no other in the comparison.
    public let name: String
    public let sha256: String
    public let method: Method
    public let relation: CalibrationOrigin.Relation
    public let comparison: CalibrationComparison

    public init(
        name: String, sha256: String, method: Method, relation: CalibrationOrigin.Relation,
        comparison: CalibrationComparison
    ) {
        self.name = name
        self.sha256 = sha256
        self.method = method
        self.relation = relation
        self.comparison = comparison
    }
}

/// `comparison.json`, schema `etacal.comparison/1`.
public enum ComparisonJSON {
    static let schema = "etacal.comparison/1"

    /// - Parameters:
    ///   - hasTables: whether there is a number for each bin, too.
    ///   - regions: of |η|, by their lower edges; the last one ends with the bins.
    public static func value(
        reference: (name: String, sha256: String, calibration: Calibration), _ others: [ComparedCalibration],
        regions: [Double], version: String, hasTables: Bool
    ) -> JSONText {
        let binning = reference.calibration.binning
        return .object([
            ("schema", .text(schema)), ("version", .text(version)),
            (
                "reference",
                .object([
                    ("name", .text(reference.name)), ("sha256", .text(reference.sha256)),
                    ("method", .text(reference.calibration.method.rawValue)),
                ])
            ), ("gauge", .object([("reference_abs_eta_max", .number(binning.referenceAbsEtaMaximum))])),
            ("eta_edges", .numbers(binning.eta.edges)), ("pt_edges", .numbers(binning.ptAverage.edges)),
            ("compared", .list(others.map { compared($0, regions, hasTables) })),
        ])
    }

    private static func compared(_ other: ComparedCalibration, _ regions: [Double], _ hasTables: Bool) -> JSONText {
        let comparison = other.comparison
        let edges = comparison.binning.ptAverage.edges
        let relation: (word: String, shared: JSONText) =
            switch other.relation {
            case .sameEvents: ("same-events", .null)
            case .shared(let what): ("shared", .text(what))
            case .apart: ("apart", .null)
            }
        var members: [(String, JSONText)] = [
            ("name", .text(other.name)), ("sha256", .text(other.sha256)), ("method", .text(other.method.rawValue)),
            ("relation", .text(relation.word)), ("shared", relation.shared),
            ("correlation", .text(comparison.correlation.rawValue)), ("regauged", .bool(comparison.isRegauged)),
            ("bins", .int(comparison.bins)), ("bins_only_here", .int(comparison.onlyHere)),
            ("bins_only_in_reference", .int(comparison.onlyInReference)),
            ("bins_missing_elsewhere", .int(comparison.excluded)), ("bins_untied", .int(comparison.untied)),
            ("summary", summary(comparison.summary())),
            (
                "pt_bins",
                .list(
                    comparison.ptBins.map { pt in
                        .object([
                            ("pt", .numbers([edges[pt], edges[pt + 1]])),
                            ("summary", summary(comparison.summary(ptBins: pt..<(pt + 1)))),
                        ])
                    })
            ),
            (
                "abs_eta_regions",
                .list(
                    comparison.regions(regions).map { region in
                        .object([
                            ("abs_eta", .numbers([region.low, region.high])), ("summary", summary(region.summary)),
                        ])
                    })
            ),
        ]
        if hasTables {
            members += [
                ("correction", .table(comparison.constants.values)),
                ("correction_uncertainty", .table(comparison.constants.uncertainties)),
                ("reference_correction", .table(comparison.referenceConstants.values)),
                ("reference_correction_uncertainty", .table(comparison.referenceConstants.uncertainties)),
                ("difference", .table(comparison.differences)), ("uncertainty", .table(comparison.uncertainties)),
                ("pull", .table(comparison.pulls)),
            ]
        }
        return .object(members)
    }

    private static func summary(_ summary: CalibrationComparison.Summary) -> JSONText {
        .object([
            ("bins", .int(summary.bins)), ("max", .optional(summary.maximum)), ("rms", .optional(summary.rms)),
            ("pulls", .int(summary.pulls)), ("pull_mean", .optional(summary.pullMean)),
            ("pull_rms", .optional(summary.pullRMS)), ("beyond_2", .int(summary.beyondTwo)),
            ("beyond_3", .int(summary.beyondThree)), ("chi2", .optional(summary.chiSquared)),
            ("ndf", .int(summary.degreesOfFreedom)), ("p_value", .optional(summary.probability)),
            ("contrary_directions", .int(summary.contraryDirections)),
        ])
    }
}
