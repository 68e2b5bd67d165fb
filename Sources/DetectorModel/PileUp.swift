#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The distribution of the number of interactions μ: a Gaussian, cut off at 0 and at four widths.
public struct InteractionProfile: Sendable, Equatable {
    public let mean: Double
    public let width: Double

    public init(mean: Double, width: Double, path: [String]) throws(CardError) {
        self.mean = mean
        self.width = width
        try requireRange(mean, 0...400, path + ["mean"], unit: "interactions")
        try requireRange(width, 0...200, path + ["width"], unit: "interactions")
    }

    init() { (mean, width) = (0, 0) }

    /// No μ lies below or above.
    public var lowest: Double { max(0, mean - 4 * width) }
    public var highest: Double { mean + 4 * width }

    private func normal(_ mu: Double) -> Double { 0.5 * erfc((mean - mu) / (width * 2.0.squareRoot())) }

    /// Values that `steps` equal shares of the probability lie between.
    public func quantiles(steps: Int) -> [Double] {
        guard width > 0 else { return Array(repeating: mean, count: steps + 1) }
        let (from, to) = (normal(lowest), normal(highest))
        return (0...steps).map { step in
            let wanted = from + (to - from) * Double(step) / Double(steps)
            var (low, high) = (lowest, highest)
            for _ in 0..<60 {
                let middle = 0.5 * (low + high)
                if normal(middle) < wanted { low = middle } else { high = middle }
            }
            return 0.5 * (low + high)
        }
    }

    /// The probability density at μ from `lowest` to `highest`, of a profile that has a width.
    public func density(_ mu: Double) -> Double { relativeDensity(mu) / (2 * Double.pi).squareRoot() }

    /// `quantiles` for a table that is linear between them. Its outermost steps hold all to four widths, most of it near their
    /// inner ends: the outer ends are moved so that the mean of each step is that of the profile.
    public func tableValues(steps: Int) -> [Double] {
        var values = quantiles(steps: steps)
        guard width > 0, steps > 1 else { return values }
        values[0] = max(0, 2 * meanBetween(values[0], values[1]) - values[1])
        values[steps] = 2 * meanBetween(values[steps - 1], values[steps]) - values[steps - 1]
        return values
    }

    /// The mean of those μ that lie between two.
    private func meanBetween(_ low: Double, _ high: Double) -> Double {
        func bell(_ mu: Double) -> Double { exp(-0.5 * (mu - mean) * (mu - mean) / (width * width)) }
        return mean - width / (2 * Double.pi).squareRoot() * (bell(high) - bell(low)) / (normal(high) - normal(low))
    }

    /// The density at μ, up to a constant.
    private func relativeDensity(_ mu: Double) -> Double {
        let pull = (mu - mean) / width
        return exp(-0.5 * pull * pull) / (width * (normal(highest) - normal(lowest)))
    }

    /// The probability between two μ.
    private func share(_ low: Double, _ high: Double) -> Double {
        let (from, to) = (max(low, lowest), min(high, highest))
        return from < to ? (normal(to) - normal(from)) / (normal(highest) - normal(lowest)) : 0
    }

    /// Weights at this profile's quantiles that make it another one; their mean (by trapezia) is 1. Between quantiles they are
    /// ratios of densities; at the ends they make the share of the outermost steps that of the other profile.
    public func weights(toward other: InteractionProfile, steps: Int) -> [Double] {
        guard other != self, width > 0, other.width > 0 else { return Array(repeating: 1, count: steps + 1) }
        let own = quantiles(steps: steps)
        var raw = own.map { other.relativeDensity($0) / relativeDensity($0) }
        raw[0] = max(0, 2 * Double(steps) * other.share(-.infinity, own[1]) - raw[1])
        raw[steps] = max(0, 2 * Double(steps) * other.share(own[steps - 1], .infinity) - raw[steps - 1])
        let sum = raw.reduce(0, +) - 0.5 * (raw[0] + raw[steps])
        return raw.map { $0 * Double(steps) / sum }
    }
}

/// Jets of other interactions. Above a true pT there are μ · rate · (20 GeV / pT)^power of them on average; the hardest one is
/// simulated, and measured with the mean response where it is.
public struct PileUpJets: Sendable, Equatable {
    /// Above 20 GeV, an interaction, before any rejection.
    public let rate: Double
    public let power: Double
    /// They are uniform in η up to here.
    public let absEtaMaximum: Double
    /// Where and for what jets tracks can tell: |η| and GeV.
    public let trackerAbsEta: Double
    public let rejectionPtMaximum: Double
    /// Share of them that is rejected there, and share of the hard interaction's jets that is lost by that.
    public let rejection: Double
    public let hardLoss: Double

    public init(
        rate: Double, power: Double, absEtaMaximum: Double, trackerAbsEta: Double, rejectionPtMaximum: Double,
        rejection: Double, hardLoss: Double, path: [String]
    ) throws(CardError) {
        self.rate = rate
        self.power = power
        self.absEtaMaximum = absEtaMaximum
        self.trackerAbsEta = trackerAbsEta
        self.rejectionPtMaximum = rejectionPtMaximum
        self.rejection = rejection
        self.hardLoss = hardLoss
        try requireRange(rate, 0...0.1, path + ["rate"], unit: "jets above 20 GeV an interaction")
        try requireRange(power, 2...10, path + ["power"])
        try requireRange(absEtaMaximum, 0.1...8, path + ["abs_eta_max"])
        try requireRange(trackerAbsEta, 0...absEtaMaximum, path + ["tracker_abs_eta_max"])
        try requireRange(rejectionPtMaximum, 0...1000, path + ["pt_max"], unit: "GeV")
        try requireRange(rejection, 0...1, path + ["rejection"], unit: "(an efficiency)")
        try requireRange(hardLoss, 0...0.5, path + ["hard_loss"], unit: "(a probability)")
        for (key, share) in [("rejection", rejection), ("hard_loss", hardLoss)]
        where share > 0 && (trackerAbsEta == 0 || rejectionPtMaximum == 0) {
            throw CardError(
                path + [key], "it acts nowhere without tracks", "give tracker_abs_eta_max and pt_max above 0")
        }
    }

    /// Only the hardest one is simulated, and it is a by-product: neither crowds nor hard jets of their own right.
    func requirePossible(_ profile: InteractionProfile, _ path: [String]) throws(CardError) {
        let number = profile.mean * rate
        guard number <= 10 else {
            throw CardError(
                path, "there are \(number) jets of pile-up above 20 GeV in an event", "give at most 10: rate × μ")
        }
        let hard = number * pow(0.1, power)
        guard hard <= 0.01 else {
            throw CardError(
                path, "\(hard) of the events have a jet of pile-up above 200 GeV",
                "give at most 0.01: a lower rate or a larger power")
        }
    }
}

extension PileUpJets {
    /// How many of them `mu` interactions have on average above `pt` (GeV), before any rejection.
    public func expected(above pt: Double, mu: Double) -> Double { mu * rate * pow(20 / pt, power) }

    /// Share of them that no rejection takes, inside the tracker and outside. As it is simulated, at any pT: beyond the one where
    /// the rejection ends there are hardly any.
    public var remainingShare: Double {
        let inside = trackerAbsEta / absEtaMaximum
        return inside * (1 - rejection) + 1 - inside
    }
}

/// What other interactions in the same bunch crossing do.
public struct PileUp: Sendable, Equatable {
    public let profile: InteractionProfile
    /// GeV of pT for the root of μ, in quadrature with the resolution.
    public let noise: EtaSteps
    /// The μ that the resolution of the card belongs to; its noise is in it.
    public let resolutionMu: Double
    public let jets: PileUpJets?

    public init(
        profile: InteractionProfile, noise: EtaSteps, resolutionMu: Double, jets: PileUpJets?, path: [String]
    ) throws(CardError) {
        self.profile = profile
        self.noise = noise
        self.resolutionMu = resolutionMu
        self.jets = jets
        try requireRange(resolutionMu, 0...400, path + ["resolution_mu"], unit: "interactions")
        try jets?.requirePossible(profile, path + ["jets"])
    }

    /// The variance (of σ/pT) that μ interactions add to those that the card's resolution knows of.
    public func addedVariance(eta: Double, pt: Double, mu: Double) -> Double {
        let noise = noise.value(eta: eta) / pt
        return noise * noise * (mu - resolutionMu)
    }

    /// σ/pT with `mu` interactions where the card's resolution is `core`; never less than a fifth of it.
    public func resolution(core: Double, eta: Double, pt: Double, mu: Double) -> Double {
        max(core * core + addedVariance(eta: eta, pt: pt, mu: mu), 0.04 * core * core).squareRoot()
    }
}
