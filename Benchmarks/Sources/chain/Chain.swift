import ArgumentParser
import Balance
import Foundation
import Workload

@main
struct Chain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The whole chain from truth to sums: one balance pass over the MC of the default closure.",
        discussion: "Prints one JSON object. Jets keep the reconstructed scale.")

    enum Kernel: String, CaseIterable, ExpressibleByArgument {
        case swift
        /// By hand, from the reconstructed block on; one thread.
        case c
    }

    @Option(help: "Events of the sample (default: 1000000).")
    var events = 1_000_000

    @Option(help: "Threads (default: 1).")
    var threads = 1

    @Option(help: "Seed (default: 1).")
    var seed: UInt64 = 1

    @Option(help: "What selects and sums up, swift or c (default: swift).")
    var kernel = Kernel.swift

    @Option(help: ArgumentHelp("Write the sums of each cell to this CSV file (default: none).", valueName: "file"))
    var sums: String?

    struct Report: Encodable {
        let peer: String
        let events: Int
        let threads: Int
        let seconds: Double
        let cpuSeconds: Double
        let setupSeconds: Double
        let selected: Int
        let digest: String
    }

    func validate() throws {
        guard (17...4_000_000_000).contains(events) else {
            throw ValidationError("--events takes 17 (one a slice) to 4000000000.")
        }
        guard (1...256).contains(threads) else { throw ValidationError("--threads takes 1 to 256.") }
        if kernel == .c, threads > 1 { throw ValidationError("--kernel c has one thread: leave out --threads.") }
    }

    func run() throws {
        requireReleaseBuild()
        let sample = try DefaultSample(events: events, seed: seed, threads: threads)
        let (cells, selected, timing) = try kernel == .swift ? library(sample) : byHand(sample)
        if let sums { try cells.csv.write(toFile: sums, atomically: true, encoding: .utf8) }
        try printJSON(
            Report(
                peer: kernel == .swift ? "etacal" : "c", events: events, threads: threads, seconds: timing.wall,
                cpuSeconds: timing.processor, setupSeconds: sample.setup.wall, selected: selected,
                digest: cells.digest))
    }

    private func library(_ sample: DefaultSample) throws -> (CellSums, selected: Int, Timing) {
        let (balance, timing) = try timed { try sample.balance() }
        return (CellSums(balance), balance.sums.rowsSelected, timing)
    }

    private func byHand(_ sample: DefaultSample) throws -> (CellSums, selected: Int, Timing) {
        let kernel = try HandWrittenSums(sample)
        let (_, timing) = timed { sample.source.forEachBlock(of: 0..<sample.source.pieces) { kernel.add($0) } }
        return (kernel.cells, kernel.selected, timing)
    }
}
