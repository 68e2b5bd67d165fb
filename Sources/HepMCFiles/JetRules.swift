/// How jets are made of the particles of an event, and how they are labelled.
public struct JetRules: Sendable, Equatable {
    /// Of anti-kT.
    public var radius = 0.4
    /// GeV.
    public var ptMinimum = 8.0
    /// Pseudorapidity up to which particles are seen; jets and soft momentum are made of these.
    public var absEtaMaximum = 5.2
    public var label = FlavourLabel.cone
    /// By how much the final state of an event may miss the momentum of its beams in each component, as a share of their energy.
    ///
    /// Pythia warns from 1e-4 on. Damage in the momenta of an event moves their sum, and this is how it shows.
    public var imbalance = 1e-4

    public static let radii = 0.05...2.0
    public static let ptMinima = 0.1...1e4
    public static let absEtaMaxima = 0.5...10.0
    public static let imbalances = 1e-9...1.0

    public init() {}
}

/// What makes a hadron or parton belong to a jet. Either way the label is 5 for a last b hadron with pT > 5 GeV, else 4 for such
/// a c hadron, else that of the hardest gluon or u, d or s quark of the record, else 0.
///
/// A last hadron is one that decays into no hadron whose heaviest quark is the same: B⁰ and not the B*⁰ before it. Partons of
/// every stage count, so that the hardest is the one that began the jet, or nearly so.
public enum FlavourLabel: String, Sendable, CaseIterable {
    /// Hadrons within 0.3 in (η, φ) of the jet, partons within its radius.
    case cone
    /// Those that are clustered into the jet when they take part with momenta of no account (Cacciari, Salam and Soyez, JHEP 04
    /// (2008) 005).
    case ghost

    static let hadronPt = 5.0
    static let hadronCone = 0.3
    /// What momenta of ghosts are multiplied with: it changes no digit of a jet.
    static let ghostScale = 1e-18
}
