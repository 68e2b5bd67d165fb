public import Balance
public import DetectorModel
public import JetPhysics

/// Counts of tracks and jets by kind of jet and class. Jets count alike, whatever their events' weights are.
public struct TrackSums: MergeableSums {
    public let classes: TrackClasses
    private let acceptance: TagAcceptance
    /// By kind and pT of the jet, and of tracks by bin.
    private var tracks: [[[Int64]]]
    private var jets: [[Int64]]

    public init(classes: TrackClasses = .standard, acceptance: TagAcceptance) {
        self.classes = classes
        self.acceptance = acceptance
        func zeros(_ count: Int) -> [Int64] { Array(repeating: 0, count: count) }
        tracks = JetKind.allCases.map { _ in (0..<classes.jetPt.count).map { _ in zeros(classes.binCount) } }
        jets = JetKind.allCases.map { _ in zeros(classes.jetPt.count) }
    }

    /// Adds some rows of a block: their jets that have truth, with tracks or without, and the tracks.
    public mutating func add(_ block: ReconstructedBlock, rows: Range<Int>, _ made: TrackBlock) {
        for jet in 0..<ReconstructedBlock.jetCount {
            for position in jet * block.capacity + rows.lowerBound..<jet * block.capacity + rows.upperBound
            where block.truePt[position] > 0
                && acceptance.contains(pt: block.pt[position], eta: block.eta[position])
            {
                jets[JetKind(flavour: block.flavour[position]).rawValue][classes.jet(pt: block.pt[position])] += 1
            }
        }
        made.forEachJet { position, range in
            let kind = JetKind(flavour: block.flavour[position]).rawValue
            let jet = classes.jet(pt: block.pt[position])
            for track in range { tracks[kind][jet][classes.bin(made, track)] += 1 }
        }
    }

    public mutating func merge(_ other: TrackSums) {
        for kind in jets.indices {
            for row in tracks[kind].indices { tracks[kind][row].add(other.tracks[kind][row]) }
            jets[kind].add(other.jets[kind])
        }
    }

    /// A tagger with these templates that has no working points yet.
    public func templates(detector: String, charmFraction: Double) -> Tagger {
        Tagger(
            untuned: TrackTemplates(classes: classes, tracks: tracks, jets: jets), detector: detector,
            acceptance: acceptance, charmFraction: charmFraction)
    }
}

extension Tagger {
    /// The fewest b jets that working points are made of.
    public static let fewestJets = 1000

    /// The same templates with the cuts that keep the working points' shares of b jets, and with its efficiencies.
    /// - Throws: for fewer than `fewestJets` jets of b quarks, or so many without tracks that there is no cut.
    public func tuned(_ sums: DiscriminantSums) throws(CardError) -> Tagger {
        let reference = sums.reference
        let jets = reference.jets(.bottom)
        guard jets >= Int64(Self.fewestJets) else {
            throw CardError(
                ["events"], "\(jets) jets of b quarks are too few for working points", "ask for more events")
        }
        let cuts = JetTags.workingPoints.map { reference.cut(keeping: 0.01 * Double($0)) }
        let tagger = try Tagger(
            detector: detector, acceptance: acceptance, charmFraction: charmFraction, templates: templates, cuts: cuts,
            efficiencies: .none)
        return try Tagger(
            detector: detector, acceptance: acceptance, charmFraction: charmFraction, templates: templates, cuts: cuts,
            efficiencies: TagEfficiencies(sums.scores(tagger)))
    }
}
