/// Means of a balance of each η bin against all jets of the reference region at once, and ln r = 2 artanh(<A>/2) of them.
///
/// Jets of the reference region are probes too, against all of the region: pairs inside one bin count with both jets as probe, which
/// makes their <A> zero. Without them a bin would be compared with the others alone and its deviation seen too large.
struct ReferenceMeans {
    /// What one cell of pairs gives to the mean of a probe bin.
    struct Contribution {
        /// nil outside of the reference region, where cells need not be told apart.
        let tag: Int?
        let rows: Int
        /// Of probe over tag; that of the tag as probe is opposite.
        let asymmetry: Double
        let weight: Double
        /// Variance of the sum of wA about the cell's own mean, and Σw².
        let own: Double
        let squares: Double
    }

    /// Means are of no meaning beyond: A of two jets lies within ± 2.
    private static let largestAsymmetry = 1.9

    let requirement: EventRequirement

    /// - Parameter cells: of each probe bin; bins with a tag are of the reference region.
    func logResponses(of cells: [[Contribution]]) -> LogResponses {
        let bins = cells.count
        var responses = LogResponses(bins: bins)
        var weights = Array(repeating: 0.0, count: bins)
        var averages = Array(repeating: 0.0, count: bins)
        for probe in 0..<bins {
            let rows = cells[probe].reduce(0) { $0 + $1.rows }
            let weight = cells[probe].reduce(0) { $0 + $1.weight }
            let squares = cells[probe].reduce(0) { $0 + $1.squares }
            guard rows >= requirement.rows, weight * weight >= squares * requirement.effectiveEvents else { continue }
            let average = cells[probe].reduce(0) { $0 + $1.asymmetry * $1.weight } / weight
            guard abs(average) < Self.largestAsymmetry else { continue }
            weights[probe] = weight
            averages[probe] = average
            responses.values[probe] = logRatio(asymmetry: average)
        }
        // A cell's events scatter about the common mean by their own width and by the cell's distance from it.
        for probe in 0..<bins where weights[probe] > 0 {
            for cell in cells[probe] {
                let distance = cell.asymmetry - averages[probe]
                responses.covariance[probe][probe] +=
                    (cell.own + cell.squares * distance * distance) / (weights[probe] * weights[probe])
                guard let tag = cell.tag, tag != probe, weights[tag] > 0 else { continue }
                let opposite = -cell.asymmetry - averages[tag]
                responses.covariance[probe][tag] +=
                    (-cell.own + cell.squares * distance * opposite) / (weights[probe] * weights[tag])
            }
        }
        for row in 0..<bins where weights[row] > 0 {
            for column in 0..<bins where weights[column] > 0 {
                responses.covariance[row][column] /=
                    slope(asymmetry: averages[row]) * slope(asymmetry: averages[column])
            }
        }
        return responses
    }
}
