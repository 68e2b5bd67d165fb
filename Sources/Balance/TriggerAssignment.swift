public import Binning
internal import JetPhysics

/// Which triggers decide about the dijets of each bin of pT_avg, and what a kept one stands for.
///
/// In each bin the trigger with the lowest prescale of those that are efficient from its lower edge on decides: one of all jets or
/// of central ones for dijets with a central jet, one of all or of forward ones for those with a forward jet. Where both decide,
/// an event is kept if either has kept it, and stands for the inverse of that probability, 1 − (1 − 1/p)(1 − 1/p').
public struct TriggerAssignment: Sendable, Equatable {
    struct Rule: Equatable {
        /// Bits of the triggers; none where nothing decides, and no event is kept.
        let mask: UInt32
        let weight: Double
    }

    public let menu: TriggerMenu
    public let ptAverage: Axis
    /// By pT bin and number of forward jets.
    private let rules: [Rule]

    /// - Parameter ptAverage: the bins that triggers are assigned to, GeV.
    public init(_ menu: TriggerMenu, ptAverage: Axis) {
        self.menu = menu
        self.ptAverage = ptAverage
        rules = (0..<ptAverage.count).flatMap { bin in
            (0...2).map { forward in
                func best(_ region: TriggerMenu.Region) -> Int? {
                    menu.triggers.indices.filter {
                        let trigger = menu.triggers[$0]
                        return trigger.ptAverageMinimum <= ptAverage.edges[bin]
                            && (trigger.region == .any || trigger.region == region)
                    }.min { menu.triggers[$0].prescale < menu.triggers[$1].prescale }
                }
                let deciding = Set(
                    [forward < 2 ? best(.central) : nil, forward > 0 ? best(.forward) : nil].compactMap { $0 })
                guard !deciding.isEmpty else { return Rule(mask: 0, weight: 0) }
                let missed = deciding.reduce(1) { $0 * (1 - 1 / menu.triggers[$1].prescale) }
                return Rule(mask: deciding.reduce(0) { $0 | 1 << UInt32($1) }, weight: 1 / (1 - missed))
            }
        }
    }

    /// What a kept dijet of this bin of pT_avg stands for, with 0 to 2 of its jets forward; nil where nothing decides.
    public func weight(ptBin: Int, forwardJets: Int) -> Double? {
        let rule = rules[3 * ptBin + forwardJets]
        return rule.mask == 0 ? nil : rule.weight
    }

    func rule(ptBin: Int, etas: (Double, Double)) -> Rule {
        let forward = (abs(etas.0) >= menu.forwardAbsEta ? 1 : 0) + (abs(etas.1) >= menu.forwardAbsEta ? 1 : 0)
        return rules[3 * ptBin + forward]
    }

    /// Keeps those dijets that their triggers kept, with the weight that they stand for, and puts them first.
    /// - Returns: how many they are.
    func filter(_ events: UnsafeMutableBufferPointer<Dijet>, _ block: ReconstructedBlock) -> Int {
        var kept = 0
        for event in events where event.ptBin >= 0 {
            let row = Int(event.row)
            let rule = rule(
                ptBin: Int(event.ptBin), etas: (block.detectorEta[row], block.detectorEta[block.capacity + row]))
            guard block.triggers[row] & rule.mask != 0 else { continue }
            events[kept] = event
            events[kept].weight *= rule.weight
            kept += 1
        }
        return kept
    }
}
