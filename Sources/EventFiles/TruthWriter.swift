internal import FileAccess
public import JetPhysics

/// Writes a truth sample: events of slices, in the order they are given, and the table of their cross-sections beside it, where
/// `TruthSampleFile.crossSectionPath` finds it. HDF5 when the name ends in `.h5` or `.hdf5`, else text, compressed when it ends in
/// `.gz`. Both files appear when `finish` returns.
public final class TruthWriter {
    private let sink: any TruthSink
    private let table: Output
    private var counts: [Int] = []

    /// One slice of a sample.
    public struct SliceEntry: Sendable {
        /// GeV.
        public let pHatMinimum: Double
        public let pHatMaximum: Double
        /// pb.
        public let crossSection: Double
        public let uncertainty: Double

        public init(pHatMinimum: Double, pHatMaximum: Double, crossSection: Double, uncertainty: Double) {
            self.pHatMinimum = pHatMinimum
            self.pHatMaximum = pHatMaximum
            self.crossSection = crossSection
            self.uncertainty = uncertainty
        }
    }

    /// - Parameter origin: what made the events, in words, for files that keep it (HDF5).
    public init(_ path: String, version: String, origin: String, overwrite: Bool) throws {
        table = try Output(TruthSampleFile.crossSectionPath(for: path), .file, overwrite: overwrite)
        sink =
            isNamedHDF5(path)
            ? try TruthColumns(path, version: version, origin: origin, overwrite: overwrite)
            : try TruthLines(path, overwrite: overwrite)
    }

    /// Appends events of a slice. Numbers are written so that they read back bit for bit.
    public func write(_ events: [TruthEvent], slice: Int) throws {
        while counts.count <= slice { counts.append(0) }
        counts[slice] += events.count
        try sink.write(events, slice: slice)
    }

    /// - Parameter slices: as many as events were written of.
    public func finish(_ slices: [SliceEntry]) throws {
        precondition(slices.count == counts.count, "one row for each slice")
        var text = "slice,pthat_min_GeV,pthat_max_GeV,sigma_pb,sigma_err_pb,events\n"
        for (number, slice) in slices.enumerated() {
            text += "\(number),\(slice.pHatMinimum),\(slice.pHatMaximum),\(slice.crossSection),\(slice.uncertainty),"
            text += "\(counts[number])\n"
        }
        try writeText(text, to: table.partialPath)
        // The table first: events without one would be no sample.
        try table.finish()
        try sink.finish()
    }
}

/// A kind of file that takes truth events.
protocol TruthSink: AnyObject {
    func write(_ events: [TruthEvent], slice: Int) throws
    func finish() throws
}

/// The columns of a truth sample.
enum TruthNames {
    static func ofJet(_ jet: Int) -> [String] { ["pt", "eta", "phi", "m", "flavour"].map { "\($0)\(jet + 1)" } }

    static let rest = ["soft_px", "soft_py", "soft_sumet", "inv_px", "inv_py"]

    static var all: [String] { ["slice", "event"] + (0..<TruthBlock.jetCount).flatMap(ofJet) + rest }

    static func rest(of event: TruthEvent) -> [Double] {
        [event.softX, event.softY, event.softSum, event.invisibleX, event.invisibleY]
    }
}
