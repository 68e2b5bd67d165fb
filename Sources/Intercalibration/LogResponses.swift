/// Log responses that η bins have of their own, each against the reference region, before the gauge; nil where undetermined.
struct LogResponses {
    var values: [Double?]
    var covariance: [[Double]]

    init(bins: Int) {
        values = Array(repeating: nil, count: bins)
        covariance = Array(repeating: Array(repeating: 0, count: bins), count: bins)
    }

    /// With the mean of the covariance and its mirror image, for responses whose correlations are known from both bins.
    var symmetrized: LogResponses {
        var result = self
        for row in values.indices {
            for column in values.indices {
                result.covariance[row][column] = 0.5 * (covariance[row][column] + covariance[column][row])
            }
        }
        return result
    }

    /// Moved to the gauge Σ g x = 0 over the determined bins.
    /// - Parameters:
    ///   - expected: of simulation, which is taken off, where there is one.
    ///   - gauge: weight of each η bin, zero outside the reference region.
    func fit(less expected: LogResponses?, gauge: [Double]) -> FitResult {
        var total = self
        if let expected {
            for row in values.indices {
                total.values[row] = values[row].flatMap { value in expected.values[row].map { value - $0 } }
                for column in values.indices { total.covariance[row][column] += expected.covariance[row][column] }
            }
        }
        var result = FitResult.gauged(total.values, covariance: total.covariance, gauge: gauge)
        result.quality.conditionNumber = 1
        result.quality.iterations = 1
        result.quality.converged = true
        guard result.quality.isValid else { return result }
        let determined = total.values.count { $0 != nil }
        result.quality.pairs = determined
        result.quality.rank = determined - 1
        result.quality.expectedRank = determined - 1
        return result
    }
}
