public import Balance
internal import HDF5

/// What decides the events of a file, and which of them are in it.
public struct EventOrigin: Sendable, Equatable {
    /// Of the program.
    public let version: String
    /// What was asked for, resolved, and what was read.
    public let configuration: String
    public let configurationSHA256: String
    /// nil for all events.
    public let part: EventPart?

    public init(version: String, configuration: String, configurationSHA256: String, part: EventPart?) {
        self.version = version
        self.configuration = configuration
        self.configurationSHA256 = configurationSHA256
        self.part = part
    }

    var attributes: [String: EventAttribute] {
        let own: [String: EventAttribute] = [
            "version": .text(version), "configuration": .text(configuration),
            "configuration_sha256": .text(configurationSHA256),
        ]
        return own.merging(part?.attributes ?? [:]) { own, _ in own }
    }
}

/// The pieces of a sample that a shard has.
public struct EventPart: Sendable, Equatable {
    public let pieces: Range<Int>
    /// How many pieces the sample has.
    public let of: Int
    /// How many shards it was divided into; nil when it is not known.
    let shardCount: Int?

    public init(_ shard: Shard, of count: Int) {
        pieces = shard.range(of: count)
        of = count
        shardCount = shard.count
    }

    /// What only a part has; without these a file says that it has all events.
    static let attributeNames: Set = ["pieces", "first_piece", "end_piece", "shard_count"]
    /// Those that parts of a sample need not share.
    static let ownAttributeNames = attributeNames.subtracting(["pieces"])

    var attributes: [String: EventAttribute] {
        [
            "pieces": .int(of), "first_piece": .int(pieces.lowerBound), "end_piece": .int(pieces.upperBound),
            "shard_count": shardCount.map { .int($0) },
        ].compactMapValues { $0 }
    }

    /// Whether a group says that it is a part, be it of what cannot be.
    static func isSaid(by group: HDF5Group) throws(HDF5Error) -> Bool {
        for name in ["pieces", "first_piece", "end_piece"] {
            guard try group.hasAttribute(name) else { return false }
        }
        return true
    }

    /// - Returns: nil for a group that does not say that it is a part, or says what cannot be.
    init?(_ group: HDF5Group) throws(HDF5Error) {
        guard try Self.isSaid(by: group) else { return nil }
        let (first, end) = (try group.intAttribute("first_piece"), try group.intAttribute("end_piece"))
        of = try group.intAttribute("pieces")
        guard first >= 0, first <= end, end <= of else { return nil }
        pieces = first..<end
        shardCount = try group.hasAttribute("shard_count") ? try group.intAttribute("shard_count") : nil
        if let shardCount, Shard(0, of: shardCount) == nil { return nil }
    }
}
