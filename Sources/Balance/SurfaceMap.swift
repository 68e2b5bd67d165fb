#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning

/// Residual constants from a surface of the mis-response: c(η, pT) = e^−h p / pT where jets of simulation at p show at pT in data, and h
/// is the remainder.
///
/// Where events have not determined the surface its last constant is carried on: in each η bin it is frozen outside a range of
/// pT, and beyond the outermost bin in η.
public struct SurfaceMap: Sendable, Equatable {
    public let surface: ResponseSurface
    /// Where ranges change.
    public let eta: Axis
    /// Of each η bin, ln(pT / GeV) as data show it before the residual.
    public let ranges: [ClosedRange<Double>]
    public private(set) var remainder: SurfaceRemainder?
    private var grid: EtaPtGrid
    /// −∂ ln c/∂ ln f, at the pT that data show.
    private let levers: EtaPtGrid
    /// Where axes come from, less where data show them; nil where they are the same.
    private let shifts: EtaPtGrid?

    public init(
        surface: ResponseSurface, eta: Axis, ranges: [ClosedRange<Double>], remainder: SurfaceRemainder? = nil
    ) {
        precondition(ranges.count == eta.count, "a range for each η bin")
        self.surface = surface
        self.eta = eta
        self.ranges = ranges
        let shifts = surface.pull.map { _ in
            surface.grid { place, pt in
                surface.source(eta: place, logPt: Self.clamped(log(pt), eta, ranges, place)) - place
            }
        }
        let grid = surface.grid { place, pt in
            let shown = Self.clamped(log(pt), eta, ranges, place)
            let source = place + (shifts?.value(eta: place, pt: pt) ?? 0)
            return exp(surface.inverse(eta: source, shown: shown) - shown)
        }
        // ln R + l + ln f stays as it is: l moves by −δ ln f / (d ln(R pT)/dl + d ln f/dl).
        levers = surface.grid { place, pt in
            let source = place + (shifts?.value(eta: place, pt: pt) ?? 0)
            let simulated = Self.clamped(log(pt), eta, ranges, place) + log(grid.value(eta: place, pt: pt))
            let slope = surface.value(eta: source, logPt: simulated).slope
            return 1 / max(surface.compression(eta: source, logPt: simulated) + slope, 0.2)
        }
        (self.shifts, self.grid) = (shifts, grid)
        if let remainder { take(remainder) }
    }

    /// The same with constants divided by exp h, h at the pT that the inverse of the surface gives.
    package func with(_ remainder: SurfaceRemainder) -> SurfaceMap {
        var result = self
        result.take(remainder)
        return result
    }

    private mutating func take(_ remainder: SurfaceRemainder) {
        self.remainder = remainder
        let (plain, eta, ranges) = (grid, eta, ranges)
        grid = surface.grid { place, pt in
            let constant = plain.value(eta: place, pt: pt)
            let simulated = Self.clamped(log(pt), eta, ranges, place) + log(constant)
            return constant * exp(-remainder.value(bin: Self.bin(eta, place), logPt: simulated))
        }
    }

    public static func == (one: SurfaceMap, other: SurfaceMap) -> Bool {
        one.surface == other.surface && one.eta == other.eta && one.ranges == other.ranges
            && one.remainder == other.remainder
    }

    private static func bin(_ eta: Axis, _ place: Double) -> Int {
        place < eta.lowest ? 0 : place < eta.highest ? eta.index(of: place) : eta.count - 1
    }

    private static func clamped(
        _ logPt: Double, _ eta: Axis, _ ranges: [ClosedRange<Double>], _ place: Double
    ) -> Double {
        let bin = bin(eta, place)
        return min(max(logPt, ranges[bin].lowerBound), ranges[bin].upperBound)
    }

    /// The constant at (η, pT in GeV).
    public func constant(eta: Double, pt: Double) -> Double { grid.value(eta: eta, pt: pt) }

    /// Where ln(pT / GeV) is outside what events have determined, how far.
    public func distance(eta place: Double, logPt: Double) -> Double {
        abs(logPt - Self.clamped(logPt, eta, ranges, place))
    }

    /// −∂ ln c/∂θ of sixteen coefficients: four runs of four, `stride` apart.
    private struct Sensitivity {
        let first: Int
        let stride: Int
        let across: SIMD4<Double>
        let along: SIMD4<Double>
    }

    /// - Parameters:
    ///   - shown: ln(pT / GeV) in data, inside the range.
    ///   - simulated: the same in simulation.
    private func sensitivity(eta place: Double, shown: Double, simulated: Double) -> Sensitivity {
        let source = place + (shifts?.value(eta: place, pt: exp(shown)) ?? 0)
        let (across, along) = (surface.eta.basis(at: source), surface.logPt.basis(at: simulated))
        return Sensitivity(
            first: across.first * surface.logPt.count + along.first, stride: surface.logPt.count,
            across: across.values, along: along.values * levers.value(eta: place, pt: exp(shown)))
    }

    /// Adds weight × −∂ ln c/∂θ of a jet whose constant is known.
    /// - Parameter pt: before the residual, GeV.
    func addSensitivity(
        eta place: Double, pt: Double, constant: Double, weight: Double, _ unit: FixedPoint,
        to sums: UnsafeMutablePointer<Int64>
    ) {
        let shown = Self.clamped(log(pt), eta, ranges, place)
        let row = sensitivity(eta: place, shown: shown, simulated: shown + log(constant))
        for index in 0..<4 {
            let values = row.along * (row.across[index] * weight)
            let run = sums + row.first + index * row.stride
            for inner in 0..<4 { run[inner] &+= unit.quantized(values[inner]) }
        }
    }

    /// −∂ ln c/∂θ of all coefficients at (η, ln(pT / GeV) as data show it).
    public func sensitivities(eta place: Double, logPt: Double) -> [Double] {
        let shown = Self.clamped(logPt, eta, ranges, place)
        let part = sensitivity(
            eta: place, shown: shown, simulated: shown + log(constant(eta: place, pt: exp(shown))))
        var row = Array(repeating: 0.0, count: surface.count)
        for index in 0..<4 {
            for inner in 0..<4 {
                row[part.first + index * part.stride + inner] = part.across[index] * part.along[inner]
            }
        }
        return row
    }

    /// Multiplies jets with their constants.
    func apply(
        to pt: UnsafeMutablePointer<Double>, eta values: UnsafePointer<Double>, at places: UnsafePointer<Int32>,
        count: Int
    ) {
        for index in 0..<count {
            let place = Int(places[index])
            pt[place] *= grid.value(eta: values[place], pt: pt[place])
        }
    }
}

/// What the inverse of a surface alone leaves of folded simulation: ln of its mean response over that of simulation as it is, at the
/// same true η and pT. A jet is corrected by what f is at its measured direction and pT, and not at its true ones.
public struct SurfaceRemainder: Sendable, Equatable {
    /// ln(pT / GeV).
    public let logPt: LinearNodes
    /// By η bin, at the nodes.
    public let values: [[Double]]

    public init(logPt: LinearNodes, values: [[Double]]) {
        precondition(values.allSatisfy { $0.count == logPt.count }, "a number for each node")
        self.logPt = logPt
        self.values = values
    }

    public func value(bin: Int, logPt momentum: Double) -> Double {
        logPt.value(of: values[bin], at: momentum)
    }

    /// How large the largest number is.
    package var largest: Double { values.joined().reduce(0) { max($0, abs($1)) } }

    /// The sum of both, on the same bins and nodes.
    package func adding(_ other: SurfaceRemainder) -> SurfaceRemainder {
        precondition(other.logPt == logPt && other.values.count == values.count, "the same bins and nodes")
        return SurfaceRemainder(logPt: logPt, values: zip(values, other.values).map { zip($0, $1).map { $0 + $1 } })
    }
}
