internal import Balance
internal import Binning
internal import DetectorModel
internal import DijetSimulation
internal import JetPhysics

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Sums over vertices as jets show them.
///
/// What the vertex adds to η depends on the true η alone: it is there before the direction is smeared and pulled, and η and η_det
/// are displaced by the same. So the true η, and by how much η_det differs from η, give the vertex without any approximation but that of
/// numbers in single precision (below a µm). The measured η would not do: its error is as large as the vertex's effect.
struct VertexSums: StorableSums {
    /// Where a jet is whatever the vertex of its event.
    enum Region: Int, CaseIterable { case barrel, negativeEndcap, positiveEndcap }
    /// Where two jets of an event are.
    enum Pair: Int, CaseIterable { case endcaps, mixed, barrel }
    enum Column: Int, CaseIterable { case count, sum, squares }

    /// mm: the largest difference that two jets count with, so that sums stay exact.
    static let largestDifference = 10.0
    /// Units of the vertex spread; likewise.
    private static let farthest = 1000.0
    private static let bits = (vertex: FixedPoint(bits: 30), difference: FixedPoint(bits: 20))

    let envelope: Envelope
    private let front: CalorimeterFront
    private(set) var table: FixedPointTable

    init(_ envelope: Envelope) {
        self.envelope = envelope
        front = CalorimeterFront(envelope)
        table = FixedPointTable(
            slices: 1, cells: Region.allCases.count + Pair.allCases.count, columns: Column.allCases.count)
    }

    mutating func merge(_ other: VertexSums) { table.merge(other.table) }

    var record: SumsRecord { table.record }

    mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    /// mm: what sums over vertices are kept in units of.
    private var unit: Double { envelope.vertexSpread > 0 ? envelope.vertexSpread : 1 }

    /// Number, mean (mm) and mean square (mm²) of the vertices of jets in a region, one a row.
    func vertices(_ region: Region) -> (count: Double, mean: Double, square: Double) {
        let (count, mean, square) = means(cell: region.rawValue, quantum: Self.bits.vertex.quantum)
        return (count, mean * unit, square * unit * unit)
    }

    /// Number and mean square (mm²) of the differences between two jets.
    func differences(_ pair: Pair) -> (count: Double, square: Double) {
        let all = means(cell: Region.allCases.count + pair.rawValue, quantum: Self.bits.difference.quantum)
        return (all.count, all.square)
    }

    private func means(cell: Int, quantum: Double) -> (count: Double, mean: Double, square: Double) {
        func sum(_ column: Column) -> Double { table.value(slice: 0, cell: cell, column: column.rawValue) }
        let count = sum(.count)
        return count > 0 ? (count, sum(.sum) * quantum / count, sum(.squares) * quantum / count) : (0, 0, 0)
    }

    /// Adds a block: of each row and region the first true jet as measured, lost or not; and each listed jet compared with a
    /// true one of its row.
    mutating func add(_ truth: TruthBlock, _ measured: MeasuredJets, _ block: ReconstructedBlock) {
        let (unit, front) = (unit, front)
        table.withSlice(0) { sums in
            func add(_ value: Double, cell: Int, _ bits: FixedPoint) {
                let first = cell * Column.allCases.count
                sums[first + Column.count.rawValue] &+= 1
                sums[first + Column.sum.rawValue] &+= bits.quantized(value)
                sums[first + Column.squares.rawValue] &+= bits.quantized(value * value)
            }
            for row in 0..<truth.count {
                var (vertices, seen) = (SIMD4<Double>(), SIMD4<Double>())
                var met = 0
                for jet in 0..<TruthBlock.jetCount {
                    let eta = truth.eta[jet * truth.capacity + row]
                    let slope = hyperbolicSine(eta)
                    seen[jet] = hyperbolicSine(eta + measured.offset[jet * measured.capacity + row])
                    vertices[jet] = front.vertex(slope: slope, seen: seen[jet])
                    // Jets of an event have one vertex: a second one of a region would count it twice.
                    guard let region = front.region(slope: slope), met & 1 << region.rawValue == 0 else { continue }
                    met |= 1 << region.rawValue
                    let value = max(-Self.farthest, min(Self.farthest, vertices[jet] / unit))
                    add(value, cell: region.rawValue, Self.bits.vertex)
                }
                for place in 0..<ReconstructedBlock.jetCount {
                    let position = place * block.capacity + row
                    // A jet of pile-up has no truth.
                    guard block.pt[position] > 0, block.truePt[position] > 0 else { continue }
                    let eta = block.trueEta[position]
                    let slope = hyperbolicSine(eta + (block.detectorEta[position] - block.eta[position]))
                    // Not with itself.
                    let other = truth.eta[row] == eta ? 1 : 0
                    let pair = (front.isBarrel(slope) ? 1 : 0) + (front.isBarrel(seen[other]) ? 1 : 0)
                    let difference = front.vertex(slope: hyperbolicSine(eta), seen: slope) - vertices[other]
                    add(
                        max(-Self.largestDifference, min(Self.largestDifference, difference)),
                        cell: Region.allCases.count + pair, Self.bits.difference)
                }
            }
        }
    }
}

/// Where jets meet the calorimeter; their directions as sinh η.
private struct CalorimeterFront {
    /// Widths of the vertices; the random numbers of the loop end at 4.9.
    private static let reach = 5.0

    let radius: Double
    let distance: Double
    /// Where barrel and endcap meet, and on either side of it what the vertex decides.
    private let corner: Double
    private let shift: Double

    init(_ envelope: Envelope) {
        radius = envelope.barrelRadius
        distance = envelope.endcapDistance
        corner = distance / radius
        shift = Self.reach * envelope.vertexSpread / radius
    }

    func isBarrel(_ seen: Double) -> Bool { abs(seen) < corner }

    /// mm along the beam: the vertex of a jet by its true direction and the one it is seen in from the detector's centre; inverts
    /// `Envelope.detectorEta`.
    func vertex(slope: Double, seen: Double) -> Double {
        isBarrel(seen) ? radius * (seen - slope) : (seen < 0 ? -distance : distance) * (1 - slope / seen)
    }

    /// By the true direction, nil near the corner: where jets there are seen depends on the vertex, and would select it.
    func region(slope: Double) -> VertexSums.Region? {
        if abs(slope) < corner - shift { return .barrel }
        guard abs(slope) > corner + shift else { return nil }
        return slope < 0 ? .negativeEndcap : .positiveEndcap
    }
}

/// To 10⁻¹⁶ of the larger of 1 and the result: differences of two of them need no more, and it takes one exponential.
@inline(__always)
private func hyperbolicSine(_ value: Double) -> Double {
    let growth = exp(value)
    return 0.5 * (growth - 1 / growth)
}
