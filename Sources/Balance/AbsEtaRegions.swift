internal import Binning

/// Regions of |η| whose jets are taken to have one resolution. The first one is the reference.
public struct AbsEtaRegions: Sendable, Equatable {
    /// Where the literature parts barrel, endcaps and forward calorimeters (arXiv:1607.03663); the last region ends with the binning.
    private static let usual = [0.8, 1.3, 1.9, 2.5, 3.0, 3.2]

    let axis: Axis

    public var edges: [Double] { axis.edges }
    public var count: Int { axis.count }
    public var pairCount: Int { count * (count + 1) / 2 }

    /// Regions whose edges are those of the η bins next to the usual ones.
    public init(_ binning: BalanceBinning) {
        let reach = max(-binning.eta.lowest, binning.eta.highest)
        let borders = Set(binning.eta.edges.map(abs)).filter { $0 > 0 && $0 < reach }.sorted()
        var edges = [0.0]
        for usual in Self.usual {
            guard let nearest = borders.min(by: { abs($0 - usual) < abs($1 - usual) }), nearest > edges[edges.count - 1]
            else { continue }
            edges.append(nearest)
        }
        guard let axis = try? Axis(edges: edges + [reach]) else { preconditionFailure("the edges increase") }
        self.axis = axis
    }

    /// The region of a jet, or −1.
    func index(of eta: Double) -> Int { axis.index(of: abs(eta)) }

    /// Number of the pair of regions `low` ≤ `high`.
    public func pair(_ low: Int, _ high: Int) -> Int { high * (high + 1) / 2 + low }
}
