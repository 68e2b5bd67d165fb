/// A closure in parts, and what its jobs may use of a batch system.
///
/// A closure makes its sums in rounds, each of which needs the sums of the one before. In a round every part makes its
/// share of the sums, then one job merges them; after the last round one job makes the results.
public struct BatchPlan: Sendable {
    /// All parts of a round stand in one command line, and are open to one job that merges them.
    public static let partCounts = 1...10_000
    public static let retryCounts = 0...10
    public static let cpuCounts = 1...1024
    /// Megabytes.
    public static let memories = 16...10_000_000

    public enum Engine: String, CaseIterable, Sendable { case slurm, snakemake }

    /// What one job may use; nil for what the site gives.
    public struct Resources: Sendable {
        /// Names of partitions of Slurm, separated by commas.
        public var partition: String?
        public var time: TimeLimit?
        /// Megabytes.
        public var memory: Int?
        /// Processors, and threads of `etacal`.
        public var cpus: Int

        public init(partition: String? = nil, time: TimeLimit? = nil, memory: Int? = nil, cpus: Int = 1) {
            precondition(partition.map(Self.isPartition) ?? true && memory.map(memories.contains) ?? true)
            precondition(cpuCounts.contains(cpus))
            (self.partition, self.time, self.memory, self.cpus) = (partition, time, memory, cpus)
        }

        /// Whether a text names partitions: letters, digits, `.`, `_` and `-`, with commas between names.
        public static func isPartition(_ text: String) -> Bool { text.wholeMatch(of: /[\w.][\w.,-]*/) != nil }
    }

    let engine: Engine
    let directory: String
    let closure: [String]
    let program: String
    let parts: Int
    let rounds: Int
    let retries: Int
    let resources: Resources

    /// - Parameters:
    ///   - directory: absolute path of the directory that the files and all that the jobs write are in.
    ///   - program: absolute path of `etacal`.
    ///   - inputs: what follows `etacal closure run.yaml`: options that name files, by absolute paths.
    ///   - parts: of a round, in `partCounts`.
    ///   - rounds: at most; those that are not needed make nothing.
    ///   - retries: how often a job that fails is tried again, in `retryCounts`.
    public init(
        engine: Engine, directory: String, program: String, inputs: [String] = [], parts: Int, rounds: Int,
        retries: Int = 2, resources: Resources = Resources()
    ) {
        precondition(directory.hasPrefix("/") && program.hasPrefix("/"))
        precondition(Self.partCounts.contains(parts) && rounds > 0 && Self.retryCounts.contains(retries))
        self.engine = engine
        self.directory = directory
        self.program = program
        closure = [program, "closure", "run.yaml"] + inputs
        self.parts = parts
        self.rounds = rounds
        self.retries = retries
        self.resources = resources
    }

    /// A file of the directory.
    public struct File: Sendable {
        public let name: String
        public let text: String
        public let isExecutable: Bool
    }

    /// The file that starts everything.
    public var driver: String { engine == .slurm ? "submit.sh" : "Snakefile" }

    /// All files but `run.yaml`: three jobs, which any other system may run as well, and the driver.
    public var files: [File] {
        [
            File(name: "part.sh", text: partScript, isExecutable: true),
            File(name: "merge.sh", text: mergeScript, isExecutable: true),
            File(name: "closure.sh", text: closureScript, isExecutable: true),
            engine == .slurm
                ? File(name: driver, text: slurmDriver, isExecutable: true)
                : File(name: driver, text: snakefile, isExecutable: false),
        ]
    }
}
