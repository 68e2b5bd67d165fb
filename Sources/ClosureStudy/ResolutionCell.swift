public import Balance
internal import GSL

/// The sums for widths of a sample, with the weights of its slices.
public struct WidthSample: Sendable {
    public let sums: WidthSums
    public let weights: [Double]

    public init(sums: WidthSums, weights: [Double]) {
        self.sums = sums
        self.weights = weights
    }
}

/// The value at α = 0 of a line through points that share events, by generalised least squares: a sum of them with these weights.
struct NestedIntercept: Sendable, Equatable {
    let value: Double
    let weights: [Double]

    /// - Throws: where the covariance is not positive definite.
    init(alpha: [Double], values: [Double], covariance: [[Double]]) throws(GSLError) {
        let fit = try LinearFit(design: alpha.map { [1, $0] }, values: values, covariance: covariance)
        let count = values.count
        let factor = try Cholesky(Matrix(rows: count, columns: count, elements: covariance.flatMap { $0 }))
        let ones = try factor.solve(Array(repeating: 1, count: count))
        let alphas = try factor.solve(alpha)
        value = fit.coefficients[0]
        weights = zip(ones, alphas).map { fit.covariance[0][0] * $0 + fit.covariance[0][1] * $1 }
    }

    /// The covariance with another such sum of points, whose covariance with these points is known (rows: these).
    func covariance(with other: NestedIntercept, points: [[Double]]) -> Double {
        zip(weights, points).reduce(0) { sum, row in
            sum + row.0 * zip(row.1, other.weights).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
}

/// What a pair of regions of |η| says in a bin of pT_avg of the resolutions of its jets, at α → 0.
///
/// Of simulation the variance of A − βT, without what A follows of the truth's imbalance T; of data what their variance of A has
/// beyond that of simulation in addition.
struct ResolutionCell: Sendable {
    /// Below so many effective events a width says too little of itself to be weighted by it.
    static let leastEffectiveEvents = 50.0

    let regions: [Int]
    let ptBin: Int
    /// Of either jet: ρ = ⟨t/pT_avg⟩ squared, and the mean true pT t, GeV, in simulation.
    let squaredShares: [Double]
    let truePt: [Double]
    let simulation: WidthMoments
    let data: WidthMoments
    /// Which cuts are used.
    let kept: [Int]
    let noise: NestedIntercept
    let difference: NestedIntercept
    let noiseVariance: Double
    let differenceVariance: Double
    let covariance: Double

    /// - Returns: nil where fewer than three cuts have enough events in both samples.
    init?(data: WidthSample, simulation: WidthSample, low: Int, high: Int, ptBin: Int) {
        let pair = data.sums.regions.pair(low, high)
        guard let measured = data.sums.moments(ptBin: ptBin, pair: pair, weights: data.weights),
            let expected = simulation.sums.moments(ptBin: ptBin, pair: pair, weights: simulation.weights),
            let imbalance = expected.imbalance
        else { return nil }
        let kept = Self.usableCuts([measured, expected])
        guard kept.count >= 3 else { return nil }
        func chosen(_ values: [Double]) -> [Double] { kept.map { values[$0] } }
        func chosen(_ matrix: [[Double]]) -> [[Double]] { kept.map { row in kept.map { matrix[row][$0] } } }
        // Jets fluctuate alike at any α. With weights from that, no event decides on its own weight, as it would by its (A − βT)⁴.
        let alike = chosen(expected.sharing)
        let ofNoise = chosen(imbalance.covariance)
        let ofData = chosen(measured.covariance)
        let ofSimulation = chosen(expected.covariance)
        let total = zip(ofData, ofSimulation).map { zip($0, $1).map { $0 + $1 } }
        guard
            let noise = try? NestedIntercept(
                alpha: chosen(expected.alpha), values: chosen(imbalance.remainder), covariance: alike),
            let difference = try? NestedIntercept(
                alpha: chosen(zip(measured.alpha, expected.alpha).map { 0.5 * ($0 + $1) }),
                values: chosen(zip(measured.variance, expected.variance).map { $0 - $1 }), covariance: total)
        else { return nil }
        regions = [low, high]
        self.ptBin = ptBin
        squaredShares = imbalance.shares.map { $0 * $0 }
        truePt = imbalance.truePt
        self.simulation = expected
        self.data = measured
        self.kept = kept
        self.noise = noise
        self.difference = difference
        noiseVariance = noise.covariance(with: noise, points: ofNoise)
        differenceVariance = difference.covariance(with: difference, points: total)
        covariance = -noise.covariance(with: difference, points: chosen(imbalance.shared))
    }

    /// Noise of data, and its variance and covariance with that of simulation.
    var dataNoise: Double { noise.value + difference.value }
    var dataVariance: Double { max(0, noiseVariance + differenceVariance + 2 * covariance) }
    var dataCovariance: Double { noiseVariance + covariance }

    /// Cuts below which all samples have enough events, and enough that were not below the one before.
    private static func usableCuts(_ samples: [WidthMoments]) -> [Int] {
        AlphaCuts.usable(samples.map { ($0.weight, $0.listed) }) { cut in
            samples.allSatisfy { sample in
                let independent = min(sample.effectiveEvents[cut], Double(sample.truthEvents[cut]))
                return independent >= leastEffectiveEvents && sample.variance[cut] > 0
            }
        }
    }
}
