#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance

/// A cell whose moments are compared.
struct FoldCell {
    let ptBin: Int
    let low: Int
    let high: Int
    /// Mean and variance of data less those of folded simulation.
    let residual: (mean: Double, variance: Double)
    /// The covariance V of both samples' moments.
    let variances: (mean: Double, cross: Double, variance: Double)
    /// Whether the variance is compared.
    let hasVariance: Bool
    /// Derivatives of the moments of folded simulation.
    let jacobian: (mean: [Entry], variance: [Entry])
    /// 1 − ⟨A²⟩/4, by which ⟨A⟩ follows ln pT if no event leaves its bin.
    let bulk: Double

    typealias Entry = (index: Int, value: Double)

    init(
        _ measured: AsymmetryMoments, _ expected: AsymmetryMoments, ptBin: Int,
        low: (number: Int, bin: FoldBin, reaction: Reaction), high: (number: Int, bin: FoldBin, reaction: Reaction),
        resolutionIsFree: Bool
    ) {
        // Where both samples agree, each by what it knows: numbers of simulation alone would bring its fluctuations, which the residual
        // has too, into the derivatives. Where ⟨A⟩ is high by chance, so is the pT of the probe: all cells together would tilt ln f
        // along ln pT by half their mean variance.
        let share = Self.shareOfData(measured.cell.asymmetryVariance, expected.cell.asymmetryVariance) ?? 0
        let shareOfVariance = Self.shareOfData(measured.varianceOfVariance, expected.varianceOfVariance)
        func common(_ number: KeyPath<CellMoments, Double>) -> Double {
            share * measured.cell[keyPath: number] + (1 - share) * expected.cell[keyPath: number]
        }
        let mean = common(\.asymmetry)
        let ofData = shareOfVariance ?? 0
        let variance = ofData * measured.variance + (1 - ofData) * expected.variance
        let bulk = 1 - 0.25 * (mean * mean + variance)
        let (ptLow, ptHigh) = (common(\.ptLow), common(\.ptHigh))
        jacobian = (
            low.bin.row(ptLow, scale: bulk * low.reaction.scale, resolution: variance * low.reaction.meanByResolution)
                + high.bin.row(
                    ptHigh, scale: -bulk * high.reaction.scale, resolution: -variance * high.reaction.meanByResolution),
            low.bin.row(
                ptLow, scale: variance * low.reaction.varianceByScale,
                resolution: variance * low.reaction.varianceByResolution)
                + high.bin.row(
                    ptHigh, scale: variance * high.reaction.varianceByScale,
                    resolution: variance * high.reaction.varianceByResolution)
        )
        let v = (
            mean: measured.cell.asymmetryVariance + expected.cell.asymmetryVariance,
            cross: measured.covariance + expected.covariance,
            variance: measured.varianceOfVariance + expected.varianceOfVariance
        )
        (self.ptBin, self.low, self.high, self.bulk) = (ptBin, low.number, high.number, bulk)
        residual = (measured.cell.asymmetry - expected.cell.asymmetry, measured.variance - expected.variance)
        variances = v
        hasVariance =
            resolutionIsFree && shareOfVariance != nil && v.cross * v.cross < (1 - 1e-6) * v.mean * v.variance
            && min(measured.cell.effectiveEvents, expected.cell.effectiveEvents) >= SurfaceFit.varianceEvents
    }

    /// The share of data in the mean of a number that data and simulation know with these variances; nil where one does not tell.
    private static func shareOfData(_ data: Double, _ simulation: Double) -> Double? {
        let known = 1 / data + 1 / simulation
        return known > 0 && known.isFinite ? 1 / (data * known) : nil
    }

    /// rᵀV⁻¹r.
    var chiSquared: Double {
        guard hasVariance else { return residual.mean * residual.mean / variances.mean }
        let determinant = variances.mean * variances.variance - variances.cross * variances.cross
        return
            (variances.variance * residual.mean * residual.mean
            - 2 * variances.cross * residual.mean * residual.variance
            + variances.mean * residual.variance * residual.variance) / determinant
    }

    /// Of the mean alone.
    var pull: Double { residual.mean / variances.mean.squareRoot() }

    /// How many of the cell's moments the parameters take up: tr(J ∂p/∂y).
    /// - Parameter inverse: A⁻¹ of `FoldProblem.equations`.
    func leverage(_ inverse: [[Double]], surfaceCount: Int) -> Double {
        var sum = Self.product(jacobian.mean, inverse) { $0.index < surfaceCount } / variances.mean
        if hasVariance {
            sum += Self.product(jacobian.variance, inverse) { $0.index >= surfaceCount } / variances.variance
        }
        return sum
    }

    static func product(_ row: [Entry], _ inverse: [[Double]], _ source: (Entry) -> Bool) -> Double {
        var sum = 0.0
        for left in row {
            let line = inverse[left.index]
            for right in row where source(right) { sum += left.value * line[right.index] * right.value }
        }
        return sum
    }
}

/// The equations A p = b of a step, for the parameters themselves and not for their change.
///
/// The surface θ has those of least squares of the means, the resolution κ those of the variances:
///
///     J_mθᵀ V_m⁻¹ (y_m − J_mθ θ − J_mκ κ) = 0,   J_vκᵀ V_v⁻¹ (y_v − J_vθ θ − J_vκ κ) = 0,
///
/// y = r + J p at the present parameters. Means have no say in κ: their dependence on it falls with pT as a mis-response may do, so that
/// what a smooth surface is not allowed to do with pT would come out as a resolution.
struct FoldProblem {
    let model: SurfaceModel
    private(set) var cells: [FoldCell] = []
    private(set) var gradients: [FoldGradient] = []
    /// A, and the covariance B of its left sides, both with the prior of the resolution and without that of the surface; of free
    /// parameters.
    private(set) var equations: [[Double]] = []
    private(set) var scores: [[Double]] = []
    /// B without any prior: how the left sides fluctuate from one experiment to the next.
    private(set) var fluctuations: [[Double]] = []
    /// b.
    private(set) var right: [Double] = []
    private let data: FoldSample

    init(
        _ model: SurfaceModel, at state: SurfaceState, data: FoldSample, simulation: FoldSample,
        reactions: ReactionTable, requirement: EventRequirement
    ) {
        self.model = model
        self.data = data
        let binning = data.sums.balance.binning
        let resolutionMeans = (0..<binning.eta.count).map { bin in
            model.resolution.map { model.means($0, over: bin, of: binning.eta) } ?? []
        }
        for ptBin in 0..<binning.ptAverage.count {
            let bins = (0..<binning.eta.count).map { bin in
                FoldBin(
                    model, state.surface, binning, ptBin: ptBin, bin: bin, resolutionMeans: resolutionMeans[bin],
                    data: data.sums.placeMoments(ptBin: ptBin, bin: bin, weights: data.weights),
                    simulation: simulation.sums.placeMoments(ptBin: ptBin, bin: bin, weights: simulation.weights))
            }
            var reactionsOfBins = Array(repeating: MeanReaction(), count: binning.eta.count)
            for high in 1..<max(binning.eta.count, 1) {
                for low in 0..<high {
                    guard let measured = data.sums.moments(ptBin: ptBin, low: low, high: high, weights: data.weights),
                        requirement.isMet(by: measured.cell),
                        let expected = simulation.sums.moments(
                            ptBin: ptBin, low: low, high: high, weights: simulation.weights),
                        requirement.isMet(by: expected.cell)
                    else { continue }
                    let (etaLow, etaHigh) = (expected.cell.etaLow, expected.cell.etaHigh)
                    let ofLow = reactions[ptBin, changed: etaLow, other: etaHigh]
                    let ofHigh = reactions[ptBin, changed: etaHigh, other: etaLow]
                    let cell = FoldCell(
                        measured, expected, ptBin: ptBin, low: (low, bins[low], ofLow),
                        high: (high, bins[high], ofHigh),
                        resolutionIsFree: model.resolution != nil)
                    cells.append(cell)
                    reactionsOfBins[low].add(cell.bulk * ofLow.scale, measured, weight: expected.cell.weight)
                    reactionsOfBins[high].add(cell.bulk * ofHigh.scale, measured, weight: expected.cell.weight)
                }
            }
            for (bin, reaction) in zip(bins, reactionsOfBins) { gradients += bin.gradients(reaction, ptBin: ptBin) }
        }
        assemble(state.parameters)
    }

    private mutating func assemble(_ parameters: [Double]) {
        let (count, surface) = (model.count, model.surfaceCount)
        var (left, spread) = (Array(repeating: 0.0, count: count * count), Array(repeating: 0.0, count: count * count))
        var right = Array(repeating: 0.0, count: count)
        func add(_ one: [FoldCell.Entry], _ other: [FoldCell.Entry], _ weight: Double, to matrix: inout [Double]) {
            matrix.withUnsafeMutableBufferPointer { matrix in
                for entry in one {
                    let scaled = weight * entry.value
                    let row = entry.index * count
                    for right in other { matrix[row + right.index] += scaled * right.value }
                }
            }
        }
        func along(_ entries: [FoldCell.Entry]) -> Double {
            entries.reduce(0) { $0 + $1.value * parameters[$1.index] }
        }
        for cell in cells {
            let (mean, variance) = cell.jacobian
            let ofSurface = mean.filter { $0.index < surface }
            let weight = 1 / cell.variances.mean
            add(ofSurface, mean, weight, to: &left)
            add(ofSurface, ofSurface, weight, to: &spread)
            let explained = weight * (cell.residual.mean + along(mean))
            for entry in ofSurface { right[entry.index] += entry.value * explained }
            guard cell.hasVariance else { continue }
            let ofResolution = variance.filter { $0.index >= surface }
            let own = 1 / cell.variances.variance
            add(ofResolution, variance, own, to: &left)
            add(ofResolution, ofResolution, own, to: &spread)
            let cross = weight * cell.variances.cross * own
            add(ofSurface, ofResolution, cross, to: &spread)
            add(ofResolution, ofSurface, cross, to: &spread)
            let pulled = own * (cell.residual.variance + along(variance))
            for entry in ofResolution { right[entry.index] += entry.value * pulled }
        }
        for gradient in gradients {
            let weight = 1 / gradient.variance
            add(gradient.jacobian, gradient.jacobian, weight, to: &left)
            add(gradient.jacobian, gradient.jacobian, weight, to: &spread)
            let explained = weight * (gradient.residual + along(gradient.jacobian))
            for entry in gradient.jacobian { right[entry.index] += entry.value * explained }
        }
        func rows(_ matrix: [Double]) -> [[Double]] { (0..<count).map { Array(matrix[$0 * count..<($0 + 1) * count]) } }
        fluctuations = model.free(rows(spread))
        for (row, values) in model.resolutionPrior.enumerated() {
            for (column, value) in values.enumerated() {
                left[(surface + row) * count + surface + column] += value
                spread[(surface + row) * count + surface + column] += value
            }
        }
        equations = model.free(rows(left))
        scores = model.free(rows(spread))
        self.right = model.free(right)
    }

    func hasEvents(_ bin: Int, _ ptBin: Int) -> Bool {
        (0..<data.sums.balance.binning.eta.count).contains {
            $0 != bin
                && data.balance.moments(ptBin: ptBin, low: min(bin, $0), high: max(bin, $0)) != nil
        }
    }
}
