internal import FileAccess
internal import Foundation

/// What a calibration file says of the events that its constants came from.
public struct CalibrationOrigin: Sendable {
    /// Of the random numbers; nil for constants of tables.
    public let seed: String?
    /// The resolved configuration, as text of YAML.
    public let configuration: String
    public let inputs: [Provenance.Input]

    public init(seed: String?, configuration: String, inputs: [Provenance.Input]) {
        self.seed = seed
        self.configuration = configuration
        self.inputs = inputs
    }

    private struct Document: Decodable {
        struct Origin: Decodable {
            struct Input: Decodable {
                let name: String
                let sha256: String
                let events: Int?
            }
            let seed: String?
            let config: String?
            let inputs: [Input]?
        }
        let provenance: Origin?
    }

    /// - Returns: nil where the file says nothing.
    /// - Throws: `FileError` for provenance of another form; whether the rest is a calibration `StoredCalibration` knows.
    public static func read(_ path: String) throws -> CalibrationOrigin? {
        let data = try readFile(path)
        do {
            return try JSONDecoder().decode(Document.self, from: data).provenance.map { origin in
                CalibrationOrigin(
                    seed: origin.seed, configuration: origin.config ?? "",
                    inputs: (origin.inputs ?? []).map {
                        Provenance.Input(name: $0.name, sha256: $0.sha256, events: $0.events)
                    })
            }
        } catch is DecodingError {
            throw FileError(
                .malformed, "\(path): provenance", "it is not what a calibration has there",
                "leave it out, or derive the calibration anew")
        }
    }

    /// What two calibrations have in common.
    public enum Relation: Sendable, Equatable {
        /// The same events, though maybe not all of them in both.
        case sameEvents
        /// Something that both depend on, in words; the rest is of each alone.
        case shared(String)
        /// Nothing that either knows of.
        case apart
    }

    /// What a configuration says of events that are simulated. The number of events is not among it: the fewer are the first of
    /// the more. Nor are selection and method, which say what becomes of them.
    private static let simulated = [
        "detector", "data_detector", "truth", "generator", "data_truth", "data_generator", "triggers",
    ]

    /// By seed and configuration for simulated events, by checksum for tables and truth samples.
    public func relation(to other: CalibrationOrigin) -> Relation {
        let (own, others) = (samples, other.samples)
        let common = own.filter { one in others.contains { $0.sha256 == one.sha256 } }
        let areSame = common.count == own.count && common.count == others.count
        let (blocks, otherBlocks) = (blocks, other.blocks)
        if let seed, seed == other.seed {
            let isSame = Self.simulated.allSatisfy { blocks[$0] == otherBlocks[$0] }
            return isSame && areSame ? .sameEvents : .shared("the random numbers of seed \(seed)")
        }
        if seed == nil, other.seed == nil, areSame, !common.isEmpty {
            // Triggers decide which rows of a table count for how many.
            return blocks["triggers"] == otherBlocks["triggers"] ? .sameEvents : .shared(Self.names(common))
        }
        return common.isEmpty ? .apart : .shared(Self.names(common))
    }

    private static func names(_ inputs: [Provenance.Input]) -> String {
        inputs.map(\.name).joined(separator: " and ")
    }

    /// Inputs that are events: tables of cross-sections and grids of densities tell nothing of statistics.
    private var samples: [Provenance.Input] { inputs.filter { $0.events != nil } }

    /// The text below each key of the first level, its own line included.
    private var blocks: [String: String] {
        var blocks: [String: String] = [:]
        var key = ""
        for line in configuration.split(separator: "\n") {
            if line.first != " ", let colon = line.firstIndex(of: ":") { key = String(line[..<colon]) }
            blocks[key, default: ""] += line + "\n"
        }
        return blocks
    }
}
