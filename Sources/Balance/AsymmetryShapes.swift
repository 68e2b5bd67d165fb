public import Binning
internal import JetPhysics

/// The distribution of the asymmetry in each cell of `BalanceSums`: what other estimates of its place than the mean are made of. Exact and
/// mergeable.
///
/// Copies share their memory, as those of `SubSampleSums` do: 8 bytes for each bin, cell and class of weights.
public struct AsymmetryShapes: StorableSums {
    /// Of A, which lies between −2 and 2.
    public static let bins = 200
    public static let limits = -2.0...2.0
    private static var unit: FixedPoint { FixedPoint(bits: 30) }

    public let binning: BalanceBinning
    public let selection: Selection
    private let sums: SharedSums

    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    public init(binning: BalanceBinning, selection: Selection, weights: [Double]) {
        self.binning = binning
        self.selection = selection
        sums = SharedSums(
            WeightClasses(weights), cells: binning.ptAverage.count * binning.pairCount, columns: Self.bins)
    }

    public mutating func merge(_ other: AsymmetryShapes) { sums.merge(other.sums) }

    public var record: SumsRecord { sums.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try sums.restore(record) }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        let (block, pairs) = (dijets.block, binning.pairCount)
        let perUnit = Double(Self.bins) / (Self.limits.upperBound - Self.limits.lowerBound)
        dijets.withWeightsInUnits { dijets in
            dijets.forEachSlice { slice, events in
                let (weightClass, factor) = (sums.classes.number[slice], sums.classes.factor[slice])
                for event in events {
                    guard let entry = BalanceSums.entry(event, block, pairs) else { continue }
                    let place = Int((entry.asymmetry - Self.limits.lowerBound) * perUnit)
                    sums.add(
                        Self.unit.quantized(entry.weight * factor), weightClass: weightClass, cell: entry.cell,
                        column: min(max(place, 0), Self.bins - 1))
                }
            }
        }
    }

    /// Σω of the bins of A; all in one unit, which is of no meaning.
    public func distribution(ptBin: Int, pair: Int) -> [Double] {
        var result = Array(repeating: 0.0, count: Self.bins)
        for (weightClass, unit) in sums.classes.units.enumerated() {
            let row = sums.row(weightClass: weightClass, cell: ptBin * binning.pairCount + pair)
            for bin in 0..<Self.bins where row[bin] != 0 { result[bin] += Double(row[bin]) * unit }
        }
        return result
    }
}
