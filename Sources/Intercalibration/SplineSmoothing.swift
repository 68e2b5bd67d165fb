#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
public import Binning
internal import GSL

/// A surface through binned constants: in each η bin a cubic spline of ln pT.
///
/// Detectors have cracks, so that constants of neighbouring η bins have nothing to do with each other, but how they change with pT is
/// smooth, and much alike nearby. So levels are free; what is expected is a small curvature along ln pT (`bend`), and slopes along it
/// that differ little between neighbouring η bins (`tilt`). Σ g ln c over the reference region is 0 at each pT.
public struct SplineSmoothing: Sendable, Equatable {
    /// How much the surface is expected to change, as standard deviations.
    public struct Widths: Sendable, Equatable {
        /// Of the curvature of ln c along ln pT, times the root of the distance between splines.
        public let bend: Double
        /// Of the difference of slopes along ln pT of neighbouring η bins.
        public let tilt: Double

        public init(bend: Double, tilt: Double) {
            precondition(bend > 0 && tilt > 0, "widths are positive")
            self.bend = bend
            self.tilt = tilt
        }
    }

    public let logPt: SplineAxis
    public let widths: Widths
    /// By η bin, then by spline; of η bins without constants 0.
    public let coefficients: [[Double]]
    /// ν = tr((H + P)⁻¹ H).
    public let effectiveParameters: Double
    /// χ² of the raw constants about the surface, and how many of them it compares less one for each pT bin.
    public let chiSquared: Double
    public let comparisons: Int
    /// What the variances of the raw constants are times, 1 at most, for the widths to be as likely as they can be.
    public let scale: Double
    /// (H + P)⁻¹ of the free coefficients.
    fileprivate let inverse: [[Double]]
    fileprivate let freedom: FreeCoefficients

    /// ln c of the surface at a place in an η bin.
    public func value(eta: Int, logPt place: Double) -> Double {
        let basis = logPt.basis(at: place)
        return (0..<4).reduce(0.0) { $0 + basis.values[$1] * coefficients[eta][basis.first + $1] }
    }

    /// One standard deviation of `value`, of statistics and of what may have been smoothed away.
    public func uncertainty(eta: Int, logPt place: Double) -> Double {
        let row = freedom.row(eta: eta, logPt.basis(at: place))
        let along = inverse.map { line in zip(line, row).reduce(0) { $0 + $1.0 * $1.1 } }
        return max(0, zip(row, along).reduce(0) { $0 + $1.0 * $1.1 }).squareRoot()
    }
}

/// The coefficients of the η bins that have constants, but for those of the reference bin with the largest share in the gauge, which
/// follow from the others.
private struct FreeCoefficients: Sendable, Equatable {
    let splines: Int
    /// η bins, increasing.
    let used: [Int]
    /// By place in `used`; adds up to 1.
    let gauge: [Double]
    let pivot: Int

    var count: Int { (used.count - 1) * splines }

    init(_ constants: LogConstants, splines: Int) {
        self.splines = splines
        let used = Array(Set(constants.bins.map(\.eta))).sorted()
        let total = used.reduce(0) { $0 + constants.gauge[$1] }
        let gauge = used.map { constants.gauge[$0] / total }
        self.used = used
        self.gauge = gauge
        pivot = gauge.indices.max { gauge[$0] < gauge[$1] } ?? 0
    }

    /// Adds value × (coefficient of a spline in the η bin at a place of `used`) to a row of the free ones.
    func add(_ value: Double, _ place: Int, _ spline: Int, to row: inout [Double]) {
        guard place == pivot else {
            row[(place < pivot ? place : place - 1) * splines + spline] += value
            return
        }
        for other in used.indices where other != pivot && gauge[other] != 0 {
            add(-value * gauge[other] / gauge[pivot], other, spline, to: &row)
        }
    }

    func row(eta: Int, _ basis: SplineAxis.Basis) -> [Double] {
        var row = Array(repeating: 0.0, count: count)
        guard let place = used.firstIndex(of: eta) else { return row }
        for index in 0..<4 { add(basis.values[index], place, basis.first + index, to: &row) }
        return row
    }

    /// By η bin, of `bins`.
    func whole(_ free: [Double], bins: Int) -> [[Double]] {
        var result = Array(repeating: Array(repeating: 0.0, count: splines), count: bins)
        for (place, eta) in used.enumerated() {
            for spline in 0..<splines {
                var row = Array(repeating: 0.0, count: count)
                add(1, place, spline, to: &row)
                result[eta][spline] = zip(row, free).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
        return result
    }
}

/// What constants and expectations say of the coefficients, whatever the widths are.
struct SplineSystem {
    /// Larger systems take too long.
    static let largestCount = 2000
    private static let largestIntervals = 9

    private let constants: LogConstants
    private let bins: Int
    private let axis: SplineAxis
    private let freedom: FreeCoefficients
    /// One a bin of `constants`, of the free coefficients.
    private let rows: [[Double]]
    /// XᵀV⁻¹X, XᵀV⁻¹y and yᵀV⁻¹y.
    private let information: [[Double]]
    private let right: [Double]
    private let square: Double
    private let bends: [[Double]]
    private let tilts: [[Double]]
    private let comparisons: Int

    /// - Throws: `MethodError` for more coefficients than can be solved for.
    init(_ constants: LogConstants, binning: BalanceBinning) throws {
        self.constants = constants
        bins = binning.eta.count
        let places = constants.bins.map(\.logPt)
        let edges = binning.ptAverage.edges.map { log($0) }
        let (low, high) = (min(edges[0], places.min() ?? 0), max(edges[edges.count - 1], places.max() ?? 0))
        // As many splines as pT bins: a surface that is not smooth at all goes through all constants.
        let intervals = max(1, min(binning.ptAverage.count - 3, Self.largestIntervals))
        axis = SplineAxis(
            breaks: try Axis(edges: (0...intervals).map { low + (high - low) * Double($0) / Double(intervals) }))
        freedom = FreeCoefficients(constants, splines: axis.count)
        guard freedom.count <= Self.largestCount else { throw MethodError.tooManyToSmooth(freedom.count) }
        rows = constants.gauged(
            constants.bins.map { [freedom, axis] in freedom.row(eta: $0.eta, axis.basis(at: $0.logPt)) })
        let white = try constants.whitened(rows)
        let size = freedom.count
        information = Self.squares(white.rows, size)
        right = (0..<size).map { column in
            zip(white.rows, white.values).reduce(0) { $0 + $1.0[column] * $1.1 }
        }
        square = white.values.reduce(0) { $0 + $1 * $1 }
        comparisons = constants.bins.count - constants.blocks.count
        bends = Self.squares(Self.bends(freedom, axis), size)
        tilts = Self.squares(Self.tilts(freedom, axis), size)
    }

    /// Σ r rᵀ.
    private static func squares(_ rows: [[Double]], _ size: Int) -> [[Double]] {
        var result = Array(repeating: Array(repeating: 0.0, count: size), count: size)
        for row in rows {
            let used = row.indices.filter { row[$0] != 0 }
            for one in used {
                let value = row[one]
                result[one].withUnsafeMutableBufferPointer { line in
                    for other in used { line[other] += value * row[other] }
                }
            }
        }
        return result
    }

    /// The curvature between three neighbouring splines, times the root of their distance.
    private static func bends(_ freedom: FreeCoefficients, _ axis: SplineAxis) -> [[Double]] {
        let places = axis.places
        return freedom.used.indices.flatMap { eta in
            (1..<axis.count - 1).map { spline in
                let (before, after) = (places[spline] - places[spline - 1], places[spline + 1] - places[spline])
                let scale = (0.5 * (before + after)).squareRoot() * 2 / (before + after)
                var row = Array(repeating: 0.0, count: freedom.count)
                freedom.add(scale / before, eta, spline - 1, to: &row)
                freedom.add(-scale / before - scale / after, eta, spline, to: &row)
                freedom.add(scale / after, eta, spline + 1, to: &row)
                return row
            }
        }
    }

    /// The slope of the line through all coefficients of an η bin, less that of the bin before.
    private static func tilts(_ freedom: FreeCoefficients, _ axis: SplineAxis) -> [[Double]] {
        let mean = axis.places.reduce(0, +) / Double(axis.count)
        let spread = axis.places.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (1..<freedom.used.count).map { eta in
            var row = Array(repeating: 0.0, count: freedom.count)
            for (spline, place) in axis.places.enumerated() {
                freedom.add((place - mean) / spread, eta, spline, to: &row)
                freedom.add(-(place - mean) / spread, eta - 1, spline, to: &row)
            }
            return row
        }
    }

    private func penalised(_ widths: SplineSmoothing.Widths) -> Matrix {
        let (bend, tilt) = (1 / (widths.bend * widths.bend), 1 / (widths.tilt * widths.tilt))
        let size = right.count
        var elements: [Double] = []
        elements.reserveCapacity(size * size)
        for row in 0..<size {
            for column in 0..<size {
                elements.append(information[row][column] + bend * bends[row][column] + tilt * tilts[row][column])
            }
        }
        return Matrix(rows: size, columns: size, elements: elements)
    }

    /// −2 ln of the likelihood of widths, up to a constant: that of the constants' contrasts that free levels leave (Patterson and Thompson, Biometrika
    /// 58 (1971) 545), with variances scaled by the number ≤ 1 that makes it largest.
    func likelihood(_ widths: SplineSmoothing.Widths) throws -> Double {
        let factor = try Cholesky(penalised(widths))
        let energy = max(0, square - zip(right, try factor.solve(right)).reduce(0) { $0 + $1.0 * $1.1 })
        // Curvatures and slopes have no part in each other, so that the determinant of P is a product.
        let levels = freedom.used.count - 1
        let contrasts = Double(comparisons - levels)
        let scale = Self.scale(energy, contrasts)
        return energy / scale + contrasts * log(scale) + factor.logDeterminant()
            + 2 * Double(levels) * (Double(axis.count - 2) * log(widths.bend) + log(widths.tilt))
    }

    private static func scale(_ energy: Double, _ contrasts: Double) -> Double {
        contrasts > 0 ? min(1, max(energy / contrasts, 1e-3)) : 1
    }

    /// The most likely widths between the expected limits.
    func bestWidths() throws -> SplineSmoothing.Widths {
        func widths(_ logs: [Double]) -> SplineSmoothing.Widths { .init(bend: exp(logs[0]), tilt: exp(logs[1])) }
        // Logarithms of the limits: what responses of detectors are not known to be smoother or rougher than.
        let limits = [Self.bendLimits, Self.tiltLimits].map { log($0.lowerBound)...log($0.upperBound) }
        func inside(_ logs: [Double]) -> [Double] {
            zip(logs, limits).map { min(max($0, $1.lowerBound), $1.upperBound) }
        }
        func place(_ limit: ClosedRange<Double>, _ share: Double) -> Double {
            limit.lowerBound + share * (limit.upperBound - limit.lowerBound)
        }
        var best: (logs: [Double], value: Double) = ([], .infinity)
        for bend in [0.15, 0.5, 0.85] {
            for tilt in [0.15, 0.5, 0.85] {
                let logs = [place(limits[0], bend), place(limits[1], tilt)]
                let value = try likelihood(widths(logs))
                if value < best.value { best = (logs, value) }
            }
        }
        var step = 1.0
        while step > 0.1 {
            let start = best
            for direction in [[-step, 0], [step, 0], [0, -step], [0, step]] {
                let logs = inside(zip(start.logs, direction).map { $0 + $1 })
                guard logs != best.logs else { continue }
                let value = try likelihood(widths(logs))
                if value < best.value { best = (logs, value) }
            }
            if best.value == start.value { step *= 0.5 }
        }
        return widths(best.logs)
    }

    private static let bendLimits = 0.01...3.0
    private static let tiltLimits = 0.01...3.0

    /// The smooth constants of the bins with their covariances: of statistics with what may have been smoothed away, if the surface is as rough
    /// as the widths say (Wahba, J. R. Stat. Soc. B 45 (1983) 133), and of statistics alone.
    func solve(
        _ widths: SplineSmoothing.Widths
    ) throws -> (spline: SplineSmoothing, values: [Double], covariance: [[Double]], samplingVariances: [Double]) {
        let inverse = try Cholesky(penalised(widths)).inverse()
        let size = right.count
        let ofData = Matrix(rows: size, columns: size, elements: Array(information.joined()))
        let lines = inverse.elements()
        let free = lines.map { zip($0, right).reduce(0) { $0 + $1.0 * $1.1 } }
        let effective = try inverse.times(ofData)
        let count = rows.count
        let design = Matrix(rows: count, columns: size, elements: Array(rows.joined()))
        let carried = try design.times(inverse)
        let covariance = try carried.times(design.transposed()).elements()
        let propagated = try carried.times(ofData).elements()
        let halves = carried.elements()
        let sampling = (0..<count).map { row in zip(propagated[row], halves[row]).reduce(0) { $0 + $1.0 * $1.1 } }
        let energy = square - zip(right, free).reduce(0) { $0 + $1.0 * $1.1 }
        let along = zip(free, information).reduce(0.0) { sum, line in
            sum + line.0 * zip(line.1, free).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let spline = SplineSmoothing(
            logPt: axis, widths: widths, coefficients: freedom.whole(free, bins: bins),
            effectiveParameters: (0..<size).reduce(0.0) { $0 + effective[$1, $1] },
            chiSquared: max(0, square - 2 * zip(right, free).reduce(0) { $0 + $1.0 * $1.1 } + along),
            comparisons: comparisons,
            scale: Self.scale(max(0, energy), Double(comparisons - freedom.used.count + 1)), inverse: lines,
            freedom: freedom)
        return (spline, rows.map { zip($0, free).reduce(0) { $0 + $1.0 * $1.1 } }, covariance, sampling)
    }
}
