internal import CDijets
internal import Sampling

extension SliceSampler {
    /// Makes the events `first`, `first + 1`, … of a slice.
    /// - Parameter count: at most `HardEvents.capacity`.
    func fill(_ events: HardEvents, first: UInt64, count: Int, stream: RandomStream) {
        density.withSlice { slice in
            hull.withUnsafeBufferPointer { hull in
                nodes.withUnsafeBufferPointer { nodes in
                    slice.hull = hull.baseAddress
                    slice.nodes = nodes.baseAddress
                    slice.node_count = UInt32(nodes.count)
                    slice.pt_nodes = Int32(ptNodes)
                    slice.star_nodes = Int32(starNodes)
                    slice.boost_nodes = Int32(boostNodes)
                    slice.star_step = starStep
                    slice.boost_step = boostStep
                    var (random, columns) = (EtaCalStream(stream), EtaCalScatterings(events))
                    let room = HardEvents.capacity + Int(EtaCalMostLanes)
                    withUnsafeTemporaryAllocation(of: Int32.self, capacity: room) { pending in
                        let found = density.kernels.scatter(
                            &slice, &random, &columns, count, first, pending.baseAddress)
                        precondition(found, "the hull lies close above the cross-section")
                    }
                }
            }
        }
    }
}
