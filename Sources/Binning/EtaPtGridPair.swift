/// Two functions of (η, pT) on the same nodes, looked up together at less than twice the price of one.
public struct EtaPtGridPair: Sendable {
    @usableFromInline let axis: EtaNodes
    /// First and second function in turns.
    @usableFromInline let values: [Float]

    /// - Parameter second: on the nodes of `first`.
    public init(_ first: EtaPtGrid, _ second: EtaPtGrid) {
        precondition(first.axis == second.axis, "grids of the same nodes")
        axis = first.axis
        values = zip(first.values, second.values).flatMap { [$0, $1] }
    }

    /// What `EtaPtGrid.value` gives for both functions at two places, to 2 × 10⁻⁷: the nodes are no better, so that single
    /// precision does.
    @inlinable @inline(__always)
    public func value(
        eta: SIMD2<Double>, pt: SIMD2<Double>
    ) -> (first: SIMD2<Double>, second: SIMD2<Double>) {
        let (ptNode, ptFraction) = OctaveAxis.position(of: pt)
        let (etaNode, etaFraction) = axis.position(of: eta)
        return values.withUnsafeBytes { bytes in
            func both(_ lane: Int) -> SIMD4<Float> {
                // Two neighbours in pT, both functions of each.
                let index =
                    2
                    &* (Int(truncatingIfNeeded: etaNode[lane]) &* OctaveAxis.count
                        &+ Int(truncatingIfNeeded: ptNode[lane]))
                let size = MemoryLayout<Float>.stride
                let near = bytes.loadUnaligned(fromByteOffset: index &* size, as: SIMD4<Float>.self)
                let far = bytes.loadUnaligned(
                    fromByteOffset: (index &+ 2 &* OctaveAxis.count) &* size, as: SIMD4<Float>.self)
                return near + (far - near) * Float(etaFraction[lane])
            }
            let (one, other) = (both(0), both(1))
            let fraction = SIMD4(
                Float(ptFraction.x), Float(ptFraction.y), Float(ptFraction.x), Float(ptFraction.y))
            let near = SIMD4(one.x, other.x, one.y, other.y)
            let far = SIMD4(one.z, other.z, one.w, other.w)
            let value = near + (far - near) * fraction
            return (SIMD2<Double>(value.lowHalf), SIMD2<Double>(value.highHalf))
        }
    }
}
