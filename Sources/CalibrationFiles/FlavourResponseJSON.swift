public import FlavourTagging
internal import JetPhysics

/// `flavour.json`, schema `etacal.flavour_response/1`.
public enum FlavourResponseJSON {
    static let schema = "etacal.flavour_response/1"

    public static func text(_ response: FlavourResponse, provenance: Provenance) -> String {
        let binning = response.binning
        let (etas, pts) = (0..<binning.eta.count, 0..<binning.ptAverage.count)
        func table(_ value: (_ eta: Int, _ pt: Int) -> Double?) -> JSONText {
            .table(etas.map { eta in pts.map { value(eta, $0) } })
        }
        func composition(_ scores: Range<Int>) -> JSONText {
            .object(
                JetKind.allCases.map { kind in
                    (kind.name, table { response.composition(eta: $0, pt: $1, scores: scores)?[kind.rawValue] })
                })
        }
        return JSONText.object([
            ("schema", .text(schema)), ("eta_edges", .numbers(binning.eta.edges)),
            ("pt_edges", .numbers(binning.ptAverage.edges)),
            ("reference_abs_eta_max", .number(binning.referenceAbsEtaMaximum)), ("average", average(response)),
            ("pt_bins", .list(pts.map { fit(response, response.fits[$0], pts: $0..<$0 + 1) })),
            ("composition", composition(FlavourResponse.allScores)),
            ("composition_tagged_70", composition(FlavourResponse.taggedScores)),
            ("shift", table { response.shift(eta: $0, pt: $1)?.value }),
            ("shift_uncertainty", table { response.shift(eta: $0, pt: $1)?.uncertainty }),
            ("provenance", provenance.json),
        ]).text
    }

    /// Of all pT.
    public static func average(_ response: FlavourResponse) -> JSONText {
        fit(response, response.average, pts: 0..<response.binning.ptAverage.count)
    }

    private static func fit(_ response: FlavourResponse, _ fit: FlavourResponse.Fit?, pts: Range<Int>) -> JSONText {
        let kinds: [JetKind] = [.bottom, .charm]
        var members = kinds.flatMap { kind -> [(String, JSONText)] in
            let truth = response.truth(kind, pts: pts)
            return [
                (kind.name, .optional(fit?.value(kind))),
                ("\(kind.name)_uncertainty", .optional(fit?.uncertainty(kind))),
                ("\(kind.name)_truth", .optional(truth?.value)),
                ("\(kind.name)_truth_uncertainty", .optional(truth?.uncertainty)),
            ]
        }
        members += [
            ("covariance", .optional(fit?.covariance[0][1])), ("chi2", .optional(fit?.chiSquared)),
            ("ndf", fit.map { .int($0.degreesOfFreedom) } ?? .null), ("p_value", .optional(fit?.probability)),
        ]
        return .object(members)
    }
}
