#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import CGSL

/// The Cholesky factorisation of a symmetric positive definite matrix.
public struct Cholesky: ~Copyable {
    private let factor: Matrix

    /// - Parameter matrix: symmetric; only the lower triangle is read.
    /// - Throws: when the matrix is not positive definite.
    public init(_ matrix: consuming Matrix) throws(GSLError) {
        let status = gsl_linalg_cholesky_decomp1(matrix.pointer)
        factor = matrix
        try check(status, "Cholesky factorisation")
    }

    /// x of A x = b.
    public borrowing func solve(_ rightSide: [Double]) throws(GSLError) -> [Double] {
        guard rightSide.count == factor.rows else {
            throw GSLError(operation: "Cholesky solution", reason: "the right side has the wrong length")
        }
        let right = Vector(rightSide)
        let solution = Vector(zeros: rightSide.count)
        try check(
            gsl_linalg_cholesky_solve(factor.pointer, right.pointer, solution.pointer), "Cholesky solution")
        return solution.elements()
    }

    /// L⁻¹ b with A = L Lᵀ: numbers with the covariance A become independent with unit variances.
    public borrowing func whiten(_ numbers: [Double]) throws(GSLError) -> [Double] {
        guard numbers.count == factor.rows else {
            throw GSLError(operation: "Cholesky factor", reason: "the vector has the wrong length")
        }
        let solution = Vector(numbers)
        try check(
            gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, factor.pointer, solution.pointer), "Cholesky factor")
        return solution.elements()
    }

    /// ln det A.
    public borrowing func logDeterminant() -> Double {
        (0..<factor.rows).reduce(0.0) { $0 + 2 * log(factor[$1, $1]) }
    }

    /// An estimate of the condition number, in the norm of largest column sums.
    public borrowing func conditionNumber() throws(GSLError) -> Double {
        let scratch = Vector(zeros: 3 * factor.rows)
        var reciprocal = 0.0
        try check(gsl_linalg_cholesky_rcond(factor.pointer, &reciprocal, scratch.pointer), "condition number")
        return 1 / reciprocal
    }

    /// The inverse of the factorised matrix.
    public borrowing func inverse() throws(GSLError) -> Matrix {
        let result = factor.copy()
        try check(gsl_linalg_cholesky_invert(result.pointer), "Cholesky inversion")
        return result
    }
}

/// The eigenvalues of a symmetric matrix, ascending.
public func symmetricEigenvalues(_ matrix: borrowing Matrix) throws(GSLError) -> [Double] {
    guard let workspace = gsl_eigen_symm_alloc(matrix.rows) else {
        throw GSLError(operation: "eigenvalues", reason: "out of memory")
    }
    defer { gsl_eigen_symm_free(workspace) }
    let scratch = matrix.copy()
    let values = Vector(zeros: matrix.rows)
    try check(gsl_eigen_symm(scratch.pointer, values.pointer, workspace), "eigenvalues")
    return values.elements().sorted()
}
