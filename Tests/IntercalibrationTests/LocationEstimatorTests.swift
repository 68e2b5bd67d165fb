import Foundation
import GSL
import Intercalibration
import Testing

/// Places of distributions that are known, from histograms like those of cells.
struct LocationEstimatorTests {
    private static let limits = -2.0...2.0
    private static let bins = 200

    private static func histogram(_ values: [Double]) -> [Double] {
        var result = Array(repeating: 0.0, count: bins)
        for value in values {
            result[min(max(Int((value + 2) / 4 * Double(bins)), 0), bins - 1)] += 1
        }
        return result
    }

    /// Of a normal distribution with standard deviation 1, times the number of events: means (1), those of the central 80 % (Tukey and
    /// McLaughlin: 1/0.9434), medians (π/2), and the truncated likelihood (1/∫ of x² φ within 1.5, by the share there, squared).
    private static let variances: [LocationEstimator: Double] = [
        .mean: 1, .truncatedMean: 1.0605, .median: .pi / 2, .gaussianCore: 1 / (0.8664 * 0.5515),
    ]

    /// Estimates of 400 events scatter as they say, and as is known of a normal distribution. 1000 toys tell a variance to 4.5 %.
    @Test(arguments: LocationEstimator.allCases) func estimatesScatterAsStated(estimator: LocationEstimator) throws {
        var numbers = Numbers(seed: 11)
        let (place, width, events, toys) = (0.13, 0.25, 400, 1000)
        var (sum, squares, stated) = (0.0, 0.0, 0.0)
        for _ in 0..<toys {
            let values = (0..<events).map { _ in place + width * numbers.normal() }
            let found = try #require(
                try estimator.location(of: Self.histogram(values), limits: Self.limits, events: Double(events)))
            sum += found.value - place
            squares += (found.value - place) * (found.value - place)
            stated += found.variance
        }
        let (mean, variance) = (sum / Double(toys), squares / Double(toys))
        #expect(abs(mean) < 4 * (variance / Double(toys)).squareRoot())
        #expect(abs(stated / Double(toys) / variance - 1) < 0.2)
        let expected = try #require(Self.variances[estimator]) * width * width / Double(events)
        #expect(abs(variance / expected - 1) < 0.2)
    }

    /// A tail on one side moves the mean by what it holds, the core by hardly anything, and the others by something between.
    @Test func tailsMoveTheMeanMost() throws {
        // The density of 0.9 N(0, 0.2) + 0.1 N(0.8, 0.3).
        let contents = (0..<Self.bins).map { bin -> Double in
            let x = -2 + 4 * (Double(bin) + 0.5) / Double(Self.bins)
            return 0.9 / 0.2 * exp(-0.5 * pow(x / 0.2, 2)) + 0.1 / 0.3 * exp(-0.5 * pow((x - 0.8) / 0.3, 2))
        }
        func place(_ estimator: LocationEstimator) throws -> Double {
            try #require(try estimator.location(of: contents, limits: Self.limits, events: 1000)).value
        }
        #expect(abs(try place(.mean) - 0.08) < 1e-4)
        #expect(try place(.truncatedMean) < 0.06)
        #expect(try place(.median) < place(.truncatedMean))
        #expect(try place(.gaussianCore) < 0.5 * place(.median))
        #expect(try place(.gaussianCore) > 0)
    }

    /// A histogram of three bins, by hand.
    @Test func quantilesAreInterpolated() throws {
        let found = try quantiles([1, 0, 3], limits: 0...3, shares: [0, 0.125, 0.25, 0.625])
        for (one, other) in zip(found, [0, 0.5, 1, 2.5]) { #expect(abs(one - other) < 1e-12 || other == 1) }
        // Where nothing is between two bins any place is a quantile.
        #expect(found[2] >= 1 && found[2] <= 2)
        #expect(throws: GSLError.self) { try quantiles([0, 0], limits: 0...1, shares: [0.5]) }
        #expect(throws: GSLError.self) { try quantiles([1, -1], limits: 0...1, shares: [0.5]) }
    }

    @Test func whatHasNoPlaceHasNone() throws {
        let empty = Array(repeating: 0.0, count: Self.bins)
        for estimator in LocationEstimator.allCases {
            #expect(try estimator.location(of: empty, limits: Self.limits, events: 100) == nil)
        }
        let flat = Array(repeating: 1.0, count: Self.bins)
        #expect(try LocationEstimator.gaussianCore.location(of: flat, limits: Self.limits, events: 100) == nil)
    }
}
