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
        let isStepwise = table.records.allSatisfy(\.formula.isConstant)
        let ptEdges = isStepwise ? pt.map { Self.edges(table, pt: $0) } ?? [] : []
        try self.init(
            path: table.file, etaEdges: etaEdges, .signed, ptEdges: ptEdges.count < 2 ? choices.ptEdges : ptEdges,
            isStepwise: isStepwise
        ) { place, momentum in
            record(place, momentum).map { ($0.value(momentum), 0) }
        }
    }

    /// The edges of all bins in pT; the outermost ones are where the range of the formula's variable ends, if that is inside of them.
    private static func edges(_ table: JetCorrectorText, pt: Int) -> [Double] {
        var edges = Set(table.records.flatMap { [$0.edges[pt].low, $0.edges[pt].high] }).sorted()
        guard let first = edges.first, let last = edges.last else { return [] }
        let starts = table.records.filter { $0.edges[pt].low == first }.map { $0.ranges[0].low }
        let ends = table.records.filter { $0.edges[pt].high == last }.map { $0.ranges[0].high }
        if let start = starts.min(), start > first, start < edges[1] { edges[0] = start }
        if let end = ends.max(), end < last, end > edges[edges.count - 2] { edges[edges.count - 1] = end }
        return finite(edges)
    }
}
