/// A measured number with its statistical uncertainty, one standard deviation.
public struct Estimate: Sendable, Equatable {
    public let value: Double
    public let uncertainty: Double

    public init(_ value: Double, uncertainty: Double) {
        self.value = value
        self.uncertainty = uncertainty
    }

    /// The ratio of two independent numbers; nil when the second is 0.
    static func ratio(_ first: Estimate, _ second: Estimate) -> Estimate? {
        guard second.value != 0 else { return nil }
        let ratio = first.value / second.value
        let square = squared(first.uncertainty / second.value) + squared(ratio * second.uncertainty / second.value)
        return Estimate(ratio, uncertainty: square.squareRoot())
    }

    /// How many standard deviations of both two independent numbers are apart; 0 when they are equal.
    static func pull(_ first: Estimate, _ second: Estimate) -> Double {
        let difference = first.value - second.value
        let square = squared(first.uncertainty) + squared(second.uncertainty)
        return difference == 0 ? 0 : difference / square.squareRoot()
    }
}

@inline(__always)
func squared(_ value: Double) -> Double { value * value }

/// Sums of weights and of their squares.
public struct WeightSum: Sendable, Equatable {
    public var weight: Double
    public var squares: Double

    public init(weight: Double = 0, squares: Double = 0) {
        self.weight = weight
        self.squares = squares
    }

    /// Events of equal weight that would carry the same information, (Σw)²/Σw²; 0 for none.
    public var effectiveEvents: Double { squares > 0 ? weight * weight / squares : 0 }

    public var estimate: Estimate { Estimate(weight, uncertainty: squares.squareRoot()) }

    static func + (left: WeightSum, right: WeightSum) -> WeightSum {
        WeightSum(weight: left.weight + right.weight, squares: left.squares + right.squares)
    }

    /// The same with each weight multiplied.
    func scaled(by factor: Double) -> WeightSum {
        WeightSum(weight: weight * factor, squares: squares * factor * factor)
    }

    /// The share that a part of these events has, with its binomial uncertainty for weighted events; nil without events.
    ///
    /// Var p = [(1 − 2p) Σ_part w² + p² Σ_all w²] / (Σ_all w)². A share of exactly 0 or 1 is not known better than to one
    /// event: the uncertainty is at least 1/N_eff.
    func share(of part: WeightSum) -> Estimate? {
        guard weight > 0, squares > 0 else { return nil }
        let share = part.weight / weight
        let variance = ((1 - 2 * share) * part.squares + share * share * squares) / (weight * weight)
        return Estimate(share, uncertainty: max(variance, squared(1 / effectiveEvents)).squareRoot())
    }
}

/// Mean and spread of a quantity, from weighted sums of its powers.
public struct SpreadMoments: Sendable, Equatable {
    public let effectiveEvents: Double
    public let mean: Estimate
    /// The standard deviation about the mean. Its uncertainty takes the fourth moment into account:
    /// Var s = (m₄ − m₂²) / (4 N m₂).
    public let spread: Estimate

    /// - Parameter powers: Σw, Σwx, Σwx², Σwx³, Σwx⁴.
    /// - Returns: nil for fewer than two events or values that are all the same.
    init?(weights: WeightSum, powers: [Double]) {
        let events = weights.effectiveEvents
        guard events > 1.5, weights.weight > 0 else { return nil }
        let moment = powers.map { $0 / weights.weight }
        let average = moment[1]
        let second = moment[2] - average * average
        let fourth =
            moment[4] - 4 * average * moment[3] + 6 * average * average * moment[2]
            - 3 * squared(squared(average))
        guard second > 0 else { return nil }
        effectiveEvents = events
        mean = Estimate(average, uncertainty: (second / events).squareRoot())
        let variance = max(fourth - second * second, 0) / (4 * events * second)
        spread = Estimate(second.squareRoot(), uncertainty: variance.squareRoot())
    }
}
