/// What jets say of the vertex along the beam, and of where barrel and endcaps stand: each of the three numbers of an envelope
/// scales what another region shows.
struct VertexCriteria {
    private let sums: VertexSums
    private let sample: DetectorCriterion.Sample

    init(_ sums: VertexSums, _ sample: DetectorCriterion.Sample) {
        self.sums = sums
        self.sample = sample
    }

    var all: [DetectorCriterion] { distribution + agreement }

    private var distribution: [DetectorCriterion] {
        let spread = sums.envelope.vertexSpread
        return VertexSums.Region.allCases.flatMap { region -> [DetectorCriterion] in
            let (rows, mean, square) = sums.vertices(region)
            guard rows >= 100 else { return [] }
            let place =
                switch region {
                case .barrel: "barrel"
                case .negativeEndcap: "endcap at eta < 0"
                case .positiveEndcap: "endcap at eta > 0"
                }
            return [
                DetectorCriterion(
                    .vertex, sample, place, measured: mean, uncertainty: spread / rows.squareRoot(), expected: 0,
                    limit: 0.05, isRelative: false),
                DetectorCriterion(
                    .vertexSpread, sample, place, measured: max(0, square - mean * mean).squareRoot(),
                    uncertainty: spread / (2 * rows).squareRoot(), expected: spread, limit: spread > 0 ? 2e-3 : 0.05,
                    isRelative: spread > 0),
            ]
        }
    }

    private var agreement: [DetectorCriterion] {
        VertexSums.Pair.allCases.compactMap { pair in
            let (count, square) = sums.differences(pair)
            guard count >= 100 else { return nil }
            let place =
                switch pair {
                case .barrel: "two jets of the barrel"
                case .endcaps: "two jets of the endcaps"
                case .mixed: "jets of barrel and endcap"
                }
            // Chance has no part in it.
            return DetectorCriterion(
                .vertexAgreement, sample, place, measured: square.squareRoot(), uncertainty: 0, expected: 0,
                limit: 0.05, isRelative: false)
        }
    }
}
