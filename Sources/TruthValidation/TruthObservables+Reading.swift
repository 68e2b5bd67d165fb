public import Binning

/// What the sums of one slice say. Weights are those of the events, in units of the slice's weight.
extension TruthObservables {
    func count(_ slice: Int, _ cell: Int) -> WeightSum {
        WeightSum(
            weight: counts.value(slice: slice, cell: cell, column: 0) * Self.unit.quantum,
            squares: counts.value(slice: slice, cell: cell, column: 1) * Self.unit.quantum)
    }

    /// All events of a slice, those with fewer than two jets included.
    public func events(slice: Int) -> WeightSum { count(slice, Self.layout.events) }
    public func dijets(slice: Int) -> WeightSum { count(slice, Self.layout.dijets) }
    /// Dijets that pass the cuts.
    public func selected(slice: Int) -> WeightSum { count(slice, Self.layout.selected) }

    /// The bins of a distribution.
    public func histogram(_ histogram: TruthHistogram, slice: Int) -> [WeightSum] {
        let (first, axis) = Self.layout.histograms[histogram.rawValue]
        return (0..<axis.count).map { count(slice, first + $0) }
    }

    /// The events that the bins of a distribution are parts of: dijets, or selected dijets.
    public func total(of histogram: TruthHistogram, slice: Int) -> WeightSum {
        histogram.isAfterCuts ? selected(slice: slice) : dijets(slice: slice)
    }

    /// Share of the events in each bin of a distribution; nil without events.
    public func shares(of histogram: TruthHistogram, slice: Int) -> [Estimate?] {
        let total = total(of: histogram, slice: slice)
        return self.histogram(histogram, slice: slice).map { total.share(of: $0) }
    }

    /// Share of the dijets that pass a cut; nil without dijets.
    /// - Parameter gap: a bin of `gapAxis`, or nil for all.
    public func passing(_ cut: TruthCut, gap: Int?, slice: Int) -> Estimate? {
        total(gap: gap, nil, slice: slice).share(of: total(gap: gap, cut, slice: slice))
    }

    /// Dijets in a bin of `gapAxis`, or all for nil, that pass a cut, or all for nil.
    public func total(gap: Int?, _ cut: TruthCut?, slice: Int) -> WeightSum {
        let bins = gap.map { $0..<$0 + 1 } ?? 0..<Self.layout.gapBins
        return bins.reduce(WeightSum()) { $0 + count(slice, Self.layout.gap($1, cut)) }
    }

    /// Selected jets of a flavour by bin of |η|.
    /// - Parameter jet: 0 for the leading, 1 for the subleading.
    public func flavoursByEta(_ flavour: FlavourClass, jet: Int, slice: Int) -> [WeightSum] {
        (0..<Self.flavourEtaAxis.count).map { count(slice, Self.layout.flavourEta(jet: jet, flavour, bin: $0)) }
    }

    /// The same by bin of pT.
    public func flavoursByPt(_ flavour: FlavourClass, jet: Int, slice: Int) -> [WeightSum] {
        (0..<Self.flavourPtAxis.count).map { count(slice, Self.layout.flavourPt(jet: jet, flavour, bin: $0)) }
    }

    /// Share of a flavour among selected jets; nil without any.
    public func flavour(_ flavour: FlavourClass, jet: Int, slice: Int) -> Estimate? {
        let part = flavoursByEta(flavour, jet: jet, slice: slice).reduce(WeightSum(), +)
        return selected(slice: slice).share(of: part)
    }

    /// Mean and spread over the selected dijets; nil for fewer than two.
    public func moments(_ moment: TruthMoment, slice: Int) -> SpreadMoments? {
        let sums = powerSums(moment.rawValue, slice: slice)
        return SpreadMoments(weights: sums.weights, powers: sums.powers)
    }

    /// Mean and spread of (pT_probe − pT_tag)/pT_avg in a bin of `probeAxis`; nil for fewer than two events.
    public func probeMoments(bin: Int, slice: Int) -> SpreadMoments? {
        let sums = powerSums(TruthMoment.allCases.count + bin, slice: slice)
        return SpreadMoments(weights: sums.weights, powers: sums.powers)
    }

    /// |η_probe|, both signs of `probeAxis` together.
    public static let absProbeAxis = TruthHistogram.uniform(0, 5.2, 13)

    /// `probeMoments` in a bin of `absProbeAxis`: collisions of two protons look the same from both ends.
    public func absProbeMoments(bin: Int, slice: Int) -> SpreadMoments? {
        let first = TruthMoment.allCases.count + Self.absProbeAxis.count
        let (forward, backward) = (powerSums(first + bin, slice: slice), powerSums(first - 1 - bin, slice: slice))
        return SpreadMoments(
            weights: forward.weights + backward.weights, powers: zip(forward.powers, backward.powers).map { $0 + $1 })
    }

    private func powerSums(_ cell: Int, slice: Int) -> (weights: WeightSum, powers: [Double]) {
        let sums = (0..<Self.powerColumns).map {
            powers.value(slice: slice, cell: cell, column: $0) * Self.powerUnit.quantum
        }
        return (WeightSum(weight: sums[1], squares: sums[0]), Array(sums[1...]))
    }
}
