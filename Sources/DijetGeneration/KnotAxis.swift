#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Where a value lies between knots, and the weights of the four knots around it in cubic Hermite interpolation.
struct KnotPosition: Sendable {
    /// The first of the four, in a table that has one more knot at each end.
    let index: Int
    let weights: SIMD4<Double>
}

/// Increasing knots in the logarithm of a variable, for cubic Hermite interpolation.
///
/// The derivative at a knot is the mean of the slopes to both sides, at the ends the slope of the only one, as LHAPDF's
/// `logcubic` has it. With two knots this is linear.
struct KnotAxis: Sendable {
    /// One interval between knots: h m0 = a0 (f0 − f₋₁) + b0 (f1 − f0) and h m1 = b1 (f1 − f0) + a1 (f2 − f1) are the
    /// derivatives at its ends, in units of its width h.
    private struct Interval: Sendable {
        let start: Double
        let inverseWidth: Double
        let a0: Double
        let b0: Double
        let a1: Double
        let b1: Double
    }

    /// The closest that neighbouring knots may be, in their logarithm.
    static let smallestStep = 1e-9
    private static let cells = 256

    let lowest: Double
    let highest: Double
    let count: Int
    private let lowestLogarithm: Double
    private let intervals: [Interval]
    /// The interval at the lower end of each of many equal cells.
    private let lookup: [Int32]
    private let lookupScale: Double

    /// - Parameter knots: at least two, positive, increasing, with logarithms `smallestStep` apart or more.
    init(_ knots: [Double]) {
        let logarithms = knots.map { log($0) }
        let steps = zip(logarithms.dropFirst(), logarithms).map { $0 - $1 }
        precondition(steps.allSatisfy { $0 >= Self.smallestStep } && !steps.isEmpty, "increasing knots")
        count = knots.count
        (lowest, highest) = (knots[0], knots[knots.count - 1])
        lowestLogarithm = logarithms[0]
        intervals = steps.indices.map { index in
            let (before, after) = (index > 0, index < steps.count - 1)
            return Interval(
                start: logarithms[index], inverseWidth: 1 / steps[index],
                a0: before ? 0.5 * steps[index] / steps[index - 1] : 0, b0: before ? 0.5 : 1,
                a1: after ? 0.5 * steps[index] / steps[index + 1] : 0, b1: after ? 0.5 : 1)
        }
        let width = (logarithms[knots.count - 1] - logarithms[0]) / Double(Self.cells)
        lookupScale = 1 / width
        var interval = 0
        lookup = (0..<Self.cells).map { cell in
            while interval + 1 < steps.count, logarithms[interval + 1] <= logarithms[0] + Double(cell) * width {
                interval += 1
            }
            return Int32(interval)
        }
    }

    /// The position of a value; what lies outside the knots, and NaN, is taken to be at the nearest (NaN: lowest) end.
    @inline(__always)
    func position(_ value: Double) -> KnotPosition {
        guard value > lowest else { return KnotPosition(index: 0, weights: SIMD4(0, 1, 0, 0)) }
        guard value < highest else { return KnotPosition(index: count - 2, weights: SIMD4(0, 0, 1, 0)) }
        let logarithm = log(value)
        var index = Int(lookup[min(Self.cells - 1, Int((logarithm - lowestLogarithm) * lookupScale))])
        while index + 1 < intervals.count, logarithm >= intervals[index + 1].start { index += 1 }
        let interval = intervals[index]
        let t = (logarithm - interval.start) * interval.inverseWidth
        let (rest, square) = (1 - t, t * t)
        let upper = square * (3 - 2 * t)
        let slope0 = t * rest * rest
        let slope1 = -square * rest
        let weights = SIMD4(
            -slope0 * interval.a0,
            1 - upper + slope0 * (interval.a0 - interval.b0) - slope1 * interval.b1,
            upper + slope0 * interval.b0 + slope1 * (interval.b1 - interval.a1),
            slope1 * interval.a1)
        return KnotPosition(index: index, weights: weights)
    }
}
