internal import GSL

/// H + P of the free coefficients of a surface, H the information of data and P what is expected of it.
struct SmoothedSystem {
    /// Row by row.
    private let information: [Double]
    let penalty: [Double]
    private let size: Int

    /// - Parameter information: JᵀV⁻¹J.
    init(_ model: SurfaceModel, information: [[Double]], smoothness: Smoothness) {
        self.information = Array(information.joined())
        size = information.count
        penalty = Array(model.free(model.surfacePrior(smoothness)).joined())
    }

    private func sum() -> Matrix {
        Matrix(rows: size, columns: size, elements: zip(information, penalty).map { $0 + $1 })
    }

    /// The shares of data in what is known of each direction, ascending.
    func dataShares() throws -> [Double] {
        try generalizedEigensystem(Matrix(rows: size, columns: size, elements: information), metric: sum())
            .map { min(max($0.value, 0), 1) }
    }

    func conditionNumber() throws -> Double { try Cholesky(sum()).conditionNumber() }
}
