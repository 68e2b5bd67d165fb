/// What tracks of jets are made by: as kinds of jets, but gluons apart.
public enum JetFlavour: Int, Sendable, CaseIterable {
    case bottom
    case charm
    case light
    /// And what has no known flavour.
    case gluon

    public var name: String {
        switch self {
        case .bottom: "bottom"
        case .charm: "charm"
        case .light: "light"
        case .gluon: "gluon"
        }
    }

    /// What such jets are told apart as.
    public var kind: JetKind {
        switch self {
        case .bottom: .bottom
        case .charm: .charm
        case .light, .gluon: .light
        }
    }

    /// - Parameter flavour: PDG-like, of either sign.
    @inlinable @inline(__always)
    public init(flavour: Int32) {
        switch abs(flavour) {
        case 5: self = .bottom
        case 4: self = .charm
        case 1...3: self = .light
        default: self = .gluon
        }
    }
}
