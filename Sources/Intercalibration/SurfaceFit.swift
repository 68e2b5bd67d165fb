public import Balance
internal import GSL

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
        let problem = FoldProblem(
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
