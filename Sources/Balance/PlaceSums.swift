internal import Binning
internal import JetPhysics

/// How the asymmetry changes across an η bin: its products with the place of a jet inside its bin, by bin of pT_avg and η bin,
/// whatever bin the other jet is in. Exact and mergeable.
///
/// A place x goes from −1 at the lower edge to 1 at the upper one, and A is (pT_jet − pT_other) / pT_avg.
struct PlaceSums: StorableSums {
    /// Added to in pairs. Σω xⁿ, n from 0 to 4; Σω pT; Σω A xⁿ, n from 0 to 2; Σω² A² xⁿ, n from 0 to 4; Σω².
    private enum Column {
        static let place = 0
        static let pt = 5
        static let product = 6
        static let square = 9
        static let weight2 = 14
        /// One more keeps pairs together.
        static let count = 16
    }
    private static var fine: FixedPoint { BalanceSums.unit }
    private static var coarse: FixedPoint { BalanceSums.coarse }

    private let binning: BalanceBinning
    /// By bin of pT_avg and η bin: what weights are counted in, where triggers decide.
    private let units: [Double]?
    private var table: FixedPointTable

    init(binning: BalanceBinning, triggers: TriggerAssignment?, slices: Int) {
        self.binning = binning
        let bins = 0..<binning.eta.count
        units = triggers.map { triggers in
            (0..<binning.ptAverage.count).flatMap { ptBin in
                bins.map { bin in bins.reduce(0) { max($0, triggers.unit(ptBin: ptBin, etaBins: (bin, $1))) } }
            }
        }
        table = FixedPointTable(
            slices: slices, cells: binning.ptAverage.count * binning.eta.count, columns: Column.count)
    }

    mutating func merge(_ other: PlaceSums) { table.merge(other.table) }

    var record: SumsRecord { table.record }

    mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    mutating func add(_ dijets: Dijets) {
        let (block, eta) = (dijets.block, binning.eta)
        dijets.forEachSlice { slice, events in
            table.withSlice(slice) { sums in
                for event in events where event.etaBin1 | event.etaBin2 | event.ptBin >= 0 {
                    let first = Int(event.row)
                    let second = block.capacity &+ first
                    let asymmetry = (block.pt[first] - block.pt[second]) / event.average
                    for (place, bin, a) in [(first, event.etaBin1, asymmetry), (second, event.etaBin2, -asymmetry)] {
                        let cell = Int(event.ptBin) &* eta.count &+ Int(bin)
                        let weight = units.map { event.weight / $0[cell] } ?? event.weight
                        let (low, high) = (eta.edges[Int(bin)], eta.edges[Int(bin) &+ 1])
                        let x = (2 * block.detectorEta[place] - low - high) / (high - low)
                        Self.add(weight, a, x, pt: block.basePt[place], to: sums + cell &* Column.count)
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func add(
        _ weight: Double, _ asymmetry: Double, _ x: Double, pt: Double, to cell: UnsafeMutablePointer<Int64>
    ) {
        let (both, wide) = (FixedPointPair(fine, fine), FixedPointPair(coarse, coarse))
        let square = x * x
        both.add(SIMD2(1, x) * weight, to: cell)
        both.add(SIMD2(1, x) * (weight * square), to: cell + 2)
        FixedPointPair(fine, coarse).add(SIMD2(square * square, pt) * weight, to: cell + 4)
        both.add(SIMD2(1, x) * (weight * asymmetry), to: cell + Column.product)
        let product = weight * asymmetry
        FixedPointPair(fine, coarse).add(SIMD2(product * square, product * product), to: cell + 8)
        wide.add(SIMD2(x, square) * (product * product), to: cell + 10)
        wide.add(SIMD2(x, square) * (product * product * square), to: cell + 12)
        cell[Column.weight2] &+= coarse.quantized(weight * weight)
    }
}

/// What is known of how the asymmetry changes across an η bin.
public struct PlaceMoments: Sendable, Equatable {
    /// ⟨xⁿ⟩, n from 0 to 4.
    public let places: [Double]
    /// ⟨A xⁿ⟩, n from 0 to 2.
    public let products: [Double]
    /// Σω² A² xⁿ / (Σω)², n from 0 to 4: covariances of the products.
    public let squares: [Double]
    public let meanPt: Double
    public let effectiveEvents: Double

    /// ⟨A xⁿ⟩ − ⟨A⟩⟨xⁿ⟩.
    public func covariance(_ power: Int) -> Double { products[power] - products[0] * places[power] }

    /// What a covariance fluctuates by, as `squares` of A less its mean.
    public func spread(_ power: Int) -> Double {
        squares[power] - products[0] * products[0] * places[power] / effectiveEvents
    }
}

extension PlaceSums {
    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    /// - Returns: nil for a bin without events.
    func moments(ptBin: Int, bin: Int, weights: [Double]) -> PlaceMoments? {
        let cell = ptBin * binning.eta.count + bin
        let squares = weights.map { $0 * $0 }
        func total(_ column: Int, _ weights: [Double], _ unit: FixedPoint) -> Double {
            table.total(cell: cell, column: column, weights: weights, quantum: unit.quantum)
        }
        let weight = total(Column.place, weights, Self.fine)
        let weight2 = total(Column.weight2, squares, Self.coarse)
        guard weight > 0, weight2 > 0 else { return nil }
        return PlaceMoments(
            places: (0...4).map { total(Column.place + $0, weights, Self.fine) / weight },
            products: (0...2).map { total(Column.product + $0, weights, Self.fine) / weight },
            squares: (0...4).map { total(Column.square + $0, squares, Self.coarse) / (weight * weight) },
            meanPt: total(Column.pt, weights, Self.coarse) / weight, effectiveEvents: weight * weight / weight2)
    }
}
