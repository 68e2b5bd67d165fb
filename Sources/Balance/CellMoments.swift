/// What a cell of `BalanceSums` knows, slices combined with their weights.
public struct CellMoments: Sendable, Equatable {
    public let rows: Int
    public let truthEvents: Int
    public let weight: Double
    /// <A>.
    public let asymmetry: Double
    /// Variance of <A>: Σ(b − a<A>)² / (Σω)², scaled by N/(N−1) with N = N_eff.
    public let asymmetryVariance: Double
    /// Width of A itself, the weighted RMS about the mean.
    public let asymmetryWidth: Double
    /// (Σa)² / Σa²: how many truth events of equal weight carry the same information.
    public let effectiveEvents: Double
    /// Mean of the jets at lower and at higher η: pT before the residual (GeV) and η.
    public let ptLow: Double
    public let ptHigh: Double
    public let etaLow: Double
    public let etaHigh: Double
    /// Mean ln of the residual that the jets were corrected with.
    public let residualLow: Double
    public let residualHigh: Double
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
            ptLow: sum(.ptLow, weights, coarse) / weight, ptHigh: sum(.ptHigh, weights, coarse) / weight,
            etaLow: sum(.etaLow, weights, fine) / weight, etaHigh: sum(.etaHigh, weights, fine) / weight,
            residualLow: sum(.residualLow, weights, fine) / weight,
            residualHigh: sum(.residualHigh, weights, fine) / weight)
    }
}
