#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning
internal import GSL

/// The MC-truth jet energy scale: the mean response of simulated jets as a smooth function of true pT in narrow bins of
/// η, and its numerical inverse as a factor on the reconstructed pT.
///
/// Simulation and data get the same factor, so that its own imperfections (binning, the known bias of numerical
/// inversion, arXiv:1609.05195) are common to both.
public struct SimulationScale: Sendable, Equatable {
    /// Polynomial degree in ln pT.
    static let degree = 3
    static let smallestRows = 40
    /// Width of the η bins.
    public static let etaStep = 0.05

    /// Symmetric edges of the η bins, all of one width.
    public let etaEdges: [Double]
    /// Per η bin: coefficients of R in powers of ln(pT_true / 100 GeV), lowest first; empty where there were no jets.
    public let coefficients: [[Double]]
    /// Per η bin: range of ln(pT_true / 100 GeV) that the polynomial was fitted in; R is frozen outside.
    public let range: [[Double]]
    /// What `correction` gives, where it is kept.
    private var kept: EtaPtGrid?

    public static func == (one: SimulationScale, other: SimulationScale) -> Bool {
        one.etaEdges == other.etaEdges && one.coefficients == other.coefficients && one.range == other.range
    }

    public init(etaEdges: [Double], coefficients: [[Double]], range: [[Double]]) {
        self.etaEdges = etaEdges
        self.coefficients = coefficients
        self.range = range
    }

    /// Axes that sums for this scale are taken on.
    public static func axes(absEtaMaximum: Double) -> (eta: Axis, truePt: Axis) {
        let half = Int((absEtaMaximum / etaStep).rounded(.up))
        let eta = try? Axis(edges: (-half...half).map { Double($0) * etaStep })
        let truePt = try? Axis(edges: (0...28).map { 8 * pow(2, Double($0) / 3) })
        guard let eta, let truePt else { preconditionFailure("uniform edges increase") }
        return (eta, truePt)
    }

    /// - Parameters:
    ///   - sums: on `axes`, from simulated jets without any calibration.
    ///   - weights: what an event of relative weight 1 of each slice stands for.
    public init(_ sums: TruthResponseSums, weights: [Double]) throws {
        var coefficients: [[Double]] = []
        var ranges: [[Double]] = []
        for etaBin in 0..<sums.eta.count {
            var points: [(x: Double, y: Double, weight: Double)] = []
            for ptBin in 0..<sums.truePt.count {
                guard let cell = sums.response(eta: etaBin, pt: ptBin, weights: weights),
                    cell.rows >= Self.smallestRows, cell.baseVariance > 0
                else { continue }
                points.append((log(cell.meanTruePt / 100), cell.base, 1 / cell.baseVariance))
            }
            guard let first = points.first, let last = points.last else {
                coefficients.append([])
                ranges.append([])
                continue
            }
            let degree = min(Self.degree, points.count - 1)
            let fit = try LinearFit(
                design: points.map { point in (0...degree).map { pow(point.x, Double($0)) } },
                values: points.map(\.y), weights: points.map(\.weight))
            coefficients.append(fit.coefficients)
            ranges.append([first.x, last.x])
        }
        self.init(etaEdges: sums.eta.edges, coefficients: coefficients, range: ranges)
    }

    /// The response R(η bin, pT_true in GeV); nil where there were no jets.
    public func response(etaBin: Int, pt: Double) -> Double? {
        let powers = coefficients[etaBin]
        guard !powers.isEmpty else { return nil }
        let x = max(range[etaBin][0], min(log(pt / 100), range[etaBin][1]))
        return max(0.05, powers.reversed().reduce(0) { $0 * x + $1 })
    }

    /// The same scale with its correction kept: inverting takes as long as some 100 000 events, which counts where the scale is
    /// used again and again.
    public var keepingCorrection: SimulationScale {
        var scale = self
        scale.kept = correction
        return scale
    }

    /// The factor to multiply a reconstructed pT by, as a function of (η, reconstructed pT).
    public var correction: EtaPtGrid { kept ?? grid { inverted(etaBin: $0, pt: $1) / $1 } }

    /// The response, as a function of (η, pT that the factor leads to).
    public var responseGrid: EtaPtGrid { grid { response(etaBin: $0, pt: $1) ?? 1 } }

    /// A function of η bin and pT with nodes in the middle of the bins; 1 where there are no jets up to the centre.
    private func grid(_ function: (_ etaBin: Int, _ pt: Double) -> Double) -> EtaPtGrid {
        let bins = etaEdges.count - 1
        let limit = 0.5 * (etaEdges[bins] + etaEdges[bins - 1])
        // Where no jet fell, the nearest bin towards the centre that has some.
        let source = (0..<bins).map { bin -> Int? in
            let towardsCentre = bin < bins / 2 ? 1 : -1
            var candidate = bin
            while coefficients[candidate].isEmpty {
                candidate += towardsCentre
                guard (0..<bins).contains(candidate), candidate != (bin < bins / 2 ? bins / 2 : bins / 2 - 1) else {
                    return nil
                }
            }
            return candidate
        }
        return EtaPtGrid(etaLimit: limit, etaNodes: bins) { eta, pt in
            let bin = max(0, min(Int(((eta + limit) / (2 * limit) * Double(bins - 1)).rounded()), bins - 1))
            guard let bin = source[bin] else { return 1 }
            return function(bin, pt)
        }
    }

    /// The true pT whose mean reconstructed pT is `pt`, by bisection in ln pT.
    private func inverted(etaBin: Int, pt: Double) -> Double {
        var (low, high) = (log(pt / 5), log(pt * 20))
        for _ in 0..<60 {
            let middle = 0.5 * (low + high)
            let truePt = exp(middle)
            if truePt * (response(etaBin: etaBin, pt: truePt) ?? 1) < pt { low = middle } else { high = middle }
        }
        return exp(0.5 * (low + high))
    }
}
