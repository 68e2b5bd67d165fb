import ArgumentParser
import Balance
import CalibrationFiles
import ClosureStudy
import FileAccess
import Foundation
import SumsFiles

/// `I/N`: part I of N, from 0 on.
struct ShardArgument: ExpressibleByArgument {
    let shard: Shard

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1], let shard = Shard(index, of: count) else {
            return nil
        }
        self.shard = shard
    }
}

/// Which part of the events a table gets.
struct EventShardOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write only part I of N of the events (0/N to N-1/N) to a file .h5, for 'etacal merge' (default: all events).",
            valueName: "I/N"))
    var shard: ShardArgument?

    /// Text has no place for what tells parts apart.
    func requireHDF5(_ output: String) throws {
        if shard != nil, ![".h5", ".hdf5"].contains(where: output.hasSuffix) {
            throw ValidationError("--shard writes HDF5: give -o a name that ends in .h5.")
        }
    }
}

/// How passes over events are shared among processes, and go on after one has died.
struct SumsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Add up only part I of N of the events (0/N to N-1/N), in the first round whose sums are missing; -o names the \
            file (.h5) of these sums, for 'etacal merge' (default: all events, to the end).
            """, valueName: "I/N"))
    var shard: ShardArgument?

    @Option(
        help: ArgumentHelp("Sums to go on from, as 'etacal merge' makes them (default: none).", valueName: "file"),
        completion: .sums)
    var sums: String?

    @Option(
        help: ArgumentHelp(
            "Where sums are kept until the end; a run that was killed goes on from there (default: nowhere).",
            valueName: "file"), completion: .sums)
    var checkpoint: String?

    @Option(help: ArgumentHelp("How often, 0 to 86400 (default: 30).", valueName: "seconds"))
    var checkpointEvery: Double?

    func validate() throws {
        if let checkpointEvery {
            guard checkpoint != nil else {
                throw ValidationError("--checkpoint-every is for --checkpoint: name its file.")
            }
            guard (0...86400).contains(checkpointEvery) else {
                throw ValidationError("--checkpoint-every takes 0 to 86400 seconds.")
            }
        }
    }

    /// An output takes the place of what was there, and a checkpoint is removed at the end: neither may be another file of the
    /// run.
    /// - Parameters:
    ///   - outputs: what is written beside the checkpoint, by the options for it.
    ///   - inputs: what is read beside sums, by the words for it.
    func requireApart(_ outputs: KeyValuePairs<String, String?>, from inputs: KeyValuePairs<String, String?> = [:])
        throws
    {
        var names: [String: String] = [:]
        for (words, path) in inputs.map({ ($0, $1) }) + [("--sums", sums)] {
            if let path { names[placeOfFile(path)] = words }
        }
        for (option, path) in outputs.map({ ($0, $1) }) + [("--checkpoint", checkpoint)] {
            guard let path else { continue }
            if let other = names.updateValue(option, forKey: placeOfFile(path)) {
                throw ValidationError("\(other) and \(option) name the same file.")
            }
        }
    }

    /// A ledger that has taken up what the files hold.
    func ledger(of origin: StoredSums.Origin, begin: @escaping (DerivationStage) throws -> Void) throws -> PassLedger {
        let earlier = try sums.map { try stored($0, origin, "give the options and the configuration that made them") }
        if shard != nil, let sums, let missing = earlier?.missing {
            throw FileError(.malformed, sums, missing, "merge the parts of all shards first")
        }
        let shard = shard?.shard ?? .whole
        let continued = try checkpoint.flatMap { path in
            FileManager.default.fileExists(atPath: path)
                ? try stored(path, origin, "remove it to begin anew, or name another file") : nil
        }
        if let checkpoint, let continued, continued.shardCount != shard.count || continued.shards != [shard.index] {
            throw FileError(
                .malformed, checkpoint, "the checkpoint is of another shard", "give each shard a file of its own")
        }
        let interval = checkpointEvery ?? 30
        var last = ContinuousClock.now
        return PassLedger(
            earlier: earlier?.passes ?? [:], continued: continued?.passes ?? [:], shard: shard,
            keeps: self.shard != nil,
            checkpoint: checkpoint.map { path in
                PassLedger.Checkpoint(isDue: { ContinuousClock.now - last >= .seconds(interval) }) { passes in
                    try SumsFile.write(
                        StoredSums(origin: origin, shard: shard, passes: passes), to: path, overwrite: true)
                    last = ContinuousClock.now
                }
            }, begin: begin)
    }

    private func stored(_ path: String, _ origin: StoredSums.Origin, _ remedy: String) throws -> StoredSums {
        let sums = try SumsFile.read(path)
        guard sums.origin.version == origin.version else {
            throw FileError(
                .malformed, path, "its sums are of EtaCal \(sums.origin.version), this is \(origin.version)",
                "make them anew")
        }
        guard sums.origin == origin else {
            throw FileError(.malformed, path, "its sums are of another configuration", remedy)
        }
        return sums
    }

    /// Whether anything other than one run from beginning to end is.
    var areAsked: Bool { shard != nil || sums != nil || checkpoint != nil }
    var isShard: Bool { shard != nil }
    var shardCount: Int { shard?.shard.count ?? 1 }

    /// Makes the sums of the shard that is asked for.
    /// - Parameter run: goes through passes, and may end with `IncompleteRound`.
    func makeShard(
        _ passes: PassLedger, of origin: StoredSums.Origin, into output: Output, _ common: CommonOptions,
        _ run: () throws -> Void
    ) throws {
        // Where this shard's events end the round, its sums are all that is asked for as well.
        do { try run() } catch is IncompleteRound {}
        ProgressMeter.clear()
        let shard = shard?.shard ?? .whole
        let stored = StoredSums(origin: origin, shard: shard, passes: passes.kept)
        try SumsFile.write(stored, into: output.partialPath)
        try output.finish()
        removeCheckpoint()
        let names = stored.passes.keys.sorted()
        if common.json {
            let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
            print("{\"shard\": \(shard.index), \"shards\": \(shard.count), \"passes\": [\(list)]}")
        } else if !common.quiet {
            let list = names.isEmpty ? "nothing, because all rounds are there," : names.joined(separator: ", ")
            print("Sums of shard \(shard.index)/\(shard.count) of \(list) are in \(output.path)".wrapped())
        }
    }

    /// What is done does not have to be done again: the checkpoint goes.
    func removeCheckpoint() {
        if let checkpoint { try? FileManager.default.removeItem(atPath: checkpoint) }
    }
}

extension StoredSums.Origin {
    init(_ configuration: String, _ inputs: [Provenance.Input]) {
        let text = inputs.described(after: configuration)
        self.init(version: Etacal.version, configuration: text, configurationSHA256: sha256(Data(text.utf8)))
    }
}

extension [Provenance.Input] {
    /// A configuration with the files that it reads: all that decides a result.
    func described(after configuration: String) -> String {
        configuration + map { "# \($0.name): SHA-256 \($0.sha256)\n" }.joined()
    }
}
