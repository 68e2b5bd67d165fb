#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import GSL

/// The resolutions of all regions in one bin of pT_avg: s of ρ_i² s_i + ρ_j² s_j = y of each cell.
struct ResolutionBin {
    private let cells: [ResolutionCell]
    /// y of data by cell, with the migration of data undone.
    private let measured: [(value: Double, variance: Double, covariance: Double)]
    /// The regions that are determined, in this order in `combined`.
    private let determined: [Int]
    private let combined: [JetResolution.Squares]

    /// - Parameter scaleFactors: what is known of σ_data/σ_MC by region.
    /// - Throws: where least squares fail, which determined regions rule out.
    init(_ cells: [ResolutionCell], regions: Int, scaleFactors: [Double?]) throws {
        var known = Set(cells.filter { $0.regions[0] == $0.regions[1] }.map { $0.regions[0] })
        while let next = cells.first(where: { known.contains($0.regions[0]) != known.contains($0.regions[1]) }) {
            known.formUnion(next.regions)
        }
        let used = cells.filter { known.contains($0.regions[0]) && $0.dataVariance > 0 }
        self.cells = used
        determined = known.sorted()
        let measured = used.map { cell in
            let undone = 1 / Self.migration(cell, scaleFactors)
            return (
                value: cell.dataNoise * undone, variance: cell.dataVariance * undone * undone,
                covariance: cell.dataCovariance * undone
            )
        }
        self.measured = measured
        guard !determined.isEmpty else {
            combined = []
            return
        }
        let places = determined
        let design = used.map { cell in
            places.map { region in
                zip(cell.regions, cell.squaredShares).reduce(0) { $0 + ($1.0 == region ? $1.1 : 0) }
            }
        }
        let weights = measured.map { 1 / $0.variance }
        let fit = try LinearFit(design: design, values: measured.map(\.value), weights: weights)
        /// s = G y.
        let gains = places.indices.map { row in
            used.indices.map { cell in
                weights[cell] * places.indices.reduce(0) { $0 + fit.covariance[row][$1] * design[cell][$1] }
            }
        }
        combined = gains.map { Self.squares($0, used, measured) }
    }

    /// What the true pT of data's jets of a bin of pT_avg is, over those of simulation.
    ///
    /// Jets migrate from below, by as much as they fluctuate: 1 − ρ grows with the variance. The noise of a bin, ρ² σ² with σ² falling
    /// about like 1/pT, changes by that factor.
    private static func migration(_ cell: ResolutionCell, _ scaleFactors: [Double?]) -> Double {
        let share = (0.5 * (cell.squaredShares[0] + cell.squaredShares[1])).squareRoot()
        let factors = cell.regions.map { scaleFactors[$0] ?? 1 }
        let growth = 0.5 * (factors[0] * factors[0] + factors[1] * factors[1]) - 1
        return max(0.5, 1 - (1 - share) / share * growth)
    }

    private static func squares(
        _ gains: [Double], _ cells: [ResolutionCell],
        _ measured: [(value: Double, variance: Double, covariance: Double)]
    ) -> JetResolution.Squares {
        func sum(_ term: (Int) -> Double) -> Double { gains.indices.reduce(0) { $0 + term($1) } }
        return JetResolution.Squares(
            data: sum { gains[$0] * measured[$0].value }, simulation: sum { gains[$0] * cells[$0].noise.value },
            dataVariance: sum { gains[$0] * gains[$0] * measured[$0].variance },
            simulationVariance: sum { gains[$0] * gains[$0] * cells[$0].noiseVariance },
            covariance: sum { gains[$0] * gains[$0] * measured[$0].covariance })
    }

    /// What is known of a region; nil where it is not determined.
    func value(region: Int) -> JetResolution.Value? {
        guard let place = determined.firstIndex(of: region) else { return nil }
        var (weight, logarithm) = (0.0, 0.0)
        for (cell, measured) in zip(cells, measured) {
            for (side, other) in cell.regions.enumerated() where other == region {
                let share = cell.squaredShares[side] * cell.squaredShares[side] / measured.variance
                weight += share
                logarithm += share * log(cell.truePt[side])
            }
        }
        guard weight > 0 else { return nil }
        let own = gains(ofCell: region, region)
        let reference = gains(ofCell: 0, 0)
        var forward: [Double]?
        if region > 0, let reference, let cell = cells.firstIndex(where: { $0.regions == [0, region] }) {
            // y = ρ_0² s_0 + ρ_i² s_i with s_0 of the reference region's own cell.
            var gains = reference.map { -$0 * cells[cell].squaredShares[0] / cells[cell].squaredShares[1] }
            gains[cell] += 1 / cells[cell].squaredShares[1]
            forward = gains
        }
        return JetResolution.Value(
            truePt: exp(logarithm / weight), combined: combined[place],
            sameEta: own.map { Self.squares($0, cells, measured) },
            forward: forward.map { Self.squares($0, cells, measured) })
    }

    /// s of a region from the cell of its own pairs alone.
    private func gains(ofCell low: Int, _ high: Int) -> [Double]? {
        guard let cell = cells.firstIndex(where: { $0.regions == [low, high] }) else { return nil }
        return cells.indices.map { $0 == cell ? 1 / (cells[cell].squaredShares[0] + cells[cell].squaredShares[1]) : 0 }
    }
}
