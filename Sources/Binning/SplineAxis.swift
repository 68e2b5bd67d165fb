/// Cubic B-splines on a line that is divided by breaks; between breaks a sum of them is a cubic, at a break it is continuous
/// with its first and second derivatives. At both ends the knots coincide, so that the outermost spline is 1 there.
public struct SplineAxis: Sendable, Equatable {
    public let breaks: Axis
    private let knots: [Double]

    /// Number of splines: the intervals between breaks, and 3.
    public var count: Int { breaks.count + 3 }

    public init(breaks: Axis) {
        self.breaks = breaks
        let ends = (first: breaks.lowest, last: breaks.highest)
        knots =
            Array(repeating: ends.first, count: 3) + breaks.edges + Array(repeating: ends.last, count: 3)
    }

    /// Where the splines have their weight: with coefficients that lie on a line over these places the sum is that line.
    public var places: [Double] {
        (0..<count).map { spline in
            let sum = knots[spline + 1] + knots[spline + 2] + knots[spline + 3]
            return sum / 3
        }
    }

    /// The four splines that are not zero at a place.
    public struct Basis: Sendable, Equatable {
        /// Number of the first of them.
        public let first: Int
        public let values: SIMD4<Double>
        /// Their derivatives.
        public let slopes: SIMD4<Double>
    }

    /// - Parameter place: outside the breaks the nearest end stands for it, with slopes of 0.
    public func basis(at place: Double) -> Basis {
        let isInside = place >= breaks.lowest && place <= breaks.highest
        let x = place > breaks.lowest ? min(place, breaks.highest) : breaks.lowest
        // The last break belongs to the last interval.
        let interval = x < breaks.highest ? max(0, breaks.index(of: x)) : breaks.count - 1
        let span = interval + 3
        // Cox and de Boor, from splines of degree 0 up; `quadratic` is kept for the slopes.
        var values = SIMD4<Double>(1, 0, 0, 0)
        var quadratic = SIMD4<Double>.zero
        for degree in 1...3 {
            if degree == 3 { quadratic = values }
            var saved = 0.0
            for index in 0..<degree {
                let (right, left) = (knots[span + index + 1], knots[span + index + 1 - degree])
                let share = values[index] / (right - left)
                values[index] = saved + (right - x) * share
                saved = (x - left) * share
            }
            values[degree] = saved
        }
        var slopes = SIMD4<Double>.zero
        if isInside {
            for index in 0..<3 {
                let share = 3 * quadratic[index] / (knots[span + index + 1] - knots[span + index - 2])
                slopes[index] -= share
                slopes[index + 1] += share
            }
        }
        return Basis(first: interval, values: values, slopes: slopes)
    }

    /// The integral of each spline over a range inside the breaks, by Gauss's rule of two points an interval, which is exact
    /// for cubics.
    public func integrals(from low: Double, to high: Double) -> [Double] {
        var integrals = Array(repeating: 0.0, count: count)
        let distance = (1.0 / 3).squareRoot()
        for interval in 0..<breaks.count {
            let (start, end) = (max(low, breaks.edges[interval]), min(high, breaks.edges[interval + 1]))
            guard end > start else { continue }
            let (middle, half) = (0.5 * (start + end), 0.5 * (end - start))
            for side in [-distance, distance] {
                let basis = basis(at: middle + side * half)
                for index in 0..<4 { integrals[basis.first + index] += half * basis.values[index] }
            }
        }
        return integrals
    }
}
