#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Binning
internal import JetPhysics

/// Classes of dijets whose log ratio ln(pT1/pT2) is distributed alike: bins of pT_avg, of the |η| of both jets and of α = pT3 / pT_avg.
struct ScoreClasses: Sendable, Equatable {
    /// Of α; the last one is open.
    private static let alphaWidth = 0.05
    static let alphaCount = 6

    let ptBins: Int
    let absEta: AbsEtaClasses

    init(_ binning: BalanceBinning) {
        ptBins = binning.ptAverage.count
        absEta = AbsEtaClasses(covering: binning.eta)
    }

    /// Of two |η|, in whatever order.
    var pairs: Int { absEta.count * (absEta.count + 1) / 2 }
    /// Of pT_avg and both |η|.
    var groups: Int { ptBins * pairs }
    var count: Int { groups * Self.alphaCount }

    /// Where a dijet belongs.
    struct Place {
        /// Of pT_avg and both |η|.
        let group: Int
        let alphaClass: Int
        /// 1 where the harder jet is the one at smaller |η|, −1 where it is not: what turns signed numbers of an event into those of a class.
        let sign: Double
        /// Whether both jets are of one class of |η|: nothing tells them apart, and an event and its mirror image are alike.
        let isSymmetric: Bool

        var cell: Int { group * ScoreClasses.alphaCount + alphaClass }
    }

    /// - Returns: nil outside the bins.
    @inline(__always)
    func place(_ event: Dijet, _ block: ReconstructedBlock) -> Place? {
        guard event.ptBin >= 0, event.etaBin1 >= 0, event.etaBin2 >= 0 else { return nil }
        let row = Int(event.row)
        let second = block.capacity + row
        let one = absEta.index(of: block.detectorEta[row])
        let other = absEta.index(of: block.detectorEta[second])
        let (low, high) = (min(one, other), max(one, other))
        let alpha = block.pt[second + block.capacity] / event.average
        return Place(
            group: Int(event.ptBin) * pairs + high * (high + 1) / 2 + low,
            alphaClass: min(Int(max(alpha, 0) / Self.alphaWidth), Self.alphaCount - 1),
            sign: one > other ? -1 : 1, isSymmetric: one == other)
    }

    /// Whether both jets of a group are of one class of |η|.
    func isSymmetric(group: Int) -> Bool {
        var high = 0
        while (high + 1) * (high + 2) / 2 <= group % pairs { high += 1 }
        return group % pairs == high * (high + 1) / 2 + high
    }
}

extension Dijet {
    /// ln(pT1 / pT2), the harder jet over the softer.
    @inline(__always)
    func logRatio(_ block: ReconstructedBlock) -> Double {
        // A ratio of e⁴ is no balance, whatever it is.
        min(log(block.pt[Int(row)] / block.pt[block.capacity + Int(row)]), 4)
    }
}
