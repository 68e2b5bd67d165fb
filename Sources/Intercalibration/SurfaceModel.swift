#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
public import Binning
internal import GSL

/// What a forward-folded fit has to find: a surface of the mis-response ln f(η, pT) and a factor k(η, pT) on the resolution, with the
/// gauge and the roughness that choose among those that data cannot tell apart.
public struct SurfaceModel: Sendable {
    public let eta: SplineAxis
    public let logPt: SplineAxis
    /// nil where the resolution is taken to be that of simulation.
    public let resolution: SplineAxis?
    /// ln(pT / GeV) that ln k is linear between.
    public let resolutionLogPt: LinearNodes
    /// Share of each spline of η in the mean of ln f over the reference region, which is 0 for each spline of ln pT.
    public let gauge: [Double]
    /// The response of simulation that jets have been calibrated by; nil where they have not.
    public let simulated: EtaPtGrid?
    /// nil where axes of jets are taken to stay where they are.
    public let pull: AxisPull?
    /// Bins that balance is measured in.
    private let bins: Axis

    public var surfaceCount: Int { eta.count * logPt.count }
    public var resolutionCount: Int { (resolution?.count ?? 0) * resolutionLogPt.count }
    public var count: Int { surfaceCount + resolutionCount }

    /// Breaks closer than this cannot be told apart by what jets' own directions fluctuate.
    static let narrowest = 0.05
    static let largestBreaks = 96

    /// Breaks in η at either side of the edges of the bins, where detectors change, unless they are told; in ln pT evenly, about
    /// 0.65 apart from half the lowest pT_avg on; of the resolution 0.3 apart in η, and the lowest and the highest pT_avg.
    /// - Parameter etaBreaks: increasing, over the range of the η axis; nil for its edges.
    public init(
        binning: BalanceBinning, etaBreaks: Axis? = nil, simulated: EtaPtGrid?, pull: AxisPull? = nil,
        resolutionIsFree: Bool
    ) throws {
        self.simulated = simulated
        self.pull = pull
        let axis = binning.eta
        bins = axis
        eta = SplineAxis(breaks: try etaBreaks ?? Axis(edges: Self.thinned(Self.doubled(axis.edges))))
        // Jets of a pair lie on both sides of its mean.
        let (low, high) = (log(0.5 * binning.ptAverage.lowest), log(1.15 * binning.ptAverage.highest))
        let intervals = max(1, min(Int(((high - low) / 0.65).rounded()), binning.ptAverage.count))
        logPt = SplineAxis(
            breaks: try Axis(edges: Self.even(low, high, intervals)))
        resolutionLogPt = LinearNodes([log(binning.ptAverage.lowest), log(binning.ptAverage.highest)])
        if resolutionIsFree {
            let intervals = max(1, Int(((axis.highest - axis.lowest) / 0.3).rounded()))
            resolution = SplineAxis(breaks: try Axis(edges: Self.even(axis.lowest, axis.highest, intervals)))
        } else {
            resolution = nil
        }
        gauge = Self.gauge(eta, binning)
    }

    private static func even(_ low: Double, _ high: Double, _ intervals: Int) -> [Double] {
        (0...intervals).map { low + (high - low) * Double($0) / Double(intervals) }
    }

    /// Two breaks for each edge between bins that have room for them: a surface can then step there and be flat on both sides.
    private static func doubled(_ edges: [Double]) -> [Double] {
        let inner = edges.indices.dropFirst().dropLast().flatMap { index -> [Double] in
            let room = min(edges[index] - edges[index - 1], edges[index + 1] - edges[index])
            return room < 2 * narrowest
                ? [edges[index]] : [edges[index] - 0.5 * narrowest, edges[index] + 0.5 * narrowest]
        }
        guard inner.count + 2 <= largestBreaks else { return edges }
        return [edges[0]] + inner + [edges[edges.count - 1]]
    }

    private static func thinned(_ edges: [Double]) -> [Double] {
        var kept = [edges[0]]
        // Two of an edge are that far apart but for rounding.
        for edge in edges.dropFirst().dropLast() where edge - kept[kept.count - 1] >= 0.999 * narrowest {
            kept.append(edge)
        }
        let last = edges[edges.count - 1]
        if kept.count > 1, last - kept[kept.count - 1] < narrowest { kept.removeLast() }
        kept.append(last)
        let step = (kept.count + largestBreaks - 1) / largestBreaks
        return kept.indices.filter { $0 % step == 0 || $0 == kept.count - 1 }.map { kept[$0] }
    }

    private static func gauge(_ eta: SplineAxis, _ binning: BalanceBinning) -> [Double] {
        var shares = Array(repeating: 0.0, count: eta.count)
        for (bin, weight) in binning.gaugeWeights.enumerated() where weight > 0 {
            let (low, high) = (binning.eta.edges[bin], binning.eta.edges[bin + 1])
            for (index, integral) in eta.integrals(from: low, to: high).enumerated() {
                shares[index] += weight * integral / (high - low)
            }
        }
        return shares
    }

    /// Splines of η that are not zero in a bin, with their means over it.
    func means(_ axis: SplineAxis, over bin: Int, of bins: Axis) -> [(index: Int, value: Double)] {
        let (low, high) = (bins.edges[bin], bins.edges[bin + 1])
        return axis.integrals(from: low, to: high).enumerated().compactMap { index, integral in
            integral != 0 ? (index, integral / (high - low)) : nil
        }
    }

    // ---- The gauge, exactly: the spline with the largest share follows from the others.

    private var pivot: Int { gauge.indices.max { gauge[$0] < gauge[$1] } ?? 0 }

    /// Number of free parameters.
    var freeCount: Int { count - logPt.count }

    /// Coefficients from the free parameters.
    func whole(_ free: [Double]) -> [Double] {
        let (pivot, width) = (pivot, logPt.count)
        var whole = Array(repeating: 0.0, count: count)
        for index in free.indices { whole[index + (index / width >= pivot ? width : 0)] = free[index] }
        for inner in 0..<width {
            var sum = 0.0
            for spline in 0..<eta.count where spline != pivot { sum += gauge[spline] * whole[spline * width + inner] }
            whole[pivot * width + inner] = -sum / gauge[pivot]
        }
        return whole
    }

    /// The same for a row or a gradient of all coefficients: Tᵀ g.
    func free(_ gradient: [Double]) -> [Double] {
        let (pivot, width) = (pivot, logPt.count)
        var free: [Double] = []
        free.reserveCapacity(freeCount)
        for index in gradient.indices where index < pivot * width || index >= (pivot + 1) * width {
            let (spline, inner) = (index / width, index % width)
            let share = index < surfaceCount ? gauge[spline] / gauge[pivot] : 0
            free.append(gradient[index] - share * gradient[pivot * width + inner])
        }
        return free
    }

    /// Tᵀ M T, M of all coefficients, of the surface alone or with those of the resolution.
    func free(_ matrix: [[Double]]) -> [[Double]] { Self.transformed(matrix) { free($0) } }

    /// T C Tᵀ.
    func whole(_ free: [[Double]]) -> [[Double]] { Self.transformed(free) { whole($0) } }

    /// S M Sᵀ for a linear map v → S v.
    private static func transformed(_ matrix: [[Double]], _ map: ([Double]) -> [Double]) -> [[Double]] {
        let half = matrix.map(map)
        guard let size = half.first?.count else { return [] }
        var result = Array(repeating: Array(repeating: 0.0, count: size), count: size)
        for column in 0..<size {
            for (row, value) in map(half.map { $0[column] }).enumerated() { result[row][column] = value }
        }
        return result
    }

    // ---- What is expected of a surface and of a resolution before any event is seen

    private typealias Term = (index: Int, value: Double)

    /// Second differences of neighbouring coefficients, which vanish for coefficients on a line over the splines' places.
    private static func secondDifferences(_ axis: SplineAxis) -> [[Term]] {
        let places = axis.places
        return (1..<max(axis.count - 1, 1)).map { index in
            let (before, after) = (places[index] - places[index - 1], places[index + 1] - places[index])
            let mean = 0.5 * (before + after)
            return [(index - 1, mean / before), (index, -mean / before - mean / after), (index + 1, mean / after)]
        }
    }

    /// Adds Σ (Σ value · coefficient)² of some combinations, divided by the square of a width.
    private static func addSquares(_ combinations: [[Term]], width: Double, to matrix: inout [[Double]]) {
        for terms in combinations {
            for one in terms {
                for other in terms { matrix[one.index][other.index] += one.value * other.value / (width * width) }
            }
        }
    }

    /// The inverse covariance that is expected of a surface: second differences as in `smoothness`; between the edges of a bin a change
    /// by 0.15 or less, and of the tilt along ln pT by 0.06; the three outermost coefficients at either end in η within 0.02 of their
    /// neighbours; and, for directions that no event tells of, neighbouring coefficients of ln f within 0.3 of each other across η and
    /// within 0.1 along ln pT.
    func surfacePrior(_ smoothness: Smoothness) -> [[Double]] {
        let width = logPt.count
        // Of combinations across η: the mean over ln pT, and half the change over it.
        func level(_ combination: [Term]) -> [Term] {
            combination.flatMap { term in
                (0..<width).map { Term(term.index * width + $0, term.value / Double(width)) }
            }
        }
        func tilt(_ combination: [Term]) -> [Term] {
            combination.flatMap { term in
                [Term(term.index * width, -0.5 * term.value), Term((term.index + 1) * width - 1, 0.5 * term.value)]
            }
        }
        let across = Self.secondDifferences(eta)
        let along = Self.secondDifferences(logPt)
        let bends = (0..<eta.count).flatMap { spline in
            along.map { difference in difference.map { Term(spline * width + $0.index, $0.value) } }
        }
        let neighboursAcross = (width..<surfaceCount).map { [Term($0 - width, -1), Term($0, 1)] }
        let neighboursAlong = (0..<surfaceCount).filter { $0 % width > 0 }.map { [Term($0 - 1, -1), Term($0, 1)] }
        // Across a bin, between its edges.
        let slopes = (0..<bins.count).flatMap { bin in
            [0.25, 0.5, 0.75].map { share -> [Term] in
                let basis = eta.basis(at: bins.edges[bin] + share * bins.width(bin))
                let size = bins.width(bin) / 3.0.squareRoot()
                return (0..<4).map { Term(basis.first + $0, size * basis.slopes[$0]) }
            }
        }
        // Of the outermost bin jets reach the inner part, and a trend would be carried on to its end.
        let ends = [0, 1, eta.count - 3, eta.count - 2].flatMap { spline in
            (spline * width..<(spline + 1) * width).map { [Term($0, -1), Term($0 + width, 1)] }
        }
        var matrix = Array(repeating: Array(repeating: 0.0, count: surfaceCount), count: surfaceCount)
        Self.addSquares(across.map(level), width: smoothness.level, to: &matrix)
        Self.addSquares(across.map(tilt), width: smoothness.tilt, to: &matrix)
        Self.addSquares(bends, width: smoothness.bend, to: &matrix)
        Self.addSquares(slopes.map(level), width: 0.15, to: &matrix)
        Self.addSquares(slopes.map(tilt), width: 0.06, to: &matrix)
        Self.addSquares(ends, width: 0.02, to: &matrix)
        Self.addSquares(neighboursAcross, width: 0.3, to: &matrix)
        Self.addSquares(neighboursAlong, width: 0.1, to: &matrix)
        return matrix
    }

    /// The same for the resolution: ln k of one spline within 0.05 of its neighbours', at one node within 0.15 of what it is at the next,
    /// and its mean over η within 0.3 of 0. Neighbours and not a line through them: data may fluctuate more in one part of a detector,
    /// and a line that rises to its edge would be carried on behind it, where few events are.
    var resolutionPrior: [[Double]] {
        guard let resolution else { return [] }
        let (count, width) = (resolutionCount, resolutionLogPt.count)
        var matrix = Array(repeating: Array(repeating: 0.0, count: count), count: count)
        let means = (0..<width).map { node in
            stride(from: node, to: count, by: width).map { Term($0, 1 / Double(resolution.count)) }
        }
        Self.addSquares(means, width: 0.3, to: &matrix)
        let across = (width..<count).map { [Term($0 - width, -1), Term($0, 1)] }
        Self.addSquares(across, width: 0.05, to: &matrix)
        let along = (0..<count).filter { $0 % width > 0 }.map { [Term($0 - 1, -1), Term($0, 1)] }
        Self.addSquares(along, width: 0.15, to: &matrix)
        return matrix
    }
}
