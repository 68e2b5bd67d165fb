#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import GSL

/// The all-pairs ("matrix") method in its symmetric form.
///
/// Minimises Σ (<A_ij> − 2 (ρ r_i − r_j) / (ρ r_i + r_j))² / σ² over the responses r, with ρ the ratio that simulation
/// shows for the same pair (1 without one). In x = ln r this is A = 2 tanh((x_i − x_j + ln ρ)/2): exchanging the jets
/// changes the sign of both sides and nothing else, unlike the form linear in c, which is biased by ± σ²/2 at the ends
/// (ATLAS, arXiv:1112.6426, uses that one). Because simulation enters pair by pair, what imbalance it shares with data
/// (resolution, radiation) cancels before the fit.
///
/// Gauge: Σ g x = 0 over the reference bins, exactly. A depends on differences of x alone, so adding λ (g·x)² to χ²
/// removes the one null direction without moving the minimum; the covariance loses the added direction again.
public struct AllPairsFit {
    static let largestIterations = 60
    static let tolerance = 1e-13

    /// - Parameters:
    ///   - bins: number of η bins.
    ///   - gauge: weight of each bin in the gauge, zero outside the reference region.
    public static func solve(bins: Int, pairs: [PairBalance], gauge: [Double]) throws -> FitResult {
        let connectivity = Connectivity(bins: bins, pairs: pairs.map { ($0.low, $0.high) })
        let reference = (0..<bins).filter { gauge[$0] > 0 }
        var result = FitResult(undetermined: bins, components: connectivity.components)
        guard let component = connectivity.anchored(reference: reference) else {
            result.quality.invalidReason = "no pair of bins with enough events touches the reference region"
            return result
        }

        var position = Array(repeating: -1, count: bins)
        for (index, bin) in component.enumerated() { position[bin] = index }
        let used = pairs.filter { position[$0.low] >= 0 }
        let total = component.reduce(0) { $0 + gauge[$1] }
        let direction = component.map { gauge[$0] / total }
        let problem = AllPairsProblem(
            pairs: used.map { .init(position[$0.low], position[$0.high], $0) }, gauge: direction)

        var x = Array(repeating: 0.0, count: component.count)
        var iterations = 0
        var converged = false
        // The first step, from x = 0, is the linear solution.
        while iterations < largestIterations, !converged {
            iterations += 1
            let step = try problem.step(at: x)
            for index in x.indices { x[index] += step[index] }
            converged = step.allSatisfy { abs($0) < tolerance }
        }
        let shift = zip(x, direction).reduce(0) { $0 + $1.0 * $1.1 }
        for index in x.indices { x[index] -= shift }

        let residuals = problem.residuals(at: x)
        let spectrum = try problem.spectrum(residuals)
        let covariance = try problem.covariance(residuals)
        for (index, bin) in component.enumerated() {
            result.logResponse[bin] = x[index]
            result.status[bin] = .ok
            for (other, otherBin) in component.enumerated() {
                result.covariance[bin][otherBin] = covariance[index][other]
            }
        }
        result.pulls = zip(used, problem.pulls(residuals)).map { PairPull(low: $0.low, high: $0.high, value: $1) }
        let chiSquared = result.pulls.reduce(0) { $0 + $1.value * $1.value }
        let freedom = used.count - (component.count - 1)
        result.quality.chiSquared = chiSquared
        result.quality.degreesOfFreedom = freedom
        result.quality.probability = freedom > 0 ? chiSquaredProbability(chiSquared, degreesOfFreedom: freedom) : nil
        result.quality.pairs = used.count
        result.quality.rank = spectrum.rank
        result.quality.expectedRank = component.count - 1
        result.quality.conditionNumber = spectrum.conditionNumber
        result.quality.iterations = iterations
        result.quality.converged = converged
        if !converged {
            result.quality.invalidReason = "the fit did not converge in \(iterations) iterations"
        } else if spectrum.rank < component.count - 1 {
            result.quality.invalidReason = "the normal matrix has rank \(spectrum.rank) of \(component.count - 1)"
        }
        return result
    }
}
