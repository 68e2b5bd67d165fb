/// Jet triggers with their prescales. Each bin of pT_avg is filled by one of them.
public struct TriggerMenu: Sendable, Equatable {
    public struct Trigger: Sendable, Equatable {
        public let name: String
        /// pT_avg in GeV from which on the trigger is efficient.
        public let ptAverageMinimum: Double
        /// One of so many events is kept.
        public let prescale: Double

        public init(name: String, ptAverageMinimum: Double, prescale: Double) {
            self.name = name
            self.ptAverageMinimum = ptAverageMinimum
            self.prescale = prescale
        }
    }

    public let triggers: [Trigger]

    /// - Parameter triggers: at least one; names differ, thresholds are not negative, prescales at least 1.
    public init(_ triggers: [Trigger]) throws(TriggerError) {
        guard !triggers.isEmpty else { throw TriggerError([], "there are no triggers", "give at least one") }
        for (index, trigger) in triggers.enumerated() {
            if triggers[..<index].contains(where: { $0.name == trigger.name }) {
                throw TriggerError(["\(index)", "name"], "two triggers have this name", "rename one of them")
            }
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
        }
        self.triggers = triggers
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
