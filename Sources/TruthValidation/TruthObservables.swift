public import Balance
public import Binning
public import JetPhysics

/// Everything that is compared between two truths of dijets, as exact sums by p̂T slice: the same events give the same bits
/// for any threads and any order.
///
/// Jets count from `thirdJetThreshold` on and inside `absEtaLimit`, as a sample of clustered particles has them; an event is
/// a dijet when two jets are left. The cuts are Δφ > 2.5 and α = pT3/pT_avg < 0.3, with α = 0 where there is no third
/// jet.
public struct TruthObservables: StorableSums, Equatable {
    /// GeV.
    public static let jetThreshold = 8.0
    public static let absEtaLimit = 5.2
    public static let deltaPhiMinimum = 2.5
    public static let alphaMaximum = 0.3
    /// A tag jet lies inside this |η|.
    public static let tagAbsEtaMaximum = 1.3

    /// |η1 − η2| of the pass fractions.
    public static let gapAxis = TruthHistogram.axis([0, 0.7, 1.5, 2.5, 3.5, 5, 8])
    /// pT in GeV and |η| of the flavour fractions.
    public static let flavourPtAxis = TruthHistogram.axis([
        8, 15, 20, 30, 45, 60, 80, 120, 170, 250, 350, 500, 700, 1000, 1400, 2000, 3000,
    ])
    public static let flavourEtaAxis = TruthHistogram.axis([0, 0.65, 1.3, 1.95, 2.6, 3.25, 3.9, 4.55, 5.2])
    /// η of the probe jet.
    public static let probeAxis = TruthHistogram.uniform(-5.2, 5.2, 26)

    /// Σw and Σw².
    static let unit = FixedPoint(bits: 30)
    /// Powers of a quantity up to the fourth, which reach 10⁴.
    static let powerUnit = FixedPoint(bits: 20)
    static let countColumns = 2
    /// Σw², Σw, Σwx, Σwx², Σwx³, Σwx⁴.
    static let powerColumns = 6
    static let layout = ObservableLayout()

    public let slices: Int
    var counts: FixedPointTable
    var powers: FixedPointTable

    public init(slices: Int) {
        self.slices = slices
        counts = FixedPointTable(slices: slices, cells: Self.layout.cells, columns: Self.countColumns)
        powers = FixedPointTable(
            slices: slices, cells: TruthMoment.allCases.count + Self.probeAxis.count, columns: Self.powerColumns)
    }

    public mutating func merge(_ other: TruthObservables) {
        counts.merge(other.counts)
        powers.merge(other.powers)
    }

    public var record: SumsRecord {
        var record = SumsRecord()
        record["counts"] = counts.record
        record["powers"] = powers.record
        return record
    }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        try counts.restore(record["counts"])
        try powers.restore(record["powers"])
    }

    /// Adds a block of truth events, all of one slice. Their weights are below 1000 in units of the slice's.
    public mutating func add(_ block: TruthBlock) {
        let layout = Self.layout
        counts.withSlice(block.slice) { counts in
            powers.withSlice(block.slice) { powers in
                var filler = ObservableFiller(layout: layout, counts: counts, powers: powers)
                for row in 0..<block.count { filler.add(block, row) }
            }
        }
    }
}

/// Where each sum stands among the cells of the table of counts.
struct ObservableLayout: Sendable {
    /// All events, and among them the dijets.
    let events = 0
    let dijets = 1
    let selected = 2
    private(set) var histograms: [(first: Int, axis: Axis)] = []
    /// [jet][class] in bins of pT, then of |η|.
    private(set) var flavourPt = 0
    private(set) var flavourEta = 0
    /// All dijets in bins of the gap and beyond it, then those that pass each cut.
    private(set) var gaps = 0
    private(set) var cells = 3

    init() {
        func take(_ count: Int) -> Int {
            defer { cells += count }
            return cells
        }
        for histogram in TruthHistogram.allCases {
            histograms.append((take(histogram.axis.count), histogram.axis))
        }
        flavourPt = take(2 * FlavourClass.allCases.count * TruthObservables.flavourPtAxis.count)
        flavourEta = take(2 * FlavourClass.allCases.count * TruthObservables.flavourEtaAxis.count)
        gaps = take((1 + TruthCut.allCases.count) * gapBins)
    }

    /// The last is for gaps beyond the axis.
    var gapBins: Int { TruthObservables.gapAxis.count + 1 }

    func flavourPt(jet: Int, _ flavour: FlavourClass, bin: Int) -> Int {
        flavourPt + (jet * FlavourClass.allCases.count + flavour.rawValue) * TruthObservables.flavourPtAxis.count + bin
    }

    func flavourEta(jet: Int, _ flavour: FlavourClass, bin: Int) -> Int {
        flavourEta + (jet * FlavourClass.allCases.count + flavour.rawValue) * TruthObservables.flavourEtaAxis.count
            + bin
    }

    /// - Parameter cut: nil for all dijets.
    func gap(_ bin: Int, _ cut: TruthCut?) -> Int { gaps + (cut.map { $0.rawValue + 1 } ?? 0) * gapBins + bin }
}
