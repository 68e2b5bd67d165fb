public import Intercalibration

/// Whether the inputs of a fit agree, for files and for printing.
public enum CompatibilityJSON {
    static let keys = [
        "compatibility": ["chi2", "ndf", "p_value", "pairs", "level", "inputs_agree", "outliers"],
        "compatibility.outliers": ["pt", "eta_low", "eta_high", "pull", "p_value"],
    ]

    public static func json(_ compatibility: InputCompatibility, _ calibration: Calibration) -> JSONText {
        let (eta, pt) = (calibration.binning.eta.edges, calibration.binning.ptAverage.edges)
        func bin(_ edges: [Double], _ index: Int) -> JSONText { .numbers([edges[index], edges[index + 1]]) }
        return .object([
            ("chi2", .number(compatibility.chiSquared)), ("ndf", .number(compatibility.degreesOfFreedom)),
            ("p_value", .number(compatibility.probability)), ("pairs", .int(compatibility.pairs)),
            ("level", .number(InputCompatibility.level)), ("inputs_agree", .bool(compatibility.inputsAgree)),
            (
                "outliers",
                .list(
                    compatibility.outliers.map {
                        .object([
                            ("pt", bin(pt, $0.ptBin)), ("eta_low", bin(eta, $0.low)), ("eta_high", bin(eta, $0.high)),
                            ("pull", .number($0.pull)), ("p_value", .number($0.probability)),
                        ])
                    })
            ),
        ])
    }
}
