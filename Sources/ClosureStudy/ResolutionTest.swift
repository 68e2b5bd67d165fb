/// The resolution that the asymmetry shows, beside the one that jets have by truth.
///
/// The method sees a little less than there is: an event with a jet of the tails has a lower pT_avg, where it is one among many more. What
/// it sees of simulation over what that has by truth is the method's share; data are divided by it.
public struct ResolutionTest: Sendable, Equatable {
    /// A mean of the quoted bins of pT_avg.
    public struct Ratio: Sendable, Equatable {
        public let value: Double
        public let uncertainty: Double
    }

    public let measured: JetResolution
    public let injected: InjectedResolution
    /// By region: σ of simulation as measured over that of truth; nil where nothing is determined.
    public let methodShares: [Ratio?]
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
        let shares = values.enumerated().map { region, row in
            mean(
                row.compactMap { value in
                    injected.simulation(region: region, truePt: value.truePt).map {
                        let scale = 1 / ($0 * $0)
                        return (value.combined.simulation * scale, value.combined.simulationVariance * scale * scale)
                    }
                })
        }
        methodShares = shares
        dataRatios = values.enumerated().map { region, row in
            guard let share = shares[region]?.value else { return nil }
            return mean(
                row.compactMap { value in
                    injected.data(region: region, truePt: value.truePt).map {
                        let scale = 1 / ($0 * $0 * share * share)
                        return (value.combined.data * scale, value.combined.dataVariance * scale * scale)
                    }
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

    /// σ of data in a region and bin of pT_avg with the method's share taken out.
    public func dataWidth(region: Int, pt: Int) -> (value: Double, uncertainty: Double)? {
        guard let width = measured.values[region][pt]?.combined.dataWidth, let share = methodShares[region] else {
            return nil
        }
        let (relative, ofShare) = (width.uncertainty / width.value, share.uncertainty / share.value)
        let value = width.value / share.value
        return (value, value * (relative * relative + ofShare * ofShare).squareRoot())
    }
}
