public import Binning
internal import JetPhysics
internal import Sampling

/// Σω and Σω times what a method takes means of, by cell and in sub-samples of the events, from which replicas of a bootstrap are made.
///
/// An event's sub-sample is a hash of its (run, slice, truth event): rows that re-use a truth event stay together, and so do the same
/// events in other selections and methods, and in files with the same slices. A replica counts each sub-sample a Poisson number of
/// times; with G of them it tells the variance of a sum to √(2/G), as one that draws for each event does with G replicas.
///
/// Slices are gathered in classes of weights within 2²⁰ of each other, so that sums of integers serve for all of a class.
///
/// Copies share their memory: threads add to one table, since each would need as much as all (8 bytes for each sum, cell and sub-sample
/// where there are events). Merging a copy of the same does nothing, that of another adds.
public struct SubSampleSums: StorableSums {
    public enum Content: Sendable {
        /// A in the cells of `BalanceSums`, one for each pair of η bins.
        case balance
        /// B2, Bn and Bu in the cells of `MissingMomentumSums`.
        case missingMomentum
    }

    static var unit: FixedPoint { FixedPoint(bits: 30) }
    /// Of the table.
    private static let largestBytes = 1 << 30
    private static let largestCount = 1024
    private static let leastCount = 64

    public let binning: BalanceBinning
    public let selection: Selection
    /// How many there are: 1024, or less where cells are many.
    public let count: Int
    /// Of one pT_avg bin.
    public let cellCount: Int
    /// Of those of the missing momentum.
    let projections: MissingMomentumSums.Cells?
    let sums: SharedSums
    /// Of a sub-sample: Σω first.
    let columns: Int

    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    /// - Throws: for so many cells that too few sub-samples would have room.
    public init(
        binning: BalanceBinning, selection: Selection, content: Content = .balance, weights: [Double]
    ) throws(SelectionError) {
        self.binning = binning
        self.selection = selection
        switch content {
        case .balance:
            projections = nil
            cellCount = binning.pairCount
            columns = 2
        case .missingMomentum:
            let cells = MissingMomentumSums.Cells(binning, selection.triggers)
            projections = cells
            cellCount = cells.perPtBin
            columns = 4
        }
        let classes = WeightClasses(weights)
        let cells = binning.ptAverage.count * cellCount
        var count = Self.largestCount
        while classes.units.count * cells * count * columns * MemoryLayout<Int64>.size > Self.largestBytes {
            count /= 2
        }
        guard count >= Self.leastCount else {
            throw SelectionError(
                key: "replicas", problem: "\(cells) cells are too many for a bootstrap",
                remedy: "give fewer bins, or no replicas")
        }
        self.count = count
        sums = SharedSums(classes, cells: cells, columns: count * columns)
    }

    public mutating func merge(_ other: SubSampleSums) { sums.merge(other.sums) }

    public var record: SumsRecord { sums.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try sums.restore(record) }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        if let projections {
            add(dijets) { event, block, add in
                MissingMomentumSums.forEachProjection(event, block, projections) { cell, weight, parts, _ in
                    add(cell, weight * parts)
                }
            }
        } else {
            let pairs = binning.pairCount
            dijets.withWeightsInUnits { dijets in
                add(dijets) { event, block, add in
                    guard let entry = BalanceSums.entry(event, block, pairs) else { return }
                    add(entry.cell, SIMD2(1, entry.asymmetry) * entry.weight)
                }
            }
        }
    }

    /// - Parameter body: calls its last argument with a cell and what the event adds to its columns.
    @inline(__always)
    private func add<Columns: SIMD<Double>>(
        _ dijets: Dijets, _ body: (Dijet, ReconstructedBlock, (_ cell: Int, Columns) -> Void) -> Void
    ) {
        let block = dijets.block
        dijets.forEachSlice { slice, events in
            let (weightClass, factor) = (sums.classes.number[slice], sums.classes.factor[slice])
            for event in events {
                let row = Int(event.row)
                let subSample = Self.hash(run: block.run[row], slice: slice, event: block.event[row]) % UInt64(count)
                body(event, block) { cell, values in
                    for column in 0..<columns {
                        sums.add(
                            Self.unit.quantized(values[column] * factor), weightClass: weightClass, cell: cell,
                            column: Int(subSample) * columns + column)
                    }
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
