#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import GSL

/// The method of `LinearPairsFit`: data and simulation are fitted apart, and their constants divided by each other.
///
/// Balance that responses cannot make does not cancel pair by pair; it stays in the χ² of each fit and, where the two
/// samples weigh pairs differently, in the constants.
struct LinearPairs {
    let gauge: [Double]
    let reference: [Int]
    let requirement: EventRequirement

    /// - Returns: with χ² and its degrees of freedom of both fits together, and the pulls of that of data.
    func solve(data: BalanceSample, simulation: BalanceSample?, ptBin: Int) throws -> FitResult {
        let samples = [data] + (simulation.map { [$0] } ?? [])
        let fits = try samples.map { sample in
            let pairs = Method.pairs(data: sample, simulation: nil, ptBin: ptBin, requirement: requirement)
            return try LinearPairsFit(
                bins: gauge.count, ratios: pairs.map(LinearPairsFit.Ratio.init), reference: reference)
        }
        let values = Self.logResponse(fits)
        let covariance = gauge.indices.map { row in
            gauge.indices.map { column in fits.reduce(0) { $0 + $1.logCovariance[row][column] } }
        }
        var result = FitResult.gauged(values, covariance: covariance, gauge: gauge)
        result.quality.components = fits[0].components
        result.quality.iterations = 1
        result.quality.converged = true
        guard result.quality.isValid else { return result }
        result.pulls = fits[0].pulls
        let pairs = fits.reduce(0) { $0 + $1.pulls.count }
        let determined = values.count { $0 != nil }
        let parameters = fits.reduce(0) { $0 + $1.constants.count { $0 != nil } - 1 }
        let freedom = pairs - parameters
        result.quality.chiSquared = fits.reduce(0) { $0 + $1.chiSquared }
        result.quality.degreesOfFreedom = freedom
        result.quality.probability =
            freedom > 0 ? chiSquaredProbability(result.quality.chiSquared, degreesOfFreedom: freedom) : nil
        result.quality.pairs = pairs
        // The penalty makes the matrix regular: Cholesky's factors exist, or the fit has thrown.
        result.quality.rank = determined - 1
        result.quality.expectedRank = determined - 1
        result.quality.conditionNumber = fits.reduce(0) { max($0, $1.conditionNumber) }
        return result
    }

    /// r = 1/c up to a scale, and that of data over that of simulation.
    static func logResponse(_ fits: [LinearPairsFit]) -> [Double?] {
        fits[0].constants.indices.map { bin in
            var value = 0.0
            for (sign, fit) in zip([-1.0, 1], fits) {
                guard let constant = fit.constants[bin], constant > 0 else { return nil }
                value += sign * log(constant)
            }
            return value
        }
    }
}
