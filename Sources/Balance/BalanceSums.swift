#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning
public import JetPhysics

/// Sums of the asymmetry A = (pT_l − pT_r) / pT_avg over selected dijets, by bin of pT_avg and pair of η bins, with l
/// the jet at lower η. Exact and mergeable; see `FixedPointTable`.
///
/// Second moments are kept by truth event: rows that re-use one truth event enter as one observation with weight
/// a = Σω and b = ΣωA, so that the variance of a mean stays honest (for events used once a = ω, b = ωA).
///
/// Where triggers decide, ω is in the unit of its cell (`TriggerAssignment.unit`).
public struct BalanceSums: StorableSums, Equatable {
    /// Added to in pairs, so that neighbours are what is known together.
    public enum Column: Int, CaseIterable {
        /// Rows and truth events, as plain counts.
        case rows, truthEvents
        /// Σω, ΣωA, and Σω η of the two jets.
        case weight, asymmetry, etaLow, etaHigh
        /// Σω pT of the two jets before the residual.
        case ptLow, ptHigh
        /// ΣωA², and Σa², Σab, Σb² of truth events.
        case squaredAsymmetry, clusterWeight2, clusterCross, clusterAsymmetry2
        /// Σω ln(residual) that the two jets were corrected with.
        case residualLow, residualHigh
    }
    static var columns: Int { 14 }
    /// What sums of numbers of order 1 are counted in.
    public static var unit: FixedPoint { FixedPoint(bits: 30) }
    /// What squares of up to 4096 re-uses, and pT in GeV, are counted in.
    public static var coarse: FixedPoint { FixedPoint(bits: 20) }

    public let binning: BalanceBinning
    public let selection: Selection
    public private(set) var table: FixedPointTable
    /// Rows that were looked at, and that were selected.
    public private(set) var rowsSeen = 0
    public private(set) var rowsSelected = 0

    public init(binning: BalanceBinning, selection: Selection, slices: Int) {
        self.binning = binning
        self.selection = selection
        table = FixedPointTable(
            slices: slices, cells: binning.ptAverage.count * binning.pairCount, columns: Self.columns)
    }

    public mutating func merge(_ other: BalanceSums) {
        table.merge(other.table)
        rowsSeen += other.rowsSeen
        rowsSelected += other.rowsSelected
    }

    public var record: SumsRecord {
        var record = SumsRecord()
        record["table"] = table.record
        record.rows["events"] = .init(numbers: [Int64(rowsSeen), Int64(rowsSelected)])
        return record
    }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        let events = try record.numbers("events", count: 2)
        try table.restore(record["table"])
        (rowsSeen, rowsSelected) = (Int(events[0]), Int(events[1]))
    }

    /// Adds a calibrated block.
    public mutating func add(_ block: ReconstructedBlock) {
        selection.withDijets(of: block, binning: binning) { add($0) }
    }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        rowsSeen += dijets.block.count
        dijets.withWeightsInUnits { dijets in
            dijets.forEachSlice { slice, events in
                let pairs = binning.pairCount
                rowsSelected += table.withSlice(slice) { sums in
                    Self.sharesTruth(events, dijets.block)
                        ? Self.addClusters(events, dijets.block, pairs, sums)
                        : Self.addSingles(events, dijets.block, pairs, sums)
                }
            }
        }
    }

    /// Whether two of the rows are the same truth event.
    private static func sharesTruth(
        _ events: UnsafeMutableBufferPointer<Dijet>, _ block: ReconstructedBlock
    ) -> Bool {
        var shared = false
        for index in 1..<max(events.count, 1) {
            shared = block.event[Int(events[index].row)] == block.event[Int(events[index &- 1].row)] || shared
        }
        return shared
    }

    /// A row in its cell, with the jet at lower η first.
    struct Entry {
        let cell: Int
        let weight: Double
        let asymmetry: Double
        /// Places in the block's columns.
        let low: Int
        let high: Int
    }

    /// - Returns: nil for a row outside the bins.
    @inline(__always)
    static func entry(_ event: Dijet, _ block: ReconstructedBlock, _ pairs: Int) -> Entry? {
        let (bin1, bin2) = (Int(event.etaBin1), Int(event.etaBin2))
        // The sign bit of any of them.
        guard bin1 | bin2 | Int(event.ptBin) >= 0 else { return nil }
        let first = Int(event.row)
        let second = block.capacity &+ first
        // Within one bin the order is that of η itself: all ones when the harder jet is at higher η.
        let inBin = bin1 == bin2 ? -1 : 0
        let exchange =
            (bin1 > bin2 ? -1 : 0) | (inBin & (block.detectorEta[first] > block.detectorEta[second] ? -1 : 0))
        let low = first ^ ((first ^ second) & exchange)
        let high = second ^ ((first ^ second) & exchange)
        let (lowBin, highBin) = (bin1 < bin2 ? bin1 : bin2, bin1 < bin2 ? bin2 : bin1)
        return Entry(
            cell: Int(event.ptBin) &* pairs &+ (highBin &* (highBin &+ 1)) >> 1 &+ lowBin,
            weight: event.weight, asymmetry: exchange == 0 ? event.balance : -event.balance,
            low: low, high: high)
    }

    /// Sums over rows, and over truth events if each row is one.
    @inline(__always)
    private static func add(
        _ entry: Entry, isTruthEvent: Bool, _ block: ReconstructedBlock, to cell: UnsafeMutablePointer<Int64>
    ) {
        let (weight, asymmetry) = (entry.weight, entry.asymmetry)
        let (low, high) = (entry.low, entry.high)
        let (one, fine, wide) = (FixedPoint(bits: 0), FixedPointPair(unit, unit), FixedPointPair(coarse, coarse))
        let cluster = isTruthEvent ? 1.0 : 0
        FixedPointPair(one, one).add(SIMD2(1, cluster), to: cell + Column.rows.rawValue)
        let moments = SIMD2(1, asymmetry) * weight
        fine.add(moments, to: cell + Column.weight.rawValue)
        fine.add(SIMD2(block.detectorEta[low], block.detectorEta[high]) * weight, to: cell + Column.etaLow.rawValue)
        let base = SIMD2(block.basePt[low], block.basePt[high])
        wide.add(base * weight, to: cell + Column.ptLow.rawValue)
        FixedPointPair(unit, coarse).add(
            SIMD2(moments.y * asymmetry, cluster * weight * weight), to: cell + Column.squaredAsymmetry.rawValue)
        if isTruthEvent { wide.add(moments * moments.y, to: cell + Column.clusterCross.rawValue) }
        let calibrated = SIMD2(block.pt[low], block.pt[high])
        if calibrated != base {
            let ratio = calibrated / base
            fine.add(SIMD2(log(ratio.x), log(ratio.y)) * weight, to: cell + Column.residualLow.rawValue)
        }
    }

    private static func addSingles(
        _ events: UnsafeMutableBufferPointer<Dijet>, _ block: ReconstructedBlock, _ pairs: Int,
        _ sums: UnsafeMutablePointer<Int64>
    ) -> Int {
        var selected = 0
        for event in events {
            guard let entry = entry(event, block, pairs) else { continue }
            selected &+= 1
            add(entry, isTruthEvent: true, block, to: sums + entry.cell &* columns)
        }
        return selected
    }

    /// The part of a truth event's rows that fell into one cell.
    private struct Cluster {
        var cell = 0
        var weight = 0.0
        var asymmetry = 0.0
    }

    private static func addClusters(
        _ events: UnsafeMutableBufferPointer<Dijet>, _ block: ReconstructedBlock, _ pairs: Int,
        _ sums: UnsafeMutablePointer<Int64>
    ) -> Int {
        var selected = 0
        // A pair's rows spread over few pT bins, so that a short list finds its clusters at once.
        return withUnsafeTemporaryAllocation(of: Cluster.self, capacity: events.count) { clusters in
            var open = 0
            func close() {
                for index in 0..<open {
                    let cluster = clusters[index]
                    let cell = sums + cluster.cell * columns
                    cell[Column.truthEvents.rawValue] &+= 1
                    cell[Column.clusterWeight2.rawValue] &+= coarse.quantized(cluster.weight * cluster.weight)
                    cell[Column.clusterCross.rawValue] &+= coarse.quantized(cluster.weight * cluster.asymmetry)
                    cell[Column.clusterAsymmetry2.rawValue] &+= coarse.quantized(cluster.asymmetry * cluster.asymmetry)
                }
                open = 0
            }
            var row = 0
            for event in events {
                // Rows of one truth event follow each other; others between end it.
                let next = Int(event.row)
                while open > 0, row < next {
                    row += 1
                    if block.event[row] != block.event[row - 1] { close() }
                }
                row = next
                guard let entry = entry(event, block, pairs) else { continue }
                selected += 1
                add(entry, isTruthEvent: false, block, to: sums + entry.cell * columns)
                var index = 0
                while index < open, clusters[index].cell != entry.cell { index += 1 }
                if index == open {
                    clusters[open] = Cluster(cell: entry.cell)
                    open += 1
                }
                clusters[index].weight += entry.weight
                clusters[index].asymmetry += entry.weight * entry.asymmetry
            }
            close()
            return selected
        }
    }
}
