internal import HDF5

/// What decides the numbers of a calibrated table, beside the table that they come from.
public struct EventCalibration: Sendable, Equatable {
    /// Of the program.
    public let version: String
    /// Of the file of constants.
    public let sha256: String
    /// What the events were taken for: `data` or `mc`.
    public let kind: String

    public init(version: String, sha256: String, kind: String) {
        self.version = version
        self.sha256 = sha256
        self.kind = kind
    }

    /// What the calibrated file says, in place of what its source has of the same name.
    ///
    /// Events that were calibrated before keep what is known of that, a line for each time. A source that is itself a part
    /// says where it comes from by what it shares with the other parts, which its checksum is not.
    /// - Parameters:
    ///   - source: nil for text.
    ///   - part: the rows that are in the file; nil for all.
    func attributes(
        of source: HDF5Group?, sha256 input: String, part: EventPart?
    ) throws(HDF5Error) -> [String: EventAttribute] {
        var attributes = part?.attributes ?? [:]
        for (name, value) in [("calibrated_by", version), ("calibrated_as", kind), ("calibration_sha256", sha256)] {
            let earlier = try source.flatMap { source throws(HDF5Error) in
                try source.hasAttribute(name) ? (try? source.textAttribute(name)).map { $0 + "\n" } : nil
            }
            attributes[name] = .text((earlier ?? "") + value)
        }
        let isPart = try source.map { source throws(HDF5Error) in try EventPart.isSaid(by: source) } ?? false
        if !isPart { attributes["input_sha256"] = .text(input) }
        return attributes
    }
}
