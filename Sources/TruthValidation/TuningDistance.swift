/// What is minimised when a model is tuned to a reference: residuals of distributions and fractions.
///
/// (model − reference)/σ with σ² = σ_model² + σ_reference² + (floor × reference)². The floor stands for what no choice of
/// the model's parameters is meant to describe better; without it the bins with the most events would decide
/// everything. Which residuals there are depends on the reference alone.
public struct TuningDistance: Sendable {
    /// Of the reference's value, added to the statistical uncertainties.
    public var floor = 0.02
    /// Bins of distributions with fewer reference events are left out.
    public var fewestEvents = 25.0
    /// Factor on the residuals of the summed spectrum, of which there are few.
    public var spectrumEmphasis = 4.0
    /// Factor on those of shares that pass cuts in bins of the gap, of which wide gaps have few events.
    public var cutEmphasis = 5.0
    /// Factor on the residuals of flavours and of spreads, likewise.
    public var summaryEmphasis = 3.0
    /// Slices from this p̂T on, GeV.
    public var lowestSlice = TruthComparison.judgedFrom
    /// Distributions of the shares of each bin.
    public var histograms: [TruthHistogram] = [.alpha, .deltaPhi, .pt1, .pt2, .pt3, .eta3, .selectedPt1, .asymmetry]
    /// Factor on those of the mean asymmetry against the probe's η, slices pooled, and what is added to their uncertainty.
    public var asymmetryEmphasis = 3.0
    public var asymmetryFloor = 0.002
    /// Shares that pass in each bin of the rapidity gap.
    public var cuts: [TruthCut] = TruthCut.allCases
    /// Shares among the selected leading and subleading jets.
    public var flavours: [FlavourClass] = [.gluon, .charm, .bottom]
    /// Spreads after the cuts.
    public var spreads: [TruthMoment] = [.eta1, .deltaEta, .asymmetry]

    public init() {}

    /// One comparison.
    public struct Residual: Sendable, Equatable {
        /// Such as `alpha, bin 3`.
        public let name: String
        /// nil where slices are summed.
        public let slice: Int?
        /// In standard deviations.
        public let value: Double
    }

    /// In order of slices, then of kinds and bins.
    /// - Parameters: both with the same slices.
    public func residuals(of model: ObservedTruth, to reference: ObservedTruth) -> [Residual] {
        var found: [Residual] = []
        for slice in reference.slices.indices where reference.slices[slice].pHatMinimum >= lowestSlice {
            func add(_ name: String, _ ours: Estimate?, _ theirs: Estimate?, emphasis: Double = 1) {
                guard let theirs else { return }
                // A model without such events is as far off as the reference is from 0.
                let ours = ours ?? Estimate(0, uncertainty: 0)
                let variance =
                    squared(ours.uncertainty) + squared(theirs.uncertainty) + squared(floor * theirs.value)
                let value = (ours.value - theirs.value) / variance.squareRoot()
                found.append(Residual(name: name, slice: slice, value: emphasis * value))
            }
            let (ours, theirs) = (model.observables, reference.observables)
            for histogram in histograms {
                let pairs = zip(ours.shares(of: histogram, slice: slice), theirs.shares(of: histogram, slice: slice))
                for (bin, (pair, count)) in zip(pairs, theirs.histogram(histogram, slice: slice)).enumerated()
                where count.effectiveEvents >= fewestEvents {
                    add("\(histogram.name), bin \(bin)", pair.0, pair.1)
                }
            }
            for cut in cuts {
                for gap in 0..<TruthObservables.gapAxis.count
                where theirs.total(gap: gap, nil, slice: slice).effectiveEvents >= fewestEvents {
                    add(
                        "\(cut.name), gap \(gap)", ours.passing(cut, gap: gap, slice: slice),
                        theirs.passing(cut, gap: gap, slice: slice), emphasis: cutEmphasis)
                }
            }
            for flavour in flavours {
                for jet in 0..<2 {
                    add(
                        "\(flavour.name), jet \(jet + 1)", ours.flavour(flavour, jet: jet, slice: slice),
                        theirs.flavour(flavour, jet: jet, slice: slice), emphasis: summaryEmphasis)
                }
            }
            for moment in spreads {
                add(
                    "RMS of \(moment.title)", ours.moments(moment, slice: slice)?.spread,
                    theirs.moments(moment, slice: slice)?.spread, emphasis: summaryEmphasis)
            }
        }
        return found + spectrum(of: model, to: reference) + asymmetries(of: model, to: reference)
    }

    /// What an intercalibration would take for a response.
    private func asymmetries(of model: ObservedTruth, to reference: ObservedTruth) -> [Residual] {
        let slices = reference.slices.indices.filter { reference.slices[$0].pHatMinimum >= lowestSlice }
        return (0..<TruthObservables.absProbeAxis.count).compactMap { bin in
            guard let mean = MeanAsymmetry(model, reference, bin: bin, slices: slices), mean.events >= fewestEvents
            else { return nil }
            // A model without such events is as far off as the reference is from 0.
            let ours = mean.model ?? Estimate(0, uncertainty: 0)
            let variance = squared(ours.uncertainty) + squared(mean.reference.uncertainty) + squared(asymmetryFloor)
            let value = (ours.value - mean.reference.value) / variance.squareRoot()
            return Residual(name: "mean asymmetry, bin \(bin)", slice: nil, value: asymmetryEmphasis * value)
        }
    }

    /// The spectrum of the leading jet, summed over slices: what the shares of the slices one by one cannot see is where it
    /// lies as a whole.
    private func spectrum(of model: ObservedTruth, to reference: ObservedTruth) -> [Residual] {
        let slices = Array(reference.slices.indices)
        let ours = model.crossSections(of: .pt1, slices: slices)
        let theirs = reference.crossSections(of: .pt1, slices: slices)
        return TruthComparison.spectrumBins.compactMap { bin in
            guard theirs[bin].effectiveEvents >= fewestEvents else { return nil }
            let variance = ours[bin].squares + theirs[bin].squares + squared(floor * theirs[bin].weight)
            let value = (ours[bin].weight - theirs[bin].weight) / variance.squareRoot()
            return Residual(name: "summed pT_1, bin \(bin)", slice: nil, value: spectrumEmphasis * value)
        }
    }
}
