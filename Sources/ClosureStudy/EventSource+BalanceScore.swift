internal import Balance
internal import Binning
internal import Intercalibration

extension EventSource {
    /// The score of these events' likelihood, of two passes over simulation; nil where the method needs none.
    func balanceScore(
        _ correction: JetCorrection, _ options: DerivationOptions, _ passes: PassLedger
    ) throws -> BalanceScore? {
        guard options.method.needsScore else { return nil }
        let (binning, selection) = (options.binning, options.selection)
        func sums<Sums: StorableSums>(
            _ number: Int, _ empty: Sums, _ add: @escaping @Sendable (Dijets, inout Sums) -> Void
        ) throws -> Sums {
            try passes.sums(Pass(.likelihood, number: number), of: self, from: empty) { block, sums in
                correction.apply(to: block)
                selection.withDijets(of: block, binning: binning) { add($0, &sums) }
            }.complete()
        }
        let moments = try sums(
            1, RecoilSums(binning: binning, selection: selection, slices: sliceWeights.count)
        ) { $1.add($0) }.moments(weights: sliceWeights)
        let lines = try BalanceScore.lines(moments, ptBins: binning.ptAverage.count)
        let shapes = try sums(
            2, ShapeSums(binning: binning, selection: selection, lines: lines, slices: sliceWeights.count)
        ) { $1.add($0) }.shapes(weights: sliceWeights)
        return BalanceScore(binning: binning, moments: moments, lines: lines, shapes: shapes)
    }
}
