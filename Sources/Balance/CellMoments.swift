/// What a cell of `BalanceSums` knows, slices combined with their weights.
public struct CellMoments: Sendable, Equatable {
    public let rows: Int
    public let truthEvents: Int
    public let weight: Double
    /// <A>.
    public private(set) var asymmetry: Double
    /// Variance of <A>: Σ(b − a<A>)² / (Σω)², scaled by N/(N−1) with N = N_eff.
    public private(set) var asymmetryVariance: Double
    /// Width of A itself, the weighted RMS about the mean.
    public let asymmetryWidth: Double
    /// (Σa)² / Σa²: how many truth events of equal weight carry the same information.
    public let effectiveEvents: Double
    /// Degrees of freedom that the variance is known from: (Σ v)² / Σ v²/n − 1 over slices with n truth events each, v = Σa². Where
    /// few heavy events decide it is far below `effectiveEvents`. Weights inside a slice count as equal.
    public let varianceFreedom: Double
    /// Mean of the jets at lower and at higher η: pT before the residual (GeV) and η.
    public let ptLow: Double
    public let ptHigh: Double
    public let etaLow: Double
    public let etaHigh: Double
    /// Mean ln of the residual that the jets were corrected with.
    public let residualLow: Double
    public let residualHigh: Double

    /// The same with another number for <A>, and with its variance.
    public func with(asymmetry: Double, variance: Double) -> CellMoments {
        var result = self
        (result.asymmetry, result.asymmetryVariance) = (asymmetry, variance)
        return result
    }
}

extension BalanceSums {
    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    /// - Returns: nil for a cell without events.
    public func moments(ptBin: Int, pair: Int, weights: [Double]) -> CellMoments? {
        let cell = ptBin * binning.pairCount + pair
        let rows = table.count(cell: cell, column: Column.rows.rawValue)
        guard rows > 0 else { return nil }
        func sum(_ column: Column, _ weights: [Double], _ quantum: Double) -> Double {
            table.total(cell: cell, column: column.rawValue, weights: weights, quantum: quantum)
        }
        let (fine, coarse) = (Self.unit.quantum, Self.coarse.quantum)
        let squares = weights.map { $0 * $0 }
        let weight = sum(.weight, weights, fine)
        guard weight > 0 else { return nil }
        let mean = sum(.asymmetry, weights, fine) / weight
        let a2 = sum(.clusterWeight2, squares, coarse)
        let ab = sum(.clusterCross, squares, coarse)
        let b2 = sum(.clusterAsymmetry2, squares, coarse)
        var fourths = 0.0
        for slice in weights.indices {
            let events = table.value(slice: slice, cell: cell, column: Column.truthEvents.rawValue)
            guard events > 0 else { continue }
            let part =
                squares[slice] * coarse
                * table.value(slice: slice, cell: cell, column: Column.clusterWeight2.rawValue)
            fourths += part * part / events
        }
        let effective = a2 > 0 ? weight * weight / a2 : 0
        let spread = max(0, b2 - 2 * mean * ab + mean * mean * a2) / (weight * weight)
        let unit = selection.triggers?.unit(ptBin: ptBin, etaBins: binning.etaBins(ofPair: pair)) ?? 1
        let secondMoment = sum(.squaredAsymmetry, weights, fine) / weight
        return CellMoments(
            rows: rows,
            truthEvents: table.count(cell: cell, column: Column.truthEvents.rawValue),
            weight: weight * unit, asymmetry: mean,
            asymmetryVariance: effective > 1 ? spread * effective / (effective - 1) : .infinity,
            asymmetryWidth: max(0, secondMoment - mean * mean).squareRoot(),
            effectiveEvents: effective,
            varianceFreedom: fourths > 0 ? max(0, a2 * a2 / fourths - 1) : 0,
            ptLow: sum(.ptLow, weights, coarse) / weight, ptHigh: sum(.ptHigh, weights, coarse) / weight,
            etaLow: sum(.etaLow, weights, fine) / weight, etaHigh: sum(.etaHigh, weights, fine) / weight,
            residualLow: sum(.residualLow, weights, fine) / weight,
            residualHigh: sum(.residualHigh, weights, fine) / weight)
    }
}
