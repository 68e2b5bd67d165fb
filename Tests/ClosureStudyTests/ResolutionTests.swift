import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Foundation
import Intercalibration
import Testing

/// The resolution of simulated detectors from the asymmetry, against that of their jets by truth.
struct ResolutionTests {
    static func run(
        _ card: DetectorCard, events: Int, seed: UInt64 = 1, threads: Int = 2, passes: Int = 2
    ) throws -> ClosureRun {
        try ClosureRun(
            card: card, dataCard: nil, truth: QCDDijets.builtIn, events: events, seed: seed,
            options: DerivationOptions(
                method: .matrix, selection: .standard, binning: .coarse, passes: passes,
                resolutionCuts: try AlphaCuts(AlphaCuts.standard(.standard), selection: .standard)), threads: threads)
    }

    /// A built-in card whose data have another resolution.
    static func card(_ name: String, resolution: Double) throws -> DetectorCard {
        let text = try LoadedCard(name).card.yaml
        let changed = text.replacingOccurrences(
            of: #"resolution_scale: [0-9.]+"#, with: "resolution_scale: \(resolution)", options: .regularExpression)
        try #require(changed != text)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
        return try LoadedCard(path).card
    }

    /// Of `uniform`, data are wider by the factor of the card at all η and pT. Each of some ten numbers is within 3 σ, of fixed seeds.
    @Test(arguments: [1.1, 0.95]) func scaleFactorsOfTheCardAreRecovered(factor: Double) throws {
        let result = try Self.run(Self.card("uniform", resolution: factor), events: 3_000_000).run()
        let test = try #require(result.resolution)
        #expect(test.measured.regions.count >= 4)
        for (region, found) in test.measured.scaleFactors.enumerated() {
            let found = try #require(found)
            #expect(abs(found.value - factor) < 3 * found.uncertainty, "\(region): \(found)")
            #expect(found.uncertainty < (region < 3 ? 0.05 : 0.15))
            #expect(try #require(found.probability) > 0.001)
            // The truth of few forward jets of great weight fluctuates, too.
            let limit = region < 3 ? 0.02 : 0.05
            #expect(abs(try #require(test.injectedScaleFactors[region]) - factor) < limit, "\(region)")
        }
    }

    /// Widths agree with those of truth: of simulation to 3 % and 3 σ, of data to 3 σ after the method's share.
    @Test func widthsAreThoseOfTruth() throws {
        let result = try Self.run(Self.card("cms-like", resolution: 1.1), events: 3_000_000).run()
        let test = try #require(result.resolution)
        for region in test.methodShares.indices {
            let share = try #require(test.methodShares[region])
            #expect(abs(share.value - 1) < 0.04 + 3 * share.uncertainty, "\(region): \(share)")
            let data = try #require(test.dataRatios[region])
            #expect(abs(data.value - 1) < 3 * data.uncertainty, "\(region): \(data)")
            #expect(data.uncertainty < 0.1)
        }
    }

    @Test(arguments: [1, 3]) func anyNumberOfThreadsGivesTheSameBits(threads: Int) throws {
        let card = try LoadedCard("cms-like").card
        let one = try Self.run(card, events: 200_000, threads: threads, passes: 1).run()
        let two = try Self.run(card, events: 200_000, threads: 2, passes: 1).run()
        #expect(one.resolution != nil && one.resolution == two.resolution)
    }

    /// The resolution takes sums along and changes no constant.
    @Test func constantsStayAsTheyAre() throws {
        let card = try LoadedCard("cms-like").card
        let with = try Self.run(card, events: 100_000).run()
        let without = try ClosureRun(
            card: card, dataCard: nil, truth: QCDDijets.builtIn, events: 100_000, seed: 1,
            options: DerivationOptions(method: .matrix, selection: .standard, binning: .coarse, passes: 2), threads: 2
        ).run()
        #expect(without.resolution == nil)
        let (one, two) = (with.derivation.calibration, without.derivation.calibration)
        #expect(one.constants == two.constants && one.logCovariance == two.logCovariance)
        #expect(with.test.truth.nonclosure == without.test.truth.nonclosure)
    }

    /// After smearing both samples have one resolution: in MC where data are worse, in data where these are better.
    @Test(arguments: [(1.1, ResolutionSmearing.Target.simulation), (0.95, .data)])
    func smearedSamplesHaveOneResolution(factor: Double, target: ResolutionSmearing.Target) throws {
        let card = try Self.card("uniform", resolution: factor)
        let options = DerivationOptions(
            method: .matrix, selection: .standard, binning: .coarse, passes: 2,
            resolutionCuts: try AlphaCuts(AlphaCuts.standard(.standard), selection: .standard), smears: true)
        let result = try ClosureRun(
            card: card, dataCard: nil, truth: QCDDijets.builtIn, events: 2_000_000, seed: 1, options: options,
            threads: 2
        ).run()
        let targets = try #require(result.resolution?.smearing?.targets)
        #expect(targets[0] == target && targets[1] == target)
        let left = try #require(try result.derivation.jetResolution())
        for (region, remaining) in left.scaleFactors.enumerated() {
            let (remaining, before) = (
                try #require(remaining), try #require(result.resolution?.measured.scaleFactors[region])
            )
            #expect(abs(remaining.value - 1) < 2 * remaining.uncertainty, "\(region): \(before), then \(remaining)")
        }
        // Data that are 10 % wider stand out before, and no longer after.
        let (before, after) = (
            try #require(result.resolution?.measured.scaleFactors[0]), try #require(left.scaleFactors[0])
        )
        if factor > 1 {
            #expect(before.value - 1 > 2 * before.uncertainty)
            #expect(abs(after.value - 1) < 0.5 * (before.value - 1), "\(before), then \(after)")
        }
    }
}
