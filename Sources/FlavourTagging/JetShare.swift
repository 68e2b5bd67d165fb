/// A share of jets with its binomial uncertainty; both 0 without jets.
public struct JetShare: Sendable, Equatable {
    public let passed: Int64
    public let jets: Int64

    public init(passed: Int64, jets: Int64) { (self.passed, self.jets) = (passed, jets) }

    /// Of jets by score: those of a score and above.
    public init(scores: [Int64], from score: Int) {
        self.init(passed: scores[(score - 1)...].reduce(0, +), jets: scores.reduce(0, +))
    }

    public var value: Double { jets > 0 ? Double(passed) / Double(jets) : 0 }

    /// √(p (1 − p)/n) with p moved by half a jet away from 0 and 1, where it would vanish.
    public var uncertainty: Double {
        guard jets > 0 else { return 0 }
        let (count, least) = (Double(jets), 0.5 / Double(jets))
        let share = min(max(value, least), 1 - least)
        return (share * (1 - share) / count).squareRoot()
    }

    /// One over it; infinite where no jet passed.
    public var rejection: Double { 1 / value }
    public var rejectionUncertainty: Double { uncertainty / (value * value) }
}
