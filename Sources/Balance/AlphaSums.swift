public import Binning
public import JetPhysics

/// Sums of the asymmetry A = (pT_probe − pT_ref) / pT_avg in disjoint classes of α = pT3 / pT_avg, by bin of pT_avg and η bin
/// of the probe. Exact and mergeable; see `FixedPointTable`.
///
/// The probe is outside the reference region, its partner inside. Two jets of the region would be each other's probe, with
/// balances that cancel: the region as a whole balances itself at any α.
///
/// Second moments are kept by truth event, as in `BalanceSums`, and between classes: rows that re-use one truth event may fall
/// into several, which then fluctuate together. Nested cuts are sums of classes, and so are their covariances (`moments`).
public struct AlphaSums: StorableSums, Equatable {
    public let binning: BalanceBinning
    public let selection: Selection
    public let cuts: AlphaCuts
    let layout: AlphaLayout
    private(set) var table: FixedPointTable
    private let isReference: [Bool]
    /// What weights are counted in, by cell; see `TriggerAssignment.unit`.
    private let units: [Double]

    public init(binning: BalanceBinning, selection: Selection, cuts: AlphaCuts, slices: Int) {
        let reference = binning.referenceBins
        let layout = AlphaLayout(ptBins: binning.ptAverage.count, etaBins: binning.eta.count, classes: cuts.count)
        self.binning = binning
        self.selection = selection
        self.cuts = cuts
        self.layout = layout
        table = FixedPointTable(slices: slices, cells: layout.cells, columns: layout.columns)
        isReference = (0..<layout.etaBins).map { reference.contains($0) }
        units = (0..<layout.cells).map { cell in
            selection.triggers?.unit(
                ptBin: cell / layout.etaBins, etaBin: cell % layout.etaBins, others: reference) ?? 1
        }
    }

    public mutating func merge(_ other: AlphaSums) { table.merge(other.table) }

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
        let (layout, cuts, isReference, units) = (layout, cuts, isReference, units)
        dijets.forEachSlice { slice, events in
            table.withSlice(slice) { sums in
                var open = TruthEventParts<SIMD2<Double>>()
                var last = 0
                for event in events {
                    let row = Int(event.row)
                    if !block.isOneTruthEvent(last, row) { Self.close(&open, layout, sums) }
                    last = row
                    guard let entry = Entry(event, block, cuts, layout, isReference) else { continue }
                    let weight = event.weight / units[entry.cell]
                    entry.add(weight: weight, layout, to: sums + entry.cell * layout.columns)
                    open.add(
                        SIMD2(weight, weight * entry.asymmetry), cell: entry.cell, alphaClass: entry.alphaClass)
                }
                Self.close(&open, layout, sums)
            }
        }
    }

    /// Ends a truth event.
    private static func close(
        _ parts: inout TruthEventParts<SIMD2<Double>>, _ layout: AlphaLayout, _ sums: UnsafeMutablePointer<Int64>
    ) {
        parts.close { part in
            sums[part.cell * layout.columns + layout.column(.truthEvents, part.alphaClass)] &+= 1
        } pair: { low, high in
            let own = sums + low.cell * layout.columns
            func add(_ product: AlphaLayout.Product, _ value: Double) {
                own[layout.column(product, low.alphaClass, high.alphaClass)] &+= AlphaLayout.coarse.quantized(value)
            }
            add(.weights, low.terms.x * high.terms.x)
            add(.weightAsymmetry, low.terms.x * high.terms.y)
            add(.asymmetryWeight, low.terms.y * high.terms.x)
            add(.asymmetries, low.terms.y * high.terms.y)
        }
    }
}

/// A row in its cell and class.
private struct Entry {
    let cell: Int
    let alphaClass: Int
    let eta: Double
    /// Of probe over reference.
    let asymmetry: Double
    /// nil where no third jet is listed.
    let alpha: Double?

    /// - Returns: nil where neither jet, or both, are of the reference region.
    init?(
        _ event: Dijet, _ block: ReconstructedBlock, _ cuts: AlphaCuts, _ layout: AlphaLayout, _ isReference: [Bool]
    ) {
        let bins = (Int(event.etaBin1), Int(event.etaBin2))
        guard event.ptBin >= 0, bins.0 >= 0, bins.1 >= 0, isReference[bins.0] != isReference[bins.1] else {
            return nil
        }
        let row = Int(event.row)
        let leads = isReference[bins.1]
        let difference = block.pt[row] - block.pt[block.capacity + row]
        asymmetry = (leads ? difference : -difference) / event.average
        eta = block.detectorEta[leads ? row : block.capacity + row]
        cell = layout.cell(ptBin: Int(event.ptBin), etaBin: leads ? bins.0 : bins.1)
        let third = block.pt[2 * block.capacity + row]
        alpha = third > 0 ? third / event.average : nil
        // A third jet below the floor of the selection may be beyond all cuts.
        let found = cuts.classes.index(of: alpha ?? 0)
        alphaClass = found < 0 ? cuts.count - 1 : found
    }

    /// Sums over rows.
    func add(weight: Double, _ layout: AlphaLayout, to cell: UnsafeMutablePointer<Int64>) {
        func add(_ column: AlphaLayout.Column, _ value: Double) {
            cell[layout.column(column, alphaClass)] &+= AlphaLayout.unit.quantized(value)
        }
        cell[layout.column(.rows, alphaClass)] &+= 1
        add(.weight, weight)
        add(.eta, weight * eta)
        add(.asymmetry, weight * asymmetry)
        if let alpha { add(.alpha, weight * alpha) } else { add(.alone, weight) }
    }
}
