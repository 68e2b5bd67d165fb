/// A function of (η, pT), tabulated on uniform nodes in η and `OctaveAxis` nodes in pT, bilinear between them and frozen
/// outside. Single precision: the tables of a simulation stay in the cache.
public struct EtaPtGrid: Sendable {
    public let etaLimit: Double
    public let etaNodes: Int
    @usableFromInline let etaScale: Double
    @usableFromInline let values: [Float]

    /// - Parameters:
    ///   - etaLimit: nodes reach from −etaLimit to +etaLimit.
    ///   - etaNodes: at least 2.
    public init(etaLimit: Double, etaNodes: Int, _ function: (_ eta: Double, _ pt: Double) -> Double) {
        precondition(etaLimit > 0 && etaNodes >= 2, "a grid needs an extent and two nodes")
        self.etaLimit = etaLimit
        self.etaNodes = etaNodes
        etaScale = Double(etaNodes - 1) / (2 * etaLimit)
        var values: [Float] = []
        values.reserveCapacity(etaNodes * OctaveAxis.count)
        for etaNode in 0..<etaNodes {
            let eta = -etaLimit + Double(etaNode) / etaScale
            for ptNode in 0..<OctaveAxis.count { values.append(Float(function(eta, OctaveAxis.value(ptNode)))) }
        }
        self.values = values
    }

    @inlinable @inline(__always)
    public func value(eta: Double, pt: Double) -> Double {
        let (ptNode, ptFraction) = OctaveAxis.position(of: pt)
        return value(eta: eta, ptNode: ptNode, ptFraction: ptFraction)
    }

    /// The same with a position on the pT axis found before: several grids share it.
    @inlinable @inline(__always)
    public func value(eta: Double, ptNode: Int, ptFraction: Double) -> Double {
        let x = max(0, min((eta + etaLimit) * etaScale, Double(etaNodes - 1)))
        let etaNode = min(Int(x), etaNodes - 2)
        let etaFraction = x - Double(etaNode)
        let index = etaNode * OctaveAxis.count + ptNode
        return values.withUnsafeBufferPointer { table in
            let low = Double(table[index]) * (1 - ptFraction) + Double(table[index + 1]) * ptFraction
            let next = index + OctaveAxis.count
            let high = Double(table[next]) * (1 - ptFraction) + Double(table[next + 1]) * ptFraction
            return low * (1 - etaFraction) + high * etaFraction
        }
    }
}
