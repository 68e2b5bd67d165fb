public import Balance
internal import Binning

/// Sums of a closure in the making, as a file holds them: of one shard and round, or of all shards and of several rounds.
public struct StoredSums: Sendable, Equatable {
    /// What decides the sums; sums of others cannot be added.
    public struct Origin: Sendable, Equatable {
        /// Of the program.
        public let version: String
        /// What was asked for, resolved, and what was read.
        public let configuration: String
        public let configurationSHA256: String

        public init(version: String, configuration: String, configurationSHA256: String) {
            self.version = version
            self.configuration = configuration
            self.configurationSHA256 = configurationSHA256
        }
    }

    public let origin: Origin
    /// The shards that made the passes of the last round, by number, and of how many; none when it is not known, or no longer
    /// matters because all have been merged.
    public private(set) var shards: [Int]
    public private(set) var shardCount: Int
    /// By the names of passes.
    public private(set) var passes: [String: PassLedger.Kept]

    public init(origin: Origin, shards: [Int], shardCount: Int, passes: [String: PassLedger.Kept]) {
        self.origin = origin
        self.shards = shards
        self.shardCount = shardCount
        self.passes = passes
    }

    public init(origin: Origin, shard: Shard, passes: [String: PassLedger.Kept]) {
        self.init(origin: origin, shards: [shard.index], shardCount: shard.count, passes: passes)
    }

    public var isComplete: Bool { passes.values.allSatisfy(\.isComplete) }

    /// Adds sums of other events or of other passes.
    public mutating func merge(_ other: StoredSums) throws(StoredSumsError) {
        guard other.origin.version == origin.version else {
            throw .otherVersion(origin.version, other.origin.version)
        }
        guard other.origin == origin else { throw .otherConfiguration }
        var joined = passes
        for (name, addend) in other.passes {
            guard let own = passes[name] else {
                joined[name] = addend
                continue
            }
            guard own.pieces == addend.pieces else { throw .damaged("\(name) has other pieces") }
            if let overlap = own.covered.overlap(addend.covered) {
                throw .overlap(pass: name, pieces: overlap, of: own.pieces)
            }
            var (covered, record) = (own.covered, own.record)
            addend.covered.ranges.forEach { covered.insert($0) }
            do throws(SumsRecordError) { try record.add(addend.record) } catch {
                throw .damaged("\(name): \(error.description)")
            }
            joined[name] = PassLedger.Kept(pieces: own.pieces, covered: covered, record: record)
        }
        // Of passes that are complete it does not matter who made them.
        let (ours, theirs) = (!isComplete, !other.isComplete)
        passes = joined
        if isComplete || (ours && theirs && shardCount != other.shardCount) {
            (shards, shardCount) = ([], 0)
        } else if ours && theirs {
            shards = (shards + other.shards).sorted()
        } else if theirs {
            (shards, shardCount) = (other.shards, other.shardCount)
        }
    }

    /// Says what is missing of the passes that are there; nil when nothing is.
    public var missing: String? {
        guard let (name, pass) = passes.sorted(by: { $0.key < $1.key }).first(where: { !$0.value.isComplete }) else {
            return nil
        }
        let there = Set(shards)
        let absent = (0..<shardCount).filter { !there.contains($0) }
        guard absent.isEmpty else { return Shard.missing(absent, of: shardCount, from: name) }
        let gap = pass.covered.missing(in: 0..<pass.pieces)
        let first = gap.first.map { "\($0.lowerBound) to \($0.upperBound - 1)" } ?? ""
        return "pieces \(first)\(gap.count > 1 ? " and others" : "") of the \(pass.pieces) of \(name) are missing"
    }
}

/// Sums that cannot be added.
public enum StoredSumsError: Error, Equatable, CustomStringConvertible {
    case otherVersion(String, String)
    case otherConfiguration
    case overlap(pass: String, pieces: Range<Int>, of: Int)
    case damaged(String)

    public var description: String {
        switch self {
        case .otherVersion(let one, let other): "its sums are of EtaCal \(other), those before of \(one)"
        case .otherConfiguration: "its sums are of another configuration than those before"
        case .overlap(let pass, let pieces, let count):
            "its events are there already: pieces \(pieces.lowerBound) to \(pieces.upperBound - 1) of the \(count) of \(pass)"
        case .damaged(let problem): "its sums do not fit those before: \(problem)"
        }
    }
}
