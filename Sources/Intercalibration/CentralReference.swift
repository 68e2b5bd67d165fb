internal import Balance

/// The central-reference method: each η bin against all jets of the reference region at once.
///
/// <A> of probe over tag is averaged over the tags, and ln r = 2 artanh(<A>/2). Jets of the reference region are probes
/// too, against all of the region: pairs inside one bin count with both jets as probe, which makes their <A> zero.
/// Without them a bin would be compared with the others alone and its deviation seen too large. The result is then moved
/// to the same gauge as the all-pairs fit's.
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
        let values = (0..<bins).map { bin -> Double? in
            guard let value = measured.logRatio[bin] else { return nil }
            guard let expected else { return value }
            return expected.logRatio[bin].map { value - $0 }
        }
        var raw = measured.covariance
        if let expected {
            for row in 0..<bins { for column in 0..<bins { raw[row][column] += expected.covariance[row][column] } }
        }
        var result = FitResult.gauged(values, covariance: raw, gauge: gauge)
        result.quality.conditionNumber = 1
        result.quality.iterations = 1
        result.quality.converged = true
        guard result.quality.isValid else { return result }
        let determined = values.count { $0 != nil }
        result.quality.pairs = determined
        result.quality.rank = determined - 1
        result.quality.expectedRank = determined - 1
        return result
    }

    private func means(_ sample: BalanceSample, _ ptBin: Int) -> Means {
        var logRatios: [Double?] = Array(repeating: nil, count: bins)
        var covariance = Array(repeating: Array(repeating: 0.0, count: bins), count: bins)
        var weights = Array(repeating: 0.0, count: bins)
        var averages = Array(repeating: 0.0, count: bins)
        let cells = (0..<bins).map { probe in
            reference.compactMap { tag in
                sample.moments(ptBin: ptBin, low: min(probe, tag), high: max(probe, tag)).map {
                    Contribution($0, probe: probe, tag: tag)
                }
            }
        }
        for probe in 0..<bins {
            let rows = cells[probe].reduce(0) { $0 + $1.rows }
            let weight = cells[probe].reduce(0) { $0 + $1.weight }
            let squares = cells[probe].reduce(0) { $0 + $1.squares }
            guard rows >= requirement.rows, weight * weight >= squares * requirement.effectiveEvents else { continue }
            weights[probe] = weight
            averages[probe] = cells[probe].reduce(0) { $0 + $1.asymmetry * $1.weight } / weight
            logRatios[probe] = logRatio(asymmetry: averages[probe])
        }
        // A cell's events scatter about the common mean by their own width and by the cell's distance from it.
        for probe in 0..<bins where weights[probe] > 0 {
            for cell in cells[probe] {
                let distance = cell.asymmetry - averages[probe]
                covariance[probe][probe] +=
                    (cell.own + cell.squares * distance * distance) / (weights[probe] * weights[probe])
                guard cell.tag != probe, reference.contains(probe), weights[cell.tag] > 0 else { continue }
                let opposite = -cell.asymmetry - averages[cell.tag]
                covariance[probe][cell.tag] +=
                    (-cell.own + cell.squares * distance * opposite) / (weights[probe] * weights[cell.tag])
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

/// What one cell of pairs gives to the mean of a probe bin.
private struct Contribution {
    let tag: Int
    let rows: Int
    /// Of probe over tag.
    let asymmetry: Double
    let weight: Double
    /// Variance of the sum of wA about the cell's own mean, and Σw².
    let own: Double
    let squares: Double

    init(_ cell: CellMoments, probe: Int, tag: Int) {
        self.tag = tag
        rows = cell.rows
        let squares = cell.weight * cell.weight / cell.effectiveEvents
        if probe == tag {
            // Both jets are probe and tag in turn: twice the weight, and asymmetries that cancel event by event.
            (asymmetry, weight, own, self.squares) = (0, 2 * cell.weight, 0, 4 * squares)
        } else {
            asymmetry = probe < tag ? cell.asymmetry : -cell.asymmetry
            weight = cell.weight
            own = cell.asymmetryVariance.isFinite ? cell.weight * cell.weight * cell.asymmetryVariance : 0
            self.squares = squares
        }
    }
}
