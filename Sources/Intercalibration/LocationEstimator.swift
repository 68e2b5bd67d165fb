#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import GSL

/// Where a distribution of the asymmetry is: what the methods of mean asymmetries take for the mean.
///
/// Only the mean turns into a ratio of mean responses exactly. The others hold tails down, and differ from it where the distribution is
/// not symmetric, in data and simulation alike as far as these have the same shape.
public enum LocationEstimator: String, Sendable, CaseIterable {
    case mean
    /// Of the central 80 %.
    case truncatedMean = "truncated-mean"
    case median
    /// The maximum of a normal distribution that describes what lies within 1.5 of its standard deviations.
    case gaussianCore = "gaussian-core"

    /// On either side, of the truncated mean.
    private static let trimmed = 0.1
    /// Half the window of the core, in standard deviations.
    private static let window = 1.5
    /// Of the core, in standard deviations: far below what it is known to.
    private static let tolerance = 1e-5
    private static let largestSteps = 200

    /// - Throws: where a method, replicas or an extrapolation know the mean alone.
    public func requireUse(by methods: [Method], replicas: Int, extrapolates: Bool) throws(MethodError) {
        guard self != .mean else { return }
        if let other = methods.first(where: { !$0.takesLocations }) { throw .locationIsMean(other) }
        if replicas > 0 { throw .locationHasNo("replicas") }
        if extrapolates { throw .locationHasNo("cuts on alpha") }
    }

    /// - Parameters:
    ///   - distribution: Σω by bins of `limits`, of equal width.
    ///   - events: how many of equal weight know as much.
    /// - Returns: the place and its variance; nil where the distribution has none.
    package func location(
        of distribution: [Double], limits: ClosedRange<Double>, events: Double
    ) throws -> (value: Double, variance: Double)? {
        let total = distribution.reduce(0, +)
        guard total > 0, events > 1 else { return nil }
        let bins = Bins(distribution, limits)
        func quantile(_ share: Double) throws -> Double {
            try quantiles(distribution, limits: limits, shares: [share])[0]
        }
        switch self {
        case .mean:
            let inside = bins.moments(limits.lowerBound, limits.upperBound)
            return (inside.mean, inside.variance / (events - 1))
        case .median:
            // The density there is that of a normal distribution the central 40 % of which are as wide: 2 × 0.5244 standard deviations.
            let deviation = (try quantile(0.7) - quantile(0.3)) / 1.048801
            return (try quantile(0.5), 0.5 * .pi * deviation * deviation / events)
        case .truncatedMean:
            let (low, high) = (try quantile(Self.trimmed), try quantile(1 - Self.trimmed))
            let inside = bins.moments(low, high)
            // Of numbers that are moved to the ends of the window (Tukey, McLaughlin 1963).
            let ends = [low, high].map { $0 - inside.mean }
            let shift = Self.trimmed * (ends[0] + ends[1])
            let kept = 1 - 2 * Self.trimmed
            let spread = kept * inside.variance + Self.trimmed * ends.reduce(0) { $0 + $1 * $1 } - shift * shift
            return (inside.mean, spread / (kept * kept * events))
        case .gaussianCore:
            return core(bins, centre: try quantile(0.5), width: 0.5 * (try quantile(0.84) - quantile(0.16)), events)
        }
    }

    /// Mean and variance within the window are those that a normal distribution has there: its likelihood's maximum. The window
    /// follows its mean, which climbs the distribution.
    private func core(
        _ bins: Bins, centre: Double, width: Double, _ events: Double
    ) -> (value: Double, variance: Double)? {
        let window = Self.window
        let share = erf(window / 2.0.squareRoot())
        // Of a normal distribution within the window, in units of its own variance.
        let narrowed = 1 - 2 * window * exp(-0.5 * window * window) / (2 * .pi).squareRoot() / share
        var (value, deviation) = (centre, width)
        for _ in 0..<Self.largestSteps {
            let inside = bins.moments(value - window * deviation, value + window * deviation)
            guard inside.weight > 0, inside.variance > 0 else { return nil }
            // A distribution without a peak has no core within its limits.
            guard window * deviation < 0.5 * bins.reach else { return nil }
            let step = inside.mean - value
            let next = (inside.variance / narrowed).squareRoot()
            let isDone = max(abs(step), abs(next - deviation)) < Self.tolerance * deviation
            (value, deviation) = (inside.mean, next)
            if isDone {
                return (value, deviation * deviation / (narrowed * events * inside.weight / bins.total))
            }
        }
        return nil
    }

    /// A histogram whose contents are spread evenly over each bin.
    private struct Bins {
        let contents: [Double]
        let lowest: Double
        let width: Double
        let total: Double
        var reach: Double { width * Double(contents.count) }

        init(_ contents: [Double], _ limits: ClosedRange<Double>) {
            self.contents = contents
            lowest = limits.lowerBound
            width = (limits.upperBound - limits.lowerBound) / Double(contents.count)
            total = contents.reduce(0, +)
        }

        /// Of what lies between two places.
        func moments(_ low: Double, _ high: Double) -> (weight: Double, mean: Double, variance: Double) {
            var (weight, first, second) = (0.0, 0.0, 0.0)
            let start = max(0, Int(((low - lowest) / width).rounded(.down)))
            let end = min(contents.count, Int(((high - lowest) / width).rounded(.up)))
            guard start < end else { return (0, 0, 0) }
            for bin in start..<end where contents[bin] > 0 {
                let left = max(low, lowest + width * Double(bin))
                let right = min(high, lowest + width * Double(bin + 1))
                let part = contents[bin] * (right - left) / width
                let middle = 0.5 * (left + right)
                weight += part
                first += part * middle
                second += part * (middle * middle + (right - left) * (right - left) / 12)
            }
            guard weight > 0 else { return (0, 0, 0) }
            let mean = first / weight
            return (weight, mean, max(0, second / weight - mean * mean))
        }
    }
}
