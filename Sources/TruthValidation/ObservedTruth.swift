public import JetPhysics

/// A truth as it was observed: its slices with their cross-sections, and the sums over its events.
public struct ObservedTruth: Sendable {
    public let slices: [Slice]
    /// pb; 0 where it is not known.
    public let crossSectionUncertainties: [Double]
    public let observables: TruthObservables

    public init(slices: [Slice], crossSectionUncertainties: [Double], observables: TruthObservables) {
        precondition(
            slices.count == observables.slices && slices.count == crossSectionUncertainties.count,
            "sums and an uncertainty for each slice")
        self.slices = slices
        self.crossSectionUncertainties = crossSectionUncertainties
        self.observables = observables
    }

    public func crossSection(slice: Int) -> Estimate {
        Estimate(slices[slice].crossSection, uncertainty: crossSectionUncertainties[slice])
    }

    /// pb that an event of unit weight stands for; events with fewer than two jets take their part. 0 without events.
    public func weight(slice: Int) -> Double {
        let events = observables.events(slice: slice).weight
        return events > 0 ? slices[slice].crossSection / events : 0
    }

    /// dσ in pb in each bin of a distribution, summed over slices.
    public func crossSections(of histogram: TruthHistogram, slices chosen: [Int]) -> [WeightSum] {
        var sums = Array(repeating: WeightSum(), count: histogram.axis.count)
        for slice in chosen {
            let weight = weight(slice: slice)
            for (bin, part) in observables.histogram(histogram, slice: slice).enumerated() {
                sums[bin] = sums[bin] + part.scaled(by: weight)
            }
        }
        return sums
    }

    /// <(pT_probe − pT_tag)/pT_avg> in a bin of `TruthObservables.probeAxis`, slices weighted by their cross-sections.
    ///
    /// Var <A> = Σ w² (A − <A>)² / (Σw)² over all events: RMS/√N_eff would be wrong where slices are mixed.
    /// - Returns: the mean and the effective events behind it; nil for fewer than two of them.
    public func meanAsymmetry(bin: Int, slices chosen: [Int]) -> (mean: Estimate, effectiveEvents: Double)? {
        var (total, first) = (WeightSum(), 0.0)
        let parts = chosen.map { (weight: weight(slice: $0), sums: observables.probeSums(bin: bin, slice: $0)) }
        for part in parts {
            total = total + part.sums.weights.scaled(by: part.weight)
            first += part.weight * part.sums.powers[1]
        }
        guard total.effectiveEvents > 1.5, total.weight > 0 else { return nil }
        let mean = first / total.weight
        var variance = 0.0
        for part in parts where part.sums.weights.weight > 0 {
            let powers = part.sums.powers
            let deviations = powers[2] - 2 * mean * powers[1] + mean * mean * powers[0]
            // Events of a slice have about the same weight.
            let typical = part.sums.weights.squares / part.sums.weights.weight
            variance += squared(part.weight) * typical * max(0, deviations)
        }
        let uncertainty = variance.squareRoot() / total.weight
        return (Estimate(mean, uncertainty: uncertainty), total.effectiveEvents)
    }

    /// Share of a flavour among the selected jets of all chosen slices, weighted by cross-section, in bins of |η| or pT.
    public func flavours(
        _ flavour: FlavourClass, jet: Int, slices chosen: [Int], byPt: Bool
    ) -> [Estimate?] {
        func sums(_ flavour: FlavourClass) -> [WeightSum] {
            let axis = byPt ? TruthObservables.flavourPtAxis : TruthObservables.flavourEtaAxis
            return chosen.reduce(Array(repeating: WeightSum(), count: axis.count)) { sums, slice in
                let parts =
                    byPt
                    ? observables.flavoursByPt(flavour, jet: jet, slice: slice)
                    : observables.flavoursByEta(flavour, jet: jet, slice: slice)
                let weight = weight(slice: slice)
                return zip(sums, parts).map { $0 + $1.scaled(by: weight) }
            }
        }
        let all = FlavourClass.allCases.map(sums)
        return sums(flavour).enumerated().map { bin, part in
            all.reduce(WeightSum()) { $0 + $1[bin] }.share(of: part)
        }
    }
}
