import ArgumentParser
import BatchJobs
import CardFiles
import ClosureStudy
import EventFiles
import FileAccess
import Foundation

/// What the batch system does not do.
struct BatchSystemError: Error, CustomStringConvertible {
    let description: String
}

struct Submit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a closure in parts on a batch system.",
        usage: "etacal submit [<config.yaml>] --parts <number> [<options>] -o <directory>",
        discussion: """
            Writes the configuration, a script for each kind of job and what starts them, then submits. Slurm: arrays of \
            parts, and jobs that merge them; <directory>/submit.sh submits what is missing after a failure, and takes further \
            options of sbatch. Snakemake: a Snakefile, which you start. Results come to <directory>/result and are those of \
            'closure' in one piece.

            Examples:
              etacal submit --events 1G --parts 200 --time 02:00:00 --dry-run -o batch
              etacal submit --parts 20 --engine snakemake -o flow
            """)

    @OptionGroup var options: ClosureOptions

    @Option(help: ArgumentHelp("Parts that the events of a round are divided into, 1 to 10000.", valueName: "number"))
    var parts: Int

    @Option(help: "Batch system.")
    var engine = BatchPlan.Engine.slurm

    @Option(
        help: ArgumentHelp("Partitions of Slurm, with commas between them (default: the site's).", valueName: "names"))
    var partition: String?

    @Option(
        help: ArgumentHelp("Most time for a job, HH:MM:SS or D-HH:MM:SS (default: the site's).", valueName: "time"))
    var time: TimeLimit?

    @Option(help: ArgumentHelp("Memory for a job in megabytes (default: the site's).", valueName: "number"))
    var memory: Int?

    @Option(help: ArgumentHelp("Processors, and threads, of a job, 1 to 1024.", valueName: "number"))
    var cpus = 1

    @Option(help: ArgumentHelp("How often a job that fails is tried again, 0 to 10.", valueName: "number"))
    var retries = 2

    @Option(help: "Seed of the random numbers (default: 1).")
    var seed: UInt64?

    @Flag(help: "Write the files and submit nothing.")
    var dryRun = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The directory to make, which all jobs have to see.", valueName: "directory"),
        completion: .directory)
    var output: String

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    private static let sbatch = "sbatch"

    func validate() throws {
        guard BatchPlan.partCounts.contains(parts) else { throw ValidationError("--parts takes 1 to 10000.") }
        guard BatchPlan.cpuCounts.contains(cpus) else { throw ValidationError("--cpus takes 1 to 1024.") }
        guard BatchPlan.retryCounts.contains(retries) else { throw ValidationError("--retries takes 0 to 10.") }
        if let memory, !BatchPlan.memories.contains(memory) {
            throw ValidationError("--memory takes 16 to 10000000 (megabytes).")
        }
        if let partition, !BatchPlan.Resources.isPartition(partition) {
            throw ValidationError("--partition takes names of letters, digits, '.', '_' and '-'.")
        }
    }

    func run() throws {
        let run = try options.resolved(seed: seed)
        let directory = absolute(output)
        let driver = "\(output)/submit.sh"
        // Jobs may still work there.
        if FileManager.default.fileExists(atPath: output) {
            let goesOn = FileManager.default.fileExists(atPath: driver) ? "go on with \(driver), or " : ""
            throw FileError(.cannotCreate, output, "the output exists", "\(goesOn)choose another name")
        }
        let submits = engine == .slurm && !dryRun
        if submits, !isOnPath(Self.sbatch) {
            throw BatchSystemError(
                description: "\(Self.sbatch): there is no such program on PATH; "
                    + "run this where jobs are submitted, or write the files alone with --dry-run")
        }
        let inputs = try inputs(of: run)
        let plan = BatchPlan(
            engine: engine, directory: directory, program: try program(), inputs: inputs.options, parts: parts,
            rounds: run.options.largestRounds, retries: retries,
            resources: .init(partition: partition, time: time, memory: memory, cpus: cpus))
        let made = try Output(output, .directory, overwrite: false)
        try write(plan, configuration: inputs.configuration, to: made.partialPath)
        try made.finish()
        if submits {
            try start(driver)
        } else if !quiet {
            let command =
                engine == .slurm
                ? "\(driver) submits the jobs" : "'cd \(output) && snakemake --cores all' runs the jobs"
            print("\(command); results come to \(output)/result")
        }
    }

    private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    private func isOnPath(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    private func program() throws -> String {
        guard let path = Bundle.main.executablePath, path.hasPrefix("/") else {
            throw FileError(.unreadable, "etacal", "where it lies is not known", "start it by its whole path")
        }
        return path
    }

    /// Reads everything that the jobs will read: what is wrong is told now, and not by all of them.
    /// - Returns: options that name the files which `run.yaml` does not hold, and its text.
    private func inputs(of run: RunConfiguration) throws -> (options: [String], configuration: String) {
        let truth = try ClosureTruth(run, options, threads: ProcessInfo.processInfo.activeProcessorCount)
        _ = try ClosureRun(
            card: run.detector.card, dataCard: run.dataDetector?.card, truth: truth.simulation.truth,
            dataTruth: truth.data?.truth, tagger: run.tagger, events: run.events, seed: run.seed, options: run.options,
            threads: 1)
        return (truth.files.flatMap { [$0.option, absolute($0.path)] }, truth.yaml(of: run))
    }

    private func write(_ plan: BatchPlan, configuration: String, to directory: String) throws {
        try writeText(configuration, to: "\(directory)/run.yaml")
        for file in plan.files {
            let path = "\(directory)/\(file.name)"
            try writeText(file.text, to: path)
            guard file.isExecutable else { continue }
            var status = stat()
            // Whoever may read a file may run it.
            guard stat(path, &status) == 0, chmod(path, status.st_mode | (status.st_mode & 0o444) >> 2) == 0 else {
                throw FileError(.failed, path, "it cannot be made executable", "choose another file system")
            }
        }
    }

    private func start(_ driver: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["bash", driver]
        process.standardInput = FileHandle.nullDevice
        if quiet { process.standardOutput = FileHandle.nullDevice }
        let child = try startChild {
            try process.run()
            return process.processIdentifier
        }
        process.waitUntilExit()
        childEnded(child)
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw BatchSystemError(
                description: "\(driver): it could not submit all jobs (above); run it again when that is mended")
        }
    }
}
