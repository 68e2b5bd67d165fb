internal import HDF5

/// What decides the events of a file, and which of them are in it.
public struct EventOrigin: Sendable, Equatable {
    /// Of the program.
    public let version: String
    /// What was asked for, resolved, and what was read.
    public let configuration: String
    public let configurationSHA256: String
    /// The pieces that are in the file, and how many there are; nil for all.
    public let part: Part?

    public struct Part: Sendable, Equatable {
        public let pieces: Range<Int>
        public let of: Int

        public init(pieces: Range<Int>, of count: Int) {
            self.pieces = pieces
            of = count
        }
    }

    public init(version: String, configuration: String, configurationSHA256: String, part: Part?) {
        self.version = version
        self.configuration = configuration
        self.configurationSHA256 = configurationSHA256
        self.part = part
    }

    var whole: EventOrigin {
        EventOrigin(
            version: version, configuration: configuration, configurationSHA256: configurationSHA256, part: nil)
    }
}

extension HDF5Group {
    func write(_ origin: EventOrigin) throws(HDF5Error) {
        try setAttribute("version", origin.version)
        try setAttribute("configuration", origin.configuration)
        try setAttribute("configuration_sha256", origin.configurationSHA256)
        guard let part = origin.part else { return }
        try setAttribute("pieces", part.of)
        try setAttribute("first_piece", part.pieces.lowerBound)
        try setAttribute("end_piece", part.pieces.upperBound)
    }

    /// - Returns: nil for events that do not say where they come from.
    func eventOrigin() throws(HDF5Error) -> EventOrigin? {
        guard try hasAttribute("configuration_sha256") else { return nil }
        var part: EventOrigin.Part?
        if try hasAttribute("pieces") {
            let (first, end) = (try intAttribute("first_piece"), try intAttribute("end_piece"))
            part = EventOrigin.Part(pieces: first..<max(first, end), of: try intAttribute("pieces"))
        }
        return EventOrigin(
            version: try textAttribute("version"), configuration: try textAttribute("configuration"),
            configurationSHA256: try textAttribute("configuration_sha256"), part: part)
    }
}
