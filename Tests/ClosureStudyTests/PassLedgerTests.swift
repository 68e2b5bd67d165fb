import Balance
import CardFiles
import ClosureStudy
import DijetGeneration
import Testing

/// Shards, merged sums and interrupted runs give what a run in one piece gives, bit for bit.
struct PassLedgerTests {
    private static let origin = StoredSums.Origin(version: "1", configuration: "a", configurationSHA256: "b")

    private func run(threads: Int = 2, events: Int = 60_000) throws -> ClosureRun {
        try ClosureRun(
            card: LoadedCard("cms-like").card, dataCard: nil, truth: QCDDijets.builtIn, events: events, seed: 3,
            options: DerivationOptions(method: .matrix, selection: .standard, binning: .coarse), threads: threads)
    }

    /// - Returns: the sums of all rounds, each made in shards of its own number of threads.
    private func merged(shards: Int) throws -> StoredSums {
        var earlier: StoredSums?
        for _ in 0..<10 {
            var round: StoredSums?
            var isOver = false
            for index in (0..<shards).reversed() {
                let shard = try #require(Shard(index, of: shards))
                let ledger = PassLedger(earlier: earlier?.passes ?? [:], shard: shard, keeps: true)
                do {
                    _ = try run(threads: 1 + index % 3).run(passes: ledger)
                    isOver = true
                } catch is IncompleteRound {}
                let part = StoredSums(origin: Self.origin, shard: shard, passes: ledger.kept)
                if round == nil { round = part } else { try round?.merge(part) }
            }
            var sums = try #require(round)
            #expect(sums.missing == nil)
            if let earlier { try sums.merge(earlier) }
            earlier = sums
            if isOver { return sums }
        }
        throw Unexpected()
    }
    private struct Unexpected: Error {}

    @Test(arguments: [2, 7]) func shardsGiveTheSameBits(shards: Int) throws {
        let ledger = PassLedger(keeps: true)
        let whole = try run().run(passes: ledger)
        let sums = try merged(shards: shards)
        #expect(sums.passes == ledger.kept)
        #expect(
            sums.passes.keys.sorted() == [
                "closure-data", "closure-simulation", "data-balance", "refinement-1", "refinement-2",
                "simulation-balance", "simulation-scale",
            ])
        let again = try run().run(passes: PassLedger(earlier: sums.passes))
        #expect(again.derivation.calibration.constants == whole.derivation.calibration.constants)
        #expect(again.derivation.calibration.logCovariance == whole.derivation.calibration.logCovariance)
        #expect(again.test.truth.nonclosure == whole.test.truth.nonclosure)
        #expect(again.derivation.data.balance.sums == whole.derivation.data.balance.sums)
        #expect(again.derivation.data.histograms == whole.derivation.data.histograms)
    }

    /// With more shards than pieces some have nothing to do.
    @Test func aShardMayBeEmpty() throws {
        let count = 1000
        var sums: StoredSums?
        let run = try run(events: 20_000)
        let filled = try run.source(.simulation).pieces
        for index in [0, 1, 2, 998, 999] {
            let shard = try #require(Shard(index, of: count))
            let ledger = PassLedger(shard: shard, keeps: true)
            #expect(throws: IncompleteRound.self) { try run.run(passes: ledger) }
            let part = StoredSums(origin: Self.origin, shard: shard, passes: ledger.kept)
            #expect(ledger.kept.keys.sorted() == ["simulation-scale"])
            if sums == nil { sums = part } else { try sums?.merge(part) }
        }
        #expect(filled < count)
        #expect(
            try #require(sums?.missing)
                == "shards 3/1000, 4/1000, 5/1000, 6/1000, 7/1000, 8/1000, 9/1000, 10/1000, 11/1000, 12/1000 and 985 more "
                + "of simulation-scale are missing")
    }

    private struct Killed: Error {}

    /// A run that dies after any number of checkpoints goes on where it was, with events gone through only once.
    @Test func anInterruptedRunGoesOn() throws {
        let whole = try run()
        let expected = try whole.run()
        var state: [String: PassLedger.Kept] = [:]
        var deaths = 0
        while deaths < 20 {
            var written = 0
            let checkpoint = PassLedger.Checkpoint(isDue: { true }) { kept in
                state = kept
                written += 1
                if written == 2 { throw Killed() }
            }
            do {
                let result = try run().run(passes: PassLedger(continued: state, checkpoint: checkpoint))
                #expect(result.derivation.calibration.constants == expected.derivation.calibration.constants)
                #expect(result.test.truth.nonclosure == expected.test.truth.nonclosure)
                break
            } catch is Killed { deaths += 1 }
        }
        // Seven passes of one batch each.
        #expect(deaths == 3)
    }

    @Test func sumsOfOthersAreRefused() throws {
        func part(_ index: Int, _ count: Int, _ origin: StoredSums.Origin = Self.origin) throws -> StoredSums {
            let shard = try #require(Shard(index, of: count))
            let ledger = PassLedger(shard: shard, keeps: true)
            #expect(throws: IncompleteRound.self) { try run(events: 20_000).run(passes: ledger) }
            return StoredSums(origin: origin, shard: shard, passes: ledger.kept)
        }
        var sums = try part(1, 3)
        let before = sums
        let other = try part(0, 3, .init(version: "1", configuration: "c", configurationSHA256: "d"))
        #expect(throws: StoredSumsError.otherConfiguration) { try sums.merge(other) }
        let later = try part(0, 3, .init(version: "2", configuration: "a", configurationSHA256: "b"))
        #expect(throws: StoredSumsError.otherVersion("1", "2")) { try sums.merge(later) }
        let twice = try part(1, 2)
        let error = #expect(throws: StoredSumsError.self) { try sums.merge(twice) }
        #expect(try #require(error).description.contains("are there already"))
        #expect(sums == before)
        #expect(try #require(sums.missing) == "shards 0/3, 2/3 of simulation-scale are missing")
        // Sums of another number of events.
        let ledger = PassLedger(earlier: sums.passes)
        #expect(throws: KeptSumsError.self) { try run(events: 60_000).run(passes: ledger) }
    }
}
