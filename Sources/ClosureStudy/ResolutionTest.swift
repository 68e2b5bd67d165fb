#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import GSL

/// The resolution that the asymmetry shows, beside the one that jets have by truth.
///
/// The method sees a little less than there is: an event with a jet of the tails has a lower pT_avg, where it is one among many more. What
/// it sees of simulation over what that has by truth is the method's share, whose square is taken to be linear in ln pT; data are divided
/// by it.
public struct ResolutionTest: Sendable, Equatable {
    /// A mean of the quoted bins of pT_avg.
    public struct Ratio: Sendable, Equatable {
        public let value: Double
        public let uncertainty: Double
    }

    /// The square of the method's share of a region: a + b ln(pT/100 GeV), or one number where fewer than three bins tell.
    private struct ShareLine: Sendable, Equatable {
        private let fit: LinearFit

        /// Of points (ln(pT/100 GeV), square, variance); nil for none.
        init?(_ points: [(place: Double, square: Double, variance: Double)]) {
            let hasSlope = points.count >= 3
            guard
                let fit = try? LinearFit(
                    design: points.map { hasSlope ? [1, $0.place] : [1] }, values: points.map(\.square),
                    weights: points.map { 1 / $0.variance })
            else { return nil }
            self.fit = fit
        }

        /// The share at a true pT in GeV; nil where it is no share.
        func value(truePt: Double) -> Ratio? {
            let row = Array([1, log(truePt / 100)].prefix(fit.coefficients.count))
            let square = zip(row, fit.coefficients).reduce(0) { $0 + $1.0 * $1.1 }
            let variance = zip(row, fit.covariance).reduce(0.0) { sum, line in
                sum + line.0 * zip(row, line.1).reduce(0) { $0 + $1.0 * $1.1 }
            }
            guard square > 0 else { return nil }
            return Ratio(value: square.squareRoot(), uncertainty: 0.5 * (max(0, variance) / square).squareRoot())
        }
    }

    public let measured: JetResolution
    public let injected: InjectedResolution
    /// By region: σ of simulation as measured over that of truth, the mean; nil where nothing is determined.
    public let methodShares: [Ratio?]
    private let shareLines: [ShareLine?]
    /// By region: σ of data over that of truth, the method's share taken out.
    public let dataRatios: [Ratio?]
    /// By region: σ_data/σ_MC of truth, with the weights of the bins that the measured factor has.
    public let injectedScaleFactors: [Double?]
    /// What constants have been derived anew with; nil where they were not.
    public let smearing: ResolutionSmearing?

    init(_ measured: JetResolution, injected: InjectedResolution, smearing: ResolutionSmearing?) {
        self.smearing = smearing
        self.measured = measured
        self.injected = injected
        let quoted = measured.binning.quotedPtBins
        /// √ of the mean of s over that of truth: unlike σ, s is known as well where it fluctuates low.
        func mean(_ terms: [(ratio: Double, variance: Double)]) -> Ratio? {
            let known = terms.filter { $0.variance > 0 }
            let weight = known.reduce(0) { $0 + 1 / $1.variance }
            guard weight > 0 else { return nil }
            let mean = known.reduce(0) { $0 + $1.ratio / $1.variance } / weight
            return mean > 0 ? Ratio(value: mean.squareRoot(), uncertainty: 0.5 / (weight * mean).squareRoot()) : nil
        }
        let values = measured.values.map { row in row[quoted].compactMap { $0 } }
        let squares = values.enumerated().map { region, row in
            row.compactMap { value -> (place: Double, square: Double, variance: Double)? in
                guard let truth = injected.simulation(region: region, truePt: value.truePt),
                    value.combined.simulationVariance > 0
                else { return nil }
                let scale = 1 / (truth * truth)
                return (
                    log(value.truePt / 100), value.combined.simulation * scale,
                    value.combined.simulationVariance * scale * scale
                )
            }
        }
        methodShares = squares.map { mean($0.map { ($0.square, $0.variance) }) }
        let lines = squares.map(ShareLine.init)
        shareLines = lines
        dataRatios = values.enumerated().map { region, row in
            mean(
                row.compactMap { value in
                    guard let share = lines[region]?.value(truePt: value.truePt)?.value,
                        let truth = injected.data(region: region, truePt: value.truePt)
                    else { return nil }
                    let scale = 1 / (truth * truth * share * share)
                    return (value.combined.data * scale, value.combined.dataVariance * scale * scale)
                })
        }
        injectedScaleFactors = values.enumerated().map { region, row in
            mean(
                row.compactMap { value in
                    guard let ratio = value.combined.ratio,
                        let data = injected.data(region: region, truePt: value.truePt),
                        let simulation = injected.simulation(region: region, truePt: value.truePt)
                    else { return nil }
                    return (data * data / (simulation * simulation), ratio.variance)
                })?.value
        }
    }

    /// The method's share at a true pT in GeV; nil where no bin tells.
    public func methodShare(region: Int, truePt: Double) -> Ratio? { shareLines[region]?.value(truePt: truePt) }

    /// σ of data in a region and bin of pT_avg with the method's share taken out.
    public func dataWidth(region: Int, pt: Int) -> (value: Double, uncertainty: Double)? {
        guard let value = measured.values[region][pt], let width = value.combined.dataWidth,
            let share = methodShare(region: region, truePt: value.truePt)
        else { return nil }
        let (relative, ofShare) = (width.uncertainty / width.value, share.uncertainty / share.value)
        let corrected = width.value / share.value
        return (corrected, corrected * (relative * relative + ofShare * ofShare).squareRoot())
    }
}
