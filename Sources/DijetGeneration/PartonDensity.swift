#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Momentum densities x·f(x, Q) of the partons of a proton: the gluon and five flavours of quarks and antiquarks, tabulated on
/// knots of x and Q, in one or more subgrids that follow one another in Q.
///
/// Between knots each density is a product of cubic Hermite polynomials in ln x and ln Q (`KnotAxis`); a subgrid knows nothing
/// of its neighbours, so that flavour thresholds may be kinks. Outside, by decision and without a message:
/// - x below the lowest knot: x·f keeps the value of that knot;
/// - x above the highest knot, and x ≥ 1: 0;
/// - Q outside: the value at the nearest edge.
///
/// Flavours that no subgrid mentions are 0. Densities may be negative, as those of NNPDF are in places; `LeadingOrder` takes
/// such for 0.
public struct PartonDensity: Sendable {
    /// Number of lanes that are in use: PDG −5…−1, gluon, 1…5.
    public static let lanes = 11
    public static let gluonLane = 5

    /// Where a parton's density is found in what `momentumDensities` gives; nil for what it does not hold.
    /// - Parameter parton: PDG number, 21 for the gluon.
    public static func lane(of parton: Int) -> Int? {
        if parton == 21 { return gluonLane }
        return parton != 0 && (-5...5).contains(parton) ? parton + 5 : nil
    }

    /// A short name, such as that of the set.
    public let name: String
    /// Where it was published; may be empty.
    public let citation: String
    private let tables: [DensityTable]

    /// - Parameter subgrids: in order of Q; each begins at the knot where the one before ends. Their knots of x may differ.
    public init(name: String, citation: String = "", subgrids: [Subgrid]) throws(PartonDensityError) {
        guard !subgrids.isEmpty else {
            throw PartonDensityError(.grid, "there are no subgrids", "give at least one")
        }
        for (index, subgrid) in subgrids.enumerated() {
            try subgrid.validate(index)
            if index > 0, let end = subgrids[index - 1].q.last {
                // Texts of knots carry seven digits or more.
                guard abs(subgrid.q[0] / end - 1) < 1e-5 else {
                    throw PartonDensityError(
                        .q(subgrid: index, knot: 0),
                        "the subgrid begins at Q = \(subgrid.q[0]) GeV, the one before ends at \(end)",
                        "let each begin where the one before ends")
                }
            }
        }
        self.name = name
        self.citation = citation
        tables = subgrids.map { DensityTable($0) }
    }

    /// x·f(x, Q) of all partons: PDG number + 5 is the lane of a quark, 5 that of the gluon, lanes above 10 hold 0.
    /// - Parameters:
    ///   - x: the momentum fraction.
    ///   - q: the scale in GeV.
    public func momentumDensities(x: Double, q: Double) -> SIMD16<Double> { momentumDensities(x: x, at: scale(q)) }

    /// A scale Q made ready for densities at many x.
    struct Scale {
        fileprivate let table: DensityTable
        fileprivate let position: KnotPosition
    }

    @inline(__always)
    func scale(_ q: Double) -> Scale {
        var table = 0
        while table + 1 < tables.count, q >= tables[table + 1].q.lowest { table += 1 }
        return Scale(table: tables[table], position: tables[table].q.position(q))
    }

    @inline(__always)
    func momentumDensities(x: Double, at scale: Scale) -> SIMD16<Double> {
        scale.table.densities(x: x, at: scale.position)
    }
}

/// One subgrid made ready: values knot by knot, all partons together.
private final class DensityTable: Sendable {
    let x: KnotAxis
    let q: KnotAxis
    /// Three times four lanes for each knot, x outer, with one more knot around the grid, which only enters with weight 0.
    private let values: [SIMD4<Double>]

    init(_ subgrid: PartonDensity.Subgrid) {
        (x, q) = (KnotAxis(subgrid.x), KnotAxis(subgrid.q))
        let (xCount, qCount) = (subgrid.x.count, subgrid.q.count)
        var values: [SIMD4<Double>] = []
        values.reserveCapacity((xCount + 2) * (qCount + 2) * 3)
        for xIndex in -1...xCount {
            for qIndex in -1...qCount {
                let knot = max(0, min(xCount - 1, xIndex)) * qCount + max(0, min(qCount - 1, qIndex))
                var lanes = SIMD16<Double>.zero
                for (parton, density) in subgrid.values {
                    if let lane = PartonDensity.lane(of: parton) { lanes[lane] = density[knot] }
                }
                values += [lanes.lowHalf.lowHalf, lanes.lowHalf.highHalf, lanes.highHalf.lowHalf]
            }
        }
        self.values = values
    }

    @inline(__always)
    func densities(x value: Double, at scale: KnotPosition) -> SIMD16<Double> {
        guard value <= x.highest, value < 1 else { return .zero }
        let place = x.position(value)
        let stride = (q.count + 2) * 3
        var first = SIMD4<Double>.zero
        var second = SIMD4<Double>.zero
        var third = SIMD4<Double>.zero
        values.withUnsafeBufferPointer { values in
            for row in 0..<4 {
                let start = (place.index + row) * stride + scale.index * 3
                var (a, b, c) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
                for column in 0..<4 {
                    let weight = scale.weights[column]
                    a += weight * values[start + 3 * column]
                    b += weight * values[start + 3 * column + 1]
                    c += weight * values[start + 3 * column + 2]
                }
                let weight = place.weights[row]
                first += weight * a
                second += weight * b
                third += weight * c
            }
        }
        return SIMD16(
            lowHalf: SIMD8(lowHalf: first, highHalf: second), highHalf: SIMD8(lowHalf: third, highHalf: .zero))
    }
}
