import DetectorModel
import Foundation
import Testing

struct InteractionProfileTests {
    private func profile(_ mean: Double, _ width: Double) throws -> InteractionProfile {
        try InteractionProfile(mean: mean, width: width, path: ["mu"])
    }

    /// Mean and variance of quantiles in equal steps, linear between them and with weights that are, too.
    private func moments(_ values: [Double], _ weights: [Double]) -> (mean: Double, variance: Double) {
        var sums = (0.0, 0.0, 0.0)
        for index in 1..<values.count {
            // Simpson's rule is exact for what the loop does: a product of up to three linear functions.
            for (share, part) in [(0.0, 1.0), (0.5, 4), (1, 1)] {
                let value = values[index - 1] + share * (values[index] - values[index - 1])
                let weight = part * (weights[index - 1] + share * (weights[index] - weights[index - 1]))
                sums = (sums.0 + weight, sums.1 + weight * value, sums.2 + weight * value * value)
            }
        }
        let mean = sums.1 / sums.0
        return (mean, sums.2 / sums.0 - mean * mean)
    }

    @Test(arguments: [(32.0, 9.0), (34, 10), (3, 5), (0, 20), (200, 1)])
    func quantilesAreThoseOfACutGaussian(mean: Double, width: Double) throws {
        let quantiles = try profile(mean, width).quantiles(steps: 256)
        #expect(quantiles.count == 257 && quantiles == quantiles.sorted())
        func below(_ mu: Double) -> Double { 0.5 * (1 + erf((mu - mean) / (width * 2.0.squareRoot()))) }
        let (lowest, highest) = (max(0, mean - 4 * width), mean + 4 * width)
        #expect(abs(quantiles[0] - lowest) < 1e-9 * highest && abs(quantiles[256] - highest) < 1e-9 * highest)
        for (step, quantile) in quantiles.enumerated() {
            let share = (below(quantile) - below(lowest)) / (below(highest) - below(lowest))
            #expect(abs(share - Double(step) / 256) < 1e-12)
        }
    }

    @Test func aProfileWithoutWidthIsANumber() throws {
        #expect(try profile(25, 0).quantiles(steps: 4) == [25, 25, 25, 25, 25])
        #expect(try profile(25, 0).weights(toward: profile(25, 0), steps: 2) == [1, 1, 1])
        #expect(try profile(30, 5).weights(toward: profile(30, 5), steps: 2) == [1, 1, 1])
    }

    @Test(arguments: [(32.0, 9.0), (34, 10), (3, 5), (0, 20), (200, 1)])
    func tablesHaveTheMomentsOfTheProfile(mean: Double, width: Double) throws {
        let profile = try profile(mean, width)
        let (table, fine) = (profile.tableValues(steps: 256), profile.quantiles(steps: 20_000))
        let made = moments(table, table.map { _ in 1 })
        let wanted = moments(fine, fine.map { _ in 1 })
        #expect(table == table.sorted() && table[0] >= 0)
        #expect(abs(made.mean - wanted.mean) < 0.001 * width, "\(made) \(wanted)")
        #expect(abs(made.variance / wanted.variance - 1) < 0.005, "\(made) \(wanted)")
    }

    /// The table of 256 steps reaches the mean of the target to 1 % of its width and the width to 2 %, for profiles as far
    /// apart as data and simulation of a run: its end steps, which hold the last 0.4 % of a side, are linear.
    @Test(arguments: [(32.0, 9.0, 34.0, 10.0), (34, 10, 32, 9), (50, 15, 45, 12), (30, 10, 30, 7), (20, 12, 25, 10)])
    func weightsMakeTheOtherProfile(mean: Double, width: Double, otherMean: Double, otherWidth: Double) throws {
        let (own, other) = (try profile(mean, width), try profile(otherMean, otherWidth))
        let weights = own.weights(toward: other, steps: 256)
        let trapezia = (weights.reduce(0, +) - 0.5 * (weights[0] + weights[256])) / 256
        #expect(abs(trapezia - 1) < 1e-12 && weights.allSatisfy { $0 >= 0 })
        let made = moments(own.tableValues(steps: 256), weights)
        // Of the other profile, cut at 0 and four widths, in steps fine enough to know it.
        let fine = other.quantiles(steps: 20_000)
        let wanted = moments(fine, fine.map { _ in 1 })
        #expect(abs(made.mean - wanted.mean) < 0.01 * otherWidth, "\(made) \(wanted)")
        #expect(abs(made.variance.squareRoot() / wanted.variance.squareRoot() - 1) < 0.02, "\(made) \(wanted)")
    }

    @Test(arguments: [
        (-1.0, 1.0, "mu.mean"), (401, 1, "mu.mean"), (.nan, 1, "mu.mean"), (.infinity, 1, "mu.mean"),
        (30, -1, "mu.width"), (30, 201, "mu.width"), (30, .nan, "mu.width"),
    ]) func whatIsNoProfileIsRefused(mean: Double, width: Double, path: String) {
        let error = #expect(throws: CardError.self) { try InteractionProfile(mean: mean, width: width, path: ["mu"]) }
        #expect(error?.path.joined(separator: ".") == path)
    }
}
