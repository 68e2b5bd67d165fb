internal import GSL

/// H + λR for all λ at once: sR v = μ (H + sR) v with vectors of length 1 in the metric H + sR, s a scale that brings both to the
/// same size.
struct SmoothedSystem {
    let scale: Double
    /// Of sR in the metric, between 0 and 1: what is left to 1 is the data's.
    private let values: [Double]
    private let vectors: [[Double]]

    init(normal: [[Double]], penalty: [[Double]]) throws {
        let size = normal.count
        func trace(_ matrix: [[Double]]) -> Double { matrix.indices.reduce(0) { $0 + matrix[$1][$1] } }
        let scale = max(trace(normal), 1e-300) / trace(penalty)
        self.scale = scale
        func matrix(_ element: (Int, Int) -> Double) -> Matrix {
            var elements: [Double] = []
            elements.reserveCapacity(size * size)
            for row in 0..<size { for column in 0..<size { elements.append(element(row, column)) } }
            return Matrix(rows: size, columns: size, elements: elements)
        }
        func metric(_ row: Int, _ column: Int) -> Double {
            0.5 * (normal[row][column] + normal[column][row] + scale * (penalty[row][column] + penalty[column][row]))
        }
        let system = try generalizedEigensystem(
            matrix { scale * 0.5 * (penalty[$0][$1] + penalty[$1][$0]) }, metric: matrix(metric))
        values = system.map { min(max($0.value, 0), 1) }
        vectors = system.map { pair in
            var length = 0.0
            for row in 0..<size {
                var sum = 0.0
                for column in 0..<size { sum += metric(row, column) * pair.vector[column] }
                length += pair.vector[row] * sum
            }
            return pair.vector.map { $0 / length.squareRoot() }
        }
    }

    /// H + λR on a vector.
    private func denominator(_ value: Double, _ strength: Double) -> Double {
        max(1 - value + strength / scale * value, 1e-14)
    }

    func projections(_ gradient: [Double]) -> [Double] {
        vectors.map { vector in zip(vector, gradient).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    func solution(_ gradient: [Double], strength: Double) -> [Double] {
        var solution = Array(repeating: 0.0, count: gradient.count)
        for (index, projection) in projections(gradient).enumerated() {
            let size = projection / denominator(values[index], strength)
            for place in solution.indices { solution[place] += size * vectors[index][place] }
        }
        return solution
    }

    /// χ² of the data's part, of y − J p.
    func chiSquared(_ projections: [Double], square: Double, strength: Double) -> Double {
        var sum = square
        for (value, projection) in zip(values, projections) {
            let size = projection / denominator(value, strength)
            sum += size * size * (1 - value) - 2 * size * projection
        }
        return sum
    }

    func dataShares(strength: Double) -> [Double] {
        values.map { (1 - $0) / denominator($0, strength) }
    }

    func effectiveParameters(strength: Double) -> Double { dataShares(strength: strength).reduce(0, +) }

    func conditionNumber(strength: Double) -> Double {
        let sizes = values.map { denominator($0, strength) }
        return (sizes.max() ?? 1) / (sizes.min() ?? 1)
    }

    /// (H + λR)⁻¹.
    func resolvent(strength: Double) -> [[Double]] {
        sum { 1 / denominator($0, strength) }
    }

    private func sum(_ weight: (Double) -> Double) -> [[Double]] {
        let size = values.count
        var result = Array(repeating: 0.0, count: size * size)
        let weights = values.map(weight)
        result.withUnsafeMutableBufferPointer { result in
            for (index, vector) in vectors.enumerated() {
                for row in 0..<size {
                    let scaled = weights[index] * vector[row]
                    let start = row * size
                    for column in 0..<size { result[start + column] += scaled * vector[column] }
                }
            }
        }
        return (0..<size).map { Array(result[$0 * size..<($0 + 1) * size]) }
    }
}
