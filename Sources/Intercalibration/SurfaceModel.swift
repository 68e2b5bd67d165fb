#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
public import Binning
internal import GSL

/// What a forward-folded fit has to find: a surface of the mis-response ln f(η, pT) and a factor k(η) on the resolution, with the
/// gauge and the roughness that choose among those that data cannot tell apart.
public struct SurfaceModel: Sendable {
    public let eta: SplineAxis
    public let logPt: SplineAxis
    /// nil where the resolution is taken to be that of simulation.
    public let resolution: SplineAxis?
    /// Share of each spline of η in the mean of ln f over the reference region, which is 0 for each spline of ln pT.
    public let gauge: [Double]
    /// The response of simulation that jets have been calibrated by; nil where they have not.
    public let simulated: EtaPtGrid?

    public var surfaceCount: Int { eta.count * logPt.count }
    public var count: Int { surfaceCount + (resolution?.count ?? 0) }

    /// Breaks closer than this cannot be told apart by what jets' own directions fluctuate.
    static let narrowest = 0.05
    static let largestBreaks = 96

    /// Breaks in η at the edges of the bins, which lie close where a detector changes, unless they are told; in ln pT evenly, about
    /// 0.65 apart; of the resolution 0.6 apart.
    /// - Parameter etaBreaks: increasing, over the range of the η axis; nil for its edges.
    public init(
        binning: BalanceBinning, etaBreaks: Axis? = nil, simulated: EtaPtGrid?, resolutionIsFree: Bool
    ) throws {
        self.simulated = simulated
        let axis = binning.eta
        eta = SplineAxis(breaks: try etaBreaks ?? Axis(edges: Self.thinned(axis.edges)))
        // Jets of a pair lie on both sides of its mean.
        let (low, high) = (log(0.8 * binning.ptAverage.lowest), log(1.15 * binning.ptAverage.highest))
        let intervals = max(1, min(Int(((high - low) / 0.65).rounded()), binning.ptAverage.count))
        logPt = SplineAxis(
            breaks: try Axis(edges: Self.even(low, high, intervals)))
        if resolutionIsFree {
            let intervals = max(1, Int(((axis.highest - axis.lowest) / 0.6).rounded()))
            resolution = SplineAxis(breaks: try Axis(edges: Self.even(axis.lowest, axis.highest, intervals)))
        } else {
            resolution = nil
        }
        gauge = Self.gauge(eta, binning)
    }

    private static func even(_ low: Double, _ high: Double, _ intervals: Int) -> [Double] {
        (0...intervals).map { low + (high - low) * Double($0) / Double(intervals) }
    }

    private static func thinned(_ edges: [Double]) -> [Double] {
        var kept = [edges[0]]
        for edge in edges.dropFirst().dropLast() where edge - kept[kept.count - 1] >= narrowest { kept.append(edge) }
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

    // ---- Roughness

    /// Second differences of neighbouring coefficients, which vanish for coefficients on a line over the splines' places.
    private static func secondDifferences(_ axis: SplineAxis) -> [[(index: Int, value: Double)]] {
        let places = axis.places
        return (1..<max(axis.count - 1, 1)).map { index in
            let (before, after) = (places[index] - places[index - 1], places[index + 1] - places[index])
            let mean = 0.5 * (before + after)
            return [(index - 1, mean / before), (index, -mean / before - mean / after), (index + 1, mean / after)]
        }
    }

    /// Squares of weighted second differences.
    private static func roughness(_ axis: SplineAxis, weights: [Double]) -> [[Double]] {
        var matrix = Array(repeating: Array(repeating: 0.0, count: axis.count), count: axis.count)
        for (difference, weight) in zip(secondDifferences(axis), weights) {
            for one in difference {
                for other in difference { matrix[one.index][other.index] += weight * one.value * other.value }
            }
        }
        return matrix
    }

    /// A second difference of ln f below which the surface counts as smooth.
    private static let smallDifference = 0.004

    /// Weights of the second differences across η where nothing is known of them.
    var evenWeights: [Double] { secondDifferenceCount(eta) }

    private func secondDifferenceCount(_ axis: SplineAxis) -> [Double] {
        Array(repeating: 1, count: Self.secondDifferences(axis).count)
    }

    /// Weights for a surface that is known as well as `covariance` says: where it bends, at the edges of a calorimeter, it may
    /// bend. Second differences are averaged over ln pT by their precision, and what they have by chance is taken off.
    func weights(_ coefficients: [Double], _ covariance: [[Double]]) -> [Double] {
        let width = logPt.count
        return Self.secondDifferences(eta).map { difference in
            var (sum, weight) = (0.0, 0.0)
            for inner in 0..<width {
                let places = difference.map { $0.index * width + inner }
                var (value, variance) = (0.0, 0.0)
                for (one, place) in zip(difference, places) {
                    value += one.value * coefficients[place]
                    for (other, second) in zip(difference, places) {
                        variance += one.value * other.value * covariance[place][second]
                    }
                }
                let share = 1 / (max(variance, 0) + Self.smallDifference * Self.smallDifference)
                sum += share * value
                weight += share
            }
            let (mean, variance) = (sum / weight, 1 / weight)
            let small = Self.smallDifference * Self.smallDifference
            return small / (small + max(0, mean * mean - variance))
        }
    }

    /// The penalty on all coefficients; that of the resolution is 0.
    /// - Parameters:
    ///   - ratio: weight of roughness along ln pT to that across η.
    ///   - weights: of the second differences across η.
    func penalty(ratio: Double, weights: [Double]) -> [[Double]] {
        let across = Self.roughness(eta, weights: weights)
        let along = Self.roughness(logPt, weights: secondDifferenceCount(logPt))
        // Where a surface may bend across η, what it does with pT may differ from its neighbours', too.
        let freedom = (0..<eta.count).map { spline in
            let near = weights[max(0, spline - 2)..<min(weights.count, spline + 1)]
            return near.isEmpty ? 1 : near.reduce(0, +) / Double(near.count)
        }
        let width = logPt.count
        var matrix = Array(repeating: Array(repeating: 0.0, count: count), count: count)
        for one in 0..<eta.count {
            for other in 0..<eta.count {
                for inner in 0..<width {
                    let row = one * width + inner
                    matrix[row][other * width + inner] += across[one][other]
                    guard one == other else { continue }
                    for second in 0..<width {
                        matrix[row][one * width + second] += ratio * freedom[one] * along[inner][second]
                    }
                }
            }
        }
        return matrix
    }

    /// What is expected where data do not tell, as the inverse of a covariance: neighbouring coefficients of ln f within 0.3 of each
    /// other across η and within 0.1 along ln pT; ln k within 0.3 of 0, and within 0.03 of a line over three neighbouring splines.
    /// Too weak to matter where there are events.
    var prior: [(one: Int, other: Int, weight: Double)] {
        var entries: [(one: Int, other: Int, weight: Double)] = []
        func add(_ difference: [(index: Int, value: Double)], width: Double) {
            for one in difference {
                for other in difference {
                    entries.append((one.index, other.index, one.value * other.value / (width * width)))
                }
            }
        }
        let inner = logPt.count
        for spline in 0..<eta.count {
            for momentum in 0..<inner {
                let here = spline * inner + momentum
                if spline > 0 { add([(here - inner, -1), (here, 1)], width: 0.3) }
                if momentum > 0 { add([(here - 1, -1), (here, 1)], width: 0.1) }
            }
        }
        guard let resolution else { return entries }
        for index in 0..<resolution.count { add([(surfaceCount + index, 1)], width: 0.3) }
        for difference in Self.secondDifferences(resolution) {
            add(difference.map { (surfaceCount + $0.index, $0.value) }, width: 0.03)
        }
        return entries
    }
}
