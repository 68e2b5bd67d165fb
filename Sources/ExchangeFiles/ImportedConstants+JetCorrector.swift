internal import FileAccess
internal import JetCorrectorFiles

extension ImportedConstants {
    private static let levels = ["", "L2Relative", "L2Residual", "L2L3Residual"]

    /// Takes a correction in bins of η, and perhaps of pT, as constants at the middle of bins.
    /// - Throws: `FileError` with file and line.
    public init(jetCorrector path: String, _ choices: Choices) throws {
        let text = String(decoding: try readFile(path, atMost: JetCorrectorText.largestFile), as: UTF8.self)
        try self.init(try JetCorrectorText(text: text, file: path), choices)
        let comments = text.split(whereSeparator: \.isNewline).prefix { $0.hasPrefix("#") }
        facts = Self.facts(in: comments.joined(separator: " "))
    }

    private init(_ table: JetCorrectorText, _ choices: Choices) throws(FileError) {
        func wrong(_ problem: String, _ remedy: String) -> FileError {
            FileError(.malformed, table.file, problem, remedy)
        }
        guard table.kind == .correction else {
            throw wrong("this is a table of kind \(table.kind.rawValue)", "give one of kind Correction")
        }
        guard Self.levels.contains(table.level) else {
            throw wrong(
                "the level \(excerpt(table.level)) is not that of an intercalibration",
                "give a table of level \(Self.levels.dropFirst().joined(separator: ", "))")
        }
        guard let eta = table.binVariables.firstIndex(of: "JetEta"),
            Set(table.binVariables).isSubset(of: ["JetEta", "JetPt"]), table.formulaVariables == ["JetPt"]
        else {
            throw wrong(
                "the table is in bins of \(table.binVariables.joined(separator: ", ")), its formula of "
                    + table.formulaVariables.joined(separator: ", "),
                "give one in bins of JetEta and perhaps JetPt, with a formula of JetPt")
        }
        let pt = table.binVariables.firstIndex(of: "JetPt")
        func record(_ place: Double, _ momentum: Double) -> JetCorrectorText.Record? {
            // Sorted, in bins that do not overlap: the last that begins below.
            table.records.last { record in
                let isInPt = pt.map { record.edges[$0].low <= momentum && momentum < record.edges[$0].high } ?? true
                return isInPt && record.edges[eta].low <= place && place < record.edges[eta].high
            }
        }
        let etaEdges = Set(table.records.flatMap { [$0.edges[eta].low, $0.edges[eta].high] }).sorted()
        try self.init(
            path: table.file, etaEdges: etaEdges,
            ptEdges: pt.flatMap { Self.steps(table, eta: eta, pt: $0) } ?? choices.ptEdges
        ) { place, momentum in
            record(place, momentum).map { ($0.value(momentum), 0) }
        }
    }

    /// The edges in pT when each bin of η has the same and the formula gives one number in each; outermost bins end where the range of the
    /// formula's variable ends.
    private static func steps(_ table: JetCorrectorText, eta: Int, pt: Int) -> [Double]? {
        var edges: [Double]?
        var row: [JetCorrectorText.Record] = []
        func isEqual() -> Bool {
            guard let first = row.first, let last = row.last else { return true }
            let own =
                [max(first.edges[pt].low, first.ranges[0].low)] + row.dropFirst().map { $0.edges[pt].low }
                + [min(last.edges[pt].high, last.ranges[0].high)]
            defer { edges = own }
            return edges.map { $0 == own } ?? true
        }
        for record in table.records {
            guard record.value(record.ranges[0].low) == record.value(record.ranges[0].high) else { return nil }
            if let last = row.last, last.edges[eta] != record.edges[eta] {
                guard isEqual() else { return nil }
                row = []
            }
            if let last = row.last, last.edges[pt].high != record.edges[pt].low { return nil }
            row.append(record)
        }
        guard isEqual(), let edges, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }), edges[0] > 0 else {
            return nil
        }
        return edges
    }
}
