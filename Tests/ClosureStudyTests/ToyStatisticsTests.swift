import Balance
import Binning
import ClosureStudy
import Foundation
import Intercalibration
import Testing

/// Sums over made-up pseudo-experiments against plain formulas over lists of the same numbers.
struct ToyStatisticsTests {
    /// Six η bins, the middle two of which are the reference, and two pT bins, one of which is quoted.
    private static let binning = Result {
        try BalanceBinning(
            eta: Axis(edges: [-3, -2, -0.8, 0, 0.8, 2, 3]), ptAverage: Axis(edges: [30, 60, 120]),
            referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 60)
    }

    private struct Constant {
        var value: Double
        /// σ(ln c).
        var uncertainty: Double
    }

    /// - Parameter constants: by η bin, of the quoted pT bin; nil where undetermined.
    private static func calibration(_ constants: [Constant?], isValid: Bool = true) throws -> Calibration {
        let binning = try binning.get()
        var covariance = constants.map { _ in constants.map { _ in 0.0 } }
        for (bin, constant) in constants.enumerated() { covariance[bin][bin] = pow(constant?.uncertainty ?? 0, 2) }
        func quality(_ reason: String?) -> FitQuality {
            FitQuality(
                chiSquared: 1, degreesOfFreedom: 1, probability: 0.3, pairs: 15, rank: 5, expectedRank: 5,
                conditionNumber: 1, iterations: 1, converged: true, components: [], invalidReason: reason)
        }
        let nothing = ResponseTable(values: [], uncertainties: [])
        return Calibration(
            method: .matrix, kind: .dataOverSimulation, binning: binning,
            constants: constants.map { [7, $0?.value] }, ptMean: constants.map { _ in [40, 80] },
            status: constants.map { [.ok, $0 == nil ? .tooFewEvents : .ok] },
            logCovariance: [covariance, covariance],
            fits: [quality("an unquoted bin does not count"), quality(isValid ? nil : "a reason")],
            dataResponse: nothing, simulationResponse: nil, passes: 1)
    }

    private static func statistics(
        _ asimov: Calibration, _ experiments: [Calibration], expected: Double = 1
    ) -> ToyMethodResult {
        var statistics = ToyStatistics(asimov)
        for experiment in experiments { statistics.add(ToyOutcome(against: asimov) { experiment }) }
        return ToyMethodResult(
            asimov, statistics, expected: asimov.constants.map { $0.map { _ in expected } })
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private static func variance(_ values: [Double]) -> Double {
        let mean = mean(values)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }

    /// Numbers from −1 to 1 without a pattern, the same each time.
    private static func noise(_ number: Int) -> Double {
        let value = sin(Double(number) * 12.9898) * 43758.5453
        return 2 * (value - value.rounded(.down)) - 1
    }

    private static func near(_ value: Double?, _ expected: Double) throws -> Bool {
        abs(try #require(value) - expected) < 1e-9 * max(1, abs(expected))
    }

    @Test func numbersAreThoseOfTheListsOfPulls() throws {
        let asimovU = 0.004
        let asimov = try Self.calibration((0..<6).map { Constant(value: 1 + 0.05 * Double($0), uncertainty: asimovU) })
        var deviations = (0..<6).map { _ in [Double]() }
        var uncertainties = deviations
        let experiments = try (0..<37).map { number in
            try Self.calibration(
                (0..<6).map { bin in
                    let u = 0.01 + 0.002 * Self.noise(1000 + 6 * number + bin)
                    let deviation = 0.002 + 0.03 * Self.noise(6 * number + bin)
                    deviations[bin].append(deviation)
                    uncertainties[bin].append(u)
                    return Constant(value: (1 + 0.05 * Double(bin)) * exp(deviation), uncertainty: u)
                })
        }
        let result = Self.statistics(asimov, experiments, expected: 1.01)
        let pulls = (0..<6).map { bin in zip(deviations[bin], uncertainties[bin]).map { $0 / $1 } }
        let covered = [1, 1.959963984540054].map { z in
            (0..<6).map { bin in
                zip(deviations[bin], uncertainties[bin]).map { abs($0) < z * hypot($1, asimovU) ? 1.0 : 0 }
            }
        }
        for bin in 0..<6 {
            let found = result.bins[bin][0]
            let constant = 1 + 0.05 * Double(bin)
            #expect(found.experiments == 37 && found.undetermined == 0 && found.invalid == 0)
            #expect(try Self.near(found.pulls?.mean.value, Self.mean(pulls[bin])))
            let width = Self.variance(pulls[bin]).squareRoot()
            #expect(try Self.near(found.pulls?.width?.value, width))
            let quoted = Self.mean(uncertainties[bin].map { $0 * $0 })
            let share = asimovU * asimovU / quoted
            #expect(try Self.near(found.pulls?.mean.uncertainty, width * (1 / 37.0 + share).squareRoot()))
            #expect(try Self.near(found.pulls?.width?.uncertainty, width / 72.0.squareRoot()))
            #expect(try Self.near(found.pulls?.coverage68.value, Self.mean(covered[0][bin])))
            #expect(try Self.near(found.pulls?.coverage95.value, Self.mean(covered[1][bin])))
            #expect(try Self.near(found.mean?.value, constant * exp(Self.mean(deviations[bin]))))
            #expect(try Self.near(found.spread, Self.variance(deviations[bin]).squareRoot()))
            #expect(try Self.near(found.quoted, quoted.squareRoot()))
            #expect(try Self.near(found.bias?.value, constant / 1.01 - 1))
            #expect(try Self.near(found.bias?.uncertainty, constant * asimovU / 1.01))
            #expect(try Self.near(found.shift?.value, exp(Self.mean(deviations[bin])) - 1))
        }
        // The reference, the parts to 1.3 (without a centre of a bin), 2.5 and beyond.
        #expect(result.regions.map(\.absEta.upperBound) == [0.8, 2.5, 3])
        #expect(result.regions.map(\.bins) == [2, 2, 2])
        let all = pulls.joined()
        let overall = try #require(result.overall.pulls)
        #expect(try Self.near(overall.mean.value, Self.mean(Array(all))))
        #expect(try Self.near(overall.width?.value, Self.mean(pulls.map(Self.variance)).squareRoot()))
        #expect(try Self.near(overall.coverage68.value, Self.mean(Array(covered[0].joined()))))
        // Averages of an experiment scatter from one to the next.
        let means = (0..<37).map { number in Self.mean(pulls.map { $0[number] }) }
        let share = Self.mean((0..<6).map { asimovU * asimovU / Self.mean(uncertainties[$0].map { $0 * $0 }) })
        let uncertainty = (Self.variance(means) * (1 / 37.0 + share)).squareRoot()
        #expect(try Self.near(overall.mean.uncertainty, uncertainty))
        let shares = (0..<37).map { number in Self.mean(covered[0].map { $0[number] }) }
        #expect(try Self.near(overall.coverage68.uncertainty, (Self.variance(shares) / 37).squareRoot()))
        #expect(result.histogram.total == 6 * 37)
        for (index, count) in result.histogram.counts.enumerated() {
            let low = PullHistogram.lowest + PullHistogram.width * Double(index)
            #expect(count == all.count { $0 >= low && $0 < low + PullHistogram.width }, "pulls from \(low)")
        }
    }

    /// Quoting half of the true uncertainty doubles the width, and the intervals hold as little as a normal curve says.
    @Test func uncertaintiesThatAreTooSmallShow() throws {
        let asimov = try Self.calibration((0..<6).map { _ in Constant(value: 1, uncertainty: 1e-9) })
        // Quantiles of a normal curve, by bisection of erf.
        func quantile(_ share: Double) -> Double {
            var (low, high) = (-10.0, 10.0)
            for _ in 0..<60 {
                let middle = (low + high) / 2
                if 0.5 * (1 + erf(middle / 2.0.squareRoot())) < share { low = middle } else { high = middle }
            }
            return low
        }
        let experiments = try (0..<1000).map { number in
            try Self.calibration(
                (0..<6).map { _ in
                    Constant(value: exp(0.02 * quantile((Double(number) + 0.5) / 1000)), uncertainty: 0.01)
                })
        }
        let pulls = try #require(Self.statistics(asimov, experiments).overall.pulls)
        #expect(abs(try #require(pulls.width).value - 2) < 0.01 && abs(pulls.mean.value) < 1e-6)
        #expect(abs(pulls.coverage68.value - erf(0.5 / 2.0.squareRoot())) < 0.002)
        #expect(abs(pulls.coverage95.value - erf(0.979982 / 2.0.squareRoot())) < 0.002)
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String { "number \(number)" }; let number: Int
    }

    @Test func whatIsMissingIsCounted() throws {
        let all = (0..<6).map { _ in Constant(value: 1, uncertainty: 0.01) as Constant? }
        var some = all
        some[2] = nil
        some[4]?.uncertainty = 0
        var known = all
        known[0] = nil
        let asimov = try Self.calibration(known)
        var statistics = ToyStatistics(asimov)
        for calibration in [
            try Self.calibration(all), try Self.calibration(some), try Self.calibration(all, isValid: false),
        ] {
            statistics.add(ToyOutcome(against: asimov) { calibration })
        }
        for number in [5, 6] { statistics.add(ToyOutcome(against: asimov) { throw Failure(number: number) }) }
        let result = ToyMethodResult(asimov, statistics, expected: asimov.constants)
        #expect(result.failed == 2 && result.firstFailure == "number 5" && result.invalid == 1)
        #expect(result.bins.map { $0[0].experiments } == [0, 2, 1, 2, 1, 2])
        #expect(result.bins.map { $0[0].undetermined } == [2, 0, 1, 0, 1, 0])
        #expect(result.bins.allSatisfy { $0[0].invalid == 1 })
        #expect(result.overall.bins == 5 && result.bins[0][0].pulls == nil && result.bins[0][0].asimov == nil)
        // One experiment has no width.
        #expect(result.bins[2][0].pulls != nil && result.bins[2][0].pulls?.width == nil)
    }

    @Test func pullsBeyondTheHistogramAreCounted() throws {
        let asimov = try Self.calibration((0..<6).map { _ in Constant(value: 1, uncertainty: 1e-9) })
        let experiment = try Self.calibration(
            [-5.1, -5.0, -4.99, 4.99, 5.0, 60].map { Constant(value: exp(0.01 * $0), uncertainty: 0.01) })
        let histogram = Self.statistics(asimov, [experiment]).histogram
        #expect(histogram.total == 6 && histogram.below >= 1 && histogram.above >= 1)
        #expect(histogram.counts.first ?? 0 >= 1 && histogram.counts.last ?? 0 >= 1)
        #expect(histogram.counts.dropFirst().dropLast().allSatisfy { $0 == 0 })
    }
}
