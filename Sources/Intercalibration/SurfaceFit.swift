public import Balance
internal import GSL

/// One step of the comparison of folded simulation with data.
///
/// In each cell, mean and variance of the asymmetry of data are compared with those of simulation folded with the present
/// parameters, with derivatives from the reactions of `ReactionTable` where the cell's jets are. The surface follows from the means and
/// the resolution from the variances (`FoldProblem`), both with weak expectations (`SurfaceModel`). The gauge holds exactly.
public struct SurfaceFit {
    /// Effective events that the variance of a cell is believed from.
    static let varianceEvents = 100.0

    public let next: SurfaceState
    /// The largest change of a coefficient of the surface by this step, in its standard deviations.
    public let largestMove: Double
    /// Of all parameters: of the statistics of data and simulation, and of what the penalty may have smoothed away, if the surface is as
    /// rough as expected (Wahba, J. R. Stat. Soc. B 45 (1983) 133). Statistics alone would leave that bias out.
    public let covariance: [[Double]]
    /// Of all parameters: how they fluctuate from one experiment to the next, about their mean.
    let samplingCovariance: [[Double]]
    /// Effective number of parameters.
    public let effectiveParameters: Double
    /// By pT bin.
    public let fits: [FitQuality]
    public let pulls: [[PairPull]]
    /// [η][pT bin].
    public let status: [[BinStatus]]
    private let system: SmoothedSystem

    /// The shares of data in what is known of each direction of the surface, ascending; the rest is the penalty's.
    func dataShares() throws -> [Double] { try system.dataShares() }

    /// - Parameters:
    ///   - simulation: folded with `state`.
    public init(
        _ model: SurfaceModel, at state: SurfaceState, data: FoldSample, simulation: FoldSample,
        reactions: ReactionTable, requirement: EventRequirement
    ) throws {
        let binning = data.sums.balance.binning
        let bins = binning.eta.count
        let problem = FoldProblem(
            model, at: state, data: data, simulation: simulation, reactions: reactions, requirement: requirement)
        let surfaceCount = model.freeCount - model.resolutionCount
        let system = SmoothedSystem(
            model, information: problem.equations[..<surfaceCount].map { Array($0[..<surfaceCount]) },
            smoothness: .expected)
        let penalty = system.penalty
        let size = problem.right.count
        func smoothed(_ matrix: [[Double]]) -> Matrix {
            var elements = Array(matrix.joined())
            for row in 0..<surfaceCount {
                for column in 0..<surfaceCount {
                    elements[row * size + column] += penalty[row * surfaceCount + column]
                }
            }
            return Matrix(rows: size, columns: size, elements: elements)
        }
        let inverse = try LUDecomposition(smoothed(problem.equations)).inverse()
        // Of p = A⁻¹ b with b of covariance B: A⁻¹ B A⁻ᵀ.
        func carried(_ scores: borrowing Matrix) throws -> [[Double]] {
            model.whole(try inverse.times(scores).times(inverse.transposed()).elements())
        }
        let response = inverse.elements()
        let solution = response.map { zip($0, problem.right).reduce(0) { $0 + $1.0 * $1.1 } }
        var next = state
        next.parameters = model.whole(solution)
        self.next = next
        let covariance = try carried(smoothed(problem.scores))
        samplingCovariance = try carried(
            Matrix(rows: size, columns: size, elements: Array(problem.fluctuations.joined())))
        self.covariance = covariance
        self.system = system
        var largest = 0.0
        for (index, pair) in zip(next.parameters, state.parameters).enumerated() where index < model.surfaceCount {
            let deviation = max(covariance[index][index], 1e-16).squareRoot()
            largest = max(largest, abs(pair.0 - pair.1) / deviation)
        }
        largestMove = largest
        let resolvent = model.whole(response)
        let leverages = problem.cells.map { $0.leverage(resolvent, surfaceCount: model.surfaceCount) }
        let ofGradients = problem.gradients.map { $0.leverage(resolvent) }
        effectiveParameters = leverages.reduce(0, +) + ofGradients.reduce(0, +)
        let conditionNumber = try system.conditionNumber()

        // ---- Quality
        var fits: [FitQuality] = []
        var pulls: [[PairPull]] = []
        var status = Array(
            repeating: Array(repeating: BinStatus.unconstrained, count: binning.ptAverage.count), count: bins)
        let reference = binning.referenceBins
        for ptBin in 0..<binning.ptAverage.count {
            let own = problem.cells.indices.filter { problem.cells[$0].ptBin == ptBin }
            let cells = own.map { problem.cells[$0] }
            let connectivity = Connectivity(bins: bins, pairs: cells.map { ($0.low, $0.high) })
            let tied = Set(connectivity.anchored(reference: reference) ?? [])
            var leverage = own.reduce(0.0) { $0 + leverages[$1] }
            var (chiSquared, rows) = (0.0, 0)
            for (gradient, share) in zip(problem.gradients, ofGradients) where gradient.ptBin == ptBin {
                chiSquared += gradient.residual * gradient.residual / gradient.variance
                leverage += share
                rows += 1
            }
            for cell in cells {
                chiSquared += cell.chiSquared
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
                    conditionNumber: conditionNumber, iterations: 1, converged: true,
                    components: connectivity.components,
                    invalidReason: tied.isEmpty
                        ? "no pair of bins with enough events touches the reference region" : nil))
            pulls.append(cells.map { PairPull(low: $0.low, high: $0.high, value: $0.pull) })
        }
        self.fits = fits
        self.pulls = pulls
        self.status = status
    }
}
