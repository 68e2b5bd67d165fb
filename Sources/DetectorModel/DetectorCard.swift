internal import Binning

/// How data differ from the simulation of the same detector.
public struct PseudoDataOverlay: Sendable, Equatable {
    /// Multiplies the response; nil leaves it.
    public let response: ResponseMap?
    /// Multiplies the resolution.
    public let resolutionScale: Double

    public init(response: ResponseMap?, resolutionScale: Double, path: [String]) throws(CardError) {
        guard resolutionScale.isFinite, resolutionScale > 0, resolutionScale <= 3 else {
            throw CardError(
                path + ["resolution_scale"], "a resolution scale of \(resolutionScale) is out of range",
                "give a factor in (0, 3]")
        }
        self.response = response
        self.resolutionScale = resolutionScale
    }
}

/// A detector as data: what happens to a true jet as a function of its η and pT.
public struct DetectorCard: Sendable, Equatable {
    public let name: String
    public let summary: String
    /// The jet definition that response and resolution belong to, for figures and people; may be empty.
    public let jets: String
    /// Jets beyond this |η| are lost.
    public let absEtaMaximum: Double
    public let response: ResponseMap
    public let resolution: ResolutionMap
    public let pseudoData: PseudoDataOverlay?

    /// - Throws: where the parts do not fit together or the response leaves its range somewhere in the acceptance.
    public init(
        name: String, summary: String, jets: String = "", absEtaMaximum: Double, response: ResponseMap,
        resolution: ResolutionMap, pseudoData: PseudoDataOverlay?
    ) throws(CardError) {
        self.name = name
        self.summary = summary
        self.jets = jets
        self.absEtaMaximum = absEtaMaximum
        self.response = response
        self.resolution = resolution
        self.pseudoData = pseudoData
        guard !name.isEmpty else { throw CardError(["name"], "the name is empty", "give the detector a name") }
        guard absEtaMaximum >= 0.1, absEtaMaximum <= 8 else {
            throw CardError(
                ["acceptance", "abs_eta_max"], "an acceptance of \(absEtaMaximum) is out of range",
                "give 0.1 ≤ |η| ≤ 8")
        }
        try requireCoverage(
            response.regions.first?.low, response.regions.last?.high, response.convention, ["response", "regions"])
        try requireCoverage(
            resolution.regions.first?.low, resolution.regions.last?.high, resolution.convention,
            ["resolution", "regions"])
        try requirePossible([response], ["response"])
        if let overlay = pseudoData?.response {
            try requireCoverage(
                overlay.regions.first?.low, overlay.regions.last?.high, overlay.convention,
                ["pseudo_data", "response", "regions"])
            try requirePossible([overlay], ["pseudo_data", "response"])
            try requirePossible([response, overlay], ["pseudo_data", "response"])
        }
    }

    private func requireCoverage(
        _ low: Double?, _ high: Double?, _ convention: EtaConvention, _ path: [String]
    ) throws(CardError) {
        let needed = convention == .absolute ? 0 : -absEtaMaximum
        guard let low, let high, low <= needed, high >= absEtaMaximum else {
            throw CardError(
                path, "the regions do not reach the acceptance of |η| < \(absEtaMaximum)",
                "extend the outermost regions or lower acceptance.abs_eta_max")
        }
    }

    /// Cracks, extrapolation and the overlay may combine to something that no single number shows. Every node of the
    /// grid that the detector becomes is looked at; where the bounds of all pT are possible, its pT nodes need not be.
    private func requirePossible(_ maps: [ResponseMap], _ path: [String]) throws(CardError) {
        let nodes = Detector.etaNodes(absEtaMaximum)
        for node in 0..<nodes {
            let eta = -absEtaMaximum + Double(node) * 2 * absEtaMaximum / Double(nodes - 1)
            var (lowest, highest) = (1.0, 1.0)
            for map in maps {
                let (low, high) = map.bounds(eta: eta)
                lowest *= low
                highest *= high
            }
            guard !(lowest >= 0.05 && highest <= 5) else { continue }
            for ptNode in 0..<OctaveAxis.count {
                let pt = OctaveAxis.value(ptNode)
                let value = maps.reduce(1) { $0 * $1.value(eta: eta, pt: pt) }
                guard value >= 0.05, value <= 5 else {
                    throw CardError(
                        path, "the response is \(value) at η = \((eta * 1000).rounded() / 1000), pT = \(pt) GeV",
                        "make cracks shallower or give the table another pT node")
                }
            }
        }
    }
}
