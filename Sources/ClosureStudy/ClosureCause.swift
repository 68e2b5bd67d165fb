#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Something that accounts for a bin's non-closure, with the number that says so.
public enum ClosureCause: Sendable, Equatable {
    /// |δ| ≤ 2u. With `events` times as many events 2u would equal the tolerance; at most 1 when it does not exceed it.
    case statistics(events: Double)
    /// Of all tested bins this many are expected to deviate by as many standard deviations, by chance.
    case chance(expected: Double, bins: Int)
    /// Data over simulation varies by this much across the bin's η range, and one constant is the same all over it.
    case etaVariation(Double)
    /// δ that perfect constants would leave because they are linear in ln pT between their nodes.
    case ptInterpolation(left: Double)
    /// δ that perfect constants would leave where they are carried on flat from the node (GeV), for this share of the jets.
    case flatContinuation(left: Double, node: Double, share: Double)
    /// δ that comes from the constants not being those that the cards ask for; `pull` is that of the bin's own constant.
    case constants(shift: Double, pull: Double)
    /// The pT bin's fit is poor.
    case poorFit(probability: Double)
    /// The last pass still moved a constant by this many standard deviations.
    case unsettled(change: Double)
    /// Significant, and none of the above.
    case unexplained
}

/// The numbers that causes are read off.
package struct ClosureEvidence {
    /// A fit with a smaller χ² probability is called poor.
    package static let smallestProbability = 1e-3
    /// Constants that a pass moved by more standard deviations have not settled.
    package static let largestChange = 3.0
    /// A predicted δ of the same sign is named from this share of the δ seen.
    package static let smallestShare = 1.0 / 3

    package var nonclosure: Double
    package var uncertainty: Double
    package var tolerance: Double
    package var binsTested: Int
    /// Of data over simulation across the bin's η range, largest minus smallest; nil where detectors are not known.
    package var etaVariation: Double?
    /// δ that perfect constants would leave, and that the fitted ones should.
    package var leftByIdeal: Double?
    package var leftByFitted: Double?
    package var flatShare = 0.0
    package var flatNode: Double?
    package var constantPull: Double?
    package var fitProbability: Double?
    package var lastChange: Double?

    package init(nonclosure: Double, uncertainty: Double, tolerance: Double, binsTested: Int) {
        self.nonclosure = nonclosure
        self.uncertainty = uncertainty
        self.tolerance = tolerance
        self.binsTested = binsTested
    }

    package var causes: [ClosureCause] {
        let size = abs(nonclosure)
        guard size > 2 * uncertainty else {
            let ratio = 2 * uncertainty / tolerance
            return [.statistics(events: ratio * ratio)]
        }
        func accounts(_ part: Double) -> Bool {
            part * nonclosure > 0 && abs(part) >= Self.smallestShare * size
        }
        var causes: [ClosureCause] = []
        let isStep = (etaVariation ?? 0) >= size
        if isStep, let etaVariation { causes.append(.etaVariation(etaVariation)) }
        if let left = leftByIdeal, accounts(left) {
            if flatShare > 0.5, let flatNode {
                causes.append(.flatContinuation(left: left, node: flatNode, share: flatShare))
            } else {
                causes.append(.ptInterpolation(left: left))
            }
        }
        // Over a step, constants weigh both sides by their events, and what is asked for by their widths.
        if let leftByIdeal, let leftByFitted, let constantPull, accounts(leftByFitted - leftByIdeal),
            !isStep || abs(constantPull) <= Self.largestChange
        {
            causes.append(.constants(shift: leftByFitted - leftByIdeal, pull: constantPull))
        }
        if let fitProbability, fitProbability < Self.smallestProbability {
            causes.append(.poorFit(probability: fitProbability))
        }
        if let lastChange, lastChange > Self.largestChange { causes.append(.unsettled(change: lastChange)) }
        let expected = uncertainty > 0 ? Double(binsTested) * erfc(size / uncertainty / 2.0.squareRoot()) : 0
        if expected >= 1 { causes.append(.chance(expected: expected, bins: binsTested)) }
        return causes.isEmpty ? [.unexplained] : causes
    }
}
