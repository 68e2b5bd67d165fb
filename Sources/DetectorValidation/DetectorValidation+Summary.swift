extension DetectorValidation {
    /// Of the bins of η that jets are measured in.
    public var etaEdges: [Double] { Places.edges(limit: card.absEtaMaximum) }

    /// All criteria of one quantity and sample.
    public struct QuantitySummary: Sendable {
        public let quantity: DetectorCriterion.Quantity
        public let sample: DetectorCriterion.Sample
        public let tested: Int
        public let failed: Int
        /// The one farthest beyond its limit, of those that fail if any do.
        public let worst: DetectorCriterion
        /// Σ ((measured − expected)/uncertainty)² over those that have an uncertainty.
        public let chiSquared: Double
    }

    /// In order of the quantities, simulation before data.
    public var quantities: [QuantitySummary] {
        DetectorCriterion.Quantity.allCases.flatMap { quantity in
            [DetectorCriterion.Sample.simulation, .data].compactMap { sample -> QuantitySummary? in
                let all = criteria.filter { $0.quantity == quantity && $0.sample == sample }
                let failed = all.filter { !$0.holds(chance: chance) }
                func size(_ criterion: DetectorCriterion) -> Double {
                    abs(criterion.difference) / max(criterion.limit, 1e-12)
                }
                guard let worst = (failed.isEmpty ? all : failed).max(by: { size($0) < size($1) }) else { return nil }
                let chiSquared = all.reduce(0.0) { sum, criterion in
                    guard criterion.uncertainty > 0 else { return sum }
                    let pull = (criterion.measured - criterion.expected) / criterion.uncertainty
                    return sum + pull * pull
                }
                return QuantitySummary(
                    quantity: quantity, sample: sample, tested: all.count, failed: failed.count, worst: worst,
                    chiSquared: chiSquared)
            }
        }
    }
}
