public import Binning
public import JetPhysics

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What a look at a sample needs and a fit does not: the spectrum of selected dijets by slice, and the distribution of the
/// asymmetry in chosen cells. Exact and mergeable like `BalanceSums`.
public struct BalanceHistograms: StorableSums, Equatable {
    /// A probe jet in one η bin against a jet of the reference region, in one bin of pT_avg.
    public struct Cell: Sendable, Equatable {
        public let etaBin: Int
        public let ptBin: Int

        public init(etaBin: Int, ptBin: Int) {
            self.etaBin = etaBin
            self.ptBin = ptBin
        }
    }

    /// pT_avg in GeV: 16 bins a decade from 10 GeV.
    public static let spectrumAxis = axis((0...48).map { 10 * pow(10, Double($0) / 16) })
    /// (pT_probe − pT_ref) / pT_avg over the whole range that it can have.
    public static let asymmetryAxis = axis((0...80).map { -2 + 0.05 * Double($0) })
    private static var unit: FixedPoint { FixedPoint(bits: 30) }
    private static var columns: Int { 2 }

    public let binning: BalanceBinning
    public let selection: Selection
    public let cells: [Cell]
    private var table: FixedPointTable
    /// What weights are counted in: the largest that triggers give, so that sums of heavy ones stay in range; 1 without any.
    private let weightUnit: Double
    /// First histogram of the cells of an η bin and pT bin; −1 for none.
    private let places: [Int]

    public init(binning: BalanceBinning, selection: Selection, cells: [Cell], slices: Int) {
        self.binning = binning
        self.selection = selection
        self.cells = cells
        var places = Array(repeating: -1, count: binning.eta.count * binning.ptAverage.count)
        for (index, cell) in cells.enumerated() {
            places[cell.etaBin * binning.ptAverage.count + cell.ptBin] =
                Self.spectrumAxis.count + index * Self.asymmetryAxis.count
        }
        self.places = places
        weightUnit = selection.triggers?.largestWeight ?? 1
        table = FixedPointTable(
            slices: slices, cells: Self.spectrumAxis.count + cells.count * Self.asymmetryAxis.count,
            columns: Self.columns)
    }

    private static func axis(_ edges: [Double]) -> Axis {
        guard let axis = try? Axis(edges: edges) else { preconditionFailure("the edges increase") }
        return axis
    }

    public mutating func merge(_ other: BalanceHistograms) { table.merge(other.table) }

    public var record: SumsRecord { table.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    /// Adds a calibrated block.
    public mutating func add(_ block: ReconstructedBlock) {
        selection.withDijets(of: block, binning: binning) { add($0) }
    }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(
            dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        let (block, places, ptBins) = (dijets.block, places, binning.ptAverage.count)
        let (spectrum, asymmetry) = (Self.spectrumAxis, Self.asymmetryAxis)
        let (reference, inverseUnit) = (binning.referenceAbsEtaMaximum, 1 / weightUnit)
        dijets.forEachSlice { slice, events in
            table.withSlice(slice) { sums in
                for event in events {
                    let row = Int(event.row)
                    let weight = event.weight * inverseUnit
                    let bin = spectrum.index(of: event.average)
                    if bin >= 0 { Self.count(weight, sums + bin &* Self.columns) }
                    guard event.ptBin >= 0 else { continue }
                    // Few places have a histogram: that comes first.
                    let second = block.capacity &+ row
                    func add(_ etaBin: Int32, _ probe: Int, _ other: Int) {
                        let place = etaBin < 0 ? -1 : places[Int(etaBin) &* ptBins &+ Int(event.ptBin)]
                        guard place >= 0, abs(block.detectorEta[other]) < reference else { return }
                        let bin = asymmetry.index(of: (block.pt[probe] - block.pt[other]) / event.average)
                        if bin >= 0 { Self.count(weight, sums + (place &+ bin) &* Self.columns) }
                    }
                    add(event.etaBin1, row, second)
                    add(event.etaBin2, second, row)
                }
            }
        }
    }

    @inline(__always)
    private static func count(_ weight: Double, _ cell: UnsafeMutablePointer<Int64>) {
        FixedPointPair(FixedPoint(bits: 0), unit).add(SIMD2(1, weight), to: cell)
    }

    /// Events and dσ (in the unit of the slice weights) in each bin of `spectrumAxis`, for one slice.
    public func spectrum(slice: Int, weights: [Double]) -> [(rows: Int, weight: Double)] {
        var one = Array(repeating: 0.0, count: weights.count)
        one[slice] = weights[slice]
        return (0..<Self.spectrumAxis.count).map { bin in
            (
                table.sums[slice].isEmpty ? 0 : Int(table.sums[slice][bin * Self.columns]),
                table.total(cell: bin, column: 1, weights: one, quantum: weightUnit * Self.unit.quantum)
            )
        }
    }

    /// Sum of weights in each bin of `asymmetryAxis`, for one of the cells.
    public func asymmetry(cell: Int, weights: [Double]) -> [Double] {
        let first = Self.spectrumAxis.count + cell * Self.asymmetryAxis.count
        return (0..<Self.asymmetryAxis.count).map {
            table.total(cell: first + $0, column: 1, weights: weights, quantum: weightUnit * Self.unit.quantum)
        }
    }

    /// Events of one of the cells.
    public func rows(cell: Int) -> Int {
        let first = Self.spectrumAxis.count + cell * Self.asymmetryAxis.count
        return (0..<Self.asymmetryAxis.count).reduce(0) {
            $0 + table.count(cell: first + $1, column: 0)
        }
    }
}
