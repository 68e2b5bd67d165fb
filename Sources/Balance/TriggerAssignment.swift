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
    let binning: BalanceBinning
    /// By pT bin and number of forward jets.
    private let rules: [Rule]
    /// Where the jets of each η bin lie: the bit 1 for central, 2 for forward.
    private let sides: [Int]
    /// By pT bin and the sides of both η bins.
    private let units: [Double]

    /// - Parameter binning: triggers are assigned to its bins of pT_avg.
    public init(_ menu: TriggerMenu, binning: BalanceBinning) {
        self.menu = menu
        self.binning = binning
        let (pt, eta) = (binning.ptAverage, binning.eta)
        let rules = (0..<pt.count).flatMap { bin in
            (0...2).map { forward in
                func best(_ region: TriggerMenu.Region) -> Int? {
                    menu.triggers.indices.filter {
                        let trigger = menu.triggers[$0]
                        return trigger.ptAverageMinimum <= pt.edges[bin]
                            && (trigger.region == .any || trigger.region == region)
                    }.min { menu.triggers[$0].prescale < menu.triggers[$1].prescale }
                }
                let deciding = Set(
                    [forward < 2 ? best(.central) : nil, forward > 0 ? best(.forward) : nil].compactMap { $0 })
                guard !deciding.isEmpty else { return Rule(mask: 0, weight: 0) }
                // 1 − (1 − q)(1 − q') without the 1 that the digits of a small q would drown in.
                let kept = deciding.map { 1 / menu.triggers[$0].prescale }.sorted().reduce(0) { $0 + $1 - $0 * $1 }
                return Rule(mask: deciding.reduce(0) { $0 | 1 << UInt32($1) }, weight: 1 / kept)
            }
        }
        self.rules = rules
        sides = (0..<eta.count).map { bin in
            let (low, high, border) = (eta.edges[bin], eta.edges[bin + 1], menu.forwardAbsEta)
            return (low < border && high > -border ? 1 : 0) | (low < -border || high > border ? 2 : 0)
        }
        units = (0..<pt.count).flatMap { bin in
            (0..<16).map { Self.unit(rules[3 * bin..<3 * bin + 3], $0 / 4, $0 % 4) }
        }
    }

    /// The bins that triggers are assigned to, GeV.
    public var ptAverage: Axis { binning.ptAverage }

    /// What a kept dijet of this bin of pT_avg stands for, with 0 to 2 of its jets forward; nil where nothing decides.
    public func weight(ptBin: Int, forwardJets: Int) -> Double? {
        let rule = rules[3 * ptBin + forwardJets]
        return rule.mask == 0 ? nil : rule.weight
    }

    /// - Parameters:
    ///   - rules: by number of forward jets.
    ///   - side: where the one jet may lie, and the other.
    private static func unit(_ rules: ArraySlice<Rule>, _ side: Int, _ other: Int) -> Double {
        let weights = [1, 2].flatMap { one in
            [1, 2].compactMap { two -> Double? in
                guard side & one != 0, other & two != 0 else { return nil }
                return rules[rules.startIndex + (one - 1) + (two - 1)].weight
            }
        }.filter { $0 > 0 }
        return max(weights.min() ?? 1, (weights.max() ?? 1) / 1000)
    }

    /// What sums of a cell count weights in.
    ///
    /// Prescales span many orders of magnitude, and sums have a fixed number of digits (`FixedPointTable`). In units of the
    /// smallest weight that a cell may have, its events count 1, as those without triggers do. Where central and forward jets share
    /// an η bin a cell has several weights, 1000 at most in these units, lest their squares leave the sums; the lighter ones then
    /// lose digits beside others that are more than a thousand times as heavy.
    /// - Parameter etaBins: of the two jets, in any order; −1 for one outside the axis.
    func unit(ptBin: Int, etaBins: (Int, Int)) -> Double {
        func side(_ bin: Int) -> Int { bin < 0 ? 3 : sides[bin] }
        return units[16 * ptBin + 4 * side(etaBins.0) + side(etaBins.1)]
    }

    /// The same of a cell of one η bin against any of several others.
    func unit(ptBin: Int, etaBin: Int, others: [Int]) -> Double {
        units[16 * ptBin + 4 * sides[etaBin] + others.reduce(0) { $0 | sides[$1] }]
    }

    /// What any kept event stands for at most.
    var largestWeight: Double { rules.reduce(1) { max($0, $1.weight) } }

    /// Of the triggers that decide about an event in this pT bin; nil where they have not kept it.
    private func weight(_ block: ReconstructedBlock, _ row: Int, ptBin: Int) -> Double? {
        guard ptBin >= 0 else { return nil }
        let etas = (block.detectorEta[row], block.detectorEta[block.capacity + row])
        let forward = (abs(etas.0) >= menu.forwardAbsEta ? 1 : 0) + (abs(etas.1) >= menu.forwardAbsEta ? 1 : 0)
        let rule = rules[3 * ptBin + forward]
        return block.triggers[row] & rule.mask != 0 ? rule.weight : nil
    }

    func keeps(_ block: ReconstructedBlock, row: Int, ptBin: Int) -> Bool { weight(block, row, ptBin: ptBin) != nil }

    /// Keeps those dijets that their triggers kept, with the weight that they stand for, and puts them first.
    /// - Returns: how many they are.
    func filter(_ events: UnsafeMutableBufferPointer<Dijet>, _ block: ReconstructedBlock) -> Int {
        var kept = 0
        for event in events {
            guard let weight = weight(block, Int(event.row), ptBin: Int(event.ptBin)) else { continue }
            events[kept] = event
            events[kept].weight *= weight
            kept += 1
        }
        return kept
    }
}
