#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance

/// How the mean asymmetry changes across an η bin, as one number that is compared, independent of the others.
struct FoldGradient {
    let ptBin: Int
    /// Of data less that of folded simulation.
    let residual: Double
    let variance: Double
    /// Derivatives of that of folded simulation.
    let jacobian: [FoldCell.Entry]

    /// How much of it the parameters take up, as with `FoldCell`.
    func leverage(_ inverse: [[Double]]) -> Double { FoldCell.product(jacobian, inverse) { _ in true } / variance }
}

/// The mean over the other jet's bins of how ⟨A⟩ reacts to the response in a bin.
struct MeanReaction {
    private var weight = 0.0
    private var scales = 0.0
    private var reuses = 0.0

    mutating func add(_ scale: Double, _ measured: AsymmetryMoments, weight: Double) {
        self.weight += weight
        scales += weight * scale
        reuses += weight * measured.reuse
    }

    /// nil where no cell was added.
    var mean: (scale: Double, reuse: Double)? {
        weight > 0 ? (scales / weight, max(1, reuses / weight)) : nil
    }
}

/// What jets of an η bin, in a bin of pT_avg, say of the parameters.
struct FoldBin {
    private let model: SurfaceModel
    private let surface: ResponseSurface
    private let eta: Double
    private let resolutionMeans: [BinPlaces.Term]
    private let moments: (data: PlaceMoments, simulation: PlaceMoments)?
    private let places: BinPlaces
    private let surfaceMeans: [BinPlaces.Term]

    init(
        _ model: SurfaceModel, _ surface: ResponseSurface, _ binning: BalanceBinning, ptBin: Int, bin: Int,
        resolutionMeans: [BinPlaces.Term], data: PlaceMoments?, simulation: PlaceMoments?
    ) {
        self.model = model
        self.surface = surface
        self.resolutionMeans = resolutionMeans
        eta = binning.eta.centre(bin)
        if let data, let simulation { moments = (data, simulation) } else { moments = nil }
        places = BinPlaces(
            binning.eta, bin, surface,
            logPt: log((binning.ptAverage.edges[ptBin] * binning.ptAverage.edges[ptBin + 1]).squareRoot()),
            moments: moments.map { BinPlaces.commonMoments($0.data, $0.simulation) })
        surfaceMeans = places.derivatives()
    }

    /// Of a number that changes by `scale` with ln pT of jets at this pT (GeV), and by `resolution` with their ln k.
    func row(_ pt: Double, scale: Double, resolution: Double) -> [FoldCell.Entry] {
        let simulated = simulated(pt)
        let nodes = model.resolutionLogPt
        let (low, high, share) = nodes.position(of: simulated)
        return row(surfaceMeans, pt, simulated, scale)
            + resolutionMeans.flatMap { spline, value -> [FoldCell.Entry] in
                let first = model.surfaceCount + spline * nodes.count
                let whole = resolution * value
                return [(first + low, whole * (1 - share)), (first + high, whole * share)]
            }
    }

    /// ln pT where simulation has jets that show at this pT (GeV): f and k are there.
    private func simulated(_ pt: Double) -> Double { surface.inverse(eta: eta, shown: log(pt)) }

    private func row(
        _ splines: [BinPlaces.Term], _ pt: Double, _ simulated: Double, _ scale: Double
    ) -> [FoldCell.Entry] {
        let along = model.logPt.basis(at: simulated)
        let scale = scale * surface.lever(eta: eta, logPt: log(pt))
        return splines.flatMap { spline, value in
            (0..<4).map { (spline * model.logPt.count + along.first + $0, scale * value * along.values[$0]) }
        }
    }

    /// - Parameter reaction: of the cells that the bin is in.
    func gradients(_ reaction: MeanReaction, ptBin: Int) -> [FoldGradient] {
        guard let reaction = reaction.mean, let moments else { return [] }
        let pt = moments.simulation.meanPt
        let simulated = simulated(pt)
        return BinPlaces.gradients(moments.data, moments.simulation, reuse: reaction.reuse).map { gradient in
            FoldGradient(
                ptBin: ptBin, residual: gradient.residual, variance: gradient.variance,
                jacobian: row(
                    places.derivatives(polynomial: gradient.polynomial), pt, simulated, reaction.scale))
        }
    }
}
