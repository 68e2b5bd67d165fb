internal import Binning

/// Cuts on α = pT3 / pT_avg, nested in each other, which balance is extrapolated over; the last is the selection's own.
public struct AlphaCuts: Sendable, Equatable {
    /// Classes between the cuts, from 0 on.
    let classes: Axis

    /// Increasing; the last one is the nominal cut.
    public var cuts: [Double] { Array(classes.edges.dropFirst()) }
    public var count: Int { classes.count }

    /// What is asked for where nothing is said: six cuts in equal steps, the last of which is the selection's own.
    public static func standard(_ selection: Selection) -> [Double] {
        (1...5).map { (selection.alphaMaximum * Double($0) / 6 * 1e6).rounded() / 1e6 }
    }

    /// - Parameters:
    ///   - cuts: increasing, at least two below the selection's; that one may be left out.
    ///   - selection: no event has a larger α than it allows.
    public init(_ cuts: [Double], selection: Selection) throws(SelectionError) {
        let nominal = selection.alphaMaximum
        // Three points show whether they are on a line; more than 16 are no finer than α is measured.
        let inner = (cuts.last.map { abs($0 - nominal) <= 1e-9 } ?? false) ? Array(cuts.dropLast()) : cuts
        guard 2...15 ~= inner.count else {
            throw SelectionError(
                key: "alpha_edges", problem: "\(inner.count) cuts below alpha_max \(nominal)",
                remedy: "give 2 to 15 cuts below it")
        }
        guard inner.allSatisfy({ $0 >= 0.001 && $0 <= nominal - 0.001 }),
            zip(inner, inner.dropFirst()).allSatisfy({ $0 <= $1 - 0.001 }),
            let classes = try? Axis(edges: [0] + inner + [nominal])
        else {
            throw SelectionError(
                key: "alpha_edges", problem: "\(cuts.map { "\($0)" }.joined(separator: ", ")) are not cuts on alpha",
                remedy: "give increasing cuts, 0.001 apart at least, up to alpha_max \(nominal)")
        }
        self.classes = classes
    }

    /// The α that third jets have on average which are too soft to be listed.
    ///
    /// They are not at 0. Where jets are listed from a threshold t on, and are even in α near it, those of its class have the mean
    /// (t + end of the class)/2, and those that are not listed t/2.
    func unseenAlpha(weight: [Double], alone: [Double], alpha: [Double]) -> Double {
        guard let first = weight.indices.first(where: { weight[$0] - alone[$0] > 0.01 * weight[$0] && weight[$0] > 0 })
        else { return 0 }
        let mean = alpha[first] / (weight[first] - alone[first])
        let edges = classes.edges
        return 0.5 * min(max(2 * mean - edges[first + 1], edges[first]), mean)
    }
}

extension AlphaCuts {
    /// A cut whose events are those of the one before but for a smaller share says nothing new, and makes covariances singular.
    package static let smallestNewShare = 0.01

    /// Of nested cuts, those below which there are enough events in all samples, and enough that were not below the one before; none
    /// without the nominal cut.
    /// - Parameters:
    ///   - samples: Σω of the events below each cut, and of those of them whose third jet is listed.
    ///   - isMet: whether there are enough events below a cut.
    package static func usable(
        _ samples: [(weight: [Double], listed: [Double])], isMet: (_ cut: Int) -> Bool
    ) -> [Int] {
        let count = samples[0].weight.count
        var kept: [Int] = []
        for cut in 0..<count where isMet(cut) {
            // Below the first cut some third jets have to be listed: nobody knows how soft those are that are not.
            let isNew = samples.allSatisfy { sample in
                let new = kept.last.map { sample.weight[cut] - sample.weight[$0] } ?? sample.listed[cut]
                return new >= smallestNewShare * sample.weight[cut]
            }
            if isNew {
                kept.append(cut)
            } else if cut == count - 1, !kept.isEmpty {
                kept[kept.count - 1] = cut
            }
        }
        return kept.last == count - 1 ? kept : []
    }
}
