import Foundation
import Intercalibration
import Testing

struct AllPairsFitTests {
    /// Asymmetries of given responses, without noise.
    private func pairs(_ responses: [Double], variance: (Int, Int) -> Double = { _, _ in 1e-4 }) -> [PairBalance] {
        var pairs: [PairBalance] = []
        for high in 1..<responses.count {
            for low in 0..<high {
                let asymmetry = 2 * (responses[low] - responses[high]) / (responses[low] + responses[high])
                pairs.append(PairBalance(low: low, high: high, asymmetry: asymmetry, variance: variance(low, high)))
            }
        }
        return pairs
    }

    @Test func responsesComeBackInTheGauge() throws {
        let responses = [0.7, 1.2, 0.9, 1.1, 0.6, 1.3]
        let gauge = [0, 0, 0.25, 0.75, 0, 0]
        let result = try AllPairsFit.solve(bins: 6, pairs: pairs(responses), gauge: gauge)
        let scale = 0.25 * log(0.9) + 0.75 * log(1.1)
        for bin in 0..<6 { #expect(abs(try #require(result.logResponse[bin]) - (log(responses[bin]) - scale)) < 1e-13) }
        #expect(result.quality.isValid && result.quality.chiSquared < 1e-18)
        #expect(result.quality.degreesOfFreedom == 10 && result.quality.rank == 5)
    }

    @Test func theGaugeIsExactAndHasNoUncertainty() throws {
        let gauge = [0.1, 0.2, 0.3, 0.4]
        let result = try AllPairsFit.solve(
            bins: 4, pairs: pairs([1, 1.1, 0.8, 0.9]) { low, high in 1e-5 * Double(1 + low + 7 * high) }, gauge: gauge)
        func projection(_ values: [Double]) -> Double { zip(gauge, values).reduce(0) { $0 + $1.0 * $1.1 } }
        let responses = result.logResponse.compactMap { $0 }
        #expect(responses.count == 4)
        #expect(abs(projection(responses)) < 1e-15)
        for row in result.covariance { #expect(abs(projection(row)) < 1e-15) }
    }

    @Test func exchangingTheJetsOfEveryPairInverts() throws {
        // Mirror the numbering: pair (i, j) becomes (n−1−j, n−1−i) with the sign of A changed.
        let noisy = pairs([0.7, 1.2, 0.9, 1.1, 0.6]).enumerated().map { index, pair in
            PairBalance(
                low: pair.low, high: pair.high, asymmetry: pair.asymmetry + 0.02 * sin(Double(index)),
                variance: pair.variance)
        }
        let mirrored = noisy.map {
            PairBalance(low: 4 - $0.high, high: 4 - $0.low, asymmetry: -$0.asymmetry, variance: $0.variance)
        }
        let gauge = Array(repeating: 0.2, count: 5)
        let result = try AllPairsFit.solve(bins: 5, pairs: noisy, gauge: gauge)
        let mirror = try AllPairsFit.solve(bins: 5, pairs: mirrored, gauge: gauge)
        for bin in 0..<5 {
            #expect(abs(try #require(result.logResponse[bin]) - (try #require(mirror.logResponse[4 - bin]))) < 1e-13)
        }
        #expect(abs(result.quality.chiSquared - mirror.quality.chiSquared) < 1e-9 * result.quality.chiSquared)
    }

    @Test func anotherGaugeShiftsEverythingAlike() throws {
        let balance = pairs([0.7, 1.2, 0.9, 1.1]).enumerated().map { index, pair in
            PairBalance(
                low: pair.low, high: pair.high, asymmetry: pair.asymmetry + 0.01 * cos(Double(index)), variance: 1e-4)
        }
        let first = try AllPairsFit.solve(bins: 4, pairs: balance, gauge: [1, 0, 0, 0])
        let second = try AllPairsFit.solve(bins: 4, pairs: balance, gauge: [0, 0, 0.5, 0.5])
        let shift = try #require(second.logResponse[0]) - (try #require(first.logResponse[0]))
        for bin in 1..<4 {
            #expect(abs(try #require(second.logResponse[bin]) - (try #require(first.logResponse[bin])) - shift) < 1e-12)
        }
        #expect(abs(first.quality.chiSquared - second.quality.chiSquared) < 1e-9)
    }

    @Test func simulationCancelsPairByPair() throws {
        // A common imbalance that no set of responses could make drops out.
        let data = [0.95, 1.0, 1.05]
        let balance = pairs(data).map { pair -> PairBalance in
            let common = 0.3 * Double(pair.low + 1) * Double(pair.high)
            let ratio = log(data[pair.low] / data[pair.high]) + common
            return PairBalance(
                low: pair.low, high: pair.high, asymmetry: 2 * tanh(ratio / 2), variance: 1e-4,
                expectedLogRatio: common,
                expectedVariance: 1e-4)
        }
        let result = try AllPairsFit.solve(bins: 3, pairs: balance, gauge: [0, 1, 0])
        for bin in 0..<3 { #expect(abs(try #require(result.logResponse[bin]) - log(data[bin])) < 1e-12) }
        #expect(result.quality.chiSquared < 1e-18)
    }

    @Test func whatIsNotTiedToTheReferenceIsUnconstrained() throws {
        let balance = pairs([1, 1.1, 0.9, 1.2, 0.8]).filter {
            Set([$0.low, $0.high]).isSubset(of: [0, 1]) || $0.low >= 2
        }
        .filter { $0.high != 4 }
        let result = try AllPairsFit.solve(bins: 5, pairs: balance, gauge: [0, 0, 0, 1, 0])
        #expect(result.quality.components == [[0, 1], [2, 3]])
        #expect(result.status == [.unconstrained, .unconstrained, .ok, .ok, .unconstrained])
        #expect(result.logResponse[0] == nil && result.logResponse[4] == nil)
        #expect(result.quality.isValid && result.quality.degreesOfFreedom == 0 && result.quality.probability == nil)
    }

    @Test func withoutPairsAtTheReferenceTheFitSaysSo() throws {
        let nothing = try AllPairsFit.solve(bins: 3, pairs: [], gauge: [0, 1, 0])
        #expect(!nothing.quality.isValid && nothing.logResponse.allSatisfy { $0 == nil })
        let elsewhere = try AllPairsFit.solve(
            bins: 3, pairs: [PairBalance(low: 0, high: 2, asymmetry: 0, variance: 1)], gauge: [0, 1, 0])
        #expect(elsewhere.quality.invalidReason?.contains("reference") == true)
    }

    /// Pulls of many noisy fits: mean 0 and width 1 within 4 σ, and χ² of the right size. A fixed sequence of seeds.
    @Test func pullsAndChiSquaredAreStatistical() throws {
        let responses = [0.8, 1.0, 1.1, 0.9, 1.2, 0.7]
        let exact = pairs(responses)
        var numbers = Numbers(seed: 42)
        let experiments = 2000
        var (sum, squares, chiSquared) = (0.0, 0.0, 0.0)
        for _ in 0..<experiments {
            let noisy = exact.map {
                PairBalance(
                    low: $0.low, high: $0.high, asymmetry: $0.asymmetry + 0.01 * numbers.normal(), variance: 1e-4)
            }
            let result = try AllPairsFit.solve(bins: 6, pairs: noisy, gauge: [0, 1, 0, 0, 0, 0])
            let pull = (try #require(result.logResponse[4]) - log(1.2)) / result.covariance[4][4].squareRoot()
            sum += pull
            squares += pull * pull
            chiSquared += result.quality.chiSquared
        }
        let count = Double(experiments)
        #expect(abs(sum / count) < 4 / count.squareRoot())
        #expect(abs(squares / count - 1) < 4 * (2 / count).squareRoot())
        #expect(abs(chiSquared / count - 10) < 4 * (20 / count).squareRoot())
    }
}
