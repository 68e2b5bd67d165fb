import BatchJobs
import Foundation
import Testing

struct BatchPlanTests {
    /// Whatever a file system lets stand in a name.
    static let hostile = "/a/it's 100% \"$HOME\" `id`; *\\\n{x}"

    private static func plan(
        _ engine: BatchPlan.Engine = .slurm, directory: String = "/batch", parts: Int = 4, rounds: Int = 5,
        resources: BatchPlan.Resources = .init()
    ) -> BatchPlan {
        BatchPlan(
            engine: engine, directory: directory, program: "/bin/etacal", inputs: ["--pdf", "\(directory)/grid.dat"],
            parts: parts, rounds: rounds, retries: 3, resources: resources)
    }

    private static func text(_ name: String, of plan: BatchPlan) throws -> String {
        try #require(plan.files.first { $0.name == name }).text
    }

    /// What a program prints that gets a script on its standard input.
    private static func run(_ words: [String], script: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test(arguments: BatchPlan.Engine.allCases)
    func theDriverIsAmongTheFiles(engine: BatchPlan.Engine) {
        let plan = Self.plan(engine)
        #expect(plan.files.map(\.name) == ["part.sh", "merge.sh", "closure.sh", plan.driver])
        for file in plan.files { #expect(file.isExecutable == file.name.hasSuffix(".sh")) }
    }

    @Test(arguments: ["/batch", hostile])
    func scriptsAreValidBash(directory: String) throws {
        for file in Self.plan(directory: directory).files {
            let outcome = try Self.run(["bash", "-n"], script: file.text)
            #expect(outcome.status == 0, "\(file.name)")
        }
    }

    /// The line that changes to the directory, with a program in place of `cd` that prints what it gets.
    @Test func directoriesArriveAsTheyAre() throws {
        for file in Self.plan(directory: Self.hostile).files {
            let body = try #require(file.text.components(separatedBy: "\ncd ").dropFirst().first)
            let word = body.components(separatedBy: "\n\n")[0].components(separatedBy: "\nparts=")[0]
            let outcome = try Self.run(["bash", "-s"], script: "printf %s \(word)\n")
            #expect(outcome.output == Self.hostile, "\(file.name)")
        }
    }

    @Test(arguments: [3, 5, 22])
    func roundsAreThoseAskedFor(rounds: Int) throws {
        #expect(try Self.text("submit.sh", of: Self.plan(rounds: rounds)).contains("\nrounds=\(rounds)\n"))
        #expect(
            try Self.text("Snakefile", of: Self.plan(.snakemake, rounds: rounds)).contains("\nROUNDS = \(rounds)\n"))
        #expect(try Self.text("closure.sh", of: Self.plan(rounds: rounds)).contains("--sums sums/round-\(rounds).h5 "))
    }

    @Test func resourcesAreAskedFor() throws {
        let resources = BatchPlan.Resources(
            partition: "short,long", time: TimeLimit("1-00:00:30"), memory: 2000, cpus: 8)
        let slurm = try Self.text("submit.sh", of: Self.plan(resources: resources))
        for option in ["--cpus-per-task=8", "--partition=short,long", "--time=1-00:00:30", "--mem=2000M"] {
            #expect(slurm.contains(" \(option) "), "\(option)")
        }
        #expect(try Self.text("part.sh", of: Self.plan(resources: resources)).contains(" --threads 8 "))
        let snakefile = try Self.text("Snakefile", of: Self.plan(.snakemake, resources: resources))
        for line in ["    threads: 8", "    retries: 3"] { #expect(snakefile.contains("\(line)\n")) }
        #expect(snakefile.contains("    resources: mem_mb=2000, runtime=1441, slurm_partition=\"short,long\"\n"))
    }

    @Test func whatIsNotSaidIsLeftToTheSite() throws {
        let text = try Self.text("submit.sh", of: Self.plan())
        for option in ["--partition", "--time", "--mem"] { #expect(!text.contains(option)) }
        #expect(try !Self.text("Snakefile", of: Self.plan(.snakemake)).contains("resources"))
    }

    /// Retries of one kind: Snakemake has its own.
    @Test func jobsAreTriedAgainByOneOfBoth() throws {
        #expect(try Self.text("part.sh", of: Self.plan()).contains("attempt < 4"))
        #expect(try Self.text("part.sh", of: Self.plan(.snakemake)).contains("attempt < 1"))
    }

    @Test(arguments: ["00:00:01", "99:59:59", "1-00:00:00", "365-12:30:00", "1000:00:00"])
    func timesAreRead(text: String) throws {
        #expect(try #require(TimeLimit(text)).description == text)
    }

    @Test(arguments: [
        "", "10", "10:00", "00:00:00", "0-00:00:00", "1:60:00", "1:00:60", "-1:00:00", "1-2-03:04:05", "a:b:c",
    ])
    func otherTimesAreRefused(text: String) { #expect(TimeLimit(text) == nil) }

    @Test func namesOfPartitionsAreNarrow() {
        for name in ["main", "short,long", "gpu-a.1_x"] { #expect(BatchPlan.Resources.isPartition(name), "\(name)") }
        for name in ["", " ", "a b", "$x", "a\"", "-x", "a\n"] {
            #expect(!BatchPlan.Resources.isPartition(name), "\(name)")
        }
    }
}
