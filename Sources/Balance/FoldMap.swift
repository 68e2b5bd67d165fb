#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning
public import JetPhysics

/// How much wider than in simulation jets fluctuate in data, as a function of η: ln k = Σ κ_a B_a(η).
public struct ResolutionFactor: Sendable, Equatable {
    public let eta: SplineAxis
    public var logarithms: [Double]

    /// - Parameter logarithms: κ, as many as the axis has splines; zeros by default.
    public init(eta: SplineAxis, logarithms: [Double]? = nil) {
        self.eta = eta
        self.logarithms = logarithms ?? Array(repeating: 0, count: eta.count)
        precondition(self.logarithms.count == eta.count, "a number for each spline")
    }

    /// k at a place.
    public func value(eta place: Double) -> Double {
        let basis = eta.basis(at: place)
        return exp((0..<4).reduce(0.0) { $0 + basis.values[$1] * logarithms[basis.first + $1] })
    }
}

/// Makes jets of simulation, after the MC-truth scale, show as those of data are supposed to: pT → t + k (pT − t) / r with t the true
/// pT, then to the pT' where a response f(η, pT) times that of simulation puts it; r = 1 + (∂ ln f/∂ ln pT) / (d ln R pT/d ln pT) at t.
/// A detector's response depends on the true pT; without r, an f that rises with pT would widen what fluctuates about it, and k
/// would not be the resolution of data over that of simulation. Its axis moves as f pulls it (`AxisPull`). All are the same
/// function of an event each time, without random numbers of their own. A jet without truth (of pile-up) keeps its resolution.
public struct FoldMap: Sendable {
    /// pT'/pT.
    private let response: EtaPtGrid?
    /// 1/r.
    private let narrowing: EtaPtGrid?
    /// Of η.
    private let displacement: EtaPtGrid?
    /// k on uniform nodes in η.
    private let factors: [Double]
    private let limit: Double
    private let perUnit: Double

    private static let nodes = 512
    /// No fluctuation is enlarged to below this share of the pT.
    private static let leastShare = 0.05

    /// - Parameters:
    ///   - surface: f; nil for 1.
    ///   - resolution: k; nil for 1.
    public init(surface: ResponseSurface?, resolution: ResolutionFactor?) {
        response = surface?.foldGrid
        displacement = surface?.displacementGrid
        guard let resolution else {
            (factors, limit, perUnit, narrowing) = ([], 0, 0, nil)
            return
        }
        let breaks = resolution.eta.breaks
        let limit = max(-breaks.lowest, breaks.highest)
        self.limit = limit
        perUnit = Double(Self.nodes - 1) / (2 * limit)
        narrowing = surface?.narrowingGrid
        factors = (0..<Self.nodes).map { node in
            resolution.value(eta: -limit + 2 * limit * Double(node) / Double(Self.nodes - 1))
        }
    }

    private func factor(_ eta: Double) -> Double {
        let place = min(max((eta + limit) * perUnit, 0), Double(Self.nodes - 2))
        let node = Int(place)
        return factors[node] + (factors[node + 1] - factors[node]) * (place - Double(node))
    }

    /// Folds a block of simulation in place, and brings its jets into falling order again. `basePt` becomes the pT before f.
    public func apply(to block: ReconstructedBlock) {
        for jet in 0..<ReconstructedBlock.jetCount {
            let first = jet * block.capacity
            for place in first..<first + block.count where block.pt[place] > 0 {
                var pt = block.pt[place]
                let (eta, truth) = (block.detectorEta[place], block.truePt[place])
                if truth > 0, !factors.isEmpty {
                    let widening = factor(eta) * (narrowing?.value(eta: eta, pt: truth) ?? 1)
                    pt = max(truth + widening * (pt - truth), Self.leastShare * pt)
                }
                block.basePt[place] = pt
                if let response { pt *= response.value(eta: eta, pt: pt) }
                block.pt[place] = pt
                if let displacement {
                    let moved = displacement.value(eta: eta, pt: block.basePt[place])
                    block.detectorEta[place] += moved
                    block.eta[place] += moved
                }
            }
        }
        JetCorrection.restoreOrder(of: block)
    }
}
