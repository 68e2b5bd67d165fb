/// Mean asymmetries of a probe below nested cuts on α, with the covariance that they have because they share events.
public struct AlphaMoments: Sendable, Equatable {
    /// Of the cuts, increasing.
    public let cuts: [Double]
    /// Mean η of the probes below the last cut.
    public let eta: Double
    public let rows: [Int]
    public let truthEvents: [Int]
    public let effectiveEvents: [Double]
    /// Σω of the events below each cut, and of those of them whose third jet is listed; in a unit of the cell.
    public let weight: [Double]
    public let listed: [Double]
    /// Mean α of the events below each cut.
    public let alpha: [Double]
    /// <A> of probe over reference below each cut.
    public let asymmetry: [Double]
    /// Of <A>: Σ (b_k − a_k <A>_k)(b_l − a_l <A>_l) / (W_k W_l) over truth events, a = Σω and b = ΣωA of an event's rows below a cut.
    /// Of events that are used once it is Σ_k ω² (A − <A>_k)(A − <A>_l) / (W_k W_l), and σ_k²/n_l of equal weights.
    public let covariance: [[Double]]
}

extension AlphaSums {
    /// - Parameters:
    ///   - etaBin: of the probe.
    ///   - weights: what an event of relative weight 1 of each slice stands for.
    /// - Returns: nil for a cell without events.
    public func moments(ptBin: Int, etaBin: Int, weights: [Double]) -> AlphaMoments? {
        let (layout, cell) = (layout, layout.cell(ptBin: ptBin, etaBin: etaBin))
        let squares = weights.map { $0 * $0 }
        let classes = 0..<cuts.count
        func nested<Number: AdditiveArithmetic>(_ value: (Int) -> Number) -> [Number] {
            var sum = Number.zero
            return classes.map {
                sum += value($0)
                return sum
            }
        }
        func sum(_ column: AlphaLayout.Column, _ alphaClass: Int) -> Double {
            table.total(
                cell: cell, column: layout.column(column, alphaClass), weights: weights,
                quantum: AlphaLayout.unit.quantum)
        }
        let ofClass = classes.map { sum(.weight, $0) }
        let weight = nested { ofClass[$0] }
        guard weight[cuts.count - 1] > 0 else { return nil }
        let alone = classes.map { sum(.alone, $0) }
        let alphas = classes.map { sum(.alpha, $0) }
        let total = nested { sum(.asymmetry, $0) }
        func perWeight(_ sum: Double, _ index: Int) -> Double { weight[index] > 0 ? sum / weight[index] : 0 }
        let mean = classes.map { perWeight(total[$0], $0) }
        let unseen = cuts.unseenAlpha(weight: ofClass, alone: alone, alpha: alphas)
        let alpha = nested { alphas[$0] + alone[$0] * unseen }

        /// Σ over classes below both cuts.
        func product(_ first: AlphaLayout.Product, _ swapped: AlphaLayout.Product) -> [[Double]] {
            var sums = classes.map { _ in classes.map { _ in 0.0 } }
            for high in classes {
                for low in 0...high {
                    func value(_ product: AlphaLayout.Product) -> Double {
                        table.total(
                            cell: cell, column: layout.column(product, low, high), weights: squares,
                            quantum: AlphaLayout.coarse.quantum)
                    }
                    sums[low][high] = value(first)
                    sums[high][low] = value(swapped)
                }
            }
            for row in classes { for column in classes.dropFirst() { sums[row][column] += sums[row][column - 1] } }
            for row in classes.dropFirst() { for column in classes { sums[row][column] += sums[row - 1][column] } }
            return sums
        }
        let aa = product(.weights, .weights)
        let ab = product(.weightAsymmetry, .asymmetryWeight)
        let bb = product(.asymmetries, .asymmetries)
        let effective = classes.map { aa[$0][$0] > 0 ? weight[$0] * weight[$0] / aa[$0][$0] : 0 }
        // As for one mean, N/(N − 1), shared so that the matrix stays positive.
        let freedom = effective.map { $0 > 1 ? ($0 / ($0 - 1)).squareRoot() : .infinity }
        let covariance = classes.map { one in
            classes.map { two in
                guard min(effective[one], effective[two]) > 1 else { return Double.infinity }
                let crossed = mean[two] * ab[two][one] + mean[one] * ab[one][two]
                let spread = bb[one][two] - crossed + mean[one] * mean[two] * aa[one][two]
                return spread / (weight[one] * weight[two]) * freedom[one] * freedom[two]
            }
        }
        return AlphaMoments(
            cuts: cuts.cuts, eta: classes.reduce(0) { $0 + sum(.eta, $1) } / weight[cuts.count - 1],
            rows: nested { table.count(cell: cell, column: layout.column(.rows, $0)) },
            truthEvents: nested { table.count(cell: cell, column: layout.column(.truthEvents, $0)) },
            effectiveEvents: effective,
            weight: weight, listed: nested { ofClass[$0] - alone[$0] },
            alpha: classes.map { perWeight(alpha[$0], $0) }, asymmetry: mean, covariance: covariance)
    }
}
