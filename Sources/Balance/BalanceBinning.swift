public import Binning

/// Where balance is measured: signed η bins of both jets, bins of pT_avg, and the reference that fixes the scale.
public struct BalanceBinning: Sendable, Equatable {
    public let eta: Axis
    /// Average pT of the two leading jets, GeV.
    public let ptAverage: Axis
    /// Bins that lie wholly within this |η| are the reference region.
    public let referenceAbsEtaMaximum: Double
    /// Results are quoted from this pT on; the pT_avg bins below only support the interpolation. An edge of `ptAverage`.
    public let quotedPtMinimum: Double

    public init(
        eta: Axis, ptAverage: Axis, referenceAbsEtaMaximum: Double, quotedPtMinimum: Double
    ) throws(SelectionError) {
        self.eta = eta
        self.ptAverage = ptAverage
        self.referenceAbsEtaMaximum = referenceAbsEtaMaximum
        self.quotedPtMinimum = quotedPtMinimum
        // Bins have a width that momenta and angles can tell; the look-up of `Axis` divides by the whole.
        for (key, axis, limit) in [("eta_edges", eta, 20.0), ("pt_edges", ptAverage, 1e6)] {
            guard axis.lowest >= -limit, axis.highest <= limit,
                (0..<axis.count).allSatisfy({ axis.width($0) >= 1e-6 })
            else {
                throw SelectionError(
                    key: key, problem: "\(axis.count) bins from \(axis.lowest) to \(axis.highest)",
                    remedy: "give edges up to \(limit) and bins no narrower than 1e-6")
            }
        }
        guard eta.count >= 2, eta.count <= 400 else {
            throw SelectionError(key: "eta_edges", problem: "\(eta.count) η bins", remedy: "give 2 to 400 bins")
        }
        guard ptAverage.lowest > 0, ptAverage.count <= 100 else {
            throw SelectionError(
                key: "pt_edges", problem: "\(ptAverage.count) bins from \(ptAverage.lowest) GeV",
                remedy: "give at most 100 bins of positive pT in GeV")
        }
        guard ptAverage.edges.dropLast().contains(quotedPtMinimum) else {
            throw SelectionError(
                key: "quoted_pt_min", problem: "\(quotedPtMinimum) is not the lower edge of a pT bin",
                remedy: "give one of \(ptAverage.edges.dropLast().map { "\($0)" }.joined(separator: ", "))")
        }
        guard !referenceBins.isEmpty else {
            throw SelectionError(
                key: "reference_abs_eta_max", problem: "no η bin lies within |η| < \(referenceAbsEtaMaximum)",
                remedy: "enlarge the reference region or split the central bins")
        }
    }

    /// η bins of the reference region.
    public var referenceBins: [Int] {
        let limit = referenceAbsEtaMaximum + 1e-9
        return (0..<eta.count).filter { eta.edges[$0] >= -limit && eta.edges[$0 + 1] <= limit }
    }

    /// pT bins that results are quoted for.
    public var quotedPtBins: Range<Int> { (ptAverage.edges.firstIndex(of: quotedPtMinimum) ?? 0)..<ptAverage.count }

    public var pairCount: Int { eta.count * (eta.count + 1) / 2 }

    /// Number of the pair of η bins `low` ≤ `high`.
    @inlinable @inline(__always)
    public func pair(_ low: Int, _ high: Int) -> Int { high * (high + 1) / 2 + low }

    /// The η bins `low` ≤ `high` of a pair with this number.
    func etaBins(ofPair number: Int) -> (low: Int, high: Int) {
        var high = 0
        while pair(0, high + 1) <= number { high += 1 }
        return (number - pair(0, high), high)
    }
}
