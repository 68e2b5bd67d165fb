public import Binning
public import JetPhysics

/// What a comparison of folded simulation with data needs: `BalanceSums`, and moments of the asymmetry up to the fourth with
/// squared weights, which the covariance of its mean and its variance is made of. Exact and mergeable.
public struct FoldSums: StorableSums {
    /// Σω² Aⁿ, n from 0 to 4, by row; a column more keeps pairs together.
    private static let columns = 6
    private static var unit: FixedPoint { FixedPoint(bits: 20) }

    public private(set) var balance: BalanceSums
    private var shape: FixedPointTable
    private var places: PlaceSums

    public init(binning: BalanceBinning, selection: Selection, slices: Int) {
        balance = BalanceSums(binning: binning, selection: selection, slices: slices)
        shape = FixedPointTable(
            slices: slices, cells: binning.ptAverage.count * binning.pairCount, columns: Self.columns)
        places = PlaceSums(binning: binning, triggers: selection.triggers, slices: slices)
    }

    public mutating func merge(_ other: FoldSums) {
        balance.merge(other.balance)
        shape.merge(other.shape)
        places.merge(other.places)
    }

    public var record: SumsRecord {
        var record = SumsRecord()
        record["balance"] = balance.record
        record["shape"] = shape.record
        record["places"] = places.record
        return record
    }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        try balance.restore(record["balance"])
        try shape.restore(record["shape"])
        try places.restore(record["places"])
    }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        balance.add(dijets)
        places.add(dijets)
        let pairs = balance.binning.pairCount
        let pair = FixedPointPair(Self.unit, Self.unit)
        dijets.withWeightsInUnits { dijets in
            dijets.forEachSlice { slice, events in
                shape.withSlice(slice) { sums in
                    for event in events {
                        guard let entry = BalanceSums.entry(event, dijets.block, pairs) else { continue }
                        let (a, square) = (entry.asymmetry, entry.asymmetry * entry.asymmetry)
                        let weight = entry.weight * entry.weight
                        let cell = sums + entry.cell * Self.columns
                        pair.add(SIMD2(1, a) * weight, to: cell)
                        pair.add(SIMD2(1, a) * (weight * square), to: cell + 2)
                        cell[4] &+= Self.unit.quantized(weight * square * square)
                    }
                }
            }
        }
    }

    /// Adds a calibrated block.
    public mutating func add(_ block: ReconstructedBlock) {
        balance.selection.withDijets(of: block, binning: balance.binning) { add($0) }
    }
}

/// Mean and variance of the asymmetry in a cell.
public struct AsymmetryMoments: Sendable, Equatable {
    public let cell: CellMoments
    public let variance: Double
    /// Of the variance itself, and its covariance with the mean.
    public let varianceOfVariance: Double
    public let covariance: Double
    /// The variance of the mean over what it would be were each row an event of its own.
    public let reuse: Double
}

extension FoldSums {
    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    /// - Returns: nil for a cell without events.
    public func moments(ptBin: Int, low: Int, high: Int, weights: [Double]) -> AsymmetryMoments? {
        let pair = balance.binning.pair(low, high)
        guard let cell = balance.moments(ptBin: ptBin, pair: pair, weights: weights) else { return nil }
        let squares = weights.map { $0 * $0 }
        let position = ptBin * balance.binning.pairCount + pair
        let powers = (0...4).map {
            shape.total(cell: position, column: $0, weights: squares, quantum: Self.unit.quantum)
        }
        let (mean, variance) = (cell.asymmetry, cell.asymmetryWidth * cell.asymmetryWidth)
        // Σω² (A − ⟨A⟩)ⁿ.
        let second = powers[2] - 2 * mean * powers[1] + mean * mean * powers[0]
        let third =
            powers[3] - 3 * mean * powers[2] + 3 * mean * mean * powers[1] - mean * mean * mean * powers[0]
        let fourth =
            powers[4] - 4 * mean * powers[3] + 6 * mean * mean * powers[2]
            - 4 * mean * mean * mean * powers[1] + mean * mean * mean * mean * powers[0]
        // Rows of one truth event count once, in the variance of the variance as in that of the mean.
        let scale = second > 0 ? cell.asymmetryVariance / second : 0
        let unit = balance.selection.triggers?.unit(ptBin: ptBin, etaBins: (low, high)) ?? 1
        let weight = cell.weight / unit
        let spread = fourth - 2 * variance * second + variance * variance * powers[0]
        return AsymmetryMoments(
            cell: cell, variance: variance, varianceOfVariance: max(0, spread) * scale,
            covariance: third * scale, reuse: scale * weight * weight)
    }

    /// Of an η bin, whatever bin the other jet is in; nil without events.
    public func placeMoments(ptBin: Int, bin: Int, weights: [Double]) -> PlaceMoments? {
        places.moments(ptBin: ptBin, bin: bin, weights: weights)
    }
}
