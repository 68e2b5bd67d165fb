public import Balance
public import Binning
public import JetPhysics

/// Counts of jets by flavour, measured pT and |η|, and by places of a tag. Jets count alike, whatever their events' weights are, and those
/// without truth or a tag not at all.
struct JetCounts: MergeableSums, Equatable {
    static let pt = axis([10, 20, 30, 40, 60, 85, 120, 170, 250, 400, 700, 1200, 7000])
    static let absEta = axis([0, 0.5, 1, 1.5, 2, 2.5, 6])
    private static var binCount: Int { JetFlavour.allCases.count * pt.count * absEta.count }

    private static func axis(_ edges: [Double]) -> Axis {
        guard let axis = try? Axis(edges: edges) else { preconditionFailure("the built-in edges increase") }
        return axis
    }

    /// Bins of pT that working points are made for.
    static var referenceBins: Range<Int> { 0..<(pt.edges.lastIndex { $0 <= Tagger.referencePtMaximum } ?? 0) }

    let places: Int
    private var counts: [Int64]

    init(places: Int) {
        self.places = places
        counts = Array(repeating: 0, count: Self.binCount * places)
    }

    private func first(_ flavour: JetFlavour, _ ptBin: Int, _ etaBin: Int) -> Int {
        ((flavour.rawValue * Self.pt.count + ptBin) * Self.absEta.count + etaBin) * places
    }

    /// Adds the jets of a tagged block.
    /// - Parameter place: of the jet at a position; nil for one without a tag.
    @inline(__always)
    mutating func add(_ block: ReconstructedBlock, _ place: (_ tags: JetTags, _ position: Int) -> Int?) {
        guard let tags = block.tags else { preconditionFailure("a block with tags") }
        for jet in 0..<ReconstructedBlock.jetCount {
            for position in jet * block.capacity..<jet * block.capacity + block.count {
                guard block.truePt[position] > 0, let place = place(tags, position) else { continue }
                let ptBin = Self.pt.index(of: block.pt[position])
                let etaBin = Self.absEta.index(of: abs(block.eta[position]))
                guard ptBin >= 0, etaBin >= 0 else { continue }
                counts[first(JetFlavour(flavour: block.flavour[position]), ptBin, etaBin) + place] += 1
            }
        }
    }

    mutating func merge(_ other: JetCounts) { counts.add(other.counts) }

    /// By place, of all pT and |η| or of some bins of them.
    func total(_ kind: JetKind, ptBins: Range<Int>? = nil, etaBins: Range<Int>? = nil) -> [Int64] {
        JetFlavour.allCases.filter { $0.kind == kind }.map { total($0, ptBins: ptBins, etaBins: etaBins) }
            .reduce(Array(repeating: 0, count: places)) { zip($0, $1).map(+) }
    }

    func total(_ flavour: JetFlavour, ptBins: Range<Int>? = nil, etaBins: Range<Int>? = nil) -> [Int64] {
        var sum = [Int64](repeating: 0, count: places)
        for ptBin in ptBins ?? 0..<Self.pt.count {
            for etaBin in etaBins ?? 0..<Self.absEta.count {
                let start = first(flavour, ptBin, etaBin)
                for place in 0..<places { sum[place] += counts[start + place] }
            }
        }
        return sum
    }

    /// The same with fewer places, told where each of these goes.
    func regrouped(to places: Int, _ target: (_ place: Int) -> Int) -> JetCounts {
        var result = JetCounts(places: places)
        let targets = (0..<self.places).map(target)
        for bin in 0..<Self.binCount {
            for (place, target) in targets.enumerated() {
                result.counts[bin * places + target] += counts[bin * self.places + place]
            }
        }
        return result
    }
}

extension [Int64] {
    mutating func add(_ other: [Int64]) { for index in indices { self[index] += other[index] } }
}

/// Counts of jets by kind, pT, |η| and discriminant.
public struct DiscriminantSums: MergeableSums {
    /// Of D; what lies beyond counts as the first or last bin.
    private static let lowest = -20.0
    private static let width = 0.01
    private static let bins = 8000

    private var jets = JetCounts(places: Self.bins)

    public init() {}

    /// Adds the jets of a tagged block.
    public mutating func add(_ block: ReconstructedBlock) {
        jets.add(block) { tags, position in
            let value = tags.discriminant[position]
            guard !value.isNaN else { return nil }
            return Int(min(max((value - Self.lowest) / Self.width, 0), Double(Self.bins - 1)))
        }
    }

    public mutating func merge(_ other: DiscriminantSums) { jets.merge(other.jets) }

    /// Of reference jets.
    public var reference: DiscriminantDistribution {
        DiscriminantDistribution(
            lowest: Self.lowest, width: Self.width,
            counts: JetKind.allCases.map { jets.total($0, ptBins: JetCounts.referenceBins) })
    }

    /// By score; bins lie on either side of a cut by their centres.
    func scores(_ tagger: Tagger) -> ScoreSums {
        ScoreSums(
            jets.regrouped(to: Tagger.scores.count) { bin in
                tagger.score(discriminant: Self.lowest + Self.width * (Double(bin) + 0.5)) - 1
            })
    }
}

/// Counts of reference jets by kind in fine bins of the discriminant, what lies beyond in the first and last one.
public struct DiscriminantDistribution: Sendable {
    let lowest: Double
    let width: Double
    /// By kind.
    let counts: [[Int64]]

    public func jets(_ kind: JetKind) -> Int64 { counts[kind.rawValue].reduce(0, +) }

    /// The least D of a share of the jets of b quarks: linear inside the bin of D.
    public func cut(keeping share: Double) -> Double {
        let all = counts[JetKind.bottom.rawValue]
        let wanted = share * Double(all.reduce(0, +))
        var above = 0.0
        for bin in all.indices.reversed() {
            let next = above + Double(all[bin])
            if next >= wanted, all[bin] > 0 {
                return lowest + width * (Double(bin + 1) - (wanted - above) / Double(all[bin]))
            }
            above = next
        }
        return lowest
    }

    /// Of a kind, those of a discriminant and above, to a bin.
    public func share(_ kind: JetKind, from cut: Double) -> JetShare {
        let first = min(max(Int(((cut - lowest) / width).rounded()), 0), counts[kind.rawValue].count)
        return JetShare(passed: counts[kind.rawValue][first...].reduce(0, +), jets: jets(kind))
    }
}

/// Counts of jets by kind, pT, |η| and score.
public struct ScoreSums: MergeableSums, Equatable {
    public static var pt: Axis { JetCounts.pt }
    public static var absEta: Axis { JetCounts.absEta }
    /// Bins of pT that working points are made for.
    public static var referenceBins: Range<Int> { JetCounts.referenceBins }

    private var counts: JetCounts

    init(_ counts: JetCounts) { self.counts = counts }

    public init() { self.init(JetCounts(places: Tagger.scores.count)) }

    /// Adds the jets of a tagged block.
    public mutating func add(_ block: ReconstructedBlock) {
        counts.add(block) { tags, position in tags.score[position] > 0 ? Int(tags.score[position]) - 1 : nil }
    }

    public mutating func merge(_ other: ScoreSums) { counts.merge(other.counts) }

    /// Jets of a kind by score, of all pT and |η| or of some bins of them.
    public func jets(_ kind: JetKind, ptBins: Range<Int>? = nil, etaBins: Range<Int>? = nil) -> [Int64] {
        counts.total(kind, ptBins: ptBins, etaBins: etaBins)
    }

    func jets(_ flavour: JetFlavour, ptBins: Range<Int>? = nil, etaBins: Range<Int>? = nil) -> [Int64] {
        counts.total(flavour, ptBins: ptBins, etaBins: etaBins)
    }
}
