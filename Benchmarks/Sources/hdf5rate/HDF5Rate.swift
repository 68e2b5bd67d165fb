import ArgumentParser
import Balance
import ClosureStudy
import EventFiles
import Foundation
import Workload

@main
struct HDF5Rate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hdf5rate",
        abstract: "Writes simulated events as HDF5 and reads them again as the verbs do, on one thread.",
        discussion: """
            Prints one JSON object. `write_seconds` is what EventWriter takes, without the simulation of the events; \
            `open_seconds` is the first look of EventFile, which checks every row, and `read_seconds` that and one pass that hands \
            the events on in blocks. Bytes are those of the columns in memory: `write_bytes` of all of them, `read_bytes` of those \
            in `read_columns`.
            """)

    @Argument(help: "The table to write (.h5). One that is there is replaced.")
    var file: String

    @Option(help: "Number of events.")
    var events = 1_000_000

    struct Report: Encodable {
        let peer = "etacal"
        let events: Int
        let writeBytes: Int
        let writeSeconds: Double
        let writeCpuSeconds: Double
        let readColumns: [String]
        let readBytes: Int
        let openSeconds: Double
        let openCpuSeconds: Double
        let readSeconds: Double
        let readCpuSeconds: Double
    }

    private struct Count: MergeableSums {
        var rows = 0
        mutating func merge(_ other: Count) { rows += other.rows }
    }

    /// What a table without triggers and tags has, and what of it is read where nobody asks for the missing momentum or flavours.
    private static let integers = ["slice", "run", "flavour1", "flavour2", "flavour3"]
    private static let jets = ["pt", "eta", "phi", "det_eta", "true_pt", "true_eta"].flatMap { name in
        (1...3).map { "\(name)\($0)" }
    }
    private static let others = ["weight", "met_x", "met_y", "soft_x", "soft_y", "sum_et", "mu"]
    private static let eventBytes = 8 + 4 * integers.count + 8 * (jets.count + others.count)
    private static let readEventBytes = 8 + 4 + 8 * (1 + jets.count)

    func run() throws {
        requireReleaseBuild()
        let source = try DefaultSample(events: events).source
        let writer = try EventWriter(file, sliceWeights: source.sliceWeights, overwrite: true)
        var (written, wall, processor) = (0, 0.0, 0.0)
        func add(_ timing: Timing) {
            wall += timing.wall
            processor += timing.processor
        }
        try source.forEachBlock(of: 0..<source.pieces) { block in
            add(try timed { try writer.write(block) }.timing)
            written += block.count
        }
        add(try timed { try writer.finish() }.timing)
        let (table, opening) = try timed { try EventFile(file) }
        let (count, pass) = try timed { try table.reduce(Count()) { block, count in count.rows += block.count } }
        guard count.rows == written else { throw ValidationError("\(count.rows) of \(written) events were read.") }
        try printJSON(
            Report(
                events: written, writeBytes: written * Self.eventBytes, writeSeconds: wall, writeCpuSeconds: processor,
                readColumns: ["event", "slice", "weight"] + Self.jets, readBytes: written * Self.readEventBytes,
                openSeconds: opening.wall, openCpuSeconds: opening.processor,
                readSeconds: opening.wall + pass.wall, readCpuSeconds: opening.processor + pass.processor))
    }
}
