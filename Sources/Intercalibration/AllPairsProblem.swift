#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import GSL

/// The least-squares problem of the all-pairs fit, of one component.
struct AllPairsProblem {
    /// A pair, its bins numbered inside the component.
    struct Term {
        let low: Int
        let high: Int
        var asymmetry: Double
        /// ln ρ of simulation.
        var offset: Double
        let weight: Double

        init(_ low: Int, _ high: Int, _ balance: PairBalance) {
            self.low = low
            self.high = high
            asymmetry = balance.asymmetry
            offset = balance.expectedLogRatio
            weight = 1 / balance.totalVariance
        }
    }

    var pairs: [Term]
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
        return try Cholesky(normalMatrix(residuals, gauged: true)).solve(gradient(residuals, at: x))
    }

    /// Of one point, for steps from others near it.
    func factors(at x: [Double]) throws -> Cholesky { try Cholesky(normalMatrix(residuals(at: x), gauged: true)) }

    /// JᵀW of what is left, with the gauge term.
    func gradient(_ residuals: [Residual], at x: [Double]) -> [Double] {
        var gradient = Array(repeating: 0.0, count: x.count)
        for (term, residual) in zip(pairs, residuals) {
            let (value, slope) = residual
            gradient[term.low] += term.weight * slope * value
            gradient[term.high] -= term.weight * slope * value
        }
        let offGauge = zip(x, gauge).reduce(0) { $0 + $1.0 * $1.1 }
        for index in x.indices { gradient[index] -= strength * gauge[index] * offGauge }
        return gradient
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
