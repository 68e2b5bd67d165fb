/// A function of (η, pT), tabulated on uniform nodes in η and `OctaveAxis` nodes in pT, bilinear between them and frozen
/// outside. Single precision: the tables of a simulation stay in the cache.
public struct EtaPtGrid: Sendable {
    @usableFromInline let axis: EtaNodes
    @usableFromInline let values: [Float]

    public var etaLimit: Double { axis.limit }
    public var etaNodes: Int { axis.count }

    /// - Parameters:
    ///   - etaLimit: nodes reach from −etaLimit to +etaLimit.
    ///   - etaNodes: from 2 to 65535.
    public init(etaLimit: Double, etaNodes: Int, _ function: (_ eta: Double, _ pt: Double) -> Double) {
        axis = EtaNodes(limit: etaLimit, count: etaNodes)
        var values: [Float] = []
        values.reserveCapacity((etaNodes + 1) * OctaveAxis.count)
        for etaNode in 0..<etaNodes {
            let eta = axis.value(etaNode)
            for ptNode in 0..<OctaveAxis.count {
                values.append(Float(function(eta, OctaveAxis.value(ptNode))))
            }
        }
        // At the last node there is a row above it too.
        values += Array(values.suffix(OctaveAxis.count))
        self.values = values
    }

    /// - Parameter values: at the nodes, pT inner.
    public init(etaLimit: Double, etaNodes: Int, values: [Float]) {
        precondition(values.count == etaNodes * OctaveAxis.count, "a value for each node")
        axis = EtaNodes(limit: etaLimit, count: etaNodes)
        // At the last node there is a row above it too.
        self.values = values + Array(values.suffix(OctaveAxis.count))
    }

    /// Runs `body` with the values at the nodes, pT inner and the last row in η twice, and with the nodes in η: their limit,
    /// how many there are a unit, and the number of the last.
    package func withNodes<Result>(_ body: (UnsafePointer<Float>?, Double, Double, Double) -> Result) -> Result {
        values.withUnsafeBufferPointer { body($0.baseAddress, axis.limit, axis.scale, axis.last) }
    }

    /// A NaN of η counts as −etaLimit, one of pT as the lowest node.
    @inlinable @inline(__always)
    public func value(eta: Double, pt: Double) -> Double {
        let (ptNode, ptFraction) = OctaveAxis.position(of: pt)
        let (etaNode, etaFraction) = axis.position(of: eta)
        let index = etaNode &* OctaveAxis.count &+ ptNode
        return values.withUnsafeBytes { bytes in
            let size = MemoryLayout<Float>.stride
            // Two neighbours in pT at once, first across η, then along pT.
            let low = SIMD2<Double>(
                bytes.loadUnaligned(fromByteOffset: index &* size, as: SIMD2<Float>.self))
            let high = SIMD2<Double>(
                bytes.loadUnaligned(
                    fromByteOffset: (index &+ OctaveAxis.count) &* size, as: SIMD2<Float>.self))
            let pair = low + (high - low) * etaFraction
            return pair.x + (pair.y - pair.x) * ptFraction
        }
    }
}

/// Uniform nodes from −`limit` to +`limit`.
@usableFromInline struct EtaNodes: Sendable, Equatable {
    @usableFromInline let limit: Double
    @usableFromInline let count: Int
    @usableFromInline let scale: Double
    @usableFromInline let last: Double

    init(limit: Double, count: Int) {
        precondition(limit > 0 && count >= 2 && count < 1 << 16, "a grid needs an extent and two nodes")
        self.limit = limit
        self.count = count
        scale = Double(count - 1) / (2 * limit)
        last = Double(count - 1)
    }

    func value(_ node: Int) -> Double { -limit + Double(node) / scale }

    /// The node at or below `eta` and the fraction of the way to the next, in steps of 2^−32; clamped, NaN to the first.
    @inlinable @inline(__always)
    func position(of eta: Double) -> (node: Int, fraction: Double) {
        let place = (eta + limit) * scale
        let raised = place > 0 ? place : 0
        let clamped = raised < last ? raised : last
        // Adding 2^20 leaves the node in the upper and the fraction in the lower half of the bits, without the checks of
        // a conversion.
        let bits = (clamped + 0x1p20).bitPattern
        let fraction = Double(bitPattern: (bits & 0xFFFF_FFFF) | (0x1p20).bitPattern) - 0x1p20
        return (Int(truncatingIfNeeded: (bits &>> 32) & 0xFFFF), fraction)
    }
}
