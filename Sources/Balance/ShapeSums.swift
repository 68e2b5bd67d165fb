public import Binning
public import JetPhysics

/// Distributions of |x|, the log ratio less its line and in units of its width (`BalanceScore`), by pT_avg and α. Exact and mergeable;
/// see `FixedPointTable`.
public struct ShapeSums: StorableSums {
    /// Of a bin.
    static let step = 0.125
    /// Up to |x| = 8; what is beyond counts in the last.
    static let bins = 64
    private static var unit: FixedPoint { FixedPoint(bits: 30) }

    public let binning: BalanceBinning
    public let selection: Selection
    private let lines: [[BalanceScore.Line]]
    private let classes: ScoreClasses
    private var table: FixedPointTable

    /// - Parameter lines: [group][class of α].
    public init(binning: BalanceBinning, selection: Selection, lines: [[BalanceScore.Line]], slices: Int) {
        self.binning = binning
        self.selection = selection
        self.lines = lines
        classes = ScoreClasses(binning)
        // Weights, and their squares for how well a bin is known.
        table = FixedPointTable(
            slices: slices, cells: classes.ptBins * ScoreClasses.alphaCount * Self.bins, columns: 2)
    }

    public mutating func merge(_ other: ShapeSums) { table.merge(other.table) }

    public var record: SumsRecord { table.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        let (classes, block) = (classes, dijets.block)
        let pair = FixedPointPair(Self.unit, Self.unit)
        dijets.forEachSlice { slice, events in
            table.withSlice(slice) { sums in
                for event in events {
                    guard let place = classes.place(event, block) else { continue }
                    let x = BalanceScore.deviation(event, block, place, lines[place.group][place.alphaClass])
                    let bin = min(Int(abs(x) / Self.step), Self.bins - 1)
                    let cell = (Int(event.ptBin) * ScoreClasses.alphaCount + place.alphaClass) * Self.bins + bin
                    pair.add(SIMD2(1, event.weight) * event.weight, to: sums + cell * 2)
                }
            }
        }
    }

    /// Σω and Σω² of the bins of |x|: [pT_avg][class of α][bin].
    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    public func shapes(weights: [Double]) -> [[[SIMD2<Double>]]] {
        let squares = weights.map { $0 * $0 }
        return (0..<classes.ptBins).map { ptBin in
            (0..<ScoreClasses.alphaCount).map { alphaClass in
                (0..<Self.bins).map { bin in
                    let cell = (ptBin * ScoreClasses.alphaCount + alphaClass) * Self.bins + bin
                    return SIMD2(
                        table.total(cell: cell, column: 0, weights: weights, quantum: Self.unit.quantum),
                        table.total(cell: cell, column: 1, weights: squares, quantum: Self.unit.quantum))
                }
            }
        }
    }
}
