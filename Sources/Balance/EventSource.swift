public import JetPhysics

/// Sums over events that can be added to each other in any order.
public protocol MergeableSums: Sendable {
    mutating func merge(_ other: Self) throws
}

/// Events that can be gone through as often as a method needs, in blocks.
public protocol EventSource: Sendable {
    /// What an event of relative weight 1 of each slice stands for.
    var sliceWeights: [Double] { get }

    /// Goes through all events once. Blocks come on any thread and in any order; consecutive rows with the same slice
    /// and event are always in one block.
    /// - Parameters:
    ///   - empty: what a thread starts its sums from.
    ///   - visit: adds a block to a thread's sums; it may change the block.
    func reduce<Sums: MergeableSums>(
        _ empty: Sums, _ visit: @escaping @Sendable (ReconstructedBlock, inout Sums) -> Void
    ) throws -> Sums
}
