internal import CGSL

/// The LU decomposition, with pivots, of a square matrix.
public struct LUDecomposition: ~Copyable {
    private let factors: Matrix
    private let permutation: UnsafeMutablePointer<gsl_permutation>

    /// - Throws: when the matrix is not square, or singular.
    public init(_ matrix: consuming Matrix) throws(GSLError) {
        prepareGSL()
        guard let permutation = gsl_permutation_alloc(matrix.rows) else {
            preconditionFailure("out of memory for a permutation of \(matrix.rows)")
        }
        var sign: Int32 = 0
        let status = gsl_linalg_LU_decomp(matrix.pointer, permutation, &sign)
        factors = matrix
        self.permutation = permutation
        try check(status, "LU decomposition")
    }

    deinit { gsl_permutation_free(permutation) }

    /// The inverse of the decomposed matrix.
    /// - Throws: when it is singular.
    public borrowing func inverse() throws(GSLError) -> Matrix {
        let result = Matrix(rows: factors.rows, columns: factors.rows)
        try check(gsl_linalg_LU_invert(factors.pointer, permutation, result.pointer), "LU inversion")
        return result
    }
}

extension Matrix {
    /// The product with another matrix.
    public borrowing func times(_ other: borrowing Matrix) throws(GSLError) -> Matrix {
        let result = Matrix(rows: rows, columns: other.columns)
        try check(
            gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, pointer, other.pointer, 0, result.pointer),
            "matrix product")
        return result
    }

    public borrowing func transposed() throws(GSLError) -> Matrix {
        let result = Matrix(rows: columns, columns: rows)
        try check(gsl_matrix_transpose_memcpy(result.pointer, pointer), "transposition")
        return result
    }
}
