#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning
public import JetPhysics

/// Sums for the width of the asymmetry A = (pT1 − pT2) / pT_avg in disjoint classes of α = pT3 / pT_avg, by bin of pT_avg and pair of
/// regions of |η|; of jets of two regions the inner one is the first, of one region that at lower η. Exact and mergeable; see
/// `FixedPointTable`.
///
/// Of simulation they may tell the imbalance T = 2 (t1 − t2) / (t1 + t2) of the true momenta of the same jets too, and A with it: then
/// only events both of whose jets have truth count.
///
/// Products are kept by truth event and between classes, as in `AlphaSums`, here of all that variances of A and T consist of, so
/// that the covariance of variances below nested cuts is exact, also where a truth event is used several times.
public struct WidthSums: StorableSums, Equatable {
    /// Events with a larger |A|, whose softer jet has less than a quarter of the harder one's pT, do not count: a soft dijet with a
    /// hard jet of pile-up is one, rare and of great weight in a mean of A².
    public static let largestAsymmetry = 1.2

    public let binning: BalanceBinning
    public let selection: Selection
    public let cuts: AlphaCuts
    public let regions: AbsEtaRegions
    let layout: WidthLayout
    private(set) var table: FixedPointTable
    /// What weights are counted in, by cell; see `TriggerAssignment.unit`.
    private let units: [Double]

    public var tellsImbalance: Bool { layout.tellsImbalance }

    public init(
        binning: BalanceBinning, selection: Selection, cuts: AlphaCuts, tellsImbalance: Bool, slices: Int
    ) {
        let regions = AbsEtaRegions(binning)
        let layout = WidthLayout(
            ptBins: binning.ptAverage.count, pairs: regions.pairCount, classes: cuts.count,
            tellsImbalance: tellsImbalance)
        self.binning = binning
        self.selection = selection
        self.cuts = cuts
        self.regions = regions
        self.layout = layout
        table = FixedPointTable(slices: slices, cells: layout.cells, columns: layout.columns)
        units = Self.units(binning, regions, selection.triggers)
    }

    private static func units(
        _ binning: BalanceBinning, _ regions: AbsEtaRegions, _ triggers: TriggerAssignment?
    ) -> [Double] {
        let (ptBins, edges) = (binning.ptAverage.count, regions.edges)
        guard let triggers else { return Array(repeating: 1, count: ptBins * regions.pairCount) }
        let bins = (0..<regions.count).map { region in
            (0..<binning.eta.count).filter { bin in
                let sides = [abs(binning.eta.edges[bin]), abs(binning.eta.edges[bin + 1])]
                return (sides.max() ?? 0) > edges[region] && (sides.min() ?? 0) < edges[region + 1]
            }
        }
        return (0..<ptBins).flatMap { ptBin in
            (0..<regions.count).flatMap { high in
                (0...high).map { low in
                    bins[low].reduce(0) { largest, one in
                        bins[high].reduce(largest) { max($0, triggers.unit(ptBin: ptBin, etaBins: (one, $1))) }
                    }
                }
            }
        }
    }

    public mutating func merge(_ other: WidthSums) { table.merge(other.table) }

    public var record: SumsRecord {
        var record = SumsRecord()
        record["table"] = table.record
        return record
    }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record["table"]) }

    /// Adds a calibrated block.
    public mutating func add(_ block: ReconstructedBlock) {
        selection.withDijets(of: block, binning: binning) { add($0) }
    }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        let block = dijets.block
        let (layout, cuts, regions, units) = (layout, cuts, regions, units)
        dijets.forEachSlice { slice, events in
            table.withSlice(slice) { sums in
                var open = TruthEventParts<SIMD8<Double>>()
                var last = 0
                for event in events {
                    let row = Int(event.row)
                    if !block.isOneTruthEvent(last, row) { Self.close(&open, layout, sums) }
                    last = row
                    guard let entry = Entry(event, block, cuts, regions, layout) else { continue }
                    let weight = event.weight / units[entry.cell]
                    entry.add(weight: weight, layout, to: sums + entry.cell * layout.columns)
                    open.add(entry.terms * weight, cell: entry.cell, alphaClass: entry.alphaClass)
                }
                Self.close(&open, layout, sums)
            }
        }
    }

    /// Ends a truth event.
    private static func close(
        _ parts: inout TruthEventParts<SIMD8<Double>>, _ layout: WidthLayout, _ sums: UnsafeMutablePointer<Int64>
    ) {
        parts.close { part in
            sums[part.cell * layout.columns + layout.column(.truthEvents, part.alphaClass)] &+= 1
        } pair: { low, high in
            var place = sums + low.cell * layout.columns + layout.products(low.alphaClass, high.alphaClass)
            for one in 0..<layout.terms {
                for two in 0..<layout.terms {
                    place.pointee &+= WidthLayout.coarse.quantized(low.terms[one] * high.terms[two])
                    place += 1
                }
            }
        }
    }
}

/// A row in its cell and class.
private struct Entry {
    let cell: Int
    let alphaClass: Int
    /// nil where no third jet is listed.
    let alpha: Double?
    /// 1, A, A², T, AT, T².
    let terms: SIMD8<Double>
    /// True pT of both jets, and what it is of pT_avg.
    let truth: SIMD2<Double>
    let shares: SIMD2<Double>

    /// - Returns: nil for a row outside the cells, and for one without truth where that is asked for.
    init?(
        _ event: Dijet, _ block: ReconstructedBlock, _ cuts: AlphaCuts, _ regions: AbsEtaRegions, _ layout: WidthLayout
    ) {
        let (row, second) = (Int(event.row), block.capacity + Int(event.row))
        let (eta1, eta2) = (block.detectorEta[row], block.detectorEta[second])
        let (region1, region2) = (regions.index(of: eta1), regions.index(of: eta2))
        guard event.ptBin >= 0, region1 >= 0, region2 >= 0 else { return nil }
        let isTurned = region1 > region2 || (region1 == region2 && eta1 > eta2)
        let (first, other) = isTurned ? (second, row) : (row, second)
        let asymmetry = (block.pt[first] - block.pt[other]) / event.average
        guard abs(asymmetry) < WidthSums.largestAsymmetry else { return nil }
        var terms = SIMD8<Double>(1, asymmetry, asymmetry * asymmetry, 0, 0, 0, 0, 0)
        if layout.tellsImbalance {
            truth = SIMD2(block.truePt[first], block.truePt[other])
            guard truth.x > 0, truth.y > 0 else { return nil }
            let imbalance = 2 * (truth.x - truth.y) / (truth.x + truth.y)
            (terms[3], terms[4], terms[5]) = (imbalance, asymmetry * imbalance, imbalance * imbalance)
            shares = truth / event.average
        } else {
            (truth, shares) = (SIMD2(), SIMD2())
        }
        self.terms = terms
        cell = layout.cell(
            ptBin: Int(event.ptBin), pair: regions.pair(min(region1, region2), max(region1, region2)))
        let third = block.pt[2 * block.capacity + row]
        alpha = third > 0 ? third / event.average : nil
        // A third jet below the floor of the selection may be beyond all cuts.
        let found = cuts.classes.index(of: alpha ?? 0)
        alphaClass = found < 0 ? cuts.count - 1 : found
    }

    /// Sums over rows.
    func add(weight: Double, _ layout: WidthLayout, to cell: UnsafeMutablePointer<Int64>) {
        func add(_ column: WidthLayout.Column, _ value: Double) {
            cell[layout.column(column, alphaClass)] &+= WidthLayout.unit.quantized(weight * value)
        }
        cell[layout.column(.rows, alphaClass)] &+= 1
        add(.weight, 1)
        if let alpha { add(.alpha, alpha) } else { add(.alone, 1) }
        add(.asymmetry, terms[1])
        add(.asymmetry2, terms[2])
        guard layout.tellsImbalance else { return }
        add(.imbalance, terms[3])
        add(.product, terms[4])
        add(.imbalance2, terms[5])
        add(.shareLow, shares.x)
        add(.shareHigh, shares.y)
        add(.logLow, log(truth.x / 100))
        add(.logHigh, log(truth.y / 100))
    }
}
