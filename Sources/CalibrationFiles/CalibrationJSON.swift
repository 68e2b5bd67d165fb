public import Intercalibration
public import TruthResponse

/// `calibration.json`, schema `etacal.calibration/1`.
public enum CalibrationJSON {
    static let schema = "etacal.calibration/1"

    /// The text of the file.
    /// - Parameter combination: of constants that are combined.
    public static func text(
        _ calibration: Calibration, scale: SimulationScale?, provenance: Provenance, combination: JSONText? = nil
    ) -> String {
        let binning = calibration.binning
        let eta = 0..<binning.eta.count
        let pt = 0..<binning.ptAverage.count
        var members: [(String, JSONText)] = [
            ("schema", .text(schema)), ("method", .text(calibration.method.rawValue)),
            ("kind", .text(calibration.kind.rawValue)),
            ("gauge", .object([("reference_abs_eta_max", .number(binning.referenceAbsEtaMaximum))])),
            ("eta_edges", .numbers(binning.eta.edges)), ("pt_edges", .numbers(binning.ptAverage.edges)),
            ("quoted_pt_min", .number(binning.quotedPtMinimum)),
            ("correction", .table(calibration.constants)),
            ("uncertainty", .table(eta.map { eta in pt.map { calibration.uncertainty(eta: eta, pt: $0) } })),
            ("pt_mean", .table(calibration.ptMean)),
            ("status", .list(calibration.status.map { .list($0.map { .text($0.rawValue) }) })),
            ("response_data", response(calibration.dataResponse)),
        ]
        if calibration.location != .mean { members.insert(("location", .text(calibration.location.rawValue)), at: 2) }
        if let response = calibration.simulationResponse { members.append(("response_mc", self.response(response))) }
        members += [
            ("mc_truth", scale.map(json) ?? .null)
        ]
        if let surface = calibration.surface { members.append(("surface", SurfaceJSON.json(surface))) }
        if let smoothing = calibration.smoothing { members.append(("smoothing", SmoothingJSON.json(smoothing))) }
        if let combination { members.append(("combination", combination)) }
        if let extrapolation = calibration.extrapolation {
            members.append(("extrapolation", ExtrapolationJSON.json(extrapolation)))
        }
        var covariance: [(String, JSONText)] = [
            ("order", .text("eta-major within a pt bin")),
            ("blocks", .list(pt.map { .table(scaled(calibration.logCovariance[$0], calibration, pt: ($0, $0))) })),
        ]
        let cross = calibration.crossLogCovariance.enumerated().map { block, later in
            JSONText.list(
                later.enumerated().map { .table(scaled($1, calibration, pt: (block, block + 1 + $0))) })
        }
        if !cross.isEmpty { covariance.append(("cross_blocks", .list(cross))) }
        if let reaction = calibration.reaction {
            covariance.append(("scatter", .table(reaction.scatter)))
        }
        members.append(("covariance", .object(covariance)))
        if let bounds = calibration.boundVariances {
            let table = eta.map { eta in
                pt.map { pt in calibration.constants[eta][pt].map { $0 * bounds[pt][eta].squareRoot() } }
            }
            members.append(("event_bound", .table(table)))
        }
        if let bootstrap = calibration.bootstrap {
            members.append(("bootstrap", BootstrapJSON.json(bootstrap, calibration)))
        }
        if let compatibility = calibration.compatibility {
            members.append(("compatibility", CompatibilityJSON.json(compatibility, calibration)))
        }
        members += [
            ("fits", fits(calibration)),
            ("passes", .int(calibration.passes)), ("last_change", .number(calibration.lastChange)),
            ("provenance", provenance.json),
        ]
        return JSONText.object(members).text
    }

    /// Covariance of the constants of two pT bins, from that of their logarithms; null where one is undetermined.
    static func scaled(
        _ logCovariance: [[Double]], _ calibration: Calibration, pt: (row: Int, column: Int)
    ) -> [[Double?]] {
        let bins = 0..<calibration.binning.eta.count
        return bins.map { row in
            bins.map { column in
                guard let one = calibration.constants[row][pt.row],
                    let other = calibration.constants[column][pt.column]
                else {
                    return nil
                }
                return one * other * logCovariance[row][column]
            }
        }
    }

    private static func response(_ table: ResponseTable) -> JSONText {
        .object([("value", .table(table.values)), ("uncertainty", .table(table.uncertainties))])
    }

    private static func json(_ scale: SimulationScale) -> JSONText {
        .object([
            ("form", .text("R = sum_k a_k ln(pt_true/100 GeV)^k, frozen outside ln_pt_range")),
            ("eta_edges", .numbers(scale.etaEdges)),
            ("coefficients", .list(scale.coefficients.map { .numbers($0) })),
            ("ln_pt_range", .list(scale.range.map { .numbers($0) })),
        ])
    }

    /// Quality of the fit of each pT bin, also for printing.
    public static func fits(_ calibration: Calibration) -> JSONText {
        .list(calibration.fits.enumerated().map { fit($1, pt: $0) })
    }

    private static func fit(_ quality: FitQuality, pt: Int) -> JSONText {
        .object([
            ("pt_bin", .int(pt)), ("chi2", .number(quality.chiSquared)), ("ndf", .int(quality.degreesOfFreedom)),
            ("p_value", .optional(quality.probability)), ("pairs", .int(quality.pairs)), ("rank", .int(quality.rank)),
            ("expected_rank", .int(quality.expectedRank)), ("condition_number", .number(quality.conditionNumber)),
            ("iterations", .int(quality.iterations)), ("valid", .bool(quality.isValid)),
            ("reason", quality.invalidReason.map { .text($0) } ?? .null),
            ("components", .list(quality.components.map { .list($0.map { .int($0) }) })),
        ])
    }
}
