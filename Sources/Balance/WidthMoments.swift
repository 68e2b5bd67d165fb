#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Variances of the asymmetry below nested cuts on α, with the covariance that they have because they share events.
public struct WidthMoments: Sendable, Equatable {
    /// Of the cuts, increasing.
    public let cuts: [Double]
    public let rows: [Int]
    public let truthEvents: [Int]
    public let effectiveEvents: [Double]
    /// Σω of the events below each cut, and of those of them whose third jet is listed; in a unit of the cell.
    public let weight: [Double]
    public let listed: [Double]
    /// Mean α of the events below each cut.
    public let alpha: [Double]
    /// ⟨(A − ⟨A⟩)²⟩ below each cut.
    public let variance: [Double]
    /// Of the variances: with e_k = Σω ((A − ⟨A⟩_k)² − V_k) of the rows of a truth event below a cut, Σ e_k e_l / (W_k W_l). For events
    /// that are used once and of equal weight it is 2 σ_k⁴/n_l of a Gaussian A, k the narrower cut.
    public let covariance: [[Double]]
    /// Σ a_k a_l / (W_k W_l) with a_k = Σω of the rows of a truth event below a cut: what the covariance of means below the cuts would be
    /// in units of a variance that is the same for all events.
    public let sharing: [[Double]]
    /// nil where simulation does not tell.
    public let imbalance: Imbalance?

    /// What the truth of simulation says of the same events.
    public struct Imbalance: Sendable, Equatable {
        /// ⟨(T − ⟨T⟩)²⟩ below each cut, and the slope β of A against T.
        public let variance: [Double]
        public let slope: [Double]
        /// Variance of A − βT, which is that of A less β² that of T.
        public let remainder: [Double]
        /// Of the remainders, and of each (row) with the variance of A (column).
        public let covariance: [[Double]]
        public let shared: [[Double]]
        /// ⟨t/pT_avg⟩ of the true pT t below the last cut, and exp ⟨ln t⟩ in GeV, of the inner and the outer jet.
        public let shares: [Double]
        public let truePt: [Double]
    }
}

extension WidthSums {
    /// - Parameters:
    ///   - pair: of regions.
    ///   - weights: what an event of relative weight 1 of each slice stands for.
    /// - Returns: nil for a cell without events.
    public func moments(ptBin: Int, pair: Int, weights: [Double]) -> WidthMoments? {
        let (layout, cell) = (layout, layout.cell(ptBin: ptBin, pair: pair))
        let classes = 0..<cuts.count
        func sums(_ column: WidthLayout.Column) -> [Double] {
            classes.map {
                table.total(
                    cell: cell, column: layout.column(column, $0), weights: weights, quantum: WidthLayout.unit.quantum)
            }
        }
        let ofClass = sums(.weight)
        let weight = ofClass.nested
        guard let all = weight.last, all > 0 else { return nil }
        func mean(_ column: WidthLayout.Column) -> [Double] {
            zip(sums(column).nested, weight).map { $1 > 0 ? $0 / $1 : 0 }
        }
        let products = products(cell, weights: weights.map { $0 * $0 })
        let effective = classes.map {
            products[$0][$0][0] > 0 ? weight[$0] * weight[$0] / products[$0][$0][0] : 0
        }
        /// Covariance of quantities whose deviations are these mixtures of the terms of events.
        func covariance(_ one: [[Double]], _ two: [[Double]]) -> [[Double]] {
            classes.map { low in
                classes.map { high in
                    guard min(effective[low], effective[high]) > 1 else { return .infinity }
                    let free = (effective[low] / (effective[low] - 1) * effective[high] / (effective[high] - 1))
                    var sum = 0.0
                    for row in one[low].indices {
                        for column in two[high].indices {
                            sum += one[low][row] * two[high][column] * products[low][high][row * layout.terms + column]
                        }
                    }
                    return sum / (weight[low] * weight[high]) * free.squareRoot()
                }
            }
        }
        /// A sample's variance is lower by what its own mean, and the slope, follow of it.
        func unbiased(_ variance: Double, _ cut: Int, parameters: Double) -> Double {
            effective[cut] > parameters ? variance * effective[cut] / (effective[cut] - parameters) : 0
        }
        let (asymmetry, asymmetry2) = (mean(.asymmetry), mean(.asymmetry2))
        let spread = classes.map { asymmetry2[$0] - asymmetry[$0] * asymmetry[$0] }
        let ofVariance = classes.map {
            [asymmetry[$0] * asymmetry[$0] - spread[$0], -2 * asymmetry[$0], 1]
                + Array(repeating: 0, count: layout.terms - 3)
        }
        var imbalance: WidthMoments.Imbalance?
        if layout.tellsImbalance {
            let (truth, product, truth2) = (mean(.imbalance), mean(.product), mean(.imbalance2))
            let width = classes.map { truth2[$0] - truth[$0] * truth[$0] }
            let slope = classes.map {
                width[$0] > 0 ? (product[$0] - asymmetry[$0] * truth[$0]) / width[$0] : 0
            }
            let remainder = classes.map { spread[$0] - slope[$0] * slope[$0] * width[$0] }
            let ofRemainder = classes.map { cut in
                let (beta, offset) = (slope[cut], asymmetry[cut] - slope[cut] * truth[cut])
                return [
                    offset * offset - remainder[cut], -2 * offset, 1, 2 * beta * offset, -2 * beta, beta * beta,
                ]
            }
            imbalance = WidthMoments.Imbalance(
                variance: classes.map { unbiased(width[$0], $0, parameters: 1) }, slope: slope,
                remainder: classes.map { unbiased(remainder[$0], $0, parameters: 2) },
                covariance: covariance(ofRemainder, ofRemainder), shared: covariance(ofRemainder, ofVariance),
                shares: [WidthLayout.Column.shareLow, .shareHigh].map { mean($0)[cuts.count - 1] },
                truePt: [WidthLayout.Column.logLow, .logHigh].map { 100 * exp(mean($0)[cuts.count - 1]) })
        }
        let alone = sums(.alone)
        let alphas = sums(.alpha)
        let unseen = cuts.unseenAlpha(weight: ofClass, alone: alone, alpha: alphas)
        func counts(_ column: WidthLayout.Column) -> [Int] {
            classes.map { table.count(cell: cell, column: layout.column(column, $0)) }.nested
        }
        return WidthMoments(
            cuts: cuts.cuts, rows: counts(.rows), truthEvents: counts(.truthEvents), effectiveEvents: effective,
            weight: weight, listed: zip(ofClass, alone).map { $0 - $1 }.nested,
            alpha: zip(zip(alphas, alone).map { $0 + $1 * unseen }.nested, weight).map { $1 > 0 ? $0 / $1 : 0 },
            variance: classes.map { unbiased(spread[$0], $0, parameters: 1) },
            covariance: covariance(ofVariance, ofVariance),
            sharing: classes.map { low in
                classes.map { high in
                    guard weight[low] > 0, weight[high] > 0 else { return .infinity }
                    return products[low][high][0] / (weight[low] * weight[high])
                }
            }, imbalance: imbalance)
    }

    /// Over truth events, the products of each term below one cut (first index) with each below another (second): terms × terms
    /// numbers.
    private func products(_ cell: Int, weights squares: [Double]) -> [[[Double]]] {
        let (terms, layout) = (layout.terms, layout)
        let classes = 0..<cuts.count
        var sums = classes.map { _ in classes.map { _ in Array(repeating: 0.0, count: terms * terms) } }
        for high in classes {
            for low in 0...high {
                for one in 0..<terms {
                    for two in 0..<terms {
                        let value = table.total(
                            cell: cell, column: layout.products(low, high) + one * terms + two, weights: squares,
                            quantum: WidthLayout.coarse.quantum)
                        sums[low][high][one * terms + two] = value
                        sums[high][low][two * terms + one] = value
                    }
                }
            }
        }
        func add(_ addend: [Double], to sum: inout [Double]) {
            for index in sum.indices { sum[index] += addend[index] }
        }
        for row in classes {
            for column in classes.dropFirst() { add(sums[row][column - 1], to: &sums[row][column]) }
        }
        for row in classes.dropFirst() {
            for column in classes { add(sums[row - 1][column], to: &sums[row][column]) }
        }
        return sums
    }
}

extension Array where Element: AdditiveArithmetic {
    /// Each with all before it.
    fileprivate var nested: [Element] {
        var sum = Element.zero
        return map {
            sum += $0
            return sum
        }
    }
}
