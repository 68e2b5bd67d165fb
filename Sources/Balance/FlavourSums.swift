internal import Binning
public import JetPhysics

/// The flavours of the leading jets of dijets by their b-tagging score, in bins of η and pT_avg; and what dijets with one jet in the
/// reference region say of the other, the probe, by its score: their balance, the flavours of both and the probe's response. Exact and
/// mergeable; see `FixedPointTable`. Rows count as independent.
///
/// Balances stand in the same bins of the reference's pT: those of pT_avg have fewer probes of a kind the less it responds.
/// Where both jets lie in the reference region, the one of higher score is the probe, of equal ones the one that the lowest bit of the
/// event's number says.
public struct FlavourSums: MergeableSums, Equatable {
    /// Scores of jets, and before them 0 for jets that are not tagged.
    public static let scores = 0..<JetTags.workingPoints.count + 2
    private static let kinds = JetKind.allCases.count

    private enum Column {
        static let balance = 0
        static let probe = balance + Moments.count
        static let reference = probe + kinds
        static let responses = reference + kinds
        static let jets = responses + Moments.count * kinds
        static let count = jets + kinds
    }

    /// Σω, Σωx, Σω², Σω²x and Σω²x² of a number x.
    private enum Moments {
        static let count = 5

        @inline(__always)
        static func add(_ value: Double, _ weight: Double, to sums: UnsafeMutablePointer<Int64>) {
            let square = weight * weight
            let moments = (weight, weight * value, square, square * value, square * value * value)
            sums[0] += unit.quantized(moments.0)
            sums[1] += unit.quantized(moments.1)
            sums[2] += unit.quantized(moments.2)
            sums[3] += unit.quantized(moments.3)
            sums[4] += unit.quantized(moments.4)
        }
    }

    private static var unit: FixedPoint { FixedPoint(bits: 30) }

    public let binning: BalanceBinning
    public let selection: Selection
    private var table: FixedPointTable

    /// - Parameter selection: without triggers.
    public init(binning: BalanceBinning, selection: Selection, slices: Int) {
        precondition(selection.triggers == nil, "dijets that count as they are")
        self.binning = binning
        self.selection = selection
        table = FixedPointTable(
            slices: slices, cells: binning.eta.count * binning.ptAverage.count * Self.scores.count,
            columns: Column.count)
    }

    public mutating func merge(_ other: FlavourSums) { table.merge(other.table) }

    private func place(_ etaBin: Int, _ ptBin: Int, _ score: Int) -> Int {
        (etaBin * binning.ptAverage.count + ptBin) * Self.scores.count + score
    }

    /// Adds a calibrated block with tags.
    public mutating func add(_ block: ReconstructedBlock) {
        guard let tags = block.tags else { preconditionFailure("a block with tags") }
        let binning = binning
        /// Where the sums of a jet of its score begin; nil outside the bins.
        func first(_ jet: Int, _ etaBin: Int32, ptBin: Int) -> Int? {
            guard etaBin >= 0, ptBin >= 0 else { return nil }
            let bin = Int(etaBin) * binning.ptAverage.count + ptBin
            return (bin * Self.scores.count + max(0, Int(tags.score[jet]))) * Column.count
        }
        selection.withDijets(of: block, binning: binning) { dijets in
            dijets.forEachSlice { slice, events in
                table.withSlice(slice) { sums in
                    for event in events {
                        let row = Int(event.row)
                        for (jet, etaBin) in [(row, event.etaBin1), (row + block.capacity, event.etaBin2)] {
                            guard let first = first(jet, etaBin, ptBin: Int(event.ptBin)) else { continue }
                            let kind = JetKind(flavour: block.flavour[jet]).rawValue
                            sums[first + Column.jets + kind] += Self.unit.quantized(event.weight)
                        }
                        guard let dijet = Roles(event, block, tags, binning) else { continue }
                        let ptBin = binning.ptAverage.index(of: block.pt[dijet.reference])
                        guard let first = first(dijet.probe, dijet.etaBin, ptBin: ptBin) else { continue }
                        Self.add(dijet, event.weight, block, to: sums + first)
                    }
                }
            }
        }
    }

    /// Which jet of a dijet is the probe: places in the block's columns, and the balance over the reference.
    private struct Roles {
        let probe: Int
        let reference: Int
        let etaBin: Int32
        let balance: Double

        /// - Returns: nil without a jet in the reference region.
        @inline(__always)
        init?(_ event: Dijet, _ block: ReconstructedBlock, _ tags: JetTags, _ binning: BalanceBinning) {
            let limit = binning.referenceAbsEtaMaximum
            let (first, second) = (Int(event.row), Int(event.row) + block.capacity)
            let areCentral = (abs(block.detectorEta[first]) < limit, abs(block.detectorEta[second]) < limit)
            guard areCentral.0 || areCentral.1 else { return nil }
            let (score, other) = (tags.score[first], tags.score[second])
            let isLikelier = score == other ? block.event[first] & 1 == 0 : score > other
            let isFirst = areCentral == (true, true) ? isLikelier : areCentral.1
            (probe, reference) = isFirst ? (first, second) : (second, first)
            etaBin = isFirst ? event.etaBin1 : event.etaBin2
            balance = isFirst ? event.balance : -event.balance
        }
    }

    @inline(__always)
    private static func add(
        _ dijet: Roles, _ weight: Double, _ block: ReconstructedBlock, to sums: UnsafeMutablePointer<Int64>
    ) {
        Moments.add(dijet.balance, weight, to: sums + Column.balance)
        let kind = JetKind(flavour: block.flavour[dijet.probe]).rawValue
        sums[Column.probe + kind] += unit.quantized(weight)
        let other = JetKind(flavour: block.flavour[dijet.reference]).rawValue
        sums[Column.reference + other] += unit.quantized(weight)
        guard block.truePt[dijet.probe] > 0 else { return }
        let response = block.pt[dijet.probe] / block.truePt[dijet.probe]
        Moments.add(response, weight, to: sums + Column.responses + Moments.count * kind)
    }
}

/// A mean of weighted numbers, and its variance.
public struct WeightedMean: Sendable, Equatable {
    public let value: Double
    public let variance: Double
    /// How many numbers of equal weight it is worth: (Σω)²/Σω².
    public let effective: Double

    /// - Parameter sums: Σω, Σωx, Σω², Σω²x, Σω²x².
    /// - Returns: nil where these have no width to tell the variance from.
    init?(_ sums: [Double]) {
        guard sums[0] > 0, sums[2] > 0 else { return nil }
        value = sums[1] / sums[0]
        effective = sums[0] * sums[0] / sums[2]
        variance = (sums[4] - 2 * value * sums[3] + value * value * sums[2]) / (sums[0] * sums[0])
        guard variance > 0 else { return nil }
    }
}

/// Flavour sums of a sample, each slice with what its events stand for.
public struct FlavourSample: Sendable {
    /// Dijets of a bin of the probe's η and of the reference's pT whose probe has a score.
    public struct Cell: Sendable {
        /// Of A = (pT_probe − pT_ref) / pT_avg.
        public let balance: WeightedMean?
        /// Σω by kind of jet, of probes and of references.
        public let probe: [Double]
        public let reference: [Double]
        /// Of leading jets of that η and score in a bin of pT_avg, whatever the other jet is.
        public let jets: [Double]
    }

    public let sums: FlavourSums
    private let weights: [Double]
    private let squares: [Double]

    public init(_ sums: FlavourSums, weights: [Double]) {
        self.sums = sums
        self.weights = weights
        squares = weights.map { $0 * $0 }
    }

    public var binning: BalanceBinning { sums.binning }

    public func cell(eta: Int, pt: Int, score: Int) -> Cell {
        sums.cell(eta: eta, pt: pt, score: score, weights: weights, squares: squares)
    }

    /// Whether any leading jet is one of b or c quarks.
    public var hasFlavours: Bool {
        (0..<binning.eta.count).contains { eta in
            (0..<binning.ptAverage.count).contains { pt in
                let jets = jets(eta: eta, pt: pt)
                return jets[JetKind.bottom.rawValue] > 0 || jets[JetKind.charm.rawValue] > 0
            }
        }
    }

    /// Mean of pT over true pT of probes of a kind, whatever their score.
    public func response(_ kind: JetKind, eta: Int, pt: Int) -> WeightedMean? {
        let parts = FlavourSums.scores.map {
            sums.responses(kind, eta: eta, pt: pt, score: $0, weights: weights, squares: squares)
        }
        return WeightedMean(parts.reduce([0, 0, 0, 0, 0]) { zip($0, $1).map(+) })
    }

    /// Σω by kind of the leading jets of a bin with some scores.
    public func jets(eta: Int, pt: Int, scores: Range<Int> = FlavourSums.scores) -> [Double] {
        scores.map { cell(eta: eta, pt: pt, score: $0).jets }.reduce(JetKind.allCases.map { _ in 0 }) {
            zip($0, $1).map(+)
        }
    }
}

extension FlavourSums {
    fileprivate func cell(
        eta: Int, pt: Int, score: Int, weights: [Double], squares: [Double]
    ) -> FlavourSample.Cell {
        let cell = place(eta, pt, score)
        func totals(_ column: Int) -> [Double] {
            (0..<Self.kinds).map {
                table.total(cell: cell, column: column + $0, weights: weights, quantum: Self.unit.quantum)
            }
        }
        return FlavourSample.Cell(
            balance: WeightedMean(moments(cell, Column.balance, weights, squares)), probe: totals(Column.probe),
            reference: totals(Column.reference), jets: totals(Column.jets))
    }

    fileprivate func responses(
        _ kind: JetKind, eta: Int, pt: Int, score: Int, weights: [Double], squares: [Double]
    ) -> [Double] {
        moments(place(eta, pt, score), Column.responses + Moments.count * kind.rawValue, weights, squares)
    }

    /// The first two are linear in the weights, the others quadratic.
    private func moments(_ cell: Int, _ column: Int, _ weights: [Double], _ squares: [Double]) -> [Double] {
        (0..<Moments.count).map {
            table.total(
                cell: cell, column: column + $0, weights: $0 < 2 ? weights : squares, quantum: Self.unit.quantum)
        }
    }
}
