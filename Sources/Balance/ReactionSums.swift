public import Binning
public import JetPhysics

/// How mean and variance of the asymmetry react when one of the two jets is scaled, or fluctuates more: sums over the same events
/// with one jet changed up and down. What enters and leaves the bin of pT_avg, and the cut on the third jet, is in it.
///
/// Reactions are those of classes of |η| of both jets, many cells together: a reaction of single cells would carry the
/// fluctuation of its events, which those of the mean have too, into the fit.
public struct ReactionSums: StorableSums {
    /// What is changed by ± `step`.
    enum Change: Int, CaseIterable { case scale, resolution }
    /// Rows, Σω, ΣωA, ΣωA² for less, then for more.
    private static let columns = 8
    /// Relative change of the pT, or of the distance from the true one.
    static let step = 0.04
    fileprivate static var unit: FixedPoint { FixedPoint(bits: 30) }

    public let binning: BalanceBinning
    public let selection: Selection
    fileprivate let classes: AbsEtaClasses
    fileprivate var table: FixedPointTable
    /// By how much f makes jets show above or below where they are; nil for not at all.
    private let shown: EtaPtGrid?

    /// - Parameter surface: that the events are folded with.
    public init(binning: BalanceBinning, selection: Selection, surface: ResponseSurface? = nil, slices: Int) {
        shown = surface?.shownGrid
        self.binning = binning
        self.selection = selection
        classes = AbsEtaClasses(covering: binning.eta)
        table = FixedPointTable(
            slices: slices, cells: binning.ptAverage.count * classes.count * classes.count * Change.allCases.count,
            columns: Self.columns)
    }

    public mutating func merge(_ other: ReactionSums) { table.merge(other.table) }

    public var record: SumsRecord { table.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    fileprivate func cell(_ ptBin: Int, _ changed: Int, _ other: Int, _ change: Change) -> Int {
        ((ptBin * classes.count + changed) * classes.count + other) * Change.allCases.count + change.rawValue
    }

    /// Adds a folded block.
    public mutating func add(_ block: ReconstructedBlock) {
        let stride = block.capacity
        let (pt, eta, phi) = (block.pt, block.detectorEta, block.phi)
        for row in 0..<block.count {
            let second = row + stride
            guard pt[second] > 0, abs(eta[row]) < selection.absEtaMaximum, abs(eta[second]) < selection.absEtaMaximum,
                binning.eta.index(of: eta[row]) >= 0, binning.eta.index(of: eta[second]) >= 0
            else { continue }
            let angle = abs(phi[row] - phi[second])
            guard min(angle, 2 * .pi - angle) > selection.deltaPhiMinimum else { continue }
            let third = pt[second + stride]
            // No change lets in what is softer than this.
            let average = 0.5 * (pt[row] + pt[second])
            guard third <= max(selection.alphaMaximum * average * 1.25, selection.thirdJetFloor) else { continue }
            let slice = Int(block.slice[row])
            for (changed, other) in [(row, second), (second, row)] {
                add(block, changed, other, third: third, weight: block.relativeWeight[row], slice)
            }
        }
    }

    @inline(__always)
    private mutating func add(
        _ block: ReconstructedBlock, _ changed: Int, _ other: Int, third: Double, weight: Double, _ slice: Int
    ) {
        let (near, far) = (block.pt[changed], block.pt[other])
        let (etaClass, otherClass) = (
            classes.index(of: block.detectorEta[changed]), classes.index(of: block.detectorEta[other])
        )
        let truth = block.truePt[changed]
        // d ln pT / d ln k.
        let place = block.trueDetectorEta(changed)
        let expected = truth * (shown?.value(eta: place, pt: truth) ?? 1)
        let lever = place.isNaN ? 0 : 1 - expected / near
        for change in Change.allCases {
            for side in 0..<2 {
                let size = (side == 0 ? -Self.step : Self.step) * (change == .scale ? 1 : lever)
                let moved = near * max(1 + size, 0.05)
                let average = 0.5 * (moved + far)
                guard third <= max(selection.alphaMaximum * average, selection.thirdJetFloor) else { continue }
                let ptBin = binning.ptAverage.index(of: average)
                guard ptBin >= 0 else { continue }
                let asymmetry = (moved - far) / average
                let position = cell(ptBin, etaClass, otherClass, change) * Self.columns + 4 * side
                table.withSlice(slice) { sums in
                    sums[position] &+= 1
                    sums[position + 1] &+= Self.unit.quantized(weight)
                    sums[position + 2] &+= Self.unit.quantized(weight * asymmetry)
                    sums[position + 3] &+= Self.unit.quantized(weight * asymmetry * asymmetry)
                }
            }
        }
    }
}

/// How mean and variance of A = (pT_changed − pT_other) / pT_avg react to one of the jets.
public struct Reaction: Sendable, Equatable {
    /// ∂⟨A⟩/∂ ln pT of the changed jet, in units of what the same events would show, 1 − ⟨A²⟩/4.
    public var scale = 1.0
    /// ∂V/∂ ln pT, ∂⟨A⟩/∂ ln k and ∂V/∂ ln k, in units of the variance V.
    public var varianceByScale = 0.0
    public var meanByResolution = 0.0
    public var varianceByResolution = 0.0

    public init() {}

    /// The mean by rows; what it is without any flow between bins where there are none.
    fileprivate init(mean found: [(reaction: Reaction, rows: Int)]) {
        let rows = Double(found.reduce(0) { $0 + $1.rows })
        guard rows > 0 else { return }
        func mean(_ quantity: KeyPath<Reaction, Double>) -> Double {
            found.reduce(0) { $0 + Double($1.rows) * $1.reaction[keyPath: quantity] } / rows
        }
        scale = mean(\.scale)
        varianceByScale = mean(\.varianceByScale)
        meanByResolution = mean(\.meanByResolution)
        varianceByResolution = mean(\.varianceByResolution)
    }
}

/// The reactions of all classes.
public struct ReactionTable: Sendable {
    /// Below so many rows a class says less than all pT bins together do.
    private static let smallestRows = 4000
    /// The same for reactions of the variance, which fluctuate more and depend less on pT.
    private static let varianceRows = 40_000
    private let ptBins: Int
    private let classes: AbsEtaClasses
    private let reactions: [Reaction]

    /// Without any flow between bins.
    public init() { (ptBins, classes, reactions) = (0, AbsEtaClasses(), []) }

    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    public init(_ sums: ReactionSums, weights: [Double]) {
        let ptBins = sums.binning.ptAverage.count
        let classes = sums.classes
        self.ptBins = ptBins
        self.classes = classes
        let pairs = (0..<classes.count * classes.count).map { ($0 / classes.count, $0 % classes.count) }
        let found = (0..<ptBins).map { bin in
            pairs.map { sums.reaction(bin, $0.0, $0.1, weights, smallest: Self.smallestRows / 10) }
        }
        let overall = pairs.indices.map { pair in
            Reaction(mean: (0..<ptBins).compactMap { found[$0][pair] })
        }
        reactions = (0..<ptBins).flatMap { bin in
            pairs.indices.map { pair in
                guard let own = found[bin][pair], own.rows >= Self.smallestRows else { return overall[pair] }
                var reaction = own.reaction
                if own.rows < Self.varianceRows {
                    reaction.varianceByScale = overall[pair].varianceByScale
                    reaction.varianceByResolution = overall[pair].varianceByResolution
                }
                return reaction
            }
        }
    }

    /// - Parameters:
    ///   - changed: η of the jet that changes.
    public subscript(ptBin: Int, changed changed: Double, other other: Double) -> Reaction {
        guard !reactions.isEmpty else { return Reaction() }
        let (one, two) = (classes.index(of: changed), classes.index(of: other))
        return reactions[(ptBin * classes.count + one) * classes.count + two]
    }
}

extension ReactionSums {
    /// - Returns: nil with too few rows.
    fileprivate func reaction(
        _ ptBin: Int, _ changed: Int, _ other: Int, _ weights: [Double], smallest: Int
    ) -> (reaction: Reaction, rows: Int)? {
        /// Σω, ΣωA, ΣωA² on one side, and the smallest number of rows.
        func side(_ change: Change, _ side: Int) -> (mean: Double, square: Double, rows: Int)? {
            let cell = cell(ptBin, changed, other, change)
            let rows = table.count(cell: cell, column: 4 * side)
            let sums = (0..<3).map {
                table.total(cell: cell, column: 4 * side + 1 + $0, weights: weights, quantum: Self.unit.quantum)
            }
            guard rows >= smallest, sums[0] > 0 else { return nil }
            return (sums[1] / sums[0], sums[2] / sums[0], rows)
        }
        guard let less = side(.scale, 0), let more = side(.scale, 1), let narrow = side(.resolution, 0),
            let wide = side(.resolution, 1)
        else { return nil }
        func variance(_ side: (mean: Double, square: Double, rows: Int)) -> Double {
            side.square - side.mean * side.mean
        }
        let typical = 0.5 * (variance(less) + variance(more))
        guard typical > 0 else { return nil }
        let step = 2 * Self.step
        var reaction = Reaction()
        reaction.scale = (more.mean - less.mean) / step / (1 - 0.125 * (less.square + more.square))
        reaction.varianceByScale = (variance(more) - variance(less)) / (step * typical)
        reaction.meanByResolution = (wide.mean - narrow.mean) / (step * typical)
        reaction.varianceByResolution = (variance(wide) - variance(narrow)) / (step * typical)
        return (reaction, min(less.rows, more.rows))
    }
}
