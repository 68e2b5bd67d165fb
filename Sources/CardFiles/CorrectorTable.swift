internal import DetectorModel
internal import FileAccess
internal import JetCorrectorFiles

/// A table that a card can be made of, by bins of η.
struct CorrectorTable {
    private let table: JetCorrectorText
    private(set) var bins: CorrectorEtaBins

    /// A correction or response in bins of η, and perhaps of pT.
    init(response table: JetCorrectorText) throws(FileError) {
        guard table.binVariables.contains("JetEta"), Set(table.binVariables).isSubset(of: ["JetEta", "JetPt"]) else {
            throw Self.wrong(
                table, "the bins are in \(table.binVariables.joined(separator: ", "))", "JetEta, or in JetEta and JetPt"
            )
        }
        guard table.formulaVariables == ["JetPt"] else {
            throw Self.wrong(
                table, "the formula is of \(table.formulaVariables.joined(separator: ", "))", "JetPt alone")
        }
        let levels = ["", "L2Relative", "L3Absolute", "L2L3"]
        guard levels.contains(table.level) else {
            throw FileError(
                .malformed, table.file, "the level \(excerpt(table.level)) says nothing of the response of a detector",
                "give a table of level \(levels.dropFirst().joined(separator: ", "))")
        }
        self.table = table
        bins = try CorrectorEtaBins(table, table.records)
    }

    /// A resolution in bins of η, and perhaps of the density of pile-up.
    init(resolution table: JetCorrectorText, rho: Double) throws(FileError) {
        guard table.binVariables.contains("JetEta"), Set(table.binVariables).isSubset(of: ["JetEta", "Rho"]) else {
            throw Self.wrong(
                table, "the bins are in \(table.binVariables.joined(separator: ", "))", "JetEta, or in JetEta and Rho")
        }
        guard table.formulaVariables == ["JetPt"] else {
            throw Self.wrong(
                table, "the formula is of \(table.formulaVariables.joined(separator: ", "))", "JetPt alone")
        }
        self.table = table
        guard let density = table.binVariables.firstIndex(of: "Rho") else {
            bins = try CorrectorEtaBins(table, table.records)
            return
        }
        let records = table.records.filter { $0.edges[density].low <= rho && rho < $0.edges[density].high }
        guard !records.isEmpty else {
            let edges = table.records.map { $0.edges[density] }
            throw FileError(
                .malformed, table.file, "no bin of Rho holds \(rho) GeV",
                "choose a --rho from \(edges.map(\.low).reduce(.infinity, min)) to below \(edges.map(\.high).reduce(0, max))"
            )
        }
        bins = try CorrectorEtaBins(table, records)
    }

    private static func wrong(_ table: JetCorrectorText, _ problem: String, _ expected: String) -> FileError {
        FileError(.malformed, table.file, problem, "give a table in \(expected)")
    }

    /// Cuts or continues the bins to the acceptance, and folds them where both sides agree.
    mutating func prepare(_ absEtaMaximum: Double) {
        bins.cut(to: absEtaMaximum)
        let table = table
        bins.fold { bin, mirror in
            if table.kind == .resolution {
                let (one, other) = (bin.records[0], mirror.records[0])
                return one.ranges == other.ranges && one.formula == other.formula
            }
            guard let one = try? CorrectedResponse(table, bin), let other = try? CorrectedResponse(table, mirror) else {
                return false
            }
            // Half a permille leaves the card within what the tolerance of nodes allows to each side.
            var pt = 1.0
            while pt < CorrectedResponse.highestEnergy {
                guard abs(one.value(pt) / other.value(pt) - 1) < 5e-4 else { return false }
                pt *= 1.02
            }
            return true
        }
    }

    func responseMap() throws -> ResponseMap {
        let regions = try bins.bins.map {
            ResponseRegion(low: $0.low, high: $0.high, form: try CorrectedResponse(table, $0).form())
        }
        return try ResponseMap(
            convention: bins.convention, transition: 0, regions: regions, cracks: [], path: ["response"])
    }

    func resolutionMap() throws -> ResolutionMap {
        let regions = try bins.bins.map {
            ResolutionRegion(
                low: $0.low, high: $0.high,
                form: try CorrectorResolution(record: $0.records[0], file: table.file).form())
        }
        return try ResolutionMap(convention: bins.convention, regions: regions, path: ["resolution"])
    }

    func place(ofRegion index: Int?) -> String {
        guard let index, bins.bins.indices.contains(index) else { return table.file }
        return "\(table.file):\(bins.bins[index].records[0].line)"
    }
}
