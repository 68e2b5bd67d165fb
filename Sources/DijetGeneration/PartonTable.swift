internal import CDijets
internal import InstructionSets

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Parton densities on so fine a table that interpolating linearly is enough: for the loop over events, where
/// `PartonDensity` would cost too much. They differ from it by less than 10⁻³ where densities count (tested).
struct PartonTable: Sendable {
    private static let slope = Double(EtaCalFractionSlope)
    /// The largest coordinate, at x = 1.
    private static let largest = slope
    private static let xStep = 0.045
    private static let qStep = 0.1

    private let xLowest: Double
    private let xScale: Double
    private let xCount: Int
    /// ln(Q / GeV) of the first row.
    let qLowest: Double
    private let qScale: Double
    private let qCount: Int
    /// Knot of Q outer, knot of x inner.
    private let knots: AlignedTable<Float>

    /// - Parameters:
    ///   - smallestX: below which nothing is asked for.
    ///   - scales: range of Q in GeV.
    init(_ density: PartonDensity, smallestX: Double, scales: ClosedRange<Double>) {
        let low = log(smallestX) + Self.slope * smallestX
        xCount = Int(((Self.largest - low) / Self.xStep).rounded(.up)) + 1
        let xStep = (Self.largest - low) / Double(xCount - 1)
        xLowest = low
        xScale = 1 / xStep
        let logRatio = log(scales.upperBound / scales.lowerBound)
        qCount = max(2, Int((logRatio / Self.qStep).rounded(.up)) + 1)
        let qStep = max(logRatio, 1e-6) / Double(qCount - 1)
        qLowest = log(scales.lowerBound)
        qScale = 1 / qStep
        let xs = (0..<xCount).map { Self.momentumFraction(coordinate: low + Double($0) * xStep) }
        let lanes = Int(EtaCalPartonLanes)
        var knots: [Float] = []
        knots.reserveCapacity(xCount * qCount * lanes)
        for row in 0..<qCount {
            let scale = density.scale(scales.lowerBound * exp(Double(row) * qStep))
            for x in xs {
                let beam = BeamPartons(density.momentumDensities(x: x, at: scale))
                // x·f of one proton, in the order that `CDijets` says.
                var knot = Array(repeating: Float(0), count: lanes)
                for flavour in 0..<5 {
                    knot[flavour] = Float(beam.quarks[flavour])
                    knot[flavour + 8] = Float(beam.antiquarks[flavour])
                }
                knot[Int(EtaCalGluonLane)] = Float(beam.gluon)
                knot[Int(EtaCalSumLane)] = Float((beam.quarks + beam.antiquarks).sum())
                knots += knot
            }
        }
        self.knots = AlignedTable(knots)
    }

    /// x of ln x + 6 x = coordinate, by Newton's method.
    private static func momentumFraction(coordinate: Double) -> Double {
        var x = min(1, exp(coordinate))
        for _ in 0..<60 { x = max(x * 1e-3, x - (log(x) + slope * x - coordinate) / (1 / x + slope)) }
        return min(x, 1)
    }

    /// Runs `body` with the table in a slice whose other parts are left out.
    func withSlice<Result>(_ body: (inout EtaCalSlice) -> Result) -> Result {
        var slice = EtaCalSlice()
        slice.knots = knots.address
        slice.x_count = Int32(xCount)
        slice.q_count = Int32(qCount)
        slice.x_lowest = Float(xLowest)
        slice.x_scale = Float(xScale)
        slice.q_scale = Float(qScale)
        return withExtendedLifetime(knots) { body(&slice) }
    }
}
