public import Binning
internal import JetPhysics
internal import Sampling

/// Σω and ΣωA of each cell of `BalanceSums` in sub-samples of the events, from which replicas of a bootstrap are made.
///
/// An event's sub-sample is a hash of its (run, slice, truth event): rows that re-use a truth event stay together, and so do the same
/// events in other selections and methods, and in files with the same slices. A replica counts each sub-sample a Poisson number of
/// times; with G of them it tells the variance of a sum to √(2/G), as one that draws for each event does with G replicas.
///
/// Slices are gathered in classes of weights within 2²⁰ of each other, so that sums of integers serve for all of a class.
///
/// Copies share their memory: threads add to one table, since each would need as much as all (16 bytes for each cell and sub-sample
/// where there are events). Merging a copy of the same does nothing, that of another adds.
public struct SubSampleSums: StorableSums {
    static var unit: FixedPoint { FixedPoint(bits: 30) }
    /// Of the table.
    private static let largestBytes = 1 << 30
    private static let largestCount = 1024
    private static let leastCount = 64

    public let binning: BalanceBinning
    public let selection: Selection
    /// How many there are: 1024, or less where cells are many.
    public let count: Int
    let sums: SharedSums

    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    /// - Throws: for so many cells that too few sub-samples would have room.
    public init(binning: BalanceBinning, selection: Selection, weights: [Double]) throws(SelectionError) {
        self.binning = binning
        self.selection = selection
        let classes = WeightClasses(weights)
        let cells = binning.ptAverage.count * binning.pairCount
        var count = Self.largestCount
        while classes.units.count * cells * count * 2 * MemoryLayout<Int64>.size > Self.largestBytes { count /= 2 }
        guard count >= Self.leastCount else {
            throw SelectionError(
                key: "replicas",
                problem: "\(binning.ptAverage.count * binning.pairCount) cells are too many for a bootstrap",
                remedy: "give fewer bins, or no replicas")
        }
        self.count = count
        sums = SharedSums(classes, cells: cells, columns: count * 2)
    }

    public mutating func merge(_ other: SubSampleSums) { sums.merge(other.sums) }

    public var record: SumsRecord { sums.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try sums.restore(record) }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        let (block, pairs) = (dijets.block, binning.pairCount)
        dijets.withWeightsInUnits { dijets in
            dijets.forEachSlice { slice, events in
                let (weightClass, factor) = (sums.classes.number[slice], sums.classes.factor[slice])
                for event in events {
                    guard let entry = BalanceSums.entry(event, block, pairs) else { continue }
                    let row = Int(event.row)
                    let subSample =
                        Self.hash(run: block.run[row], slice: slice, event: block.event[row]) % UInt64(count)
                    let weight = entry.weight * factor
                    let column = Int(subSample) * 2
                    func add(_ value: Double, _ column: Int) {
                        sums.add(
                            Self.unit.quantized(value), weightClass: weightClass, cell: entry.cell, column: column)
                    }
                    add(weight, column)
                    add(weight * entry.asymmetry, column + 1)
                }
            }
        }
    }

    /// One number after another.
    @inline(__always)
    private static func hash(run: Int32, slice: Int, event: UInt64) -> UInt64 {
        let place = UInt64(UInt32(bitPattern: run)) << 32 | UInt64(slice)
        return splitMix((event ^ splitMix(place &+ splitMixStep)) &+ splitMixStep)
    }
}
