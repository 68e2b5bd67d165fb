internal import Balance
internal import ClosureStudy

/// The object `resolution` of a closure file.
enum ResolutionJSON {
    static func json(_ test: ResolutionTest) -> JSONText {
        let resolution = test.measured
        let pt = 0..<resolution.binning.ptAverage.count
        func table(_ value: (Int, JetResolution.Value) -> Double?) -> JSONText {
            .table(
                resolution.values.enumerated().map { region, row in
                    pt.map { row[$0].flatMap { value(region, $0) } }
                })
        }
        func way(_ squares: @escaping (JetResolution.Value) -> JetResolution.Squares?) -> [(String, JSONText)] {
            [
                ("data", table { squares($1)?.dataWidth?.value }),
                ("data_uncertainty", table { squares($1)?.dataWidth?.uncertainty }),
                ("mc", table { squares($1)?.simulationWidth?.value }),
                ("mc_uncertainty", table { squares($1)?.simulationWidth?.uncertainty }),
                ("scale_factor", table { squares($1)?.scaleFactor?.value }),
                ("scale_factor_uncertainty", table { squares($1)?.scaleFactor?.uncertainty }),
            ]
        }
        let corrected = resolution.values.indices.map { region in
            pt.map { test.dataWidth(region: region, pt: $0) }
        }
        return .object(
            [
                ("abs_eta_edges", .numbers(resolution.regions.edges)),
                ("pt_edges", .numbers(resolution.binning.ptAverage.edges)),
                ("true_pt", table { $1.truePt }),
            ] + way { $0.combined } + [
                ("same_eta", .object(way { $0.sameEta })), ("forward_extension", .object(way { $0.forward })),
                ("method_share", .list(test.methodShares.map(json))),
                ("method_share_line", table { test.methodShare(region: $0, truePt: $1.truePt)?.value }),
                ("corrected_data", .table(corrected.map { $0.map { $0?.value } })),
                ("corrected_data_uncertainty", .table(corrected.map { $0.map { $0?.uncertainty } })),
                ("scale_factors", .list(resolution.scaleFactors.map(json))),
                (
                    "smeared",
                    test.smearing.map { .list($0.targets.map { $0.map { .text($0.rawValue) } ?? .null }) } ?? .null
                ),
                (
                    "injected",
                    .object([
                        ("data", table { test.injected.data(region: $0, truePt: $1.truePt) }),
                        ("mc", table { test.injected.simulation(region: $0, truePt: $1.truePt) }),
                        ("scale_factors", .optionals(test.injectedScaleFactors)),
                        ("corrected_data_over_injected", .list(test.dataRatios.map(json))),
                    ])
                ),
            ])
    }

    private static func json(_ factor: JetResolution.ScaleFactor?) -> JSONText {
        guard let factor else { return .null }
        return .object([
            ("value", .number(factor.value)), ("uncertainty", .number(factor.uncertainty)),
            ("chi2", .number(factor.chiSquared)), ("ndf", .int(factor.degreesOfFreedom)),
            ("p_value", .optional(factor.probability)),
        ])
    }

    private static func json(_ ratio: ResolutionTest.Ratio?) -> JSONText {
        guard let ratio else { return .null }
        return .object([("value", .number(ratio.value)), ("uncertainty", .number(ratio.uncertainty))])
    }
}
