extension StoredCalibration {
    /// The first element that cannot stand in a covariance matrix of the bins that are determined.
    static func covarianceFault(
        _ matrix: [[Double?]], _ determined: [Int]
    ) -> (row: Int, column: Int, problem: String)? {
        for bin in determined {
            guard let variance = matrix[bin][bin] else { return (bin, bin, "the constant has no variance") }
            // The gauge leaves its bins variances that are zero up to rounding.
            guard variance > -1e-9 else { return (bin, bin, "the variance \(variance) is negative") }
            guard variance < 1e4 else { return (bin, bin, "the variance \(variance) is not possible") }
        }
        for row in determined {
            for column in determined where column != row {
                guard let value = matrix[row][column], let mirrored = matrix[column][row] else {
                    return (row, column, "the constants have no covariance")
                }
                let largest = max(0, (matrix[row][row] ?? 0) * (matrix[column][column] ?? 0)).squareRoot()
                // Numbers are exact; the fit that made them is not.
                guard abs(value) <= largest * (1 + 1e-6) + 1e-9, abs(value - mirrored) <= 1e-6 * largest + 1e-9 else {
                    return (
                        row, column, "the covariance \(value) does not fit to the variances, or to its mirror image"
                    )
                }
            }
        }
        return nil
    }

    /// Whether a polynomial is a response inside its range.
    static func isPossible(_ powers: [Double], _ range: [Double]) -> Bool {
        guard range[0] <= range[1], abs(range[0]) < 20, abs(range[1]) < 20 else { return false }
        let steps = 16
        return (0...steps).allSatisfy { step in
            let x = range[0] + (range[1] - range[0]) * Double(step) / Double(steps)
            return abs(powers.reversed().reduce(0) { $0 * x + $1 }) < 100
        }
    }
}
