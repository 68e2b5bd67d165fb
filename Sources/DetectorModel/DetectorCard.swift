/// A detector as data: what happens to a true jet as a function of its direction, pT and flavour, and to the event around it.
public struct DetectorCard: Sendable, Equatable {
    public let name: String
    public let summary: String
    /// The jet definition that response and resolution belong to, for figures and people; may be empty.
    public let jets: String
    public let acceptance: Acceptance
    public let response: MeanResponse
    public let resolution: CoreResolution
    public let features: CardFeatures
    public let pseudoData: PseudoDataOverlay?

    public var absEtaMaximum: Double { acceptance.absEtaMaximum }

    /// - Throws: where the parts do not fit together or the response leaves its range somewhere in the acceptance.
    public init(
        name: String, summary: String, jets: String = "", acceptance: Acceptance, response: MeanResponse,
        resolution: CoreResolution, features: CardFeatures = CardFeatures(), pseudoData: PseudoDataOverlay?
    ) throws(CardError) {
        self.name = name
        self.summary = summary
        self.jets = jets
        self.acceptance = acceptance
        self.response = response
        self.resolution = resolution
        self.features = features
        self.pseudoData = pseudoData
        guard !name.isEmpty else { throw CardError(["name"], "the name is empty", "give the detector a name") }
        if let calorimeter = response.calorimeter {
            guard calorimeter.coveredAbsEta >= absEtaMaximum else {
                throw CardError(
                    ["calorimeter", "sub_calorimeters"],
                    "they end at |η| = \(calorimeter.coveredAbsEta), before the acceptance of |η| < \(absEtaMaximum)",
                    "extend the outermost one or lower acceptance.abs_eta_max")
            }
        }
        if let map = response.map { try requireCoverage(map.coverage, ["response", "regions"]) }
        if let map = resolution.map {
            try requireCoverage(map.coverage, ["resolution", "regions"])
            try requirePossible(map)
        }
        try requireFeatures()
        if let overlay = pseudoData { try requireOverlay(overlay) }
        try requirePossibleResponses()
    }
}
