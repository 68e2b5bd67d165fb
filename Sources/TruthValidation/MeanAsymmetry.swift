/// The mean asymmetry of a probe jet against a central one, of a model and of a reference, slices pooled.
///
/// <(pT_probe − pT_tag)/pT_avg> of each slice has the weight N/v, N the reference's events there and v the variance of A in the
/// model: that of the smallest uncertainty of the reference's mean, without its own scatter in the weights. With cross-sections
/// for weights the lowest slice alone would count, and events of the others would tell nothing.
public struct MeanAsymmetry: Sendable {
    /// Model events that a slice needs: with fewer their variance says nothing of the weight.
    private static let fewestModelEvents = 25.0

    /// nil where the model has too few events in the slices that most of the reference's are in.
    public let model: Estimate?
    public let reference: Estimate
    /// The reference's events behind it.
    public let events: Double

    /// - Parameter bin: of `TruthObservables.absProbeAxis`.
    /// - Returns: nil where no slice has two events of the reference.
    public init?(_ model: ObservedTruth, _ reference: ObservedTruth, bin: Int, slices: [Int]) {
        var (events, used, weights) = (0.0, 0.0, 0.0)
        var (ours, theirs) = ((mean: 0.0, variance: 0.0), (mean: 0.0, variance: 0.0))
        var alone: Estimate?
        for slice in slices {
            guard let reference = reference.observables.absProbeMoments(bin: bin, slice: slice) else { continue }
            events += reference.effectiveEvents
            alone = reference.mean
            guard let model = model.observables.absProbeMoments(bin: bin, slice: slice),
                model.effectiveEvents >= Self.fewestModelEvents
            else { continue }
            used += reference.effectiveEvents
            let spread = squared(model.spread.value)
            let weight = reference.effectiveEvents / spread
            weights += weight
            ours.mean += weight * model.mean.value
            ours.variance += squared(weight * model.mean.uncertainty)
            theirs.mean += weight * reference.mean.value
            // The model's spread again: that of a few events says little.
            theirs.variance += squared(weight) * spread / reference.effectiveEvents
        }
        guard let alone else { return nil }
        self.events = events
        guard used >= 0.5 * events else {
            (self.model, self.reference) = (nil, alone)
            return
        }
        self.model = Estimate(ours.mean / weights, uncertainty: ours.variance.squareRoot() / weights)
        self.reference = Estimate(theirs.mean / weights, uncertainty: theirs.variance.squareRoot() / weights)
    }
}
