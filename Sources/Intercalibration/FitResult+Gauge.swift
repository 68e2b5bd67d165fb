extension FitResult {
    /// Nothing is determined.
    init(undetermined bins: Int, components: [[Int]]) {
        self.init(
            logResponse: Array(repeating: nil, count: bins),
            covariance: Array(repeating: Array(repeating: 0, count: bins), count: bins),
            status: Array(repeating: .unconstrained, count: bins),
            quality: FitQuality(
                chiSquared: 0, degreesOfFreedom: 0, probability: nil, pairs: 0, rank: 0, expectedRank: 0,
                conditionNumber: .infinity, iterations: 0, converged: false, components: components,
                invalidReason: nil),
            pulls: [])
    }

    /// Log responses known up to a common number, moved to Σ g x = 0: V' = (1 − 1gᵀ) V (1 − g1ᵀ).
    /// - Parameters:
    ///   - values: x of each η bin; nil where undetermined.
    ///   - covariance: V; rows and columns of undetermined bins are not looked at.
    ///   - gauge: g, scaled to a sum of 1 over the determined bins.
    /// - Returns: without quality of its own; not valid when no bin of the gauge is determined.
    static func gauged(_ values: [Double?], covariance: [[Double]], gauge: [Double]) -> FitResult {
        let determined = values.indices.filter { values[$0] != nil }
        var result = FitResult(undetermined: values.count, components: [determined])
        let moved = gauged(values, gauge: gauge)
        let total = determined.reduce(0) { $0 + gauge[$1] }
        guard total > 0 else {
            result.quality.invalidReason = "no reference bin has enough events"
            return result
        }
        let along = values.indices.map { row in
            determined.reduce(0) { $0 + gauge[$1] / total * covariance[row][$1] }
        }
        let common = determined.reduce(0) { $0 + gauge[$1] / total * along[$1] }
        for row in determined {
            result.logResponse[row] = moved[row]
            result.status[row] = .ok
            for column in determined {
                result.covariance[row][column] = covariance[row][column] - along[row] - along[column] + common
            }
        }
        return result
    }

    /// The same without covariance.
    static func gauged(_ values: [Double?], gauge: [Double]) -> [Double?] {
        let determined = values.indices.filter { values[$0] != nil }
        let total = determined.reduce(0) { $0 + gauge[$1] }
        guard total > 0 else { return values.map { _ in nil } }
        let shift = determined.reduce(0) { $0 + gauge[$1] / total * (values[$1] ?? 0) }
        return values.map { value in value.map { $0 - shift } }
    }
}
