internal import JetPhysics

/// Which events are dijets.
public struct Selection: Sendable, Equatable {
    /// Smallest azimuthal distance of the two leading jets, radian.
    public let deltaPhiMinimum: Double
    /// Largest pT3 / pT_avg.
    public let alphaMaximum: Double
    /// A third jet below this pT (GeV) is never too hard. A floor breaks the scaling of the cut at low pT; 0 for none.
    public let thirdJetFloor: Double
    /// Both leading jets lie within this |η|.
    public let absEtaMaximum: Double
    /// Which of the leading jets have to be tagged; nil where none has to.
    public private(set) var requiredTag: TagRequirement?
    /// What has to have kept an event; nil where all are there.
    public private(set) var triggers: TriggerAssignment?

    /// The same cuts on events with tagged jets.
    public func with(requiredTag: TagRequirement?) -> Selection {
        var other = self
        other.requiredTag = requiredTag
        return other
    }

    /// The same cuts on events of these triggers.
    public func with(triggers: TriggerAssignment?) -> Selection {
        var other = self
        other.triggers = triggers
        return other
    }

    public static let standard = Selection(
        unchecked: (deltaPhiMinimum: 2.7, alphaMaximum: 0.3, thirdJetFloor: 0, absEtaMaximum: 5.2))

    public init(
        deltaPhiMinimum: Double, alphaMaximum: Double, thirdJetFloor: Double, absEtaMaximum: Double
    ) throws(SelectionError) {
        func require(_ holds: Bool, _ key: String, _ value: Double, _ domain: String) throws(SelectionError) {
            guard holds else { throw SelectionError(key: key, problem: "\(value) is out of range", remedy: domain) }
        }
        try require(
            deltaPhiMinimum >= 0 && deltaPhiMinimum < Double.pi, "delta_phi_min", deltaPhiMinimum,
            "give an angle from 0 to below π")
        try require(alphaMaximum > 0 && alphaMaximum <= 1, "alpha_max", alphaMaximum, "give a fraction in (0, 1]")
        try require(
            thirdJetFloor >= 0 && thirdJetFloor.isFinite, "third_jet_floor", thirdJetFloor, "give a pT ≥ 0 in GeV")
        try require(absEtaMaximum > 0 && absEtaMaximum.isFinite, "abs_eta_max", absEtaMaximum, "give a positive |η|")
        self.init(unchecked: (deltaPhiMinimum, alphaMaximum, thirdJetFloor, absEtaMaximum))
    }

    private init(
        unchecked values: (deltaPhiMinimum: Double, alphaMaximum: Double, thirdJetFloor: Double, absEtaMaximum: Double)
    ) {
        deltaPhiMinimum = values.deltaPhiMinimum
        alphaMaximum = values.alphaMaximum
        thirdJetFloor = values.thirdJetFloor
        absEtaMaximum = values.absEtaMaximum
        (requiredTag, triggers) = (nil, nil)
    }
}

/// That leading jets pass a working point of b-tagging.
public struct TagRequirement: Sendable, Equatable, CustomStringConvertible {
    public enum Jets: String, Sendable, CaseIterable {
        /// Both leading jets, or at least one of them.
        case both, any
    }

    public let jets: Jets
    /// The share of b jets that it keeps, in per cent.
    public let workingPoint: Int
    /// Of jets that pass it.
    public let leastScore: Int32

    /// - Throws: for a working point that is not one of `JetTags.workingPoints`.
    public init(jets: Jets, workingPoint: Int) throws(SelectionError) {
        guard let score = JetTags.leastScore(workingPoint: workingPoint) else {
            throw SelectionError(
                key: "require_tag", problem: "there is no working point of \(workingPoint) %",
                remedy: "take one of \(JetTags.workingPoints.map { "\($0)" }.joined(separator: ", "))")
        }
        self.jets = jets
        self.workingPoint = workingPoint
        leastScore = Int32(score)
    }

    public var description: String {
        "\(jets == .both ? "both leading jets" : "one of the leading jets at least") tagged at \(workingPoint) %"
    }

    /// Whether the leading jets of a row, which has to have tags, are tagged so.
    @inline(__always)
    func accepts(_ block: ReconstructedBlock, row: Int) -> Bool {
        guard let tags = block.tags else { preconditionFailure("a block with tags") }
        let (first, second) = (tags.score[row] >= leastScore, tags.score[block.capacity + row] >= leastScore)
        return jets == .both ? first && second : first || second
    }
}

/// A selection or binning that cannot be.
public struct SelectionError: Error, Equatable, CustomStringConvertible {
    public let key: String
    public let problem: String
    public let remedy: String

    public init(key: String, problem: String, remedy: String) {
        self.key = key
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(key): \(problem); \(remedy)" }
}
