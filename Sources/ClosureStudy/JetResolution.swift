#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
internal import GSL

/// The relative resolution of jets, σ(pT)/pT, of data and of simulation by region of |η| and bin of pT_avg, from the width of the
/// asymmetry, and how much that of data is larger.
///
/// In a cell of two regions the variance of A that the truth's imbalance does not account for is ρ_i² s_i + ρ_j² s_j with s = σ² at the
/// true pT of the jets and ρ the true pT over pT_avg. Both in one region: s_i alone (σ = √2 σ(A), A the half difference over the mean);
/// one in the reference region: the forward extension (σ² = 4σ_A² − σ_ref²). All cells of a bin of pT_avg together decide on s by least
/// squares.
public struct JetResolution: Sendable, Equatable {
    /// s of a region and bin by one of the ways, of both samples.
    public struct Squares: Sendable, Equatable {
        public let data: Double
        public let simulation: Double
        public let dataVariance: Double
        public let simulationVariance: Double
        public let covariance: Double

        /// σ and its uncertainty; nil where s is not positive.
        public var dataWidth: (value: Double, uncertainty: Double)? { Self.width(data, dataVariance) }
        public var simulationWidth: (value: Double, uncertainty: Double)? {
            Self.width(simulation, simulationVariance)
        }

        private static func width(_ square: Double, _ variance: Double) -> (Double, Double)? {
            guard square > 0 else { return nil }
            return (square.squareRoot(), 0.5 * (variance / square).squareRoot())
        }

        /// k² = s_data / s_MC and its variance; nil where s of simulation is not positive.
        var ratio: (value: Double, variance: Double)? {
            guard simulation > 0 else { return nil }
            let value = data / simulation
            let spread = dataVariance - 2 * value * covariance + value * value * simulationVariance
            return (value, max(0, spread) / (simulation * simulation))
        }

        /// σ_data / σ_MC and its uncertainty; nil where either square is not positive.
        public var scaleFactor: (value: Double, uncertainty: Double)? {
            guard let ratio, ratio.value > 0 else { return nil }
            return (ratio.value.squareRoot(), 0.5 * (ratio.variance / ratio.value).squareRoot())
        }
    }

    /// Of a region in a bin of pT_avg.
    public struct Value: Sendable, Equatable {
        /// Mean true pT of the jets in simulation, GeV.
        public let truePt: Double
        /// From all pairs of regions together.
        public let combined: Squares
        /// From pairs of jets in this region, and from this region with the reference; nil where there are too few events.
        public let sameEta: Squares?
        public let forward: Squares?
    }

    /// σ_data / σ_MC of a region, the same for all pT.
    public struct ScaleFactor: Sendable, Equatable {
        public let value: Double
        public let uncertainty: Double
        /// Of the bins of pT_avg having this one.
        public let chiSquared: Double
        public let degreesOfFreedom: Int
        /// nil when there is no degree of freedom.
        public let probability: Double?
    }

    public let regions: AbsEtaRegions
    public let binning: BalanceBinning
    /// [region][pT_avg bin]; nil where nothing is determined.
    public let values: [[Value?]]
    /// Over the quoted bins of pT_avg; nil where none is determined.
    public let scaleFactors: [ScaleFactor?]

    /// - Parameters:
    ///   - data: calibrated.
    ///   - simulation: with the imbalance of the truth.
    public init(data: WidthSample, simulation: WidthSample) throws {
        precondition(simulation.sums.tellsImbalance, "simulation that tells its imbalance")
        let (regions, binning) = (data.sums.regions, data.sums.binning)
        self.regions = regions
        self.binning = binning
        let cells = (0..<binning.ptAverage.count).map { ptBin in
            (0..<regions.count).flatMap { high in
                (0...high).compactMap { low in
                    ResolutionCell(data: data, simulation: simulation, low: low, high: high, ptBin: ptBin)
                }
            }
        }
        // What data's width adds to the migration is not known before: once without, and then with it.
        var factors: [ScaleFactor?] = Array(repeating: nil, count: regions.count)
        var values: [[Value?]] = []
        for _ in 0..<2 {
            let bins = try cells.map {
                try ResolutionBin($0, regions: regions.count, scaleFactors: factors.map { $0?.value })
            }
            values = (0..<regions.count).map { region in bins.map { $0.value(region: region) } }
            factors = values.map { Self.scaleFactor(Array($0[binning.quotedPtBins])) }
        }
        self.values = values
        scaleFactors = factors
    }

    /// The mean of k² over bins of pT.
    private static func scaleFactor(_ values: [Value?]) -> ScaleFactor? {
        let ratios = values.compactMap { $0?.combined.ratio }.filter { $0.variance > 0 }
        let weight = ratios.reduce(0) { $0 + 1 / $1.variance }
        guard weight > 0 else { return nil }
        let mean = ratios.reduce(0) { $0 + $1.value / $1.variance } / weight
        guard mean > 0 else { return nil }
        let chiSquared = ratios.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) / $1.variance }
        let freedom = ratios.count - 1
        return ScaleFactor(
            value: mean.squareRoot(), uncertainty: 0.5 / (weight * mean).squareRoot(), chiSquared: chiSquared,
            degreesOfFreedom: freedom,
            probability: freedom > 0 ? chiSquaredProbability(chiSquared, degreesOfFreedom: freedom) : nil)
    }
}
