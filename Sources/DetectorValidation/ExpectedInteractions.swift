internal import DetectorModel

/// What a card says of the number of interactions μ in one of its samples: moments of its profiles, from their densities and not
/// from the table of quantiles that the simulation draws by, nor from the weights at these.
struct ExpectedInteractions: Sendable {
    /// As events are drawn.
    let own: Moments
    /// As weights make them; nil where there are none: in data, and where data's profile is that of simulation.
    let weighted: Moments?

    /// Of one profile.
    struct Moments: Sendable {
        let mean: Double
        let width: Double
        /// Fourth central moment over the fourth power of the width; 0 for a profile without a width.
        let kurtosis: Double

        init(_ profile: InteractionProfile) {
            guard profile.width > 0 else {
                (mean, width, kurtosis) = (profile.mean, 0, 0)
                return
            }
            // Simpson's rule on 2000 steps of at most 1/250 of the profile's width: exact to rounding.
            let steps = 2000
            let step = (profile.highest - profile.lowest) / Double(steps)
            func integral(_ value: (Double) -> Double) -> Double {
                (0...steps).reduce(0.0) { sum, index in
                    let mu = profile.lowest + step * Double(index)
                    let weight = index == 0 || index == steps ? 1.0 : index % 2 == 1 ? 4 : 2
                    return sum + weight * profile.density(mu) * value(mu)
                } * step / 3
            }
            let total = integral { _ in 1 }
            let mean = integral { $0 } / total
            let variance = integral { ($0 - mean) * ($0 - mean) } / total
            let fourth = integral { ($0 - mean) * ($0 - mean) * ($0 - mean) * ($0 - mean) } / total
            self.mean = mean
            width = variance.squareRoot()
            kurtosis = fourth / (variance * variance)
        }

        /// What sums are kept in units of.
        var unit: Double { width > 0 ? width : 1 }
    }

    /// - Returns: nil for a card without pile-up.
    init?(_ card: DetectorCard, _ sample: DetectorCriterion.Sample) {
        guard let simulated = card.features.pileUp?.profile else { return nil }
        let data = card.pseudoData?.interactions ?? simulated
        own = Moments(sample == .data ? data : simulated)
        weighted = sample == .simulation && data != simulated ? Moments(data) : nil
    }
}
