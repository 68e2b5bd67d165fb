internal import DetectorModel
internal import FileAccess
internal import JetCorrectorFiles

/// The bins of a table in η, each with its records: several when they are binned in pT, too.
struct CorrectorEtaBins {
    struct Bin {
        var low: Double
        var high: Double
        let records: [JetCorrectorText.Record]

        /// The η nearest to 0.
        var innermost: Double { low > 0 ? low : high < 0 ? -high : 0 }
    }

    /// As many as a card has room for.
    private static let mostBins = 400

    let file: String
    private(set) var convention: EtaConvention
    private(set) var bins: [Bin]

    /// - Parameter records: those of the table that matter, each in η and perhaps in pT.
    init(_ table: JetCorrectorText, _ records: [JetCorrectorText.Record]) throws(FileError) {
        file = table.file
        let eta = table.binVariables.firstIndex(of: "JetEta") ?? 0
        func edges(_ record: JetCorrectorText.Record) -> JetCorrectorText.Record.Edges { record.edges[eta] }
        var bins: [Bin] = []
        let sorted = records.sorted {
            (edges($0).low, edges($0).high, $0.line) < (edges($1).low, edges($1).high, $1.line)
        }
        for record in sorted {
            let (low, high) = (edges(record).low, edges(record).high)
            if let last = bins.last, last.low == low, last.high == high {
                bins[bins.count - 1] = Bin(low: low, high: high, records: last.records + [record])
                continue
            }
            if let last = bins.last, low != last.high {
                throw record.error(
                    file,
                    low > last.high
                        ? "no bin before this covers JetEta from \(last.high) to \(low)"
                        : "the bin of JetEta from \(low) overlaps that to \(last.high)",
                    "let bins end where the next begins")
            }
            guard bins.count < Self.mostBins else {
                throw record.error(
                    file, "there are more than \(Self.mostBins) bins of JetEta", "a card takes no more regions")
            }
            bins.append(Bin(low: low, high: high, records: [record]))
        }
        guard let first = bins.first, let last = bins.last, first.low <= 0, last.high > 0,
            first.low == 0 || first.low < 0
        else {
            throw FileError(.malformed, file, "the bins of JetEta do not reach 0", "give them from −η to η, or from 0")
        }
        self.bins = bins
        convention = first.low == 0 ? .absolute : .signed
    }

    /// Both sides are covered up to this |η|.
    var reach: Double {
        let last = bins[bins.count - 1].high
        return convention == .absolute ? last : min(-bins[0].low, last)
    }

    /// Leaves what is inside |η| < limit; the outermost bins go on to it where they end before.
    mutating func cut(to limit: Double) {
        bins.removeAll { $0.low >= limit || $0.high <= -limit }
        if bins[bins.count - 1].high < limit { bins[bins.count - 1].high = limit }
        if convention == .signed, bins[0].low > -limit { bins[0].low = -limit }
    }

    /// Gives bins for |η| when each is the mirror image of another.
    mutating func fold(ifAgreeing agree: (Bin, Bin) -> Bool) {
        let positive = bins.filter { $0.low >= 0 }
        guard convention == .signed, positive.count * 2 == bins.count else { return }
        for (index, bin) in positive.enumerated() {
            let mirror = bins[positive.count - 1 - index]
            guard mirror.low == -bin.high, mirror.high == -bin.low, agree(bin, mirror) else { return }
        }
        (bins, convention) = (positive, .absolute)
    }
}
