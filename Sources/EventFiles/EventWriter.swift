public import JetPhysics

/// Writes reconstructed events with their truth as a table, in the order they are given: HDF5 when the name ends in `.h5` or
/// `.hdf5`, else text, compressed when it ends in `.gz`. The file appears when `finish()` returns.
public final class EventWriter {
    private let sink: any EventSink

    /// - Parameters:
    ///   - sliceWeights: what an event of relative weight 1 of each slice stands for.
    ///   - origin: what decides the events, for files that keep it (HDF5).
    ///   - hasTriggers: whether to write which triggers kept an event.
    ///   - hasTags: whether to write the tags of blocks, which have to have them.
    public init(
        _ path: String, sliceWeights: [Double], origin: EventOrigin? = nil, hasTriggers: Bool = false,
        hasTags: Bool = false,
        overwrite: Bool
    ) throws {
        sink =
            isNamedHDF5(path)
            ? try EventColumns(
                path, sliceWeights: sliceWeights, origin: origin, hasTriggers: hasTriggers, hasTags: hasTags,
                overwrite: overwrite)
            : try EventLines(
                path, sliceWeights: sliceWeights, hasTriggers: hasTriggers, hasTags: hasTags, overwrite: overwrite)
    }

    /// Appends a block. Numbers are written so that they read back bit for bit.
    public func write(_ block: ReconstructedBlock) throws { try sink.write(block) }

    public func finish() throws { try sink.finish() }
}

/// A kind of file that takes events.
protocol EventSink: AnyObject {
    func write(_ block: ReconstructedBlock) throws
    func finish() throws
}
