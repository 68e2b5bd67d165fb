import Foundation
import Sampling
import Testing

struct PoissonCountsTests {
    private func numbers(sample: Int, subSamples: Int, first: Int = 0, replicas: Int) -> [[Double]] {
        (0..<subSamples).map { subSample in
            var row = Array(repeating: -1.0, count: replicas)
            row.withUnsafeMutableBufferPointer {
                PoissonCounts(sample: sample).fill($0, subSample: subSample, first: first)
            }
            return row
        }
    }

    /// χ² of 0, 1, … 6 and more in 512 000 numbers; its p-value is 0.33.
    @Test func numbersArePoisson() {
        let all = numbers(sample: 0, subSamples: 512, replicas: 1000).joined()
        var counts = Array(repeating: 0.0, count: 8)
        for number in all { counts[min(Int(number), 7)] += 1 }
        var (term, rest, chiSquared) = (exp(-1.0), 1.0, 0.0)
        for number in 0..<8 {
            let share = number == 7 ? rest : term
            let expected = Double(all.count) * share
            chiSquared += (counts[number] - expected) * (counts[number] - expected) / expected
            rest -= term
            term /= Double(number + 1)
        }
        // 7 degrees of freedom: above 24.3 once in a thousand.
        #expect(chiSquared < 24.3 && chiSquared > 0.3, "\(chiSquared)")
    }

    /// Sub-samples and samples fluctuate on their own: correlations over 20 000 replicas are within 4.5 of their widths.
    @Test func rowsAreIndependent() {
        let rows =
            numbers(sample: 0, subSamples: 6, replicas: 20_000) + numbers(sample: 1, subSamples: 6, replicas: 20_000)
        for one in rows.indices {
            for other in rows.indices where other < one {
                let product = zip(rows[one], rows[other]).reduce(0) { $0 + ($1.0 - 1) * ($1.1 - 1) }
                #expect(abs(product) < 4.5 * 20_000.0.squareRoot(), "\(one) and \(other)")
            }
        }
    }

    @Test func aNumberIsAFunctionOfItsPlace() {
        let whole = numbers(sample: 1, subSamples: 3, replicas: 128)
        let part = numbers(sample: 1, subSamples: 3, first: 64, replicas: 64)
        for (row, other) in zip(whole, part) { #expect(Array(row[64...]) == other) }
    }
}
