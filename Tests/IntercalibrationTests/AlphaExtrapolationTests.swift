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

    /// Events of all classes but the first have its mean balance: further points say nothing new, and their covariance has no inverse.
    @Test func pointsThatSayNothingNewHaveNoLine() throws {
        var toys = AlphaToys()
        toys.sliceWeights = [1]
        toys.balance = { row, alpha in alpha < 0.05 ? (row % 2 == 0 ? 0.05 : -0.05) : 0 }
        // As many to one side as to the other.
        toys.alphas = { row in 0.04 + 0.05 * Double(row / 2 % 6) }
        let still = try toys.sample(events: 12_000, seed: 4)
        let moments = try #require(still.sums.moments(ptBin: 0, etaBin: 4, weights: still.weights))
        #expect(moments.asymmetry.allSatisfy { abs($0) < 1e-9 } && moments.covariance[5][5] > 1e-9)
        #expect(throws: (any Error).self) { try AlphaLine(AlphaPoints(moments, cuts: Array(0..<6))) }
        let moving = try AlphaToys().sample(events: 20_000, seed: 5)
        for (data, simulation) in [(still, nil), (still, still), (moving, still)] {
            let result = try AlphaExtrapolation(data: data, simulation: simulation, requirement: Self.requirement)
            #expect(result.cells.isEmpty && result.common == nil)
        }
    }

    @Test func tooFewEventsHaveNoCell() throws {
        let result = try AlphaExtrapolation(
            data: try AlphaToys().sample(events: 24, seed: 1), simulation: nil, requirement: Self.requirement)
        #expect(result.cells.isEmpty)
    }

    private static func constants(_ binning: BalanceBinning) -> Calibration {
        let (bins, pts) = (binning.eta.count, binning.ptAverage.count)
        func table<Element>(_ value: Element) -> [[Element]] {
            Array(repeating: Array(repeating: value, count: pts), count: bins)
        }
        let quality = FitQuality(
            chiSquared: 1, degreesOfFreedom: 1, probability: 0.3, pairs: 1, rank: 1, expectedRank: 1,
            conditionNumber: 1, iterations: 1, converged: true, components: [], invalidReason: nil)
        let responses = ResponseTable(values: table(nil), uncertainties: table(nil))
        var constants: [[Double?]] = table(1.02)
        constants[0] = Array(repeating: nil, count: pts)
        let block = (0..<bins).map { row in (0..<bins).map { row == $0 && row > 0 ? 1e-6 : 0 } }
        return Calibration(
            method: .central, kind: .dataOverSimulation, binning: binning, constants: constants,
            ptMean: table(75), status: table(.ok), logCovariance: Array(repeating: block, count: pts),
            fits: Array(repeating: quality, count: pts), dataResponse: responses, simulationResponse: nil, passes: 1)
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

    /// Bins of pT with one curve are moved by it together, beyond what they had in common; a bin without a constant is not.
    @Test func binsOfPtShareTheCurve() throws {
        var toys = AlphaToys()
        toys.probes = [1.5, -1.5, 2.5, -2.5, 3.5, -3.5]
        (toys.averages, toys.ptEdges) = ([75, 150], [50, 100, 200])
        let simulation = try toys.sample(events: 120_000, seed: 2)
        toys.slope = 0.2
        let data = try toys.sample(events: 120_000, seed: 3)
        let extrapolation = try AlphaExtrapolation(
            data: data, simulation: simulation, requirement: Self.requirement)
        #expect(!extrapolation.dependsOnPt && extrapolation.cells.count == 12)
        var before = Self.constants(extrapolation.binning)
        let after = before.extrapolated(by: extrapolation)
        let block = try #require(after.crossLogCovariance.first?.first)
        for (row, column) in [(1, 1), (1, 5), (4, 2)] {
            let (one, two) = (
                try #require(extrapolation.factor(eta: row, pt: 0)),
                try #require(extrapolation.factor(eta: column, pt: 1))
            )
            let common = one.uncertainty / one.value * two.uncertainty / two.value
            // The curve is even in η, and means of η differ a little.
            #expect(abs(block[row][column] / common - 1) < 0.05, "\(block[row][column] / common)")
        }
        #expect(block[0].allSatisfy { $0 == 0 } && block.allSatisfy { $0[0] == 0 })
        before.crossLogCovariance = [[after.logCovariance[0].map { $0.map { _ in 3e-7 } }], []]
        let tied = before.extrapolated(by: extrapolation)
        #expect(abs(tied.crossLogCovariance[0][0][1][6] - block[1][6] - 3e-7) < 1e-15)
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
