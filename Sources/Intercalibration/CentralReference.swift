internal import Balance

/// The central-reference method: each η bin against all jets of the reference region at once.
///
/// <A> of probe over tag is averaged over the tags, and ln r = 2 artanh(<A>/2). Jets of the reference region are probes
/// too, against the other reference bins; the result is then moved to the same gauge as the all-pairs fit's.
struct CentralReference {
    let bins: Int
    let reference: [Int]
    let gauge: [Double]
    let requirement: EventRequirement

    /// Log response before the gauge, and covariance, of each bin with enough events.
    private struct Means {
        var logRatio: [Double?]
        var covariance: [[Double]]
    }

    func solve(data: BalanceSample, simulation: BalanceSample?, ptBin: Int) -> FitResult {
        let measured = means(data, ptBin)
        let expected = simulation.map { means($0, ptBin) }
        var determined: [Int] = []
        var values = Array(repeating: 0.0, count: bins)
        for bin in 0..<bins {
            guard let value = measured.logRatio[bin] else { continue }
            if let expected {
                guard let model = expected.logRatio[bin] else { continue }
                values[bin] = value - model
            } else {
                values[bin] = value
            }
            determined.append(bin)
        }
        var result = FitResult(
            logResponse: Array(repeating: nil, count: bins),
            covariance: Array(repeating: Array(repeating: 0, count: bins), count: bins),
            status: Array(repeating: .unconstrained, count: bins),
            quality: FitQuality(
                chiSquared: 0, degreesOfFreedom: 0, probability: nil, pairs: 0, rank: 0, expectedRank: 0,
                conditionNumber: 1, iterations: 1, converged: true, components: [determined], invalidReason: nil),
            pulls: [])
        let total = determined.reduce(0) { $0 + gauge[$1] }
        guard total > 0 else {
            result.quality.invalidReason = "no reference bin has enough events"
            return result
        }
        let weights = gauge.indices.map { determined.contains($0) ? gauge[$0] / total : 0 }
        let shift = determined.reduce(0) { $0 + weights[$1] * values[$1] }
        // V' = (1 − 1gᵀ) V (1 − g1ᵀ).
        var raw = measured.covariance
        if let expected {
            for row in 0..<bins { for column in 0..<bins { raw[row][column] += expected.covariance[row][column] } }
        }
        let along = (0..<bins).map { row in determined.reduce(0) { $0 + weights[$1] * raw[row][$1] } }
        let common = determined.reduce(0) { $0 + weights[$1] * along[$1] }
        for row in determined {
            result.logResponse[row] = values[row] - shift
            result.status[row] = .ok
            for column in determined {
                result.covariance[row][column] = raw[row][column] - along[row] - along[column] + common
            }
        }
        result.quality.pairs = determined.count
        result.quality.rank = determined.count - 1
        result.quality.expectedRank = determined.count - 1
        return result
    }

    private func means(_ sample: BalanceSample, _ ptBin: Int) -> Means {
        var logRatios: [Double?] = Array(repeating: nil, count: bins)
        var covariance = Array(repeating: Array(repeating: 0.0, count: bins), count: bins)
        var weights = Array(repeating: 0.0, count: bins)
        var averages = Array(repeating: 0.0, count: bins)
        let cells = (0..<bins).map { probe in
            reference.filter { $0 != probe }.compactMap { tag in
                sample.moments(ptBin: ptBin, low: min(probe, tag), high: max(probe, tag)).map {
                    (tag: tag, sign: probe < tag ? 1.0 : -1.0, moments: $0)
                }
            }
        }
        for probe in 0..<bins {
            let rows = cells[probe].reduce(0) { $0 + $1.moments.rows }
            let weight = cells[probe].reduce(0) { $0 + $1.moments.weight }
            let squares = cells[probe].reduce(0) {
                $0 + $1.moments.weight * $1.moments.weight / $1.moments.effectiveEvents
            }
            guard rows >= requirement.rows, weight * weight / squares >= requirement.effectiveEvents else { continue }
            weights[probe] = weight
            averages[probe] =
                cells[probe].reduce(0) { $0 + $1.sign * $1.moments.asymmetry * $1.moments.weight } / weight
            logRatios[probe] = logRatio(asymmetry: averages[probe])
        }
        // A cell's events scatter about the common mean by their own width and by the cell's distance from it.
        for probe in 0..<bins where weights[probe] > 0 {
            for (tag, sign, cell) in cells[probe] {
                let own = cell.asymmetryVariance.isFinite ? cell.weight * cell.weight * cell.asymmetryVariance : 0
                let squares = cell.weight * cell.weight / cell.effectiveEvents
                let distance = sign * cell.asymmetry - averages[probe]
                covariance[probe][probe] += (own + squares * distance * distance) / (weights[probe] * weights[probe])
                guard reference.contains(probe), weights[tag] > 0 else { continue }
                let opposite = -sign * cell.asymmetry - averages[tag]
                covariance[probe][tag] += (-own + squares * distance * opposite) / (weights[probe] * weights[tag])
            }
        }
        for row in 0..<bins where weights[row] > 0 {
            for column in 0..<bins where weights[column] > 0 {
                covariance[row][column] /= slope(asymmetry: averages[row]) * slope(asymmetry: averages[column])
            }
        }
        return Means(logRatio: logRatios, covariance: covariance)
    }
}
