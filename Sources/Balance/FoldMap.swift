#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning
public import JetPhysics

/// How much wider than in simulation jets fluctuate in data, as a function of η and true pT: ln k = Σ κ_am B_a(η) H_m(ln pT), with H
/// the hats on the nodes: linear between them, frozen outside.
public struct ResolutionFactor: Sendable, Equatable {
    public let eta: SplineAxis
    /// ln(pT / GeV).
    public let logPt: LinearNodes
    /// κ, by spline of η and within by node.
    public var logarithms: [Double]

    /// - Parameter logarithms: κ, as many as splines and nodes together; zeros by default.
    public init(eta: SplineAxis, logPt: LinearNodes, logarithms: [Double]? = nil) {
        self.eta = eta
        self.logPt = logPt
        self.logarithms = logarithms ?? Array(repeating: 0, count: eta.count * logPt.count)
        precondition(self.logarithms.count == eta.count * logPt.count, "a number for each spline and node")
    }

    /// k at a place and ln(pT / GeV).
    public func value(eta place: Double, logPt momentum: Double) -> Double {
        let basis = eta.basis(at: place)
        let (low, high, share) = logPt.position(of: momentum)
        var logarithm = 0.0
        for index in 0..<4 {
            let first = (basis.first + index) * logPt.count
            logarithm +=
                basis.values[index] * ((1 - share) * logarithms[first + low] + share * logarithms[first + high])
        }
        return exp(logarithm)
    }

    /// k on nodes, for the loops over events.
    var grid: EtaPtGrid {
        let limit = max(-eta.breaks.lowest, eta.breaks.highest)
        return EtaPtGrid(etaLimit: limit, etaNodes: Self.etaNodes) { value(eta: $0, logPt: log($1)) }
    }

    private static let etaNodes = 257
}

/// Makes jets of simulation show as those of data are supposed to. A jet of true pT t that simulation measures as m, R(t) t on average,
/// is measured in data as f(η, t) · (R t + k (m − R t)), and its axis moves as f pulls it (`AxisPull`), η the true one as seen from the
/// detector's centre: a detector's response belongs to the true jet. All are the same function of an event each time, without random
/// numbers of their own. A jet without truth (of pile-up) keeps its resolution and has f at about its own pT.
public struct FoldMap: Sendable {
    /// f.
    private let response: EtaPtGrid?
    /// R; nil for 1.
    private let simulated: EtaPtGrid?
    /// k.
    private let widening: EtaPtGrid?
    /// Of η.
    private let displacement: EtaPtGrid?

    /// No fluctuation is enlarged to below this share of the pT.
    private static let leastShare = 0.05

    /// - Parameters:
    ///   - surface: f, with the R of jets before their scale; nil for 1, of jets after it.
    ///   - resolution: k; nil for 1.
    public init(surface: ResponseSurface?, resolution: ResolutionFactor?) {
        response = surface?.valueGrid
        simulated = surface?.simulated
        displacement = surface?.displacementGrid
        widening = resolution?.grid
    }

    /// Folds a block of simulation in place, before the MC-truth scale if f is given. Order and `basePt` are what the correction that
    /// follows makes them.
    public func apply(to block: ReconstructedBlock) {
        for jet in 0..<ReconstructedBlock.jetCount {
            let first = jet * block.capacity
            for place in first..<first + block.count where block.pt[place] > 0 {
                var pt = block.pt[place]
                let (truth, direction) = (block.truePt[place], block.trueDetectorEta(place))
                let isTrue = !direction.isNaN
                let eta = isTrue ? direction : block.detectorEta[place]
                let momentum = isTrue ? truth : pt / mean(eta, pt)
                if isTrue, let widening {
                    let centre = truth * mean(eta, truth)
                    pt = max(centre + widening.value(eta: eta, pt: truth) * (pt - centre), Self.leastShare * pt)
                }
                if let response { pt *= response.value(eta: eta, pt: momentum) }
                block.pt[place] = pt
                if let displacement {
                    let moved = displacement.value(eta: eta, pt: momentum)
                    block.detectorEta[place] += moved
                    block.eta[place] += moved
                }
            }
        }
    }

    @inline(__always)
    private func mean(_ eta: Double, _ pt: Double) -> Double { simulated?.value(eta: eta, pt: pt) ?? 1 }
}
