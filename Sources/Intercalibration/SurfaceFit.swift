#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
internal import GSL

/// `FoldSums` with the weights of their slices.
public struct FoldSample: Sendable {
    public let sums: FoldSums
    public let weights: [Double]

    public init(sums: FoldSums, weights: [Double]) {
        self.sums = sums
        self.weights = weights
    }

    public var balance: BalanceSample { BalanceSample(sums: sums.balance, weights: weights) }
}

/// Where a forward-folded fit stands: parameters and what the last comparison said of them.
public struct SurfaceState: Sendable {
    public var surface: ResponseSurface
    public var resolution: ResolutionFactor?

    /// No mis-response, and the resolution of simulation.
    public init(_ model: SurfaceModel) {
        surface = ResponseSurface(eta: model.eta, logPt: model.logPt, simulated: model.simulated)
        resolution = model.resolution.map { ResolutionFactor(eta: $0) }
    }

    /// θ, then κ.
    var parameters: [Double] {
        get { surface.coefficients + (resolution?.logarithms ?? []) }
        set {
            surface.coefficients = Array(newValue[..<surface.count])
            resolution?.logarithms = Array(newValue[surface.count...])
        }
    }
}

/// How strongly roughness is punished.
public struct Smoothness: Sendable, Equatable {
    /// λ of the squared second differences across η, and of those along ln pT in units of it.
    public let strength: Double
    public let ratio: Double
    /// Of each second difference across η.
    public let weights: [Double]

    public init(strength: Double, ratio: Double, weights: [Double]) {
        self.strength = strength
        self.ratio = ratio
        self.weights = weights
    }
}

/// One Gauss–Newton step of the comparison of folded simulation with data.
///
/// In each cell, mean and variance of the asymmetry of data are compared with those of simulation folded with the present
/// parameters. The step minimises
///
///     Σ rᵀ V⁻¹ r + λ θᵀ R θ + pᵀ P p,   r = moments of data − moments of simulation − J δ,
///
/// with V the covariance of both samples' moments in the cell, J from the reactions of `ReactionTable` where the cell's jets are, R
/// the roughness and P the weak expectation for all parameters p = (θ, κ) (`SurfaceModel.prior`). The gauge holds exactly. λ is
/// chosen by generalised cross-validation, n χ²/(n − 1.2 ν)² with ν the effective number of parameters, unless it is given.
public struct SurfaceFit {
    /// Effective events that the variance of a cell is believed from.
    static let varianceEvents = 100.0
    /// What an effective parameter counts for in cross-validation: with 1 it now and then chooses hardly any penalty at all (Y.-J. Kim,
    /// C. Gu, J. R. Stat. Soc. B 66 (2004) 337).
    static let caution = 1.2

    public let next: SurfaceState
    /// The largest change of a coefficient of the surface by this step, in its standard deviations.
    public let largestMove: Double
    public let smoothness: Smoothness
    /// For the penalty of the next step.
    public let nextWeights: [Double]
    /// Covariance (H + λR)⁻¹ of all parameters: of the statistics of data and simulation, and of what the penalty may have smoothed
    /// away, if the surface is as rough as the penalty expects (Wahba, J. R. Stat. Soc. B 45 (1983) 133). Statistics alone would
    /// leave that bias out.
    public let covariance: [[Double]]
    /// Effective number of parameters.
    public let effectiveParameters: Double
    /// Directions of which data know less than the penalty does.
    public let penaltyDecides: Int
    /// The shares of data in what is known of the least known directions, ascending.
    public let leastShares: [Double]
    /// By pT bin.
    public let fits: [FitQuality]
    public let pulls: [[PairPull]]
    /// [η][pT bin].
    public let status: [[BinStatus]]

    /// - Parameters:
    ///   - simulation: folded with `state`.
    ///   - smoothness: nil to choose its strength and ratio.
    ///   - weights: of the second differences for the choice; nil for the same everywhere.
    public init(
        _ model: SurfaceModel, at state: SurfaceState, data: FoldSample, simulation: FoldSample,
        reactions: ReactionTable, requirement: EventRequirement, smoothness: Smoothness?, weights: [Double]? = nil
    ) throws {
        let binning = data.sums.balance.binning
        let bins = binning.eta.count
        let problem = Problem(
            model, at: state, data: data, simulation: simulation, reactions: reactions, requirement: requirement)
        let chosen =
            try smoothness.map { (smoothness: $0, system: try problem.system($0.ratio, $0.weights)) }
            ?? problem.bestSmoothness(weights ?? model.evenWeights)
        let (system, strength) = (chosen.system, chosen.smoothness.strength)
        let solution = system.solution(problem.gradient, strength: strength)
        var next = state
        next.parameters = model.whole(solution)
        self.next = next
        self.smoothness = chosen.smoothness
        let resolvent = Self.whole(system.resolvent(strength: strength), model)
        covariance = resolvent
        effectiveParameters = system.effectiveParameters(strength: strength)
        let shares = system.dataShares(strength: strength)
        penaltyDecides = shares.count { $0 < 0.5 }
        leastShares = Array(shares.sorted().prefix(8))
        var largest = 0.0
        for (index, pair) in zip(next.parameters, state.parameters).enumerated() where index < model.surfaceCount {
            let deviation = max(covariance[index][index], 1e-16).squareRoot()
            largest = max(largest, abs(pair.0 - pair.1) / deviation)
        }
        largestMove = largest
        nextWeights = model.weights(next.parameters, covariance)

        // ---- Quality
        var fits: [FitQuality] = []
        var pulls: [[PairPull]] = []
        var status = Array(
            repeating: Array(repeating: BinStatus.unconstrained, count: binning.ptAverage.count), count: bins)
        let reference = binning.referenceBins
        for ptBin in 0..<binning.ptAverage.count {
            let cells = problem.cells.filter { $0.ptBin == ptBin }
            let connectivity = Connectivity(bins: bins, pairs: cells.map { ($0.low, $0.high) })
            let tied = Set(connectivity.anchored(reference: reference) ?? [])
            var (chiSquared, leverage, rows) = (0.0, 0.0, 0)
            for cell in cells {
                chiSquared += cell.chiSquared
                leverage += cell.leverage(resolvent)
                rows += cell.hasVariance ? 2 : 1
            }
            for bin in 0..<bins {
                let used = cells.contains { $0.low == bin || $0.high == bin }
                if tied.contains(bin) {
                    status[bin][ptBin] = .ok
                } else if !used, problem.hasEvents(bin, ptBin) {
                    status[bin][ptBin] = .tooFewEvents
                }
            }
            let freedom = max(0, Int((Double(rows) - leverage).rounded()))
            fits.append(
                FitQuality(
                    chiSquared: chiSquared, degreesOfFreedom: freedom,
                    probability: freedom > 0 ? chiSquaredProbability(chiSquared, degreesOfFreedom: freedom) : nil,
                    pairs: cells.count, rank: Int(leverage.rounded()), expectedRank: Int(leverage.rounded()),
                    conditionNumber: system.conditionNumber(strength: strength), iterations: 1, converged: true,
                    components: connectivity.components,
                    invalidReason: tied.isEmpty
                        ? "no pair of bins with enough events touches the reference region" : nil))
            pulls.append(cells.map { PairPull(low: $0.low, high: $0.high, value: $0.pull) })
        }
        self.fits = fits
        self.pulls = pulls
        self.status = status
    }

    /// T C Tᵀ.
    private static func whole(_ free: [[Double]], _ model: SurfaceModel) -> [[Double]] {
        let half = free.map { model.whole($0) }
        var columns = Array(repeating: Array(repeating: 0.0, count: half.count), count: model.count)
        for (row, values) in half.enumerated() { for index in values.indices { columns[index][row] = values[index] } }
        return columns.map { model.whole($0) }
    }
}

/// A cell whose moments are compared.
private struct FoldCell {
    let ptBin: Int
    let low: Int
    let high: Int
    /// Moments of data less those of folded simulation, and V⁻¹.
    let residual: SIMD2<Double>
    let weight: (mean: Double, cross: Double, variance: Double)
    let hasVariance: Bool
    /// Of the mean and of the variance.
    let jacobian: ([Entry], [Entry])

    typealias Entry = (index: Int, value: Double)

    var chiSquared: Double {
        weight.mean * residual.x * residual.x + 2 * weight.cross * residual.x * residual.y
            + weight.variance * residual.y * residual.y
    }

    /// Of the mean alone.
    var pull: Double {
        let determinant = weight.mean * weight.variance - weight.cross * weight.cross
        let variance = hasVariance ? weight.variance / determinant : 1 / weight.mean
        return residual.x / variance.squareRoot()
    }

    /// tr(V⁻¹ J S Jᵀ).
    func leverage(_ resolvent: [[Double]]) -> Double {
        func product(_ one: [Entry], _ other: [Entry]) -> Double {
            var sum = 0.0
            for left in one {
                let row = resolvent[left.index]
                for right in other { sum += left.value * row[right.index] * right.value }
            }
            return sum
        }
        let (first, second) = jacobian
        var sum = weight.mean * product(first, first)
        if hasVariance { sum += 2 * weight.cross * product(first, second) + weight.variance * product(second, second) }
        return sum
    }
}

/// The normal equations of a step, for the parameters themselves and not for their change.
private struct Problem {
    let model: SurfaceModel
    private(set) var cells: [FoldCell] = []
    /// JᵀV⁻¹J with the prior of the resolution, of the free parameters.
    private(set) var normal: [[Double]] = []
    /// JᵀV⁻¹(r + J p) of the free parameters.
    private(set) var gradient: [Double] = []
    /// (r + J p)ᵀV⁻¹(r + J p).
    private(set) var square = 0.0
    private(set) var rows = 0
    private let data: FoldSample

    init(
        _ model: SurfaceModel, at state: SurfaceState, data: FoldSample, simulation: FoldSample,
        reactions: ReactionTable, requirement: EventRequirement
    ) {
        self.model = model
        self.data = data
        let binning = data.sums.balance.binning
        let surfaceMeans = (0..<binning.eta.count).map { model.means(model.eta, over: $0, of: binning.eta) }
        let resolutionMeans = (0..<binning.eta.count).map { bin in
            model.resolution.map { model.means($0, over: bin, of: binning.eta) } ?? []
        }
        let width = model.logPt.count
        for ptBin in 0..<binning.ptAverage.count {
            for high in 1..<max(binning.eta.count, 1) {
                for low in 0..<high {
                    guard let measured = data.sums.moments(ptBin: ptBin, low: low, high: high, weights: data.weights),
                        requirement.isMet(by: measured.cell),
                        let expected = simulation.sums.moments(
                            ptBin: ptBin, low: low, high: high, weights: simulation.weights),
                        requirement.isMet(by: expected.cell)
                    else { continue }
                    /// d(moment)/d(parameter) of one jet, its change in ln pT and in ln k times these factors.
                    func row(_ bin: Int, _ pt: Double, scale: Double, resolution: Double) -> [FoldCell.Entry] {
                        let along = model.logPt.basis(at: log(pt))
                        let scale = scale * state.surface.lever(eta: binning.eta.centre(bin), logPt: log(pt))
                        var entries: [FoldCell.Entry] = []
                        for (spline, value) in surfaceMeans[bin] {
                            for inner in 0..<4 {
                                entries.append(
                                    (spline * width + along.first + inner, scale * value * along.values[inner]))
                            }
                        }
                        for (spline, value) in resolutionMeans[bin] {
                            entries.append((model.surfaceCount + spline, resolution * value))
                        }
                        return entries
                    }
                    let (etaLow, etaHigh) = (expected.cell.etaLow, expected.cell.etaHigh)
                    let ofLow = reactions[ptBin, changed: etaLow, other: etaHigh]
                    let ofHigh = reactions[ptBin, changed: etaHigh, other: etaLow]
                    let mean = expected.cell.asymmetry
                    // What both samples agree on: the variance of simulation alone would bring its fluctuation, which the
                    // residual has too, into the derivatives.
                    let shares = (1 / measured.varianceOfVariance, 1 / expected.varianceOfVariance)
                    let isKnown = shares.0.isFinite && shares.1.isFinite && shares.0 + shares.1 > 0
                    let variance =
                        isKnown
                        ? (shares.0 * measured.variance + shares.1 * expected.variance) / (shares.0 + shares.1)
                        : expected.variance
                    let bulk = 1 - 0.25 * (mean * mean + variance)
                    let first =
                        row(
                            low, expected.cell.ptLow, scale: bulk * ofLow.scale,
                            resolution: variance * ofLow.meanByResolution)
                        + row(
                            high, expected.cell.ptHigh, scale: -bulk * ofHigh.scale,
                            resolution: -variance * ofHigh.meanByResolution)
                    let second =
                        row(
                            low, expected.cell.ptLow, scale: variance * ofLow.varianceByScale,
                            resolution: variance * ofLow.varianceByResolution)
                        + row(
                            high, expected.cell.ptHigh, scale: variance * ofHigh.varianceByScale,
                            resolution: variance * ofHigh.varianceByResolution)
                    let v = (
                        mean: measured.cell.asymmetryVariance + expected.cell.asymmetryVariance,
                        cross: measured.covariance + expected.covariance,
                        variance: measured.varianceOfVariance + expected.varianceOfVariance
                    )
                    let determinant = v.mean * v.variance - v.cross * v.cross
                    let hasVariance =
                        model.resolution != nil && isKnown && determinant > 1e-6 * v.mean * v.variance
                        && min(measured.cell.effectiveEvents, expected.cell.effectiveEvents)
                            >= SurfaceFit.varianceEvents
                    cells.append(
                        FoldCell(
                            ptBin: ptBin, low: low, high: high,
                            residual: SIMD2(
                                measured.cell.asymmetry - mean,
                                hasVariance ? measured.variance - expected.variance : 0),
                            weight: hasVariance
                                ? (v.variance / determinant, -v.cross / determinant, v.mean / determinant)
                                : (1 / v.mean, 0, 0),
                            hasVariance: hasVariance, jacobian: (first, second)))
                }
            }
        }
        assemble(state.parameters)
    }

    private mutating func assemble(_ parameters: [Double]) {
        let count = model.count
        var matrix = Array(repeating: 0.0, count: count * count)
        var right = Array(repeating: 0.0, count: count)
        func along(_ entries: [FoldCell.Entry]) -> Double {
            entries.reduce(0) { $0 + $1.value * parameters[$1.index] }
        }
        matrix.withUnsafeMutableBufferPointer { matrix in
            func add(_ one: [FoldCell.Entry], _ other: [FoldCell.Entry], _ weight: Double) {
                for left in one {
                    let scaled = weight * left.value
                    let row = left.index * count
                    for right in other { matrix[row + right.index] += scaled * right.value }
                }
            }
            for cell in cells {
                let (first, second) = cell.jacobian
                let mean = cell.residual.x + along(first)
                rows += 1
                add(first, first, cell.weight.mean)
                square += cell.weight.mean * mean * mean
                guard cell.hasVariance else {
                    for entry in first { right[entry.index] += entry.value * cell.weight.mean * mean }
                    continue
                }
                let variance = cell.residual.y + along(second)
                rows += 1
                add(first, second, cell.weight.cross)
                add(second, first, cell.weight.cross)
                add(second, second, cell.weight.variance)
                square += 2 * cell.weight.cross * mean * variance + cell.weight.variance * variance * variance
                let pulled = (
                    cell.weight.mean * mean + cell.weight.cross * variance,
                    cell.weight.cross * mean + cell.weight.variance * variance
                )
                for entry in first { right[entry.index] += entry.value * pulled.0 }
                for entry in second { right[entry.index] += entry.value * pulled.1 }
            }
            for (one, other, weight) in model.prior { matrix[one * count + other] += weight }
        }
        normal = reduced((0..<count).map { Array(matrix[$0 * count..<($0 + 1) * count]) })
        gradient = model.free(right)
    }

    /// Tᵀ M T.
    private func reduced(_ matrix: [[Double]]) -> [[Double]] {
        let half = matrix.map { model.free($0) }
        let columns = (0..<model.freeCount).map { column in model.free(half.map { $0[column] }) }
        return columns
    }

    func hasEvents(_ bin: Int, _ ptBin: Int) -> Bool {
        (0..<data.sums.balance.binning.eta.count).contains {
            $0 != bin
                && data.balance.moments(ptBin: ptBin, low: min(bin, $0), high: max(bin, $0)) != nil
        }
    }

    func system(_ ratio: Double, _ weights: [Double]) throws -> SmoothedSystem {
        try SmoothedSystem(normal: normal, penalty: reduced(model.penalty(ratio: ratio, weights: weights)))
    }

    /// The ratio and strength with the least n χ²/(n − ν)².
    func bestSmoothness(_ weights: [Double]) throws -> (smoothness: Smoothness, system: SmoothedSystem) {
        var best: (score: Double, smoothness: Smoothness, system: SmoothedSystem)?
        for ratio in [1.0, 10, 100] {
            let system = try system(ratio, weights)
            let projections = system.projections(gradient)
            for exponent in stride(from: -10.0, through: 6, by: 0.25) {
                let strength = system.scale * pow(10, exponent)
                let chiSquared = system.chiSquared(projections, square: square, strength: strength)
                let freedom = Double(rows) - SurfaceFit.caution * system.effectiveParameters(strength: strength)
                guard freedom > 0 else { continue }
                let score = Double(rows) * chiSquared / (freedom * freedom)
                if score < best?.score ?? .infinity {
                    best = (score, Smoothness(strength: strength, ratio: ratio, weights: weights), system)
                }
            }
        }
        guard let best else {
            // Fewer cells than parameters: as smooth as can be.
            let system = try system(100, weights)
            return (Smoothness(strength: system.scale * 1e6, ratio: 100, weights: weights), system)
        }
        return (best.smoothness, best.system)
    }
}

/// H + λR for all λ at once: R v = μ (H + sR) v with vectors of length 1 in the metric H + sR, s a scale that brings both to the
/// same size.
private struct SmoothedSystem {
    let scale: Double
    /// Of sR in the metric, between 0 and 1: what is left to 1 is the data's.
    private let values: [Double]
    private let vectors: [[Double]]

    init(normal: [[Double]], penalty: [[Double]]) throws {
        let size = normal.count
        func trace(_ matrix: [[Double]]) -> Double { matrix.indices.reduce(0) { $0 + matrix[$1][$1] } }
        let scale = max(trace(normal), 1e-300) / trace(penalty)
        self.scale = scale
        func matrix(_ element: (Int, Int) -> Double) -> Matrix {
            var elements: [Double] = []
            elements.reserveCapacity(size * size)
            for row in 0..<size { for column in 0..<size { elements.append(element(row, column)) } }
            return Matrix(rows: size, columns: size, elements: elements)
        }
        func metric(_ row: Int, _ column: Int) -> Double {
            0.5 * (normal[row][column] + normal[column][row] + scale * (penalty[row][column] + penalty[column][row]))
        }
        let system = try generalizedEigensystem(
            matrix { scale * 0.5 * (penalty[$0][$1] + penalty[$1][$0]) }, metric: matrix(metric))
        values = system.map { min(max($0.value, 0), 1) }
        vectors = system.map { pair in
            var length = 0.0
            for row in 0..<size {
                var sum = 0.0
                for column in 0..<size { sum += metric(row, column) * pair.vector[column] }
                length += pair.vector[row] * sum
            }
            return pair.vector.map { $0 / length.squareRoot() }
        }
    }

    /// H + λR on a vector.
    private func denominator(_ value: Double, _ strength: Double) -> Double {
        max(1 - value + strength / scale * value, 1e-14)
    }

    func projections(_ gradient: [Double]) -> [Double] {
        vectors.map { vector in zip(vector, gradient).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    func solution(_ gradient: [Double], strength: Double) -> [Double] {
        var solution = Array(repeating: 0.0, count: gradient.count)
        for (index, projection) in projections(gradient).enumerated() {
            let size = projection / denominator(values[index], strength)
            for place in solution.indices { solution[place] += size * vectors[index][place] }
        }
        return solution
    }

    /// χ² of the data's part, of y − J p.
    func chiSquared(_ projections: [Double], square: Double, strength: Double) -> Double {
        var sum = square
        for (value, projection) in zip(values, projections) {
            let size = projection / denominator(value, strength)
            sum += size * size * (1 - value) - 2 * size * projection
        }
        return sum
    }

    func dataShares(strength: Double) -> [Double] {
        values.map { (1 - $0) / denominator($0, strength) }
    }

    func effectiveParameters(strength: Double) -> Double { dataShares(strength: strength).reduce(0, +) }

    func conditionNumber(strength: Double) -> Double {
        let sizes = values.map { denominator($0, strength) }
        return (sizes.max() ?? 1) / (sizes.min() ?? 1)
    }

    /// (H + λR)⁻¹.
    func resolvent(strength: Double) -> [[Double]] {
        sum { 1 / denominator($0, strength) }
    }

    private func sum(_ weight: (Double) -> Double) -> [[Double]] {
        let size = values.count
        var result = Array(repeating: 0.0, count: size * size)
        let weights = values.map(weight)
        result.withUnsafeMutableBufferPointer { result in
            for (index, vector) in vectors.enumerated() {
                for row in 0..<size {
                    let scaled = weights[index] * vector[row]
                    let start = row * size
                    for column in 0..<size { result[start + column] += scaled * vector[column] }
                }
            }
        }
        return (0..<size).map { Array(result[$0 * size..<($0 + 1) * size]) }
    }
}
