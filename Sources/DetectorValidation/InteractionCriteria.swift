/// What events say of the number of interactions, as drawn and as weighted to data's.
struct InteractionCriteria {
    private let sums: SurroundingsSums
    private let sample: DetectorCriterion.Sample

    init(_ sums: SurroundingsSums, _ sample: DetectorCriterion.Sample) {
        self.sums = sums
        self.sample = sample
    }

    var all: [DetectorCriterion] {
        guard let expected = sums.interactions, total(.rows) >= 100 else { return [] }
        return drawn(expected.own) + (expected.weighted.map(weighted) ?? [])
    }

    /// Each recoil has random numbers of its own, and none changes μ.
    private func total(_ column: SurroundingsSums.Column) -> Double {
        SurroundingsSums.recoils.indices.reduce(0.0) { $0 + sums.sum(column, recoil: $1) }
    }

    private func drawn(_ expected: ExpectedInteractions.Moments) -> [DetectorCriterion] {
        let (rows, unit) = (total(.rows), expected.unit)
        let mean = total(.mu) / rows
        let variance = max(0, total(.mu2) / rows - mean * mean)
        return [
            DetectorCriterion(
                .interactions, sample, "all", measured: expected.mean + unit * mean,
                uncertainty: expected.width / rows.squareRoot(), expected: expected.mean, limit: 1e-3),
            // The table of quantiles, linear between them, is 3e-4 wider than a Gaussian cut off at four widths.
            DetectorCriterion(
                .interactionsWidth, sample, "all", measured: unit * variance.squareRoot(),
                uncertainty: expected.width * ((expected.kurtosis - 1) / (4 * rows)).squareRoot(),
                expected: expected.width, limit: 1e-3, isRelative: expected.width > 0),
        ]
    }

    /// Limits are what Geometry/README.md promises of the weights: beyond the outermost quantiles of simulation they know only
    /// how much data have there, not where.
    private func weighted(_ expected: ExpectedInteractions.Moments) -> [DetectorCriterion] {
        let (rows, weight, unit) = (total(.rows), total(.weight), expected.unit)
        let mean = total(.weightedMu) / weight
        let variance = max(0, total(.weightedMu2) / weight - mean * mean)
        // Errors of ratios of sums; about the moments that are expected, which differ little from those that are found.
        let square = total(.weight2)
        let meanUncertainty = total(.weight2Mu2).squareRoot() / weight
        let widthUncertainty =
            0.5 * max(0, total(.weight2Mu4) - 2 * total(.weight2Mu2) + square).squareRoot() / weight
        let meanWeight = weight / rows
        return [
            DetectorCriterion(
                .meanWeight, sample, "all", measured: meanWeight,
                uncertainty: (max(0, square / rows - meanWeight * meanWeight) / rows).squareRoot(), expected: 1,
                limit: 1e-3),
            DetectorCriterion(
                .weightedInteractions, sample, "all", measured: expected.mean + unit * mean,
                uncertainty: unit * meanUncertainty, expected: expected.mean, limit: 1e-2 * expected.width,
                isRelative: false),
            DetectorCriterion(
                .weightedInteractionsWidth, sample, "all", measured: unit * variance.squareRoot(),
                uncertainty: unit * widthUncertainty, expected: expected.width, limit: 2e-2),
        ]
    }
}
