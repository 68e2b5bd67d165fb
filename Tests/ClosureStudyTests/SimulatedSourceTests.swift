import Balance
import CardFiles
import ClosureStudy
import DijetGeneration
import Intercalibration
import Testing

struct SimulatedSourceTests {
    /// Small enough for the thread sanitizer, with many more blocks than threads.
    @Test func threadsShareNothingButTheirSums() throws {
        func sums(threads: Int) throws -> BalanceSums {
            let run = try ClosureRun(
                card: LoadedCard("uniform").card, dataCard: nil, truth: QCDDijets.builtIn, events: 100_000, seed: 3,
                options: DerivationOptions(method: .matrix, selection: .standard, binning: .coarse, passes: 1),
                threads: threads)
            let correction = JetCorrection(scale: nil, residual: nil)
            return try run.source(.pseudoData).balance(correction, binning: .coarse, selection: .standard).sums
        }
        let alone = try sums(threads: 1)
        #expect(alone.rowsSeen == 100_000 && alone.rowsSelected > 10_000)
        #expect(try sums(threads: 8) == alone)
    }
}
