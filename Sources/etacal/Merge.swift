import ArgumentParser
import ClosureStudy
import EventFiles
import FileAccess
import SumsFiles

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Join the parts that shards have made.",
        usage: "etacal merge <part> ... [--partial] -o <file>",
        discussion: """
            Events of 'simulate --shard' and 'apply --shard' are put together. Sums that other verbs make with --shard are added, together with those of earlier rounds; what comes out does not depend on the \
            number of parts or their order. Parts of other configurations, events that come twice and shards that are missing \
            are status 65.

            Examples:
              etacal closure --events 1M --shard 0/2 -o part-0.h5
              etacal closure --events 1M --shard 1/2 -o part-1.h5
              etacal merge part-0.h5 part-1.h5 -o round-1.h5
            """)

    @Argument(help: "Files of sums or of events (.h5).", completion: .sums)
    var parts: [String]

    @Flag(help: "Join what is there even if shards are missing, to be merged again later (default: refuse).")
    var partial = false

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write (.h5).", valueName: "file"), completion: .sums)
    var output: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard try !EventMerger.isOfEvents(parts[0]) else {
            guard !partial else {
                throw ValidationError("--partial is for sums: events are joined when all are there.")
            }
            let events = try EventMerger.merge(parts, to: output, overwrite: common.overwrite)
            if common.json {
                print("{\"parts\": \(parts.count), \"events\": \(events)}")
            } else if !common.quiet {
                print("\(events) events are in \(output)")
            }
            return
        }
        try mergeSums()
    }

    private func mergeSums() throws {
        let target = try Output(output, .file, overwrite: common.overwrite)
        var joined = try SumsFile.read(parts[0])
        for part in parts.dropFirst() {
            let next = try SumsFile.read(part)
            do throws(StoredSumsError) { try joined.merge(next) } catch {
                throw FileError(.malformed, part, "\(error)", "give the parts of one run, each once")
            }
        }
        if let missing = joined.missing, !partial {
            throw FileError(
                .malformed, output, missing,
                "make it and merge again, or join what is there with --partial")
        }
        try SumsFile.write(joined, into: target.partialPath)
        try target.finish()
        if common.json {
            print("{\"parts\": \(parts.count), \"complete\": \(joined.isComplete)}")
        } else if !common.quiet {
            print("Sums of \(joined.passes.keys.sorted().joined(separator: ", ")) are in \(output)".wrapped())
        }
    }
}
