/// The samples that one run simulates. The raw value enters the random streams and must not change.
public enum SampleRole: Int, Sendable, CaseIterable {
    /// The simulation that constants are derived with.
    case simulation = 0
    /// The pseudo-data that constants are derived from.
    case pseudoData = 1
    /// Independent samples of both kinds that closure is tested with.
    case closureSimulation = 2
    case closurePseudoData = 3

    public var isPseudoData: Bool { self == .pseudoData || self == .closurePseudoData }
}

/// One p̂T slice: a range of the hard process's transverse momentum that is generated on its own.
public struct Slice: Sendable, Equatable {
    /// GeV.
    public let pHatMinimum: Double
    public let pHatMaximum: Double
    /// pb.
    public let crossSection: Double

    public init(pHatMinimum: Double, pHatMaximum: Double, crossSection: Double) {
        precondition(pHatMinimum > 0 && pHatMaximum > pHatMinimum && crossSection > 0, "a slice has a range and a rate")
        self.pHatMinimum = pHatMinimum
        self.pHatMaximum = pHatMaximum
        self.crossSection = crossSection
    }
}
