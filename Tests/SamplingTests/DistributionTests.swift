import Foundation
import Sampling
import Testing

struct DistributionTests {
    private let stream = RandomStream(seed: 7, sample: 0, slice: 0)

    @Test func sineAndCosineAgreeWithTheLibrary() {
        for step in 0...4096 {
            let turn = Double(step) / 4096
            let (sine, cosine) = sineCosine(turn: SIMD2(turn, 1 - turn))
            #expect(abs(sine.x - sin(2 * .pi * turn)) < 1e-15)
            #expect(abs(cosine.x - cos(2 * .pi * turn)) < 1e-15)
            #expect(abs(sine.y + sin(2 * .pi * turn)) < 1e-15)
        }
    }

    /// Kolmogorov–Smirnov against the normal distribution: √n D < 1.95 holds with probability 0.999.
    @Test func normalNumbersAreNormal() {
        let count = 100_000
        var values: [Double] = []
        for event in 0..<count / 4 {
            let z = normals(stream.words(event: UInt64(event), purpose: .jetResponse))
            values += [z.x, z.y, z.z, z.w]
        }
        values.sort()
        var distance = 0.0
        for (index, value) in values.enumerated() {
            let expected = 0.5 * erfc(-value / 2.0.squareRoot())
            distance = max(distance, abs(expected - Double(index) / Double(count)))
            distance = max(distance, abs(expected - Double(index + 1) / Double(count)))
        }
        #expect(Double(count).squareRoot() * distance < 1.95)
    }

    /// Correlations of the four numbers of one draw: each has standard deviation 1/√n; 4 σ is passed with p = 0.9996.
    @Test func theFourNumbersOfADrawAreUncorrelated() {
        let count = 50_000
        var products = [Double](repeating: 0, count: 6)
        for event in 0..<count {
            let z = normals(stream.words(event: UInt64(event), purpose: .jetResponse))
            var index = 0
            for first in 0..<4 { for second in first + 1..<4 { products[index] += z[first] * z[second]; index += 1 } }
        }
        for product in products { #expect(abs(product / Double(count)) * Double(count).squareRoot() < 4) }
    }

    @Test func uniformNumbersStayInsideTheUnitInterval() {
        #expect(uniform(0) > 0)
        #expect(uniform(.max) < 1)
    }

    /// χ² of the frequencies over 99 degrees of freedom: 149 is exceeded with probability 0.0009.
    @Test func aliasTableKeepsItsWeights() {
        let weights = (0..<100).map { Double($0 * $0 % 37) + ($0 == 50 ? 0 : 0.5) }
        let table = AliasTable(weights: weights)
        let draws = 400_000
        var counts = [Int](repeating: 0, count: 100)
        for event in 0..<draws { counts[table.index(stream.words(event: UInt64(event), purpose: .kinematics).y)] += 1 }
        let total = weights.reduce(0, +)
        var chiSquared = 0.0
        for (count, weight) in zip(counts, weights) {
            let expected = Double(draws) * weight / total
            chiSquared += (Double(count) - expected) * (Double(count) - expected) / expected
        }
        #expect(chiSquared < 149)
    }

    @Test func aliasTableNeverSelectsAnEntryOfZeroWeight() {
        let table = AliasTable(weights: [0, 1, 0, 3])
        for event in 0..<10_000 {
            let index = table.index(stream.words(event: UInt64(event), purpose: .fragmentation).x)
            #expect(index == 1 || index == 3)
        }
    }
}
