import Balance
import Binning
import Foundation
import Intercalibration
import Testing

/// Constants from the cut to α = 0: what is known goes in, and comes out with its uncertainty.
struct AlphaExtrapolationTests {
    private static let requirement = EventRequirement()

    /// Data whose balance reacts more to the third jet than that of simulation.
    private static func extrapolation(
        dataSlope: Double = 0.2, slope: Double = 0.12, events: Int = 120_000, seed: UInt64 = 1
    ) throws -> AlphaExtrapolation {
        var toys = AlphaToys()
        toys.probes = [1.5, -1.5, 2.5, -2.5, 3.5, -3.5]
        toys.slope = slope
        let simulation = try toys.sample(events: events, seed: 2 * seed)
        toys.slope = dataSlope
        let data = try toys.sample(events: events, seed: 2 * seed + 1)
        return try AlphaExtrapolation(data: data, simulation: simulation, requirement: requirement)
    }

    /// Σ ωα / Σ ω of all events.
    private static func meanAlpha(_ toys: AlphaToys = AlphaToys()) -> Double {
        toys.fall - 0.3 / (exp(0.3 / toys.fall) - 1)
    }

    @Test func factorsAreTheDifferenceOfTheSlopes() throws {
        let result = try Self.extrapolation()
        #expect(result.cells.map(\.etaBin) == [0, 1, 2, 4, 5, 6])
        for cell in result.cells {
            // c is 1/R: where data have the larger balance at the cut their constant grows.
            let expected = 0.08 * cosh(cell.eta) / cosh(1.5) * Self.meanAlpha()
            #expect(abs(cell.logFactor - expected) < 4 * cell.variance.squareRoot())
            #expect(cell.ratio.line.probability ?? 0 > 1e-4)
        }
        let factor = try #require(result.factor(eta: 6, pt: 0))
        let ofReference = 0.08 / cosh(1.5) * Self.meanAlpha()
        let truth = 0.08 * cosh(3.5) / cosh(1.5) * Self.meanAlpha() - ofReference
        #expect(abs(log(factor.value) - truth) < 3 * factor.uncertainty)
        #expect(try #require(result.factor(eta: 3, pt: 0)).value == 1)
    }

    /// 200 pseudo-experiments: what a cell says of its own uncertainty. p by chance below 10⁻⁴.
    @Test func factorsScatterAsTheySay() throws {
        var pulls: [Double] = []
        for seed in 1...UInt64(200) {
            let result = try Self.extrapolation(events: 12_000, seed: seed)
            for cell in result.cells where abs(cell.eta) < 2 {
                let truth = 0.08 * cosh(cell.eta) / cosh(1.5) * Self.meanAlpha()
                pulls.append((cell.logFactor - truth) / cell.variance.squareRoot())
            }
        }
        #expect(pulls.count == 400 && uniformityProbability(pulls.map(normalDistribution)) > 1e-4)
    }

    /// Exactly: the same events in both samples.
    @Test func equalSamplesNeedNoExtrapolation() throws {
        var toys = AlphaToys()
        toys.probes = [1.5, -1.5, 2.5, -2.5]
        let sample = try toys.sample(events: 20_000, seed: 9)
        let result = try AlphaExtrapolation(data: sample, simulation: sample, requirement: Self.requirement)
        #expect(result.cells.count == 4 && result.cells.allSatisfy { $0.logFactor == 0 && $0.variance > 0 })
        #expect(result.factor(eta: 1, pt: 0)?.value == 1)
    }

    @Test func oneSampleAloneIsExtrapolated() throws {
        let sample = try AlphaToys().sample(events: 50_000, seed: 4)
        let result = try AlphaExtrapolation(data: sample, simulation: nil, requirement: Self.requirement)
        let cell = try #require(result.cells.first)
        #expect(cell.simulation == nil && cell.ratio == cell.data)
        #expect(abs(cell.logFactor - 0.12 * Self.meanAlpha()) < 4 * cell.variance.squareRoot())
        // One cell makes no curve, and that is told.
        #expect(result.common == nil && result.factor(eta: 4, pt: 0) == nil)
    }

    /// Cuts below which there are no new events are left out: the covariance would be singular.
    @Test func cutsWithTheSameEventsAreOne() throws {
        var toys = AlphaToys()
        toys.threshold = 0.11
        let sample = try toys.sample(events: 50_000, seed: 4)
        let result = try AlphaExtrapolation(data: sample, simulation: nil, requirement: Self.requirement)
        #expect(try #require(result.cells.first).data.points.cuts == [0.15, 0.2, 0.25, 0.3])
    }

    @Test func tooFewEventsHaveNoCell() throws {
        let result = try AlphaExtrapolation(
            data: try AlphaToys().sample(events: 24, seed: 1), simulation: nil, requirement: Self.requirement)
        #expect(result.cells.isEmpty)
    }

    private static func constants(_ binning: BalanceBinning) -> Calibration {
        let bins = binning.eta.count
        let quality = FitQuality(
            chiSquared: 1, degreesOfFreedom: 1, probability: 0.3, pairs: 1, rank: 1, expectedRank: 1,
            conditionNumber: 1, iterations: 1, converged: true, components: [], invalidReason: nil)
        let table = ResponseTable(
            values: Array(repeating: [nil], count: bins), uncertainties: Array(repeating: [nil], count: bins))
        var constants: [[Double?]] = Array(repeating: [1.02], count: bins)
        constants[0] = [nil]
        return Calibration(
            method: .central, kind: .dataOverSimulation, binning: binning, constants: constants,
            ptMean: Array(repeating: [75], count: bins), status: Array(repeating: [.ok], count: bins),
            logCovariance: [(0..<bins).map { row in (0..<bins).map { row == $0 && row > 0 ? 1e-6 : 0 } }],
            fits: [quality], dataResponse: table, simulationResponse: nil, passes: 1)
    }

    @Test func constantsAndTheirCovarianceTakeTheCurve() throws {
        let extrapolation = try Self.extrapolation()
        let before = Self.constants(extrapolation.binning)
        let after = before.extrapolated(by: extrapolation)
        #expect(after.extrapolation == extrapolation && after.isValid)
        #expect(after.constants[0][0] == nil && after.logCovariance[0][0].allSatisfy { $0 == 0 })
        for eta in 1..<7 {
            let factor = try #require(extrapolation.factor(eta: eta, pt: 0))
            #expect(abs((after.constants[eta][0] ?? 0) / (1.02 * factor.value) - 1) < 1e-14)
            let added = after.logCovariance[0][eta][eta] - before.logCovariance[0][eta][eta]
            #expect(abs(added - pow(factor.uncertainty / factor.value, 2)) < 1e-15)
        }
        // The curve is even in η: it moves both sides together.
        let (one, two) = (
            try #require(extrapolation.factor(eta: 1, pt: 0)), try #require(extrapolation.factor(eta: 5, pt: 0))
        )
        let common = one.uncertainty / one.value * two.uncertainty / two.value
        #expect(abs(after.logCovariance[0][1][5] / common - 1) < 0.05)
    }

    @Test func whatCannotBeExtrapolatedIsNotValid() throws {
        let sample = try AlphaToys().sample(events: 24, seed: 1)
        let none = try AlphaExtrapolation(data: sample, simulation: nil, requirement: Self.requirement)
        let before = Self.constants(none.binning)
        let after = before.extrapolated(by: none)
        #expect(!after.isValid && after.constants == before.constants)
    }

    @Test func methodsThatFoldAreNotExtrapolated() {
        #expect(Method.matrix.isExtrapolable && Method.matrixLinear.isExtrapolable && Method.central.isExtrapolable)
        #expect(throws: MethodError.cannotExtrapolate(.fold)) { try Method.fold.requireExtrapolable() }
    }
}
