#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import GSL

/// The sum over pairs that is linear in the constants, as ATLAS writes it (arXiv:1112.6426), for comparison with `AllPairsFit`.
///
/// Minimises Σ [(c_i R_ij − c_j) / ΔR_ij]² + K (N⁻¹ Σ c − 1)² over the constants c of N bins, R_ij = r_i/r_j = c_j/c_i the measured
/// ratio of responses. Two weaknesses are kept as they are, since they are what is compared:
/// - c_i R − c_j is not what the exchange of the jets makes of it, and small c make it small: c at the ends are off by about ± ΔR²/2;
/// - the minimum has N⁻¹ Σ c = K/(K + χ²), with χ² that of the same constants scaled to a mean of 1: the sum is quadratic in a common
///   scale. K changes nothing else; another gauge takes the scale out.
///
/// The covariance is that of the R, carried through the normal equations at the minimum: the weights 1/ΔR² are not the inverse
/// variances of c_i R − c_j, so the inverse normal matrix alone is not it.
public struct LinearPairsFit: Sendable {
    /// K, with an uncertainty of the mean of 0.001.
    public static let standardPenalty = 1e6

    /// A pair of η bins, low < high, and the ratio of their responses with its variance.
    public struct Ratio: Sendable, Equatable {
        public let low: Int
        public let high: Int
        public let value: Double
        public let variance: Double

        public init(low: Int, high: Int, value: Double, variance: Double) {
            precondition(low < high, "a pair is of two different bins, the lower first")
            self.low = low
            self.high = high
            self.value = value
            self.variance = variance
        }

        /// R = (2 + <A>)/(2 − <A>): mean first, ratio after.
        public init(_ pair: PairBalance) {
            let (sum, difference) = (2 + pair.asymmetry, 2 - pair.asymmetry)
            let slope = 4 / (difference * difference)
            self.init(
                low: pair.low, high: pair.high, value: sum / difference, variance: slope * slope * pair.variance)
        }
    }

    /// c of each bin; nil where no pair ties it to the reference.
    public let constants: [Double?]
    /// Of ln c, up to a common scale; rows and columns of undetermined bins are zero.
    public let logCovariance: [[Double]]
    /// The sum over pairs without the penalty, at the minimum.
    public let chiSquared: Double
    /// (c_i R − c_j)/ΔR of the pairs that entered.
    public let pulls: [PairPull]
    /// Of the normal matrix with the penalty, as Cholesky's factors estimate it.
    public let conditionNumber: Double
    let components: [[Int]]

    /// - Parameters:
    ///   - bins: number of η bins.
    ///   - ratios: with positive variances.
    ///   - reference: η bins of the reference region; of the groups of bins that pairs tie, the one with most of these is fitted.
    ///   - penalty: K, positive.
    ///   - hasCovariance: whether that is asked for; zero otherwise.
    /// - Throws: when the normal matrix is singular to rounding.
    public init(
        bins: Int, ratios: [Ratio], reference: [Int], penalty: Double = standardPenalty, hasCovariance: Bool = true
    ) throws {
        let connectivity = Connectivity(bins: bins, pairs: ratios.map { ($0.low, $0.high) })
        components = connectivity.components
        guard let component = connectivity.anchored(reference: reference) else {
            constants = Array(repeating: nil, count: bins)
            logCovariance = Array(repeating: Array(repeating: 0, count: bins), count: bins)
            (chiSquared, pulls, conditionNumber) = (0, [], .infinity)
            return
        }
        var position = Array(repeating: -1, count: bins)
        for (index, bin) in component.enumerated() { position[bin] = index }
        let used = ratios.filter { position[$0.low] >= 0 }
        let count = component.count
        // A c = K/N 1, all of it twice.
        let push = penalty / Double(count)
        var normal = Array(repeating: push / Double(count), count: count * count)
        for ratio in used {
            let (low, high) = (position[ratio.low], position[ratio.high])
            let weight = 1 / ratio.variance
            normal[low * count + low] += weight * ratio.value * ratio.value
            normal[high * count + high] += weight
            normal[low * count + high] -= weight * ratio.value
            normal[high * count + low] -= weight * ratio.value
        }
        let factors = try Cholesky(Matrix(rows: count, columns: count, elements: normal))
        let solution = try factors.solve(Array(repeating: push, count: count))
        var residuals: [PairPull] = []
        for ratio in used {
            let left = solution[position[ratio.low]] * ratio.value - solution[position[ratio.high]]
            residuals.append(PairPull(low: ratio.low, high: ratio.high, value: left / ratio.variance.squareRoot()))
        }
        pulls = residuals
        chiSquared = residuals.reduce(0) { $0 + $1.value * $1.value }
        var values = [Double?](repeating: nil, count: bins)
        for (index, bin) in component.enumerated() { values[bin] = solution[index] }
        constants = values
        var logCovariance = Array(repeating: Array(repeating: 0.0, count: bins), count: bins)
        if hasCovariance {
            let covariance = Self.covariance(used, position, solution, try factors.inverse().elements())
            for (row, bin) in component.enumerated() {
                for (column, other) in component.enumerated() {
                    logCovariance[bin][other] = covariance[row][column] / (solution[row] * solution[column])
                }
            }
        }
        self.logCovariance = logCovariance
        conditionNumber = hasCovariance ? try factors.conditionNumber() : .nan
    }

    /// Of c: Σ over pairs of (∂c/∂R)(∂c/∂R)ᵀ ΔR², with ∂c/∂R = −A⁻¹ ∂(A c)/∂R.
    private static func covariance(
        _ ratios: [Ratio], _ position: [Int], _ solution: [Double], _ inverse: [[Double]]
    ) -> [[Double]] {
        let count = solution.count
        var spread = Array(repeating: Array(repeating: 0.0, count: count), count: count)
        for ratio in ratios {
            let (low, high) = (position[ratio.low], position[ratio.high])
            let left = solution[low] * ratio.value - solution[high]
            // ∂(A c)/∂R at the pair's two rows.
            let (atLow, atHigh) = (
                (left + solution[low] * ratio.value) / ratio.variance, -solution[low] / ratio.variance
            )
            spread[low][low] += atLow * atLow * ratio.variance
            spread[high][high] += atHigh * atHigh * ratio.variance
            spread[low][high] += atLow * atHigh * ratio.variance
            spread[high][low] += atLow * atHigh * ratio.variance
        }
        return product(product(inverse, spread), inverse)
    }

    private static func product(_ left: [[Double]], _ right: [[Double]]) -> [[Double]] {
        let count = left.count
        return left.map { row in
            var sums = Array(repeating: 0.0, count: count)
            for (index, factor) in row.enumerated() where factor != 0 {
                for column in 0..<count { sums[column] += factor * right[index][column] }
            }
            return sums
        }
    }
}
