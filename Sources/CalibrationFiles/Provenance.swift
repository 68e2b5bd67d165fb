/// What a result was made from. No time, host, path or thread count: the same run gives the same bytes.
public struct Provenance: Sendable {
    public struct Input: Sendable {
        public let name: String
        public let sha256: String
        public let events: Int?

        public init(name: String, sha256: String, events: Int?) {
            self.name = name
            self.sha256 = sha256
            self.events = events
        }
    }

    public let version: String
    public let seed: UInt64?
    /// The resolved configuration as text, and its SHA-256.
    public let configuration: String
    public let configurationSHA256: String
    public let inputs: [Input]

    public init(
        version: String, seed: UInt64?, configuration: String, configurationSHA256: String, inputs: [Input]
    ) {
        self.version = version
        self.seed = seed
        self.configuration = configuration
        self.configurationSHA256 = configurationSHA256
        self.inputs = inputs
    }

    var json: JSONText {
        .object([
            ("version", .text(version)), ("seed", seed.map { .text("\($0)") } ?? .null),
            ("config", .text(configuration)), ("config_sha256", .text(configurationSHA256)),
            (
                "inputs",
                .list(
                    inputs.map {
                        .object([
                            ("name", .text($0.name)), ("sha256", .text($0.sha256)),
                            ("events", $0.events.map { .int($0) } ?? .null),
                        ])
                    })
            ),
        ])
    }
}
