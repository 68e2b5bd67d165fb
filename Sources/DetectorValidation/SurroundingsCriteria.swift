internal import DetectorModel
internal import GSL

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What events without true jets say of the card's soft term and pile-up.
struct SurroundingsCriteria {
    private let sums: SurroundingsSums
    private let edges: [Double]
    private let tables: DetectorTables
    private let sample: DetectorCriterion.Sample

    init(
        _ sums: SurroundingsSums, _ edges: [Double], _ detector: Detector, _ sample: DetectorCriterion.Sample
    ) {
        self.sample = sample
        self.sums = sums
        self.edges = edges
        tables = detector.tables
    }

    var all: [DetectorCriterion] { soft + noise + InteractionCriteria(sums, sample).all + pileUp }

    private var soft: [DetectorCriterion] {
        let term = tables.softTerm
        return SurroundingsSums.recoils.enumerated().filter { $0.element > 0 }.flatMap {
            index, recoil -> [DetectorCriterion] in
            let rows = sums.sum(.expected, recoil: index)
            guard rows >= 100 else { return [] }
            func mean(_ column: SurroundingsSums.Column) -> Double { sums.sum(column, recoil: index) / rows }
            let along = mean(.along)
            let variance = max(0, mean(.along2) - along * along)
            let place = "recoil \(Places.number(recoil)) GeV"
            var criteria = [
                DetectorCriterion(
                    .softResponse, sample, place, pt: recoil, measured: along / recoil,
                    uncertainty: (variance / rows).squareRoot() / recoil, expected: term.meanResponse(soft: recoil),
                    limit: 2e-3, isRelative: false)
            ]
            for (quantity, measured, share) in [
                (DetectorCriterion.Quantity.softParallel, variance, term.parallel),
                (.softPerpendicular, mean(.across2), term.perpendicular),
            ] {
                let expected = share * recoil * share * recoil + mean(.noise2)
                guard expected > 0 else { continue }
                criteria.append(
                    DetectorCriterion(
                        quantity, sample, place, pt: recoil, measured: measured.squareRoot(),
                        uncertainty: (expected / (2 * rows)).squareRoot(), expected: expected.squareRoot(),
                        limit: 1e-2))
            }
            return criteria
        }
    }

    /// The width of a component in bins of √ΣE_T.
    var noisePoints: [(root: Double, width: Double, uncertainty: Double)] {
        (0..<SurroundingsSums.noiseBins).compactMap { bin in
            func sum(_ column: SurroundingsSums.Column) -> Double { sums.sum(column, recoil: 0, cell: 1 + bin) }
            let rows = sum(.rows)
            guard rows >= 100 else { return nil }
            let square = sum(.x2) / (2 * rows)
            guard square > 0 else { return nil }
            let width = square.squareRoot()
            // Two normal numbers a row.
            return (sum(.root) / rows, width, width / (4 * rows).squareRoot())
        }
    }

    /// A straight line through the widths.
    private var noise: [DetectorCriterion] {
        let (term, points) = (tables.softTerm, noisePoints)
        var criteria = points.map { point in
            DetectorCriterion(
                .noise, sample, "root sum ET \((point.root * 10).rounded() / 10)", pt: point.root,
                measured: point.width, uncertainty: point.uncertainty,
                expected: term.noise + term.noiseGrowth * point.root, limit: 1e-2)
        }
        guard points.count >= 3, let first = points.first, let last = points.last, last.root > 1.05 * first.root,
            term.noiseGrowth > 0
        else { return criteria }
        // About the middle, where intercept and slope are nearly independent.
        let weights = points.map { 1 / ($0.uncertainty * $0.uncertainty) }
        let total = weights.reduce(0, +)
        let middle = zip(weights, points).reduce(0) { $0 + $1.0 * $1.1.root } / total
        guard
            let fit = try? LinearFit(
                design: points.map { [1, $0.root - middle] }, values: points.map(\.width), weights: weights)
        else { return criteria }
        let lever = zip(weights, points).reduce(0) { $0 + $1.0 * ($1.1.root - middle) * ($1.1.root - middle) }
        criteria.append(
            DetectorCriterion(
                .noiseSlope, sample, "slope", measured: fit.coefficients[1], uncertainty: 1 / lever.squareRoot(),
                expected: term.noiseGrowth, limit: 1e-2))
        criteria.append(
            DetectorCriterion(
                .noiseSlope, sample, "intercept", measured: fit.coefficients[0] - fit.coefficients[1] * middle,
                uncertainty: (1 / total + middle * middle / lever).squareRoot(), expected: term.noise, limit: 1e-2,
                isRelative: false))
        return criteria
    }

    /// Events whose hardest jet of pile-up is seen, averaged over μ.
    private var pileUp: [DetectorCriterion] {
        let sample = SurroundingsSums.pileUp
        let rows = sums.sum(.rows, recoil: sample)
        guard rows >= 100, let jets = tables.features.pileUp?.jets, tables.acceptance.vetoes.isEmpty else { return [] }
        let limit = tables.acceptance.absEtaMaximum
        guard jets.absEtaMaximum < limit - 0.2, jets.remainingShare > 0 else { return [] }
        let rate = meanRate(of: jets, above: max(tables.acceptance.ptMinimum, 5))
        let expected = rate.reduce(0.0) { sum, part in
            sum + part.share * trapezium(tables.interactions.map { 1 - exp(-Double($0) * part.rate) })
        }
        let share = sums.sum(.jets, recoil: sample) / rows
        return [
            DetectorCriterion(
                .pileUpJets, self.sample, "all", measured: share,
                uncertainty: (max(expected * (1 - expected), 1 / rows) / rows).squareRoot(), expected: expected,
                limit: 1e-2)
        ]
    }

    /// How many jets of pile-up an interaction has that are measured above a pT, if all were at one place: by place and period,
    /// with the share of the events whose hardest one is there.
    private func meanRate(of jets: PileUpJets, above threshold: Double) -> [(share: Double, rate: Double)] {
        let places = 400
        return tables.periods.enumerated().flatMap { period, part in
            let response = tables.responseGrid(period: period)
            return (0..<places).map { place in
                let eta = jets.absEtaMaximum * (2 * (Double(place) + 0.5) / Double(places) - 1)
                let kept = abs(eta) < jets.trackerAbsEta ? 1 - jets.rejection : 1
                // The measured pT grows with the true one.
                var (low, high) = (threshold / 8, threshold * 32)
                for _ in 0..<50 {
                    let middle = (low * high).squareRoot()
                    if middle * response.value(eta: eta, pt: middle) < threshold { low = middle } else { high = middle }
                }
                return (
                    part.share * kept / (jets.remainingShare * Double(places)),
                    jets.expected(above: high, mu: 1) * jets.remainingShare
                )
            }
        }
    }

    /// The mean over the table's quantiles.
    private func trapezium(_ values: [Double]) -> Double {
        let sum = values.reduce(0, +) - 0.5 * (values[0] + values[values.count - 1])
        return sum / Double(values.count - 1)
    }
}
