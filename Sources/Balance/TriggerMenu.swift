#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Jet triggers with their prescales. Each bin of pT_avg is filled by one of them, or by one of central and one of forward jets.
public struct TriggerMenu: Sendable, Equatable {
    /// Which dijets a trigger looks at.
    public enum Region: String, Sendable, CaseIterable {
        /// All.
        case any
        /// Those with a jet below the menu's `forwardAbsEta`, and those with a jet beyond it.
        case central, forward
    }

    /// How a trigger sets in: it fires where the mean pT that it sees, the true calibration of the jets smeared by `width`, is
    /// above `threshold` (GeV).
    public struct TurnOn: Sendable, Equatable {
        public let threshold: Double
        /// Relative width.
        public let width: Double

        public init(threshold: Double, width: Double) {
            self.threshold = threshold
            self.width = width
        }

        /// The share of dijets of this mean pT (GeV) that fires.
        public func efficiency(ptAverage: Double) -> Double {
            guard width > 0 else { return ptAverage > threshold ? 1 : 0 }
            return 0.5 * erfc((threshold / ptAverage - 1) / (width * 2.0.squareRoot()))
        }

        /// The mean pT from which on more than `efficiency` of the dijets fire.
        public func ptAverage(efficiency: Double) -> Double {
            var (low, high) = (threshold, 4 * threshold)
            for _ in 0..<60 {
                let middle = 0.5 * (low + high)
                if self.efficiency(ptAverage: middle) > efficiency { high = middle } else { low = middle }
            }
            return high
        }
    }

    public struct Trigger: Sendable, Equatable {
        /// What a trigger counts as efficient from.
        public static let plateau = 0.99

        public let name: String
        /// pT_avg in GeV from which on the trigger is used.
        public let ptAverageMinimum: Double
        /// One of so many events is kept.
        public let prescale: Double
        /// nil for a trigger that always fires from `ptAverageMinimum` on.
        public let turnOn: TurnOn?
        public let region: Region

        public init(
            name: String, ptAverageMinimum: Double, prescale: Double, turnOn: TurnOn? = nil, region: Region = .any
        ) {
            self.name = name
            self.ptAverageMinimum = ptAverageMinimum
            self.prescale = prescale
            self.turnOn = turnOn
            self.region = region
        }
    }

    /// Each has a bit in an event's mask.
    public static let mostTriggers = 32

    public let triggers: [Trigger]
    /// Where forward jets begin.
    public let forwardAbsEta: Double

    /// - Parameter triggers: at least one; names differ, thresholds are not negative, prescales at least 1.
    public init(_ triggers: [Trigger], forwardAbsEta: Double = 2.853) throws(TriggerError) {
        guard !triggers.isEmpty else { throw TriggerError([], "there are no triggers", "give at least one") }
        guard triggers.count <= Self.mostTriggers else {
            throw TriggerError([], "there are \(triggers.count) triggers", "give at most \(Self.mostTriggers)")
        }
        for (index, trigger) in triggers.enumerated() {
            if triggers[..<index].contains(where: { $0.name == trigger.name }) {
                throw TriggerError(["\(index)", "name"], "two triggers have this name", "rename one of them")
            }
            try Self.validate(trigger, index)
        }
        self.triggers = triggers
        self.forwardAbsEta = forwardAbsEta
    }

    private static func validate(_ trigger: Trigger, _ index: Int) throws(TriggerError) {
        guard trigger.ptAverageMinimum >= 0, trigger.ptAverageMinimum <= 1e6 else {
            throw TriggerError(
                ["\(index)", "pt_avg_min"], "a threshold of \(trigger.ptAverageMinimum) GeV is out of range",
                "give 0 to 1e6 GeV")
        }
        guard trigger.prescale >= 1, trigger.prescale <= 1e15 else {
            throw TriggerError(
                ["\(index)", "prescale"], "a prescale of \(trigger.prescale) is not possible",
                "give a number from 1 (every event is kept) to 1e15")
        }
        guard let turnOn = trigger.turnOn else { return }
        guard turnOn.threshold > 0, turnOn.threshold <= 1e6 else {
            throw TriggerError(
                ["\(index)", "threshold"], "a threshold of \(turnOn.threshold) GeV is out of range",
                "give a positive pT in GeV")
        }
        guard turnOn.width >= 0, turnOn.width <= 0.3 else {
            throw TriggerError(
                ["\(index)", "width"], "a width of \(turnOn.width) is out of range", "give a share from 0 to 0.3")
        }
        let reached = turnOn.efficiency(ptAverage: trigger.ptAverageMinimum)
        guard reached >= Trigger.plateau - 1e-9 else {
            let from = turnOn.ptAverage(efficiency: Trigger.plateau)
            throw TriggerError(
                ["\(index)", "pt_avg_min"],
                "only \((reached * 1000).rounded() / 10) % fire at \(trigger.ptAverageMinimum) GeV",
                "give at least \((from * 10).rounded(.up) / 10) GeV, or leave it out")
        }
    }

    /// The trigger that fills a bin: the one with the lowest prescale, the first of equals, of those that are efficient from its
    /// lower edge on; nil when there is none.
    public func trigger(forBinFrom low: Double) -> Trigger? {
        triggers.filter { $0.ptAverageMinimum <= low }.min { $0.prescale < $1.prescale }
    }
}

/// Triggers that cannot be: the keys of the place, the problem and the remedy.
public struct TriggerError: Error, Equatable {
    public let path: [String]
    public let problem: String
    public let remedy: String

    init(_ path: [String], _ problem: String, _ remedy: String) {
        self.path = path
        self.problem = problem
        self.remedy = remedy
    }
}
