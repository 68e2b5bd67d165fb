/// How far apart two normalised distributions are, in terms of their statistical uncertainties.
public struct ShapeDistance: Sendable, Equatable {
    public let chiSquared: Double
    public let degreesOfFreedom: Int
}

extension TruthComparison {
    /// χ² of a distribution's shares of the events of a slice, over bins with at least ten reference events or as many as
    /// that in the model; nil when there are fewer than two. For information: no model survives a sample of any size.
    public func shape(of histogram: TruthHistogram, slice: Int) -> ShapeDistance? {
        let (ours, theirs) = (model.observables, reference.observables)
        let pairs = zip(ours.shares(of: histogram, slice: slice), theirs.shares(of: histogram, slice: slice))
        let counts = zip(ours.histogram(histogram, slice: slice), theirs.histogram(histogram, slice: slice))
        var (chiSquared, bins) = (0.0, 0)
        for (share, count) in zip(pairs, counts) {
            guard let first = share.0, let second = share.1,
                max(count.0.effectiveEvents, count.1.effectiveEvents) >= 10
            else { continue }
            chiSquared += squared(Estimate.pull(first, second))
            bins += 1
        }
        return bins < 2 ? nil : ShapeDistance(chiSquared: chiSquared, degreesOfFreedom: bins - 1)
    }
}
