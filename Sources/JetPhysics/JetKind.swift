/// What jets are told apart as.
public enum JetKind: Int, Sendable, CaseIterable {
    case bottom
    case charm
    /// Light quarks and gluons, and what has no known flavour.
    case light

    public var name: String {
        switch self {
        case .bottom: "bottom"
        case .charm: "charm"
        case .light: "light"
        }
    }

    /// - Parameter flavour: PDG-like, of either sign.
    @inlinable @inline(__always)
    public init(flavour: Int32) { self = abs(flavour) == 5 ? .bottom : abs(flavour) == 4 ? .charm : .light }
}
