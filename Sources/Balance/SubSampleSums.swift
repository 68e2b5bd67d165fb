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
    let classes: WeightClasses
    let storage: SharedTable

    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    /// - Throws: for so many cells that too few sub-samples would have room.
    public init(binning: BalanceBinning, selection: Selection, weights: [Double]) throws(SelectionError) {
        self.binning = binning
        self.selection = selection
        classes = WeightClasses(weights)
        let cells = classes.units.count * binning.ptAverage.count * binning.pairCount
        var count = Self.largestCount
        while cells * count * 2 * MemoryLayout<Int64>.size > Self.largestBytes { count /= 2 }
        guard count >= Self.leastCount else {
            throw SelectionError(
                key: "replicas",
                problem: "\(binning.ptAverage.count * binning.pairCount) cells are too many for a bootstrap",
                remedy: "give fewer bins, or no replicas")
        }
        self.count = count
        storage = SharedTable(count: cells * count * 2)
    }

    private var cells: Int { binning.ptAverage.count * binning.pairCount }

    /// The place of a cell's first sub-sample.
    func place(weightClass: Int, cell: Int) -> Int { (weightClass * cells + cell) * count * 2 }

    public mutating func merge(_ other: SubSampleSums) {
        guard other.storage !== storage else { return }
        precondition(other.storage.count == storage.count, "sub-samples of the same cells")
        for index in 0..<storage.count where other.storage[index] != 0 { storage.add(other.storage[index], at: index) }
    }

    public var record: SumsRecord {
        var record = SumsRecord()
        for weightClass in classes.units.indices {
            var (used, values) = ([Int64](), [Int64]())
            for cell in 0..<cells {
                let sums = storage.range(place(weightClass: weightClass, cell: cell), count: count * 2)
                guard sums.contains(where: { $0 != 0 }) else { continue }
                used.append(Int64(cell))
                values += sums
            }
            let rows = try? SumsRecord.Rows(columns: count * 2, cells: used, values: values)
            guard let rows else { preconditionFailure("as many numbers as cells and sub-samples") }
            record.rows["\(weightClass)"] = rows
        }
        return record
    }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        storage.clear()
        for (name, rows) in record.rows {
            guard let weightClass = Int(name), classes.units.indices.contains(weightClass), rows.columns == count * 2,
                (rows.cells.last ?? 0) < cells, rows.high.isEmpty
            else { throw SumsRecordError(name: name, problem: "are not of \(count) sub-samples of these cells") }
            for (row, cell) in rows.cells.enumerated() {
                let start = place(weightClass: weightClass, cell: Int(cell))
                for column in 0..<count * 2 { storage.add(rows.values[row * count * 2 + column], at: start + column) }
            }
        }
    }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        let (block, pairs) = (dijets.block, binning.pairCount)
        dijets.withWeightsInUnits { dijets in
            dijets.forEachSlice { slice, events in
                let (weightClass, factor) = (classes.number[slice], classes.factor[slice])
                for event in events {
                    guard let entry = BalanceSums.entry(event, block, pairs) else { continue }
                    let row = Int(event.row)
                    let subSample =
                        Self.hash(run: block.run[row], slice: slice, event: block.event[row]) % UInt64(count)
                    let weight = entry.weight * factor
                    let place = place(weightClass: weightClass, cell: entry.cell) + Int(subSample) * 2
                    storage.add(Self.unit.quantized(weight), at: place)
                    storage.add(Self.unit.quantized(weight * entry.asymmetry), at: place + 1)
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
