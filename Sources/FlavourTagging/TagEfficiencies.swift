public import Binning
public import DetectorModel
public import JetPhysics

/// The shares of jets with each score, by flavour, pT and |η|; of jets beyond the axes those of the nearest bin. Gluons stand apart from
/// light quarks: they have more tracks, and are more often third jets.
public struct TagEfficiencies: Sendable, Equatable {
    public let pt: Axis
    public let absEta: Axis
    /// By flavour, pT, |η| and score; each five add up to 1.
    public let shares: [Double]

    /// Of nothing.
    static let none = TagEfficiencies(ScoreSums())

    /// - Throws: unless there are five numbers for each bin, from 0 to 1 and adding up to 1 to a millionth.
    public init(pt: Axis, absEta: Axis, shares: [Double]) throws(CardError) {
        self.pt = pt
        self.absEta = absEta
        self.shares = shares
        let scores = Tagger.scores.count
        guard shares.count == JetFlavour.allCases.count * pt.count * absEta.count * scores else {
            throw CardError(["efficiencies"], "there is not a number for each bin", "train the tagger anew")
        }
        for start in stride(from: 0, to: shares.count, by: scores) {
            let row = shares[start..<start + scores]
            guard row.allSatisfy({ $0 >= 0 && $0 <= 1 }), abs(row.reduce(0, +) - 1) < 1e-6 else {
                let (place, rows) = (start / scores, pt.count * absEta.count)
                throw CardError(
                    ["efficiencies", JetFlavour.allCases[place / rows].name, "\(place % rows)"],
                    "these are not shares", "give shares from 0 to 1 that add up to 1")
            }
        }
    }

    /// Bins with hardly a jet have the shares of all |η| there, or of all jets of the flavour.
    init(_ sums: ScoreSums) {
        (pt, absEta) = (ScoreSums.pt, ScoreSums.absEta)
        let (ptCount, etaCount) = (ScoreSums.pt.count, ScoreSums.absEta.count)
        let fewest = 50.0
        func shares(_ counts: [Int64], or other: [Double]) -> [Double] {
            let total = Double(counts.reduce(0, +))
            return total >= fewest ? counts.map { Double($0) / total } : other
        }
        let even = [Double](repeating: 1 / Double(Tagger.scores.count), count: Tagger.scores.count)
        self.shares = JetFlavour.allCases.flatMap { flavour in
            let all = shares(sums.jets(flavour), or: even)
            return (0..<ptCount).flatMap { ptBin in
                let row = shares(sums.jets(flavour, ptBins: ptBin..<ptBin + 1), or: all)
                return (0..<etaCount).flatMap { etaBin in
                    shares(sums.jets(flavour, ptBins: ptBin..<ptBin + 1, etaBins: etaBin..<etaBin + 1), or: row)
                }
            }
        }
    }

    /// Of a flavour in a bin, by score.
    public func shares(_ flavour: JetFlavour, ptBin: Int, absEtaBin: Int) -> ArraySlice<Double> {
        let first = ((flavour.rawValue * pt.count + ptBin) * absEta.count + absEtaBin) * Tagger.scores.count
        return shares[first..<first + Tagger.scores.count]
    }
}
