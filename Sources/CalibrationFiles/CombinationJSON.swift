public import Intercalibration

/// The object `combination` of a calibration file: what its constants are made of.
public enum CombinationJSON {
    static let keys = [
        "combination": [
            "form", "weights_kind", "inputs", "replicas", "weights", "ln_c", "deviations", "bin_chi2", "bin_ndf",
            "chi2",
            "ndf", "p_value", "negative_weights",
        ],
        "combination.inputs": ["name", "method", "sha256"],
    ]

    public struct Input: Sendable {
        public let name: String
        public let method: Method
        public let sha256: String

        public init(name: String, method: Method, sha256: String) {
            self.name = name
            self.method = method
            self.sha256 = sha256
        }
    }

    public static func json(_ combination: Combination, _ inputs: [Input], _ kind: Combination.Weights) -> JSONText {
        func table(_ value: (Combination.Bin) -> JSONText) -> JSONText {
            .list(combination.bins.map { .list($0.map { $0.map(value) ?? .null }) })
        }
        return .object([
            ("form", .text("ln c = sum_a w_a ln c_a, then each pT bin moved to the gauge; [eta bin][pT bin][input]")),
            ("weights_kind", .text(kind.rawValue)),
            (
                "inputs",
                .list(
                    inputs.map {
                        .object([
                            ("name", .text($0.name)), ("method", .text($0.method.rawValue)),
                            ("sha256", .text($0.sha256)),
                        ])
                    })
            ),
            ("replicas", .int(combination.replicas)), ("weights", table { .numbers($0.weights) }),
            ("ln_c", table { .optionals($0.logConstants) }), ("deviations", table { .optionals($0.deviations) }),
            ("bin_chi2", table { .number($0.chiSquared) }), ("bin_ndf", table { .int($0.degreesOfFreedom) }),
            ("chi2", .number(combination.chiSquared)), ("ndf", .int(combination.degreesOfFreedom)),
            ("p_value", .optional(combination.probability)),
            ("negative_weights", .list(combination.negative.map { .list([.int($0.eta), .int($0.pt)]) })),
        ])
    }
}
