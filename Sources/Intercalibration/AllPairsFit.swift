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
        let problem = Problem(
            pairs: used.map { Term(position[$0.low], position[$0.high], $0) }, gauge: direction)

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

private struct Term {
    let low: Int
    let high: Int
    let asymmetry: Double
    let offset: Double
    let weight: Double

    init(_ low: Int, _ high: Int, _ balance: PairBalance) {
        self.low = low
        self.high = high
        asymmetry = balance.asymmetry
        offset = balance.expectedLogRatio
        weight = 1 / balance.totalVariance
    }
}

/// The least-squares problem of one component.
private struct Problem {
    let pairs: [Term]
    let gauge: [Double]
    /// λ of the gauge term: the scale of the largest diagonal element, which keeps the matrix well conditioned.
    let strength: Double

    init(pairs: [Term], gauge: [Double]) {
        self.pairs = pairs
        self.gauge = gauge
        var diagonal = Array(repeating: 0.0, count: gauge.count)
        for term in pairs {
            diagonal[term.low] += term.weight
            diagonal[term.high] += term.weight
        }
        strength = (diagonal.max() ?? 0) / gauge.reduce(0) { $0 + $1 * $1 }
    }

    /// Of a pair: what is left of its asymmetry, and d(model)/d(x_low).
    typealias Residual = (value: Double, slope: Double)

    func residuals(at x: [Double]) -> [Residual] {
        pairs.map { term in
            let model = 2 * tanh(0.5 * (x[term.low] - x[term.high] + term.offset))
            return (term.asymmetry - model, slope(asymmetry: model))
        }
    }

    /// JᵀWJ, with the gauge term where asked for.
    private func normalMatrix(_ residuals: [Residual], gauged: Bool) -> Matrix {
        let count = gauge.count
        var elements = Array(repeating: 0.0, count: count * count)
        for (term, residual) in zip(pairs, residuals) {
            let value = term.weight * residual.slope * residual.slope
            elements[term.low * count + term.low] += value
            elements[term.high * count + term.high] += value
            elements[term.low * count + term.high] -= value
            elements[term.high * count + term.low] -= value
        }
        if gauged {
            for row in 0..<count {
                for column in 0..<count { elements[row * count + column] += strength * gauge[row] * gauge[column] }
            }
        }
        return Matrix(rows: count, columns: count, elements: elements)
    }

    func step(at x: [Double]) throws -> [Double] {
        let residuals = residuals(at: x)
        let matrix = normalMatrix(residuals, gauged: true)
        var gradient = Array(repeating: 0.0, count: x.count)
        for (term, residual) in zip(pairs, residuals) {
            let (value, slope) = residual
            gradient[term.low] += term.weight * slope * value
            gradient[term.high] -= term.weight * slope * value
        }
        let offGauge = zip(x, gauge).reduce(0) { $0 + $1.0 * $1.1 }
        for index in x.indices { gradient[index] -= strength * gauge[index] * offGauge }
        return try Cholesky(matrix).solve(gradient)
    }

    func covariance(_ residuals: [Residual]) throws -> [[Double]] {
        let matrix = normalMatrix(residuals, gauged: true)
        var inverse = try Cholesky(matrix).inverse().elements()
        // The gauge term left 1 1ᵀ / λ, which the constraint forbids.
        for row in inverse.indices { for column in inverse.indices { inverse[row][column] -= 1 / strength } }
        return inverse
    }

    func spectrum(_ residuals: [Residual]) throws -> (rank: Int, conditionNumber: Double) {
        let matrix = normalMatrix(residuals, gauged: false)
        let values = try symmetricEigenvalues(matrix)
        guard let largest = values.last, largest > 0 else { return (0, .infinity) }
        // One eigenvalue belongs to the gauge; others that vanish to rounding would be lost directions.
        let constrained = values.dropFirst()
        let rank = constrained.count { $0 > largest * 1e-13 }
        return (rank, constrained.first.map { largest / $0 } ?? 1)
    }

    func pulls(_ residuals: [Residual]) -> [Double] {
        zip(pairs, residuals).map { $1.value * $0.weight.squareRoot() }
    }
}
