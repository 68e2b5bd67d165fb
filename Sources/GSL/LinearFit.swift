internal import CGSL

/// A weighted linear least-squares fit.
public struct LinearFit: Sendable, Equatable {
    public let coefficients: [Double]
    /// (XᵀWX)⁻¹: of the coefficients where weights are inverse variances.
    public let covariance: [[Double]]
    /// Σ w (y − X·coefficients)².
    public let chiSquared: Double

    /// Minimises Σ w (y − X c)² by singular value decomposition.
    /// - Parameters:
    ///   - design: one row an observation, one column a coefficient; at least as many rows as columns.
    ///   - values: y, one a row.
    ///   - weights: w > 0, the inverse variance of y.
    public init(design: [[Double]], values: [Double], weights: [Double]) throws(GSLError) {
        let rows = design.count
        let columns = design.first?.count ?? 0
        guard columns > 0, rows >= columns, values.count == rows, weights.count == rows else {
            throw GSLError(
                operation: "linear fit", reason: "\(rows) observations cannot determine \(columns) coefficients")
        }
        var matrix = Matrix(rows: rows, columns: columns)
        for row in 0..<rows { for column in 0..<columns { matrix[row, column] = design[row][column] } }
        let solution = Vector(zeros: columns)
        let covariance = Matrix(rows: columns, columns: columns)
        guard let workspace = gsl_multifit_linear_alloc(rows, columns) else {
            throw GSLError(operation: "linear fit", reason: "out of memory")
        }
        defer { gsl_multifit_linear_free(workspace) }
        var chiSquared = 0.0
        let weightVector = Vector(weights)
        let valueVector = Vector(values)
        try check(
            gsl_multifit_wlinear(
                matrix.pointer, weightVector.pointer, valueVector.pointer, solution.pointer, covariance.pointer,
                &chiSquared, workspace), "linear fit")
        coefficients = solution.elements()
        self.covariance = covariance.elements()
        self.chiSquared = chiSquared
    }
}

extension LinearFit {
    /// Minimises (y − X c)ᵀ V⁻¹ (y − X c): generalised least squares of correlated observations, which are made independent with
    /// unit variances by the inverse of V's Cholesky factor.
    /// - Parameter covariance: V, positive definite.
    public init(design: [[Double]], values: [Double], covariance: [[Double]]) throws(GSLError) {
        let rows = values.count
        guard design.count == rows, covariance.count == rows, covariance.allSatisfy({ $0.count == rows }) else {
            throw GSLError(operation: "linear fit", reason: "the covariance is not that of \(rows) observations")
        }
        let factor = try Cholesky(Matrix(rows: rows, columns: rows, elements: covariance.flatMap { $0 }))
        var whitened = Array(repeating: [Double](), count: rows)
        for column in 0..<(design.first?.count ?? 0) {
            for (row, value) in try factor.whiten(design.map { $0[column] }).enumerated() {
                whitened[row].append(value)
            }
        }
        try self.init(
            design: whitened, values: try factor.whiten(values), weights: Array(repeating: 1, count: rows))
    }
}

/// The probability that a χ² variable with `degreesOfFreedom` > 0 exceeds `value` ≥ 0.
public func chiSquaredProbability(_ value: Double, degreesOfFreedom: Int) -> Double {
    chiSquaredProbability(value, degreesOfFreedom: Double(degreesOfFreedom))
}

/// The same where their number is not whole, such as a sum of shares.
public func chiSquaredProbability(_ value: Double, degreesOfFreedom: Double) -> Double {
    precondition(degreesOfFreedom > 0 && value >= 0, "χ² ≥ 0 with degrees of freedom")
    prepareGSL()
    return gsl_cdf_chisq_Q(value, degreesOfFreedom)
}

/// The number of the unit normal distribution that is exceeded as often as `value` is by Student's t with `degreesOfFreedom` > 0,
/// which may be infinite; to ±37, where probabilities end.
public func normalEquivalent(ofStudent value: Double, degreesOfFreedom: Double) -> Double {
    precondition(degreesOfFreedom > 0, "Student's t has degrees of freedom")
    // Beyond, the difference is below 10⁻⁶ at 5 σ.
    guard degreesOfFreedom < 1e8, value != 0 else { return value }
    prepareGSL()
    let tail = max(gsl_cdf_tdist_Q(abs(value), degreesOfFreedom), 1e-300)
    let size = gsl_cdf_ugaussian_Qinv(tail)
    return value < 0 ? -size : size
}
