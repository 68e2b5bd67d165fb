/// What a cell of `MissingMomentumSums` knows, slices combined with their weights.
public struct MissingMomentumMoments: Sendable, Equatable {
    /// η bin of the tags; nil for probes outside of the reference region, whose tags are taken together.
    public let tag: Int?
    public let rows: Int
    public let truthEvents: Int
    public let weight: Double
    /// (Σa)² / Σa²: how many truth events of equal weight carry the same information.
    public let effectiveEvents: Double
    /// <B2>, <Bn> and <Bu>, which add up to <B0>.
    public let means: [Double]
    /// Of the three means in this order: Σ(b − a<B>)(b' − a<B'>) / (Σω)², scaled by N/(N−1) with N = N_eff.
    public let covariance: [[Double]]
    /// Mean of the probes: pT before the residual (GeV), and ln of the residual that they were corrected with.
    public let pt: Double
    public let residual: Double

    /// Variance of a linear combination of the three means.
    public func variance(along gradient: [Double]) -> Double {
        var sum = 0.0
        for (row, one) in zip(covariance, gradient) {
            for (value, other) in zip(row, gradient) { sum += one * value * other }
        }
        return sum
    }
}

extension MissingMomentumSums {
    /// The cells of a probe's η bin that have events.
    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    public func cells(ptBin: Int, probe: Int, weights: [Double]) -> [MissingMomentumMoments] {
        cells.ofProbe(probe).compactMap {
            moments(cell: ptBin * cells.perPtBin + $0.number, tag: $0.tag, weights: weights)
        }
    }

    private func moments(cell: Int, tag: Int?, weights: [Double]) -> MissingMomentumMoments? {
        let rows = table.count(cell: cell, column: Column.rows.rawValue)
        guard rows > 0 else { return nil }
        func sum(_ column: Int, _ weights: [Double], _ quantum: Double) -> Double {
            table.total(cell: cell, column: column, weights: weights, quantum: quantum)
        }
        let (fine, coarse) = (Self.unit.quantum, Self.coarse.quantum)
        let squares = weights.map { $0 * $0 }
        let weight = sum(Column.weight.rawValue, weights, fine)
        guard weight > 0 else { return nil }
        let means = (0..<4).map { $0 == 0 ? 1 : sum(Column.weight.rawValue + $0, weights, fine) / weight }
        var second = Array(repeating: Array(repeating: 0.0, count: 4), count: 4)
        var column = Column.weight2.rawValue
        for one in 0..<4 {
            for other in one..<4 {
                second[one][other] = sum(column, squares, coarse)
                second[other][one] = second[one][other]
                column += 1
            }
        }
        let a2 = second[0][0]
        let effective = a2 > 0 ? weight * weight / a2 : 0
        let scale = effective > 1 ? effective / (effective - 1) / (weight * weight) : .infinity
        let covariance = (1...3).map { one in
            (1...3).map { other in
                (second[one][other] - means[one] * second[0][other] - means[other] * second[0][one]
                    + means[one] * means[other] * a2) * scale
            }
        }
        return MissingMomentumMoments(
            tag: tag, rows: rows, truthEvents: table.count(cell: cell, column: Column.truthEvents.rawValue),
            weight: weight * cells.units[cell], effectiveEvents: effective, means: Array(means.dropFirst()),
            covariance: covariance,
            pt: sum(Column.pt.rawValue, weights, coarse) / weight,
            residual: sum(Column.residual.rawValue, weights, fine) / weight)
    }
}
