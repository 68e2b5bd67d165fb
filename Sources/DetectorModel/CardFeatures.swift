/// Which jets are seen at all.
public struct Acceptance: Sendable, Equatable {
    /// Jets beyond this |η|, from the detector's centre, are lost.
    public let absEtaMaximum: Double
    /// Measured pT (GeV, before any calibration) below which a jet is no jet.
    public let ptMinimum: Double
    /// Where jets are discarded, in data and simulation.
    public let vetoes: [Window]

    public init(absEtaMaximum: Double, ptMinimum: Double = 0, vetoes: [Window] = []) throws(CardError) {
        self.absEtaMaximum = absEtaMaximum
        self.ptMinimum = ptMinimum
        self.vetoes = vetoes
        guard absEtaMaximum >= 0.1, absEtaMaximum <= 8 else {
            throw CardError(
                ["acceptance", "abs_eta_max"], "an acceptance of \(absEtaMaximum) is out of range",
                "give 0.1 ≤ |η| ≤ 8")
        }
        try requireRange(ptMinimum, 0...100, ["acceptance", "pt_min"], unit: "GeV")
        guard vetoes.count <= DeadModule.most else {
            throw CardError(
                ["acceptance", "veto"], "there are \(vetoes.count) windows", "give at most \(DeadModule.most)")
        }
    }
}

/// What a card may describe beyond the response and resolution of a jet; what it leaves out does not happen.
public struct CardFeatures: Sendable, Equatable {
    public let envelope: Envelope?
    public let directions: Directions?
    public let flavours: FlavourResponses?
    public let tails: TailMap?
    public let pileUp: PileUp?
    /// Working points, the first being the standard one; empty for a soft term as it is in truth.
    public let softTerms: [SoftTerm]
    /// In data and simulation.
    public let deadModules: [DeadModule]
    /// nil where no tracks can be asked for.
    public let tracker: Tracker?

    /// - Throws: too many modules, working points of the same name.
    public init(
        envelope: Envelope?, directions: Directions?, flavours: FlavourResponses?, tails: TailMap?, pileUp: PileUp?,
        softTerms: [SoftTerm], deadModules: [DeadModule], tracker: Tracker? = nil
    ) throws(CardError) {
        self.envelope = envelope
        self.directions = directions
        self.flavours = flavours
        self.tails = tails
        self.pileUp = pileUp
        self.softTerms = softTerms
        self.deadModules = deadModules
        self.tracker = tracker
        guard envelope != nil || (directions?.showerRadius ?? 0) == 0 else {
            throw CardError(
                ["directions", "shower_radius"], "nothing says how far away the calorimeter is",
                "describe the envelope, too")
        }
        guard deadModules.count <= DeadModule.most else {
            throw CardError(
                ["dead_modules"], "there are \(deadModules.count) modules", "give at most \(DeadModule.most)")
        }
        guard softTerms.count <= SoftTerm.most else {
            throw CardError(
                ["soft_terms"], "there are \(softTerms.count) working points", "give at most \(SoftTerm.most)")
        }
        for (index, term) in softTerms.enumerated() where softTerms[..<index].contains(where: { $0.name == term.name })
        {
            throw CardError(
                ["soft_terms", "\(index)", "name"], "'\(term.name)' is there twice", "give each its own name")
        }
    }

    init(_ other: CardFeatures, pileUp: PileUp) {
        (envelope, directions, flavours, tails) = (other.envelope, other.directions, other.flavours, other.tails)
        (softTerms, deadModules, tracker) = (other.softTerms, other.deadModules, other.tracker)
        self.pileUp = pileUp
    }

    /// None of them.
    public init() {
        (envelope, directions, flavours, tails, pileUp) = (nil, nil, nil, nil, nil)
        (softTerms, deadModules, tracker) = ([], [], nil)
    }
}

/// How far a list of regions reaches.
struct EtaCoverage {
    let convention: EtaConvention
    let low: Double
    let high: Double

    /// - Parameters: edges of the outermost regions; nil without any.
    init(_ convention: EtaConvention, _ low: Double?, _ high: Double?) {
        self.convention = convention
        self.low = low ?? 0
        self.high = high ?? 0
    }
}

extension ResponseMap {
    var coverage: EtaCoverage { EtaCoverage(convention, regions.first?.low, regions.last?.high) }
}

extension ResolutionMap {
    var coverage: EtaCoverage { EtaCoverage(convention, regions.first?.low, regions.last?.high) }
}

extension TailMap {
    var coverage: EtaCoverage { EtaCoverage(convention, regions.first?.low, regions.last?.high) }
}

extension EtaSteps {
    var coverage: EtaCoverage { EtaCoverage(convention, regions.first?.low, regions.last?.high) }
}
