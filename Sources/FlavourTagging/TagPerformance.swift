public import Balance
public import Binning
public import JetPhysics

/// Counts of jets by kind, pT, |η| and discriminant. Jets count alike, whatever their events' weights are, and unmatched ones not.
public struct DiscriminantSums: MergeableSums {
    /// Of D; what lies beyond counts as the first or last bin.
    static let lowest = -20.0
    static let highest = 60.0
    static let bins = 8000

    public let pt: Axis
    public let absEta: Axis
    /// By kind, pT and |η|, bins of D inner.
    private(set) var counts: [Int64]

    /// - Parameters:
    ///   - pt: measured, GeV.
    ///   - absEta: from 0 on.
    public init(pt: Axis = Self.standardPt, absEta: Axis = Self.standardAbsEta) {
        self.pt = pt
        self.absEta = absEta
        counts = Array(repeating: 0, count: JetKind.allCases.count * pt.count * absEta.count * Self.bins)
    }

    public static let standardPt = axis([20, 30, 40, 60, 85, 120, 170, 250, 400, 700, 1200, 7000])
    public static let standardAbsEta = axis([0, 0.5, 1, 1.5, 2, 2.5, 6])

    private static func axis(_ edges: [Double]) -> Axis {
        guard let axis = try? Axis(edges: edges) else { preconditionFailure("the built-in edges increase") }
        return axis
    }

    private func first(_ kind: JetKind, _ ptBin: Int, _ etaBin: Int) -> Int {
        ((kind.rawValue * pt.count + ptBin) * absEta.count + etaBin) * Self.bins
    }

    /// Adds the jets of a tagged block that have truth and lie inside the acceptance.
    public mutating func add(_ block: ReconstructedBlock) {
        guard let tags = block.tags else { preconditionFailure("a block with tags") }
        let scale = Double(Self.bins) / (Self.highest - Self.lowest)
        for jet in 0..<ReconstructedBlock.jetCount {
            for row in 0..<block.count {
                let position = jet * block.capacity + row
                let value = tags.discriminant[position]
                guard block.truePt[position] > 0, !value.isNaN else { continue }
                let ptBin = pt.index(of: block.pt[position])
                let etaBin = absEta.index(of: abs(block.eta[position]))
                guard ptBin >= 0, etaBin >= 0 else { continue }
                let place = min(max((value - Self.lowest) * scale, 0), Double(Self.bins - 1))
                counts[first(JetKind(flavour: block.flavour[position]), ptBin, etaBin) + Int(place)] += 1
            }
        }
    }

    public mutating func merge(_ other: DiscriminantSums) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// Counts by bin of D of a kind, of all pT and |η| or of some bins of them.
    public func distribution(_ kind: JetKind, ptBins: Range<Int>? = nil, etaBins: Range<Int>? = nil) -> [Int64] {
        var sum = [Int64](repeating: 0, count: Self.bins)
        for ptBin in ptBins ?? 0..<pt.count {
            for etaBin in etaBins ?? 0..<absEta.count {
                let start = first(kind, ptBin, etaBin)
                for bin in 0..<Self.bins { sum[bin] += counts[start + bin] }
            }
        }
        return sum
    }

    /// Of a bin of D.
    static func centre(_ bin: Int) -> Double { lowest + (highest - lowest) * (Double(bin) + 0.5) / Double(bins) }

    /// Bins of pT that working points are made for.
    public var referenceBins: Range<Int> { pt.bins(upTo: Tagger.referencePtMaximum) }

    /// The least D of a share of the reference jets of b quarks: linear inside the bin of D.
    func cut(keeping share: Double) -> Double {
        let all = distribution(.bottom, ptBins: referenceBins)
        let wanted = share * Double(all.reduce(0, +))
        var above = 0.0
        let width = (Self.highest - Self.lowest) / Double(Self.bins)
        for bin in all.indices.reversed() {
            let next = above + Double(all[bin])
            if next >= wanted, all[bin] > 0 {
                return Self.lowest + width * (Double(bin + 1) - (wanted - above) / Double(all[bin]))
            }
            above = next
        }
        return Self.lowest
    }
}

extension Axis {
    /// Those that end there or below.
    fileprivate func bins(upTo highest: Double) -> Range<Int> { 0..<(edges.lastIndex { $0 <= highest } ?? 0) }
}

/// Counts of jets by kind, pT, |η| and score.
public struct ScoreSums: MergeableSums, Equatable {
    public let pt: Axis
    public let absEta: Axis
    /// By kind, pT, |η| and score.
    public private(set) var counts: [Int64]
    /// Bins of pT that working points are made for.
    public var referenceBins: Range<Int> { pt.bins(upTo: Tagger.referencePtMaximum) }

    public init(pt: Axis = DiscriminantSums.standardPt, absEta: Axis = DiscriminantSums.standardAbsEta) {
        self.pt = pt
        self.absEta = absEta
        counts = Array(
            repeating: 0, count: JetKind.allCases.count * pt.count * absEta.count * Tagger.scores.count)
    }

    /// Adds the jets of a tagged block that have truth and a score.
    public mutating func add(_ block: ReconstructedBlock) {
        guard let tags = block.tags else { preconditionFailure("a block with tags") }
        for jet in 0..<ReconstructedBlock.jetCount {
            for row in 0..<block.count {
                let position = jet * block.capacity + row
                let score = Int(tags.score[position])
                guard block.truePt[position] > 0, score > 0 else { continue }
                let ptBin = pt.index(of: block.pt[position])
                let etaBin = absEta.index(of: abs(block.eta[position]))
                guard ptBin >= 0, etaBin >= 0 else { continue }
                let kind = JetKind(flavour: block.flavour[position])
                counts[index(kind, ptBin, etaBin) + score - 1] += 1
            }
        }
    }

    public mutating func merge(_ other: ScoreSums) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    mutating func add(_ count: Int64, _ kind: JetKind, _ ptBin: Int, _ etaBin: Int, score: Int) {
        counts[index(kind, ptBin, etaBin) + score - 1] += count
    }

    private func index(_ kind: JetKind, _ ptBin: Int, _ etaBin: Int) -> Int {
        ((kind.rawValue * pt.count + ptBin) * absEta.count + etaBin) * Tagger.scores.count
    }

    /// Jets of a kind by score, of all pT and |η| or of some bins of them.
    public func jets(_ kind: JetKind, ptBins: Range<Int>? = nil, etaBins: Range<Int>? = nil) -> [Int64] {
        var sum = [Int64](repeating: 0, count: Tagger.scores.count)
        for ptBin in ptBins ?? 0..<pt.count {
            for etaBin in etaBins ?? 0..<absEta.count {
                let start = index(kind, ptBin, etaBin)
                for score in sum.indices { sum[score] += counts[start + score] }
            }
        }
        return sum
    }
}

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

/// The shares of jets with each score, by kind, pT and |η|; of jets beyond the axes those of the nearest bin.
public struct TagEfficiencies: Sendable, Equatable {
    public let pt: Axis
    public let absEta: Axis
    /// By kind, pT, |η| and score; each five add up to 1.
    public let shares: [Double]

    /// Of nothing.
    static let none = TagEfficiencies(ScoreSums())

    /// - Throws: unless there are five numbers for each bin, from 0 to 1 and adding up to 1 to a millionth.
    public init(pt: Axis, absEta: Axis, shares: [Double]) throws(TaggerError) {
        self.pt = pt
        self.absEta = absEta
        self.shares = shares
        let scores = Tagger.scores.count
        guard shares.count == JetKind.allCases.count * pt.count * absEta.count * scores else {
            throw TaggerError(["efficiencies"], "there is not a number for each bin", "train the tagger anew")
        }
        for start in stride(from: 0, to: shares.count, by: scores) {
            let row = shares[start..<start + scores]
            guard row.allSatisfy({ $0 >= 0 && $0 <= 1 }), abs(row.reduce(0, +) - 1) < 1e-6 else {
                throw TaggerError(
                    ["efficiencies", "\(start / scores)"], "the shares are none",
                    "give shares from 0 to 1 that add up to 1")
            }
        }
    }

    /// Bins with hardly a jet have the shares of all |η| there, or of all jets of the kind.
    init(_ sums: ScoreSums) {
        pt = sums.pt
        absEta = sums.absEta
        let (ptCount, etaCount) = (sums.pt.count, sums.absEta.count)
        let fewest = 50.0
        func shares(_ counts: [Int64], or other: [Double]) -> [Double] {
            let total = Double(counts.reduce(0, +))
            return total >= fewest ? counts.map { Double($0) / total } : other
        }
        let even = [Double](repeating: 1 / Double(Tagger.scores.count), count: Tagger.scores.count)
        self.shares = JetKind.allCases.flatMap { kind in
            let all = shares(sums.jets(kind), or: even)
            return (0..<ptCount).flatMap { ptBin in
                let row = shares(sums.jets(kind, ptBins: ptBin..<ptBin + 1), or: all)
                return (0..<etaCount).flatMap { etaBin in
                    shares(sums.jets(kind, ptBins: ptBin..<ptBin + 1, etaBins: etaBin..<etaBin + 1), or: row)
                }
            }
        }
    }
}
