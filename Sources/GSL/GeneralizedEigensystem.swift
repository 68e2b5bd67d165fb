internal import CGSL

/// Solutions x of M x = λ N x for symmetric M and symmetric positive definite N, of dimension n: n pairs of λ and x, ascending
/// in λ. Vectors have unit length, and xᵀ N y = xᵀ M y = 0 for any two of them.
/// - Throws: when N is not positive definite.
public func generalizedEigensystem(
    _ matrix: borrowing Matrix, metric: borrowing Matrix
) throws(GSLError) -> [(value: Double, vector: [Double])] {
    let size = matrix.rows
    guard let workspace = gsl_eigen_gensymmv_alloc(size) else {
        throw GSLError(operation: "generalized eigenvectors", reason: "out of memory")
    }
    defer { gsl_eigen_gensymmv_free(workspace) }
    // GSL works in place.
    let left = matrix.copy()
    let right = metric.copy()
    let values = Vector(zeros: size)
    let vectors = Matrix(rows: size, columns: size)
    try check(
        gsl_eigen_gensymmv(left.pointer, right.pointer, values.pointer, vectors.pointer, workspace),
        "generalized eigenvectors")
    let (found, columns) = (values.elements(), vectors.elements())
    return (0..<size).map { index in (value: found[index], vector: columns.map { $0[index] }) }
        .sorted { $0.value < $1.value }
}
