public import Balance
public import ClosureStudy
public import DetectorModel
internal import Intercalibration

/// What the figures of a closure run are made from.
public struct RunFigures: Sendable {
    let card: DetectorCard
    let dataCard: DetectorCard?
    let triggers: TriggerMenu?
    let derivation: Derivation
    let closure: TruthClosure
    let resolution: ResolutionTest?
    let tolerance: Tolerance
    let label: FigureLabel

    /// - Parameters:
    ///   - dataCard: the detector of the data when it is not the card's own overlay.
    ///   - triggers: what kept the events of data; nil when all are there.
    ///   - resolution: nil when it was not derived.
    public init(
        card: DetectorCard, dataCard: DetectorCard?, triggers: TriggerMenu?, derivation: Derivation,
        closure: TruthClosure, resolution: ResolutionTest? = nil,
        tolerance: Tolerance, label: FigureLabel
    ) {
        self.card = card
        self.dataCard = dataCard
        self.triggers = triggers
        self.derivation = derivation
        self.closure = closure
        self.resolution = resolution
        self.tolerance = tolerance
        self.label = label
    }

    /// All figures that there is something to show for, in the order of a report.
    public var all: [Figure] {
        [
            closureEta, closurePt, constantsEta, constantsPt, correlation, pulls, bootstrap, smoothing, extrapolation,
            resolutionFigure, asymmetry, spectrum,
            events,
            DetectorFigures.map(card: card, dataCard: dataCard, label: label),
            DetectorFigures.profiles(card: card, dataCard: dataCard, label: label),
            triggers.map {
                TriggerFigure(
                    triggers: TriggerAssignment($0, binning: binning), card: card, dataCard: dataCard,
                    label: label
                ).figure()
            },
        ].compactMap { $0 }
    }

    var binning: BalanceBinning { derivation.calibration.binning }
    var etaLimit: Double { max(-binning.eta.lowest, binning.eta.highest) }

    /// Three quoted pT bins out of those that show something: the lowest, and one and two thirds of the way up.
    func shownPtBins(_ count: Int = 3, _ isShown: (Int) -> Bool) -> [Int] {
        let bins = binning.quotedPtBins.filter(isShown)
        guard bins.count > count else { return Array(bins) }
        return (0..<count).map { bins[$0 * bins.count / count] }
    }

    /// η bins at the given shares of the axis' reach, in turn on either side, out of those that show something.
    func shownEtaBins(at shares: [Double], _ isShown: (Int) -> Bool) -> [Int] {
        var bins: [Int] = []
        for (index, share) in shares.enumerated() {
            let place = share * etaLimit
            let sides = index % 2 == 0 ? [place, -place] : [-place, place]
            let found = sides.map(binning.eta.index).first { $0 >= 0 && isShown($0) && !bins.contains($0) }
            if let found { bins.append(found) }
        }
        return bins
    }

    func ptTitle(_ bin: Int) -> String {
        "\(Self.plain(binning.ptAverage.edges[bin]))–\(Self.plain(binning.ptAverage.edges[bin + 1])) GeV"
    }

    func etaTitle(_ bin: Int) -> String {
        "\(Self.plain(binning.eta.edges[bin])) < {/:Italic η} < \(Self.plain(binning.eta.edges[bin + 1]))"
            .replacingOccurrences(of: "-", with: "−")
    }

    static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    /// Cells of a square map over the η bins: edges of both, then the value.
    func etaPairs(_ value: (_ low: Int, _ high: Int) -> Double?) -> [[Double?]] {
        let edges = binning.eta.edges
        var rows: [[Double?]] = []
        for low in 0..<binning.eta.count {
            for high in 0..<binning.eta.count {
                guard let value = value(low, high) else { continue }
                rows.append([edges[low], edges[low + 1], edges[high], edges[high + 1], value])
            }
        }
        return rows
    }
}
