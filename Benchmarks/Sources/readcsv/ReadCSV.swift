import ArgumentParser
import Balance
import EventFiles
import Workload

@main
struct ReadCSV: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readcsv",
        abstract: "Reads a table of events as the verbs do, on one thread.",
        discussion: """
            Prints one JSON object. `open_seconds` is the first look, which checks every row; `seconds` is that and one pass that \
            hands the events on in blocks.
            """)

    @Argument(help: "A table of events (.csv or .csv.gz).")
    var file: String

    struct Report: Encodable {
        let peer = "etacal"
        let events: Int
        let seconds: Double
        let cpuSeconds: Double
        let openSeconds: Double
        let openCpuSeconds: Double
    }

    private struct Count: MergeableSums {
        var rows = 0
        mutating func merge(_ other: Count) { rows += other.rows }
    }

    func run() throws {
        requireReleaseBuild()
        let (table, opening) = try timed { try EventFile(file) }
        let (count, pass) = try timed { try table.reduce(Count()) { block, count in count.rows += block.count } }
        try printJSON(
            Report(
                events: count.rows, seconds: opening.wall + pass.wall,
                cpuSeconds: opening.processor + pass.processor, openSeconds: opening.wall,
                openCpuSeconds: opening.processor))
    }
}
