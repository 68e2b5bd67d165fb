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
