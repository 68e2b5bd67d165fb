extension Method {
    /// Means over the jets of an η bin that a constant is derived from.
    struct MeansOfJets {
        /// Before the residual, GeV.
        let pt: Double
        /// ln of the residual that the jets were corrected with.
        let residual: Double
    }

    /// - Returns: nil for a bin without jets.
    func meansOfJets(_ sample: BalanceSample, eta: Int, ptBin: Int) -> MeansOfJets? {
        var means = Weighted()
        if needsMissingMomentum {
            for cell in sample.missingMomentum?.cells(ptBin: ptBin, probe: eta, weights: sample.weights) ?? [] {
                means.add(cell.weight, pt: cell.pt, residual: cell.residual)
            }
        } else {
            for other in 0..<sample.sums.binning.eta.count where other != eta {
                guard let cell = sample.moments(ptBin: ptBin, low: min(eta, other), high: max(eta, other)) else {
                    continue
                }
                means.add(
                    cell.weight, pt: eta < other ? cell.ptLow : cell.ptHigh,
                    residual: eta < other ? cell.residualLow : cell.residualHigh)
            }
        }
        return means.value
    }
}

private struct Weighted {
    private var (weight, pt, residual) = (0.0, 0.0, 0.0)

    mutating func add(_ weight: Double, pt: Double, residual: Double) {
        self.weight += weight
        self.pt += weight * pt
        self.residual += weight * residual
    }

    var value: Method.MeansOfJets? {
        weight > 0 ? .init(pt: pt / weight, residual: residual / weight) : nil
    }
}
