import Balance
import Foundation
import Intercalibration
import Testing

/// 500 samples with a known imbalance. Seeds are fixed; the limits on p-values fail by chance in one of 100 000 choices of them, and
/// two standard deviations in one of 22 (of 4000 samples the mean pull is 0.03 ± 0.02).
struct AlphaToyTests {
    struct Outcome {
        var intercepts: [Double] = []
        var variances: [Double] = []
        var pulls: [Double] = []
        var probabilities: [Double] = []
        var stepPulls: [Double] = []
    }

    static let toys = AlphaToys()
    static let experiments = Result { try run(500) { $0 } }
    /// What a fit does that takes the points for independent.
    static let naive = Result {
        try run(500) { points in
            AlphaPoints(
                cuts: points.cuts, alpha: points.alpha, logRatio: points.logRatio,
                covariance: points.covariance.indices.map { row in
                    points.covariance.indices.map { row == $0 ? points.covariance[row][row] : 0 }
                })
        }
    }

    static func run(_ count: Int, _ change: (AlphaPoints) -> AlphaPoints) throws -> Outcome {
        var outcome = Outcome()
        let truth = 2 * atanh(toys.intercept / 2)
        // What the fall of α gives below the last cut.
        let edge = 0.3 / toys.fall
        let mean = toys.fall - 0.3 / (exp(edge) - 1)
        for seed in 1001...UInt64(1000 + count) {
            guard let points = try toys.points(events: 3000, seed: seed).map(change) else { continue }
            let line = try AlphaLine(points)
            outcome.intercepts.append(line.intercept)
            outcome.variances.append(line.covariance[0][0])
            outcome.pulls.append((line.intercept - truth) / line.covariance[0][0].squareRoot())
            if let probability = line.probability { outcome.probabilities.append(probability) }
            let step = line.step(beyondLastOf: points)
            outcome.stepPulls.append((step.value + toys.slope * mean) / step.variance.squareRoot())
        }
        return outcome
    }

    @Test func theInterceptIsRecoveredWithinTwoStandardDeviations() throws {
        let outcome = try Self.experiments.get()
        try #require(outcome.intercepts.count == 500)
        let weights = outcome.variances.map { 1 / $0 }
        let total = weights.reduce(0, +)
        let mean = zip(outcome.intercepts, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
        let truth = 2 * atanh(Self.toys.intercept / 2)
        #expect(abs(mean - truth) < 2 / total.squareRoot(), "\((mean - truth) * total.squareRoot()) σ")
    }

    @Test func probabilitiesAreUniformAndPullsNormal() throws {
        let outcome = try Self.experiments.get()
        for (name, values) in [
            ("p-values", outcome.probabilities), ("pulls", outcome.pulls.map(normalDistribution)),
            ("pulls of the step", outcome.stepPulls.map(normalDistribution)),
        ] {
            let probability = uniformityProbability(values)
            #expect(probability > 1e-5, "\(name): \(probability)")
        }
    }

    /// The same test sees a covariance that forgets what points have in common: χ² is far too small.
    @Test func theDiagonalAloneFails() throws {
        let outcome = try Self.naive.get()
        #expect(uniformityProbability(outcome.probabilities) < 1e-100)
    }

    /// Third jets that are too soft to be listed are not at α = 0.
    @Test func unlistedThirdJetsDoNotMoveTheIntercept() throws {
        var toys = Self.toys
        toys.threshold = 0.07
        toys.fall = 0.5
        let points = try #require(try toys.points(events: 200_000, seed: 3))
        // Below the first cut nothing is listed, and the second holds all of that.
        let kept = AlphaPoints(
            cuts: Array(points.cuts.dropFirst()), alpha: Array(points.alpha.dropFirst()),
            logRatio: Array(points.logRatio.dropFirst()),
            covariance: points.covariance.dropFirst().map { Array($0.dropFirst()) })
        let line = try AlphaLine(kept)
        let truth = 2 * atanh(toys.intercept / 2)
        #expect(abs(line.intercept - truth) < 4 * line.covariance[0][0].squareRoot())
        #expect(abs(points.alpha[1] / 0.05 - 1) < 0.05)
    }
}
