import Foundation
import Intercalibration
import Testing

struct InputCompatibilityTests {
    private let bins = 8

    /// The fit of pairs whose means and variances are estimated from a few events each.
    private func fit(_ numbers: inout Numbers, events: Int, shift: (low: Int, high: Int, size: Double)? = nil) throws
        -> FitResult
    {
        var pairs: [PairBalance] = []
        for high in 1..<bins {
            for low in 0..<high {
                var values = (0..<events).map { _ in 0.2 * numbers.normal() }
                if let shift, (low, high) == (shift.low, shift.high) { values = values.map { $0 + shift.size } }
                let mean = values.reduce(0, +) / Double(events)
                let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                pairs.append(
                    PairBalance(
                        low: low, high: high, asymmetry: mean, variance: spread / Double(events * (events - 1)),
                        freedom: Double(events - 1)))
            }
        }
        return try AllPairsFit.solve(bins: bins, pairs: pairs, gauge: Array(repeating: 1 / Double(bins), count: bins))
    }

    /// 1000 experiments of 20 events a pair, the least that counts. Kolmogorov's distance of p-values from uniform ones is 0.03 in 3000
    /// experiments of the same in NumPy, since the weights are estimates as well; 1000 uniform ones have 0.0514 at p = 0.01. χ² that
    /// takes the estimated variances for known ones has 0.11.
    @Test func probabilitiesAreUniformForFewEvents() throws {
        var numbers = Numbers(seed: 5)
        var (probabilities, naive, negative) = ([Double](), [Double](), 0)
        for _ in 0..<1000 {
            let result = try fit(&numbers, events: 20)
            let compatibility = try #require(InputCompatibility([(0, result.pulls)]))
            #expect(abs(compatibility.degreesOfFreedom - Double(28 - 7)) < 1e-6 && compatibility.pairs == 28)
            probabilities.append(compatibility.probability)
            naive.append(try #require(result.quality.probability))
            if !compatibility.inputsAgree { negative += 1 }
        }
        func distance(_ values: [Double]) -> Double {
            values.sorted().enumerated().reduce(0) { max($0, abs($1.element - (Double($1.offset) + 0.5) / 1000)) }
        }
        #expect(distance(probabilities) < 0.06, "\(distance(probabilities))")
        #expect(distance(naive) > 0.08, "\(distance(naive))")
        // One in a hundred by construction; 25 are 4.8 σ more.
        #expect(negative < 25, "\(negative)")
    }

    @Test func aPairThatIsOffIsNamed() throws {
        var numbers = Numbers(seed: 11)
        let result = try fit(&numbers, events: 400, shift: (2, 5, 0.08))
        let compatibility = try #require(InputCompatibility([(3, result.pulls)]))
        #expect(!compatibility.inputsAgree)
        let worst = try #require(compatibility.outliers.first)
        #expect((worst.ptBin, worst.low, worst.high) == (3, 2, 5) && worst.pull > 5 && worst.probability < 1e-4)
        // Also where χ² of many others hides it.
        let others = try (0..<40).map { (ptBin: $0 + 4, pulls: try fit(&numbers, events: 400).pulls) }
        let hidden = try #require(InputCompatibility([(3, result.pulls)] + others))
        let found = try #require(hidden.outliers.first)
        #expect((found.ptBin, found.low, found.high, found.pull) == (3, 2, 5, worst.pull))
        #expect(found.probability > worst.probability)
    }

    /// A pair that alone ties a bin has no residual.
    @Test func whatTheFitFollowsWhollyIsNotTested() throws {
        let pairs = [
            PairBalance(low: 0, high: 1, asymmetry: 0.1, variance: 1e-4),
            PairBalance(low: 1, high: 2, asymmetry: 0.3, variance: 1e-4),
        ]
        let result = try AllPairsFit.solve(bins: 3, pairs: pairs, gauge: [0, 1, 0])
        #expect(InputCompatibility([(0, result.pulls)]) == nil)
        #expect(InputCompatibility([]) == nil)
    }
}
