import Balance
import CardFiles
import ClosureStudy
import DijetGeneration
import InstructionSets
import Testing

/// The sums of all passes, and so everything that is made of them, are the same bits however the events are gone through.
struct ExactnessTests {
    private static let origin = StoredSums.Origin(version: "1", configuration: "a", configurationSHA256: "b")

    private static func run(
        _ set: InstructionSet, threads: Int, blockRows: Int = SimulatedSource.standardBlockRows
    ) throws -> ClosureRun {
        let process = try HardProcess(density: .builtIn, sqrtS: 13000)
        return try ClosureRun(
            card: LoadedCard("cms-like").card, dataCard: nil,
            truth: QCDDijets(process, radiation: RadiationTune.builtIn.model, instructionSet: set), events: 30_000,
            seed: 7,
            options: DerivationOptions(method: .matrix, selection: .standard, binning: .coarse, passes: 2),
            threads: threads, instructionSet: set, blockRows: blockRows)
    }

    private static let reference = Result { try sums(run(.portable, threads: 1), shards: 1) }

    /// The sums of all passes of a run in shards.
    private static func sums(_ run: ClosureRun, shards: Int) throws -> [String: PassLedger.Kept] {
        var earlier = StoredSums(origin: origin, shards: [], shardCount: 0, passes: [:])
        while true {
            var isOver = true
            var round = StoredSums(origin: origin, shards: [], shardCount: 0, passes: [:])
            for index in 0..<shards {
                let shard = try #require(Shard(index, of: shards))
                let ledger = PassLedger(earlier: earlier.passes, shard: shard, keeps: true)
                do { _ = try run.run(passes: ledger) } catch is IncompleteRound { isOver = false }
                try round.merge(StoredSums(origin: origin, shard: shard, passes: ledger.kept))
            }
            try earlier.merge(round)
            if isOver { return earlier.passes }
        }
    }

    @Test(arguments: InstructionSet.available, [1, 3, 8])
    func threadsAndShardsGiveTheSameBits(set: InstructionSet, threads: Int) throws {
        let run = try Self.run(set, threads: threads)
        for shards in [1, 7] {
            let sums = try Self.sums(run, shards: shards)
            #expect(try sums == Self.reference.get(), "\(shards) shards")
        }
        #expect(try Self.reference.get().count == 6)
    }

    @Test(arguments: InstructionSet.available, [1, 37, 4096])
    func blocksGiveTheSameBits(set: InstructionSet, rows: Int) throws {
        let sums = try Self.sums(Self.run(set, threads: 2, blockRows: rows), shards: 1)
        #expect(try sums == Self.reference.get())
    }
}
