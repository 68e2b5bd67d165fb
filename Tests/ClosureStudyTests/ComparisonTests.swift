import Balance
import CardFiles
import ClosureStudy
import DijetGeneration
import Intercalibration
import Testing

/// Comparisons of derived calibrations: whether what they give as the uncertainty of a difference is what differences have.
/// After one pass, when quoted uncertainties are right (docs/physics.md, Refinement).
struct ComparisonTests {
    private static func constants(seed: UInt64, _ method: Method = .matrix, _ detector: String = "uniform") throws
        -> Calibration
    {
        let options = DerivationOptions(method: method, selection: .standard, binning: .coarse, passes: 1)
        let run = try ClosureRun(
            card: LoadedCard(detector).card, dataCard: nil, truth: QCDDijets.builtIn, events: 400_000, seed: seed,
            options: options, threads: 2)
        return try Derivation(
            data: run.source(.pseudoData), simulation: run.source(.simulation), scale: nil, options: options
        ).calibration
    }

    /// Seeds 1 against 2, 3 against 4 and so on: the sum of χ² has its ndf. Both limits have p = 0.001.
    @Test func independentClosuresAreCompatible() throws {
        var (chiSquared, freedom, pulls) = (0.0, 0, 0)
        for seed in stride(from: UInt64(1), to: 9, by: 2) {
            let comparison = try CalibrationComparison(
                Self.constants(seed: seed + 1), with: Self.constants(seed: seed), correlation: .none)
            let summary = comparison.summary()
            chiSquared += try #require(summary.chiSquared)
            freedom += summary.degreesOfFreedom
            pulls += summary.beyondThree
        }
        #expect(freedom > 100)
        // χ² of so many is normal around ndf with a variance of 2 ndf.
        let deviation = (chiSquared - Double(freedom)) / (2 * Double(freedom)).squareRoot()
        #expect(abs(deviation) < 3.3, "χ²/ndf = \(chiSquared)/\(freedom)")
        #expect(pulls <= 4)
    }

    /// The central reference uses a part of what all pairs do, from the same events. Hausman's variance is then that of the
    /// differences; the sum of both would be far too large.
    @Test func twoMethodsOnTheSameEventsAreNested() throws {
        var (chiSquared, freedom, contrary, independent) = (0.0, 0, 0, 0.0)
        for seed in UInt64(1)...4 {
            let (matrix, central) = (try Self.constants(seed: seed), try Self.constants(seed: seed, .central))
            let comparison = try CalibrationComparison(central, with: matrix, correlation: .nested)
            #expect(comparison.referenceIsMorePrecise)
            let summary = comparison.summary()
            chiSquared += try #require(summary.chiSquared)
            freedom += summary.degreesOfFreedom
            contrary += summary.contraryDirections
            independent += try #require(
                CalibrationComparison(central, with: matrix, correlation: .none).summary().chiSquared)
        }
        #expect(freedom > 80 && contrary < freedom / 10)
        let deviation = (chiSquared - Double(freedom)) / (2 * Double(freedom)).squareRoot()
        #expect(abs(deviation) < 3.3, "χ²/ndf = \(chiSquared)/\(freedom)")
        #expect(independent < 0.7 * Double(freedom), "χ² = \(independent)")
    }

    /// The comparison has power: other detectors have other constants.
    @Test func otherDetectorsDiffer() throws {
        let comparison = try CalibrationComparison(
            Self.constants(seed: 2, .matrix, "cms-like"), with: Self.constants(seed: 1), correlation: .none)
        #expect(try #require(comparison.summary().probability) < 1e-10)
    }
}
