#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
package import Balance

extension Calibration {
    /// The least variance of ln c that any unbiased estimate from the same dijets can have, [pT bin][η bin]: the inverse of their Fisher
    /// information, when what simulation knows of a dijet's distribution (|η|, α, what recoils, shape) is all there is to know. Of one pass.
    ///
    /// Each pair of η bins has the information of its events, those of data and of simulation: as many as carry the weight.
    package func eventBound(
        score: BalanceScore, data: BalanceSample, simulation: BalanceSample, requirement: EventRequirement
    ) throws -> [[Double]] {
        let gauge = binning.gaugeWeights
        return try (0..<binning.ptAverage.count).map { ptBin in
            let pairs = Method.pairs(data: data, simulation: simulation, ptBin: ptBin, requirement: requirement)
            let ideal = pairs.compactMap { pair -> PairBalance? in
                guard let measured = data.moments(ptBin: ptBin, low: pair.low, high: pair.high),
                    let expected = simulation.moments(ptBin: ptBin, low: pair.low, high: pair.high),
                    let information = score.information(ptBin: ptBin, absEta: (measured.etaLow, measured.etaHigh))
                else { return nil }
                let slope = slope(asymmetry: pair.asymmetry)
                return PairBalance(
                    low: pair.low, high: pair.high, asymmetry: pair.asymmetry,
                    variance: slope * slope / (measured.effectiveEvents * information),
                    expectedLogRatio: pair.expectedLogRatio,
                    expectedVariance: 1 / (expected.effectiveEvents * information))
            }
            let covariance = try AllPairsFit.solve(bins: binning.eta.count, pairs: ideal, gauge: gauge).covariance
            return covariance.indices.map { covariance[$0][$0] }
        }
    }

    /// By how much uncertainties exceed the event-level bound: the geometric mean over the bins of the quoted range. nil without a bound.
    public var boundRatio: Double? {
        guard let boundVariances else { return nil }
        var (sum, count) = (0.0, 0)
        for pt in binning.quotedPtBins {
            for eta in 0..<binning.eta.count
            where constants[eta][pt] != nil && boundVariances[pt][eta] > FitResult.leastVariance {
                sum += 0.5 * log(logCovariance[pt][eta][eta] / boundVariances[pt][eta])
                count += 1
            }
        }
        return count > 0 ? exp(sum / Double(count)) : nil
    }
}
