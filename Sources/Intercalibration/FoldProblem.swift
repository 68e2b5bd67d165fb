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
struct FoldProblem {
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
