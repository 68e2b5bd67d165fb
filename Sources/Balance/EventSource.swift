public import Binning
public import JetPhysics

/// Sums over events that can be added to each other in any order.
public protocol MergeableSums: Sendable {
    mutating func merge(_ other: Self)
}

/// Sums that can be laid down in a file and taken up again by another process.
public protocol StorableSums: MergeableSums {
    var record: SumsRecord { get }

    /// Takes up what sums of the same shape have laid down, in place of what is here.
    mutating func restore(_ record: SumsRecord) throws(SumsRecordError)
}

/// Events that can be gone through as often as a method needs, in blocks.
public protocol EventSource: Sendable {
    /// What an event of relative weight 1 of each slice stands for.
    var sliceWeights: [Double] { get }

    /// The number of pieces that the events come in, the same ones each time.
    var pieces: Int { get }

    /// Goes through the events of some pieces once. Blocks come on any thread and in any order; consecutive rows with the
    /// same slice and event are always in one block.
    /// - Parameters:
    ///   - empty: what a thread starts its sums from.
    ///   - visit: adds a block to a thread's sums; it may change the block.
    func reduce<Sums: MergeableSums>(
        _ empty: Sums, over pieces: Range<Int>, _ visit: @escaping @Sendable (ReconstructedBlock, inout Sums) -> Void
    ) throws -> Sums
}

extension EventSource {
    /// Goes through all events once.
    public func reduce<Sums: MergeableSums>(
        _ empty: Sums, _ visit: @escaping @Sendable (ReconstructedBlock, inout Sums) -> Void
    ) throws -> Sums {
        try reduce(empty, over: 0..<pieces, visit)
    }
}
