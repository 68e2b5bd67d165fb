internal import Binning

/// A stretch of data taking with a response of its own.
public struct Period: Sendable, Equatable {
    /// How many a card may have: each is a grid of its own.
    static let most = 16

    public let run: Int
    /// Of the events.
    public let share: Double
    /// Multiplies the response; nil leaves it.
    public let response: ResponseMap?

    public init(run: Int, share: Double, response: ResponseMap?, path: [String]) throws(CardError) {
        self.run = run
        self.share = share
        self.response = response
        guard run > 0, run < 1 << 30 else {
            throw CardError(path + ["run"], "\(run) is not a run number", "give a positive whole number")
        }
        guard share >= 1e-6, share <= 1 else {
            throw CardError(
                path + ["share"], "a share of \(share) is out of range", "give a share of the events, 1e-6 to 1")
        }
    }
}

/// How data differ from the simulation of the same detector.
public struct PseudoDataOverlay: Sendable, Equatable {
    /// Multiplies the response; nil leaves it.
    public let response: ResponseMap?
    /// Multiplies the resolution.
    public let resolutionScale: EtaSteps
    /// Modules that do not work, beside the card's.
    public let deadModules: [DeadModule]
    /// The number of interactions; nil for that of the simulation.
    public let interactions: InteractionProfile?
    /// In order of time; empty for one.
    public let periods: [Period]

    /// What the response of simulation is multiplied with at (η, true pT in GeV), the mean over the periods; without modules.
    public func meanResponse(eta: Double, pt: Double) -> Double {
        let factor = response?.value(eta: eta, pt: pt) ?? 1
        guard !periods.isEmpty else { return factor }
        return periods.reduce(0) { $0 + factor * $1.share * ($1.response?.value(eta: eta, pt: pt) ?? 1) }
    }

    public init(
        response: ResponseMap?, resolutionScale: EtaSteps, deadModules: [DeadModule] = [],
        interactions: InteractionProfile? = nil, periods: [Period] = [], path: [String]
    ) throws(CardError) {
        self.response = response
        self.resolutionScale = resolutionScale
        self.deadModules = deadModules
        self.interactions = interactions
        self.periods = periods
        for (index, region) in resolutionScale.regions.enumerated() {
            guard region.value.isFinite, region.value > 0, region.value <= 3 else {
                let place = resolutionScale.isConstant ? [] : ["regions", "\(index)", "value"]
                throw CardError(
                    path + ["resolution_scale"] + place, "a resolution scale of \(region.value) is out of range",
                    "give a factor in (0, 3]")
            }
        }
        guard deadModules.count <= DeadModule.most else {
            throw CardError(
                path + ["dead_modules"], "there are \(deadModules.count) modules", "give at most \(DeadModule.most)")
        }
        guard periods.count <= Period.most else {
            throw CardError(path + ["periods"], "there are \(periods.count) periods", "give at most \(Period.most)")
        }
        for (index, period) in periods.enumerated()
        where periods[..<index].contains(where: { $0.run == period.run }) {
            throw CardError(
                path + ["periods", "\(index)", "run"], "run \(period.run) is there twice", "give each its own number")
        }
        let sum = periods.reduce(0) { $0 + $1.share }
        guard periods.isEmpty || abs(sum - 1) < 1e-6 else {
            throw CardError(path + ["periods"], "the shares add up to \(sum)", "make them add up to 1")
        }
    }
}
