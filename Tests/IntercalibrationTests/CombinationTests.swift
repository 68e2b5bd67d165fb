import Balance
import Binning
import Foundation
import Intercalibration
import Testing

/// Combinations of made-up methods: known formulas, toys and laws.
struct CombinationTests {
    /// ln c of each η bin in the one pT bin, and the same of replicas.
    private static func input(
        _ logs: [Double], replicas: [[Double]], reference: Double = 1, edges: [Double] = [-3, -1, 1, 3],
        kind: Calibration.Kind = .dataOverSimulation
    ) throws -> Combination.Input {
        let binning = try BalanceBinning(
            eta: try Axis(edges: edges), ptAverage: try Axis(edges: [50, 100]), referenceAbsEtaMaximum: reference,
            quotedPtMinimum: 50)
        let table = logs.map { [Optional(exp($0))] }
        let response = ResponseTable(values: table, uncertainties: table)
        let quality = FitQuality(
            chiSquared: 0, degreesOfFreedom: 0, probability: nil, pairs: 0, rank: 0, expectedRank: 0,
            conditionNumber: 1, iterations: 1, converged: true, components: [], invalidReason: nil)
        let calibration = Calibration(
            method: .matrix, kind: kind, binning: binning, constants: table, ptMean: logs.map { _ in [70] },
            status: logs.map { _ in [.ok] },
            logCovariance: [logs.map { _ in logs.map { _ in 0 } }], fits: [quality], dataResponse: response,
            simulationResponse: response, passes: 1)
        let bootstrap = Bootstrap(
            subSamples: 1024, fitted: [logs.map { -$0 }], quotedVariances: [logs.map { _ in 1 }],
            logResponses: [replicas.map { $0.map { -$0 } }])
        return .init(calibration, replicas: bootstrap)
    }

    private static let count = 200

    /// Two series of mean 0, variance 1 and correlation 0, exactly.
    private static let series: [(Double, Double)] = (0..<count).map { index in
        let angle = 2 * Double.pi * Double(index) / Double(count)
        let size = (2 * Double(count - 1) / Double(count)).squareRoot()
        return (size * cos(angle), size * sin(angle))
    }

    private static func pair(
        _ values: (Double, Double), deviations: (Double, Double), correlation rho: Double
    ) throws -> [Combination.Input] {
        let rest = (1 - rho * rho).squareRoot()
        return [
            try input(
                [values.0, 0, 0.01], replicas: series.map { [values.0 + deviations.0 * $0.0, 0, 0.01 + 0.01 * $0.0] }),
            try input(
                [values.1, 0, 0.02],
                replicas: series.map {
                    [values.1 + deviations.1 * (rho * $0.0 + rest * $0.1), 0, 0.02 + 0.02 * $0.1]
                }),
        ]
    }

    /// Lyons, Gibaut and Clifford: w_1 = (σ_2² − ρ σ_1 σ_2)/(σ_1² + σ_2² − 2 ρ σ_1 σ_2), below zero for the less precise beyond ρ = σ_1/σ_2.
    @Test(arguments: [(0.01, 0.01, 0.0), (0.01, 0.02, 0.3), (0.01, 0.02, 0.8), (0.03, 0.02, 0.9), (0.01, 0.015, -0.6)])
    func twoMeasurementsFollowTheFormula(one: Double, two: Double, rho: Double) throws {
        let values = (0.05, 0.08)
        let result = try Combination(try Self.pair(values, deviations: (one, two), correlation: rho))
        let total = one * one + two * two - 2 * rho * one * two
        let weight = (two * two - rho * one * two) / total
        let bin = try #require(result.bins[0][0])
        #expect(abs(bin.weights[0] - weight) < 1e-12 && abs(bin.weights[1] - 1 + weight) < 1e-12)
        let constant = try #require(result.calibration.constants[0][0])
        #expect(abs(log(constant) - weight * values.0 - (1 - weight) * values.1) < 1e-12)
        let variance = one * one * two * two * (1 - rho * rho) / total
        #expect(abs(result.calibration.logCovariance[0][0][0] / variance - 1) < 1e-10)
        #expect(abs(bin.chiSquared - 0.03 * 0.03 / total) < 1e-9 && bin.degreesOfFreedom == 1)
        let isNegative = rho > min(one, two) / max(one, two)
        #expect(result.negative.contains { $0 == (0, 0) } == isNegative)
        // Bins beside each other share what replicas say: in bin 2 both methods are independent.
        let beside = try #require(result.bins[2][0])
        #expect(abs(beside.weights[0] - 0.8) < 1e-12)
        let rest = (1 - rho * rho).squareRoot()
        let shared = (weight * one + (1 - weight) * two * rho) * 0.8 * 0.01 + (1 - weight) * two * rest * 0.2 * 0.02
        #expect(abs(result.calibration.logCovariance[0][0][2] - shared) < 1e-12)
        // The gauge alone fixes the middle.
        #expect(result.calibration.constants[1][0] == 1 && result.bins[1][0]?.degreesOfFreedom == 0)
    }

    /// A bin of pT and the next share what the combined replicas do: ¼ (0.01 · 0.02 · 0.6) of the mean of two methods of which one
    /// fluctuates in both bins alike, to 0.6, and the other in each by itself; all four with the deviation of its bin.
    @Test func neighbouringBinsOfPtShareWhatReplicasDo() throws {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-3, -1, 1, 3]), ptAverage: try Axis(edges: [50, 100, 200]),
            referenceAbsEtaMaximum: 1, quotedPtMinimum: 50)
        // Harmonics: mean 0, variance 1, no correlation.
        func harmonic(_ number: Int, _ index: Int) -> Double {
            let angle = 2 * Double.pi * Double(number * index) / Double(Self.count)
            return (2 * Double(Self.count - 1) / Double(Self.count)).squareRoot() * cos(angle)
        }
        func input(_ replicas: [[Double]]) -> Combination.Input {
            let table: [[Double?]] = [[1, 1], [1, 1], [1, 1]]
            let zero = (0..<3).map { _ in [0.0, 0, 0] }
            let response = ResponseTable(values: table, uncertainties: table)
            let quality = FitQuality(
                chiSquared: 0, degreesOfFreedom: 0, probability: nil, pairs: 0, rank: 0, expectedRank: 0,
                conditionNumber: 1, iterations: 1, converged: true, components: [], invalidReason: nil)
            let calibration = Calibration(
                method: .matrix, kind: .dataOverSimulation, binning: binning, constants: table,
                ptMean: (0..<3).map { _ in [70, 140] }, status: (0..<3).map { _ in [.ok, .ok] },
                logCovariance: [zero, zero], fits: [quality, quality], dataResponse: response,
                simulationResponse: response, passes: 1)
            let bootstrap = Bootstrap(
                subSamples: 1024, fitted: [[0, 0, 0], [0, 0, 0]], quotedVariances: [[1, 1, 1], [1, 1, 1]],
                logResponses: (0..<2).map { pt in replicas.map { [-$0[pt], 0, 0.01 * $0[2]] } })
            return .init(calibration, replicas: bootstrap)
        }
        let indices = 0..<Self.count
        let result = try Combination([
            input(
                indices.map {
                    [0.01 * harmonic(1, $0), 0.02 * (0.6 * harmonic(1, $0) + 0.8 * harmonic(2, $0)), harmonic(5, $0)]
                }),
            input(indices.map { [0.01 * harmonic(3, $0), 0.02 * harmonic(4, $0), harmonic(6, $0)] }),
        ])
        #expect(abs(try #require(result.bins[0][0]).weights[0] - 0.5) < 1e-12)
        #expect(abs(result.calibration.crossLogCovariance[0][0][0][0] - 0.25 * 0.01 * 0.02 * 0.6) < 1e-12)
        #expect(abs(result.calibration.logCovariance[0][0][0] - 0.5 * 1e-4) < 1e-12)
    }

    @Test func positiveWeightsTakeTheBetterAlone() throws {
        let inputs = try Self.pair((0.05, 0.08), deviations: (0.01, 0.03), correlation: 0.9)
        let free = try Combination(inputs)
        let bound = try Combination(inputs, weights: .positive)
        let weights = try #require(bound.bins[0][0]).weights
        #expect(weights == [1, 0] && bound.negative.isEmpty && free.negative.count == 1)
        #expect(bound.calibration.logCovariance[0][0][0] > free.calibration.logCovariance[0][0][0])
        #expect(bound.bins[2][0]?.weights == free.bins[2][0]?.weights)
        #expect(bound.chiSquared == free.chiSquared)
    }

    /// 2000 experiments of two correlated methods whose replicas are as many random numbers. The combination has mean 0 and the variance
    /// that it quotes, within 4 of what 2000 tell: 4/√2000 σ, and 4 √(2/2000) = 0.126 with 1/200 for weights that fluctuate.
    @Test func toysAreUnbiasedWithTheVarianceThatIsQuoted() throws {
        var random = Numbers(seed: 4)
        var (sum, squares, quoted, pulls) = (0.0, 0.0, 0.0, 0.0)
        let experiments = 2000
        func draw() -> (Double, Double) {
            let (first, second) = (random.normal(), random.normal())
            return (0.010 * first, 0.014 * (0.5 * first + 0.75.squareRoot() * second))
        }
        for _ in 0..<experiments {
            let values = draw()
            let replicas = (0..<Self.count).map { _ in draw() }
            let result = try Combination([
                try Self.input([values.0, 0, 0], replicas: replicas.map { [$0.0, 0, 0.01 * random.normal()] }),
                try Self.input([values.1, 0, 0], replicas: replicas.map { [$0.1, 0, 0.01 * random.normal()] }),
            ])
            let value = log(try #require(result.calibration.constants[0][0]))
            let variance = result.calibration.logCovariance[0][0][0]
            sum += value
            squares += value * value
            quoted += variance
            pulls += try #require(result.bins[0][0]).chiSquared
        }
        let count = Double(experiments)
        #expect(abs(sum / count) < 4 * (squares / count / count).squareRoot())
        #expect(abs(squares / quoted - 1) < 0.14, "\(squares / quoted)")
        // σ² (1 − ρ²) σ_2² / (σ_1² + σ_2² − 2 ρ σ_1 σ_2).
        let best = 1e-4 * 1.96e-4 * 0.75 / (1e-4 + 1.96e-4 - 1.4e-4)
        #expect(abs(quoted / count / best - 1) < 0.03 && quoted / count < 0.95e-4)
        #expect(abs(pulls / count - 1) < 0.15, "mean chi2 of one degree of freedom \(pulls / count)")
    }

    @Test func theGaugeHoldsForWeightsOfEachBinsOwn() throws {
        var random = Numbers(seed: 9)
        let edges: [Double] = [-3, -1, -0.4, 0.5, 1, 3]
        let inputs = try (1...3).map { method in
            try Self.input(
                (0..<5).map { _ in 0.02 * random.normal() },
                replicas: (0..<Self.count).map { _ in (0..<5).map { 0.003 * Double(method + $0) * random.normal() } },
                edges: edges)
        }
        let result = try Combination(inputs).calibration
        let gauge = result.binning.gaugeWeights
        let mean = (0..<5).reduce(0.0) { $0 + gauge[$1] * log(result.constants[$1][0] ?? .nan) }
        #expect(abs(mean) < 1e-15)
        for eta in 0..<5 {
            let along = (0..<5).reduce(0.0) { $0 + gauge[$1] * result.logCovariance[0][eta][$1] }
            #expect(abs(along) < 1e-17 && result.logCovariance[0][eta][eta] > 0)
        }
    }

    /// Bins are correlated: how large their χ² is replicas tell, for methods that agree and for one that is off by 10 standard deviations.
    @Test func disagreementIsSeen() throws {
        let near = try Combination(try Self.pair((0.05, 0.055), deviations: (0.01, 0.01), correlation: 0.2))
        let far = try Combination(try Self.pair((0.05, 0.2), deviations: (0.01, 0.01), correlation: 0.2))
        #expect(near.degreesOfFreedom == 2 && far.degreesOfFreedom == 2)
        #expect(try #require(near.probability) > 0.3)
        #expect(try #require(far.probability) == 1 / Double(Self.count + 1))
    }

    @Test func aBinOfOneMethodAloneIsTaken() throws {
        var inputs = try Self.pair((0.05, 0.06), deviations: (0.01, 0.01), correlation: 0)
        var calibration = inputs[0].calibration
        (calibration.constants[0][0], calibration.status[0][0]) = (nil, .tooFewEvents)
        inputs[0] = .init(calibration, replicas: inputs[0].replicas)
        let result = try Combination(inputs)
        #expect(result.bins[0][0]?.weights == [0, 1] && result.bins[0][0]?.degreesOfFreedom == 0)
        #expect(result.calibration.status[0][0] == .ok)
        #expect(abs(log(try #require(result.calibration.constants[0][0])) - 0.06) < 1e-15)
    }

    @Test func whatCannotBeCombinedSaysSo() throws {
        let inputs = try Self.pair((0.05, 0.06), deviations: (0.01, 0.01), correlation: 0)
        #expect(throws: CombinationError.tooFew) { try Combination([inputs[0]]) }
        #expect(throws: CombinationError.tooMany(9)) { try Combination(Array(repeating: inputs[0], count: 9)) }
        #expect(throws: CombinationError.alike(eta: 0, pt: 0)) { try Combination([inputs[0], inputs[0]]) }
        let other = try Self.input([0, 0, 0], replicas: Self.series.map { [$0.0, 0, $0.1] }, edges: [-3, -1, 1, 2.5])
        #expect(throws: CombinationError.otherBins(1)) { try Combination([inputs[0], other]) }
        let alone = try Self.input([0, 0, 0], replicas: Self.series.map { [$0.0, 0, $0.1] }, kind: .single)
        #expect(throws: CombinationError.otherKind(1)) { try Combination([inputs[0], alone]) }
        let few = try Self.input([0, 0, 0], replicas: Self.series.prefix(99).map { [$0.0, 0, $0.1] })
        #expect(throws: CombinationError.otherReplicas(1, here: [99, 1024], first: [200, 1024])) {
            try Combination([inputs[0], few])
        }
        #expect(throws: CombinationError.tooFewReplicas(99)) { try Combination([few, few]) }
        var smooth = inputs[1].calibration
        smooth.smoothing = SmoothedConstants(
            .kernel, bins: [], covariance: [], rawConstants: [], rawUncertainties: [])
        #expect(throws: CombinationError.changedAfterTheFit(1)) {
            try Combination([inputs[0], .init(smooth, replicas: inputs[1].replicas)])
        }
    }
}
