internal import GSL

extension CalibrationComparison {
    /// What the differences of some bins come to.
    public struct Summary: Sendable, Equatable {
        public let bins: Int
        /// The largest difference with its sign, and the root of their mean square; of ln c, nil without bins.
        public let maximum: Double?
        public let rms: Double?
        /// Bins whose difference has an uncertainty, and the mean and root mean square of these pulls.
        public let pulls: Int
        public let pullMean: Double?
        public let pullRMS: Double?
        /// Pulls beyond ±2 and ±3.
        public let beyondTwo: Int
        public let beyondThree: Int
        /// With the full covariance; p-value nil without a degree of freedom. nil where the covariance cannot be inverted.
        public let chiSquared: Double?
        public let degreesOfFreedom: Int
        public let probability: Double?
        /// Of nested statistics: directions in which the calibration that is more precise on the whole is the less precise
        /// one, by more than 5 % in variance. Many of them tell that neither holds the other's statistics.
        public let contraryDirections: Int
    }

    /// - Parameter etaBins: which η bins count.
    public func summary(ptBins: Range<Int>? = nil, etaBins: (Int) -> Bool = { _ in true }) -> Summary {
        var (values, pulls): ([Double], [Double]) = ([], [])
        var total = Goodness()
        for pt in ptBins ?? self.ptBins {
            let bins = blocks[pt].bins.filter(etaBins)
            values += bins.compactMap { differences[$0][pt] }
            pulls += bins.compactMap { pull(eta: $0, pt: pt) }
            total.add(goodness(blocks[pt], bins))
        }
        func mean(_ list: [Double], _ term: (Double) -> Double) -> Double? {
            list.isEmpty ? nil : list.reduce(0) { $0 + term($1) } / Double(list.count)
        }
        return Summary(
            bins: values.count, maximum: values.max { abs($0) < abs($1) }, rms: mean(values) { $0 * $0 }?.squareRoot(),
            pulls: pulls.count, pullMean: mean(pulls) { $0 }, pullRMS: mean(pulls) { $0 * $0 }?.squareRoot(),
            beyondTwo: pulls.count { abs($0) > 2 }, beyondThree: pulls.count { abs($0) > 3 },
            chiSquared: total.chiSquared, degreesOfFreedom: total.degreesOfFreedom,
            probability: total.degreesOfFreedom > 0
                ? total.chiSquared.map { chiSquaredProbability($0, degreesOfFreedom: total.degreesOfFreedom) } : nil,
            contraryDirections: total.contrary)
    }

    /// Summaries of regions of |η|, those without bins left out; a bin belongs where its centre is.
    /// - Parameter lowerEdges: of the regions, ascending from 0 on; the last one ends with the bins.
    public func regions(_ lowerEdges: [Double]) -> [(low: Double, high: Double, summary: Summary)] {
        let end = max(-binning.eta.lowest, binning.eta.highest)
        return zip(lowerEdges, lowerEdges.dropFirst() + [Double.infinity]).compactMap { low, high in
            let summary = summary { low <= abs(binning.eta.centre($0)) && abs(binning.eta.centre($0)) < high }
            return summary.bins > 0 ? (low, min(high, end), summary) : nil
        }
    }

    private struct Goodness {
        var chiSquared: Double? = 0
        var degreesOfFreedom = 0
        var contrary = 0

        mutating func add(_ other: Goodness) {
            chiSquared = chiSquared.flatMap { sum in other.chiSquared.map { sum + $0 } }
            degreesOfFreedom += other.degreesOfFreedom
            contrary += other.contrary
        }
    }

    private func goodness(_ block: Block, _ chosen: [Int]) -> Goodness {
        var bins = chosen
        // The gauge makes the covariance singular where all of its bins are there. Any one of them follows from the others,
        // and χ² does not depend on which is left out.
        if bins.reduce(0, { $0 + block.gauge[$1] }) > 1 - 1e-9,
            let fixed = bins.max(by: { block.gauge[$0] < block.gauge[$1] })
        {
            bins.removeAll { $0 == fixed }
        }
        guard !bins.isEmpty else { return Goodness() }
        let differences = bins.map { block.differences[$0] }
        func matrix(_ value: (Int, Int) -> Double) -> Matrix {
            Matrix(
                rows: bins.count, columns: bins.count, elements: bins.flatMap { row in bins.map { value(row, $0) } })
        }
        do throws(GSLError) {
            switch correlation {
            case .none:
                let solution = try Cholesky(matrix { block.covariance[$0][$1] + block.referenceCovariance[$0][$1] })
                    .solve(differences)
                return Goodness(
                    chiSquared: zip(differences, solution).reduce(0) { $0 + $1.0 * $1.1 },
                    degreesOfFreedom: bins.count)
            case .nested:
                let own = matrix { block.covariance[$0][$1] }
                let reference = matrix { block.referenceCovariance[$0][$1] }
                return referenceIsMorePrecise
                    ? try nested(differences, precise: reference, other: own)
                    : try nested(differences, precise: own, other: reference)
            }
        } catch {
            return Goodness(chiSquared: nil)
        }
    }

    /// In directions x that diagonalise both covariances the parts of the difference are independent, with variance
    /// (λ − 1) xᵀ V x, V that of the more precise calibration and λ V x = V_other x.
    private func nested(
        _ differences: [Double], precise: borrowing Matrix, other: borrowing Matrix
    ) throws(GSLError) -> Goodness {
        var result = Goodness()
        var sum = 0.0
        for (value, direction) in try generalizedEigensystem(other, metric: precise) {
            if value * (1 + Self.leastGain) < 1 { result.contrary += 1 }
            guard value >= 1 + Self.leastGain else { continue }
            let indices = direction.indices
            let variance = indices.reduce(0) { sum, row in
                sum + indices.reduce(0) { $0 + direction[row] * precise[row, $1] * direction[$1] }
            }
            let part = zip(direction, differences).reduce(0) { $0 + $1.0 * $1.1 }
            sum += part * part / ((value - 1) * variance)
            result.degreesOfFreedom += 1
        }
        result.chiSquared = sum
        return result
    }
}
