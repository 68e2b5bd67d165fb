#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// One thing that a card promises, and what simulated events show of it.
public struct DetectorCriterion: Sendable {
    /// Keys stand in files.
    public enum Quantity: String, Sendable, CaseIterable {
        case gridResponse = "grid_response"
        case gridResolution = "grid_resolution"
        case response
        case width = "core_width"
        case lowTail = "low_tail"
        case highTail = "high_tail"
        case period
        case module = "dead_module"
        case etaPull = "eta_pull"
        case etaWidth = "eta_resolution"
        case phiWidth = "phi_resolution"
        case vertex
        case vertexSpread = "vertex_spread"
        case vertexAgreement = "vertex_agreement"
        case acceptance
        case softResponse = "soft_response"
        case softParallel = "soft_parallel"
        case softPerpendicular = "soft_perpendicular"
        case noise = "missing_pt_noise"
        case noiseSlope = "missing_pt_noise_growth"
        case pileUpJets = "pile_up_jets"
        case interactions
        case interactionsWidth = "interactions_width"
        case meanWeight = "mean_weight"
        case weightedInteractions = "weighted_interactions"
        case weightedInteractionsWidth = "weighted_interactions_width"
        case projection = "mpf_response"

        public var title: String {
            switch self {
            case .gridResponse: "response on the simulation's grid"
            case .gridResolution: "resolution on the simulation's grid"
            case .response: "mean response of true jets"
            case .width: "width of the core"
            case .lowTail: "share of jets below -2.5 widths"
            case .highTail: "share of jets above +2.5 widths"
            case .period: "response by period"
            case .module: "response inside dead modules"
            case .etaPull: "displacement in eta"
            case .etaWidth: "resolution of eta"
            case .phiWidth: "resolution of phi"
            case .vertex: "mean vertex along the beam (mm)"
            case .vertexSpread: "spread of vertices"
            case .vertexAgreement: "vertex by two jets of an event (mm)"
            case .acceptance: "jets seen where there are none"
            case .softResponse: "response of the soft term"
            case .softParallel: "soft term, width along"
            case .softPerpendicular: "soft term, width across"
            case .noise: "missing pT noise at no energy"
            case .noiseSlope: "missing pT noise, growth with root sum ET"
            case .pileUpJets: "share of events with a jet of pile-up"
            case .interactions: "mean number of interactions"
            case .interactionsWidth: "width of the number of interactions"
            case .meanWeight: "mean weight to data's interactions"
            case .weightedInteractions: "mean interactions, weighted to data"
            case .weightedInteractionsWidth: "width of interactions, weighted to data"
            case .projection: "MPF response"
            }
        }
    }

    /// Which sample showed it.
    public enum Sample: String, Sendable, CaseIterable { case simulation, data }

    public let quantity: Quantity
    public let sample: Sample
    /// Where, in words that are the same each time: `eta 1.3..1.5, pT 30 GeV, gluon`.
    public let place: String
    /// Centre of the place, for figures; nil where it has none.
    public let eta: Double?
    public let pt: Double?
    public let measured: Double
    /// Of the measurement, one standard deviation.
    public let uncertainty: Double
    public let expected: Double
    /// Largest difference; relative to what is expected or absolute.
    public let limit: Double
    /// What the numbers are in units of, for figures.
    public let level: Double
    public let isRelative: Bool

    /// Measured less expected in the limit's unit.
    public var difference: Double { (measured - expected) / scale }
    public var differenceUncertainty: Double { uncertainty / scale }
    private var scale: Double { isRelative && expected != 0 ? abs(expected) : 1 }

    /// Whether it holds: within the limit, or within what chance does.
    /// - Parameter chance: standard deviations.
    public func holds(chance: Double) -> Bool {
        abs(difference) <= limit || abs(difference) <= chance * differenceUncertainty
    }

    init(
        _ quantity: Quantity, _ sample: Sample, _ place: String, eta: Double? = nil, pt: Double? = nil,
        measured: Double, uncertainty: Double, expected: Double, limit: Double, level: Double = 1,
        isRelative: Bool = true
    ) {
        self.quantity = quantity
        self.sample = sample
        self.place = place
        self.eta = eta
        self.pt = pt
        self.measured = measured
        self.uncertainty = uncertainty
        self.expected = expected
        self.limit = limit
        self.level = level
        self.isRelative = isRelative
    }

    /// How many standard deviations one of `count` normal numbers exceeds in either direction once in a hundred times.
    static func chance(among count: Int) -> Double {
        let share = 0.01 / Double(max(count, 1))
        var (low, high) = (1.0, 10.0)
        for _ in 0..<60 {
            let middle = 0.5 * (low + high)
            if erfc(middle / 2.0.squareRoot()) > share { low = middle } else { high = middle }
        }
        return high
    }
}
