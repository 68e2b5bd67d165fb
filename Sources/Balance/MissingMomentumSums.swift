#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning
public import JetPhysics

/// Sums of the missing momentum projected on the jet of the reference region (`Projection`), by bin of pT_avg and signed η of
/// the probe. Exact and mergeable; see `FixedPointTable`.
///
/// A tag is a jet in one of the reference bins. Where both jets are tags each is the other's probe in turn: their two B0 are opposite
/// but for the angle between the jets, so that they hardly fluctuate together. Probes of the reference region are therefore kept by the
/// bin of their tag as well.
///
/// As in `BalanceSums`, second moments are kept by truth event: rows that re-use one are one observation with weight a = Σω and
/// b = ΣωB for each part of B. Where triggers decide, ω is in the unit of its cell.
public struct MissingMomentumSums: StorableSums, Equatable {
    enum Column: Int, CaseIterable {
        /// Rows and truth events, as plain counts; a row both of whose jets are in one bin of the reference region counts once.
        case rows, truthEvents
        /// Σω, and ΣωB of the two leading jets, of the third and of what is in none of them.
        case weight, jets, other, unclustered
        /// Σω pT of the probe before the residual, and Σω ln(residual) that it was corrected with.
        case pt, residual
        /// Σa², Σab and Σbb' of truth events.
        case weight2, weightJets, weightOther, weightUnclustered
        case jets2, jetsOther, jetsUnclustered, other2, otherUnclustered, unclustered2
    }
    static var unit: FixedPoint { BalanceSums.unit }
    static var coarse: FixedPoint { BalanceSums.coarse }
    /// Of each part of B: what the squares of 4096 re-uses have room for, and a soft term of 16 pT_avg.
    private static let largest = 8.0

    /// Responses that a soft term can have, relative to jets.
    public static let softResponses = 0.1...2.0

    public let binning: BalanceBinning
    public let selection: Selection
    private(set) var table: FixedPointTable
    let cells: Cells

    public init(binning: BalanceBinning, selection: Selection, slices: Int) {
        self.binning = binning
        self.selection = selection
        cells = Cells(binning, selection.triggers)
        table = FixedPointTable(slices: slices, cells: cells.units.count, columns: Column.allCases.count)
    }

    public mutating func merge(_ other: MissingMomentumSums) { table.merge(other.table) }

    public var record: SumsRecord { table.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    /// Adds a calibrated block.
    public mutating func add(_ block: ReconstructedBlock) {
        selection.withDijets(of: block, binning: binning) { add($0) }
    }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        let cells = cells
        dijets.forEachSlice { slice, events in
            table.withSlice(slice) { sums in
                var open: [Cluster] = []
                var last = 0
                for event in events {
                    let row = Int(event.row)
                    if !dijets.block.isOneTruthEvent(last, row) { Self.close(&open, sums) }
                    last = row
                    Self.add(event, dijets.block, cells, to: sums, &open)
                }
                Self.close(&open, sums)
            }
        }
    }

    /// Of the cells of a probe's η bin, within a bin of pT_avg.
    public func cellNumbers(probe: Int) -> [Int] { cells.ofProbe(probe).map(\.number) }

    /// The part of a truth event's rows that fell into one cell: a, and b of the three parts of B.
    private struct Cluster {
        let cell: Int
        var sums: SIMD4<Double>
    }

    private static func close(_ open: inout [Cluster], _ sums: UnsafeMutablePointer<Int64>) {
        for cluster in open {
            let cell = sums + cluster.cell * Column.allCases.count
            cell[Column.truthEvents.rawValue] &+= 1
            var column = Column.weight2.rawValue
            for one in 0..<4 {
                for other in one..<4 {
                    cell[column] &+= coarse.quantized(cluster.sums[one] * cluster.sums[other])
                    column += 1
                }
            }
        }
        open.removeAll(keepingCapacity: true)
    }

    private static func add(
        _ event: Dijet, _ block: ReconstructedBlock, _ cells: Cells, to sums: UnsafeMutablePointer<Int64>,
        _ open: inout [Cluster]
    ) {
        var counted: Int?
        forEachProjection(event, block, cells) { number, weight, parts, probe in
            let cell = sums + number * Column.allCases.count
            cell[Column.rows.rawValue] &+= counted == number ? 0 : 1
            counted = number
            for part in 0..<4 { cell[Column.weight.rawValue + part] &+= unit.quantized(weight * parts[part]) }
            cell[Column.pt.rawValue] &+= coarse.quantized(weight * block.basePt[probe])
            cell[Column.residual.rawValue] &+= unit.quantized(weight * log(block.pt[probe] / block.basePt[probe]))
            if let place = open.firstIndex(where: { $0.cell == number }) {
                open[place].sums += weight * parts
            } else {
                open.append(Cluster(cell: number, sums: weight * parts))
            }
        }
    }

    /// Each jet of a dijet as the probe of the other, where that is a tag.
    /// - Parameter body: called with the cell, ω in its unit, 1 and the three parts of B, and the probe's place in the block's columns.
    @inline(__always)
    static func forEachProjection(
        _ event: Dijet, _ block: ReconstructedBlock, _ cells: Cells,
        _ body: (_ cell: Int, _ weight: Double, _ parts: SIMD4<Double>, _ probe: Int) -> Void
    ) {
        guard event.etaBin1 >= 0, event.etaBin2 >= 0, event.ptBin >= 0 else { return }
        let (bin1, bin2, ptBin) = (Int(event.etaBin1), Int(event.etaBin2), Int(event.ptBin))
        let (harder, other) = (Int(event.row), block.capacity + Int(event.row))
        func project(_ number: Int?, probe: Int, tag: Int) {
            guard let number else { return }
            let projection = Projection(event, block, tag: tag)
            let parts = SIMD4(1, projection.jets, projection.other, projection.unclustered)
                .clamped(lowerBound: .init(repeating: -largest), upperBound: .init(repeating: largest))
            body(number, event.weight * cells.inverseUnits[number], parts, probe)
        }
        project(cells.number(ptBin: ptBin, probe: bin1, tag: bin2), probe: harder, tag: other)
        project(cells.number(ptBin: ptBin, probe: bin2, tag: bin1), probe: other, tag: harder)
    }

    /// The cells of pairs, by pT_avg, probe and, in the reference region, tag.
    struct Cells: Equatable {
        private let tags: [Int]
        /// By η bin: its number among those of the reference region; nil outside.
        private let reference: [Int?]
        /// By probe: the first of its cells in a pT_avg bin.
        private let first: [Int]
        let perPtBin: Int
        /// By cell: what weights are counted in, and one over it.
        let units: [Double]
        let inverseUnits: [Double]

        init(_ binning: BalanceBinning, _ triggers: TriggerAssignment?) {
            let tags = binning.referenceBins
            let etaBins = 0..<binning.eta.count
            self.tags = tags
            reference = etaBins.map(tags.firstIndex)
            var (first, next) = ([Int](), 0)
            // The tags of each cell of a pT_avg bin.
            var pairs: [(probe: Int, tags: [Int])] = []
            for probe in etaBins {
                first.append(next)
                pairs += tags.contains(probe) ? tags.map { (probe, [$0]) } : [(probe, tags)]
                next = pairs.count
            }
            (self.first, perPtBin) = (first, next)
            units = (0..<binning.ptAverage.count).flatMap { ptBin in
                pairs.map { probe, tags in
                    triggers?.unit(ptBin: ptBin, etaBin: probe, others: tags) ?? 1
                }
            }
            inverseUnits = units.map { 1 / $0 }
        }

        /// - Returns: nil for a tag outside of the reference region.
        @inline(__always)
        func number(ptBin: Int, probe: Int, tag: Int) -> Int? {
            guard let place = reference[tag] else { return nil }
            return ptBin * perPtBin + first[probe] + (reference[probe] == nil ? 0 : place)
        }

        /// The cells of a probe, numbered within a pT_avg bin, with their tags where they are told apart.
        func ofProbe(_ probe: Int) -> [(number: Int, tag: Int?)] {
            let start = first[probe]
            return reference[probe] == nil ? [(start, nil)] : tags.enumerated().map { (start + $0.offset, $0.element) }
        }
    }
}
