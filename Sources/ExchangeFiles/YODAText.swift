/// Tables of results in the text format of YODA, versions 2 and 3: one object of two dimensions, and one for each bin of pT.
public enum YODAText {
    public enum Version: Sendable { case two, three }

    public static func text(_ tables: [BinTable], version: Version) -> String {
        tables.flatMap { table in
            [whole(table, version)] + table.ptBins.map { slice(table, $0, version) }
        }.joined(separator: "\n\n") + "\n"
    }

    private static func path(_ table: BinTable, _ ptBin: Int?) -> String {
        // Numbers of bins: edges would bring points and exponents into the path.
        "/ETACAL/\(table.name)" + (ptBin.map { "_pt\($0)" } ?? "")
    }

    private static func title(_ table: BinTable, _ ptBin: Int?) -> String {
        guard let ptBin else { return table.title }
        return "\(table.title), pT from \(table.ptEdges[ptBin]) to \(table.ptEdges[ptBin + 1]) GeV"
    }

    private static func block(
        _ table: BinTable, _ ptBin: Int?, type: String, version: Version, _ body: [String]
    ) -> String {
        let (kind, path) = ("YODA_\(type.uppercased())_V\(version == .two ? 2 : 3)", path(table, ptBin))
        let head = [
            "BEGIN \(kind) \(path)", "Path: \(path)", "Title: \"\(title(table, ptBin))\"", "Type: \(type)", "---",
        ]
        return (head + body + ["END \(kind)"]).joined(separator: "\n")
    }

    private static func whole(_ table: BinTable, _ version: Version) -> String {
        switch version {
        case .two:
            let rows = table.ptBins.flatMap { pt in
                table.etaBins.compactMap { point(table, $0, pt, withPt: true) }
            }
            let header = "# xval\t xerr-\t xerr+\t yval\t yerr-\t yerr+\t zval\t zerr-\t zerr+\t"
            return block(table, nil, type: "Scatter3D", version: .two, [header] + rows)
        case .three:
            let absent = Array(repeating: estimate(nil, nil), count: table.etaBins.count + 2)
            let rows = table.ptBins.flatMap { estimates(table, $0) }
            return block(
                table, nil, type: "Estimate2D", version: .three,
                [edges(1, table.etaEdges), edges(2, table.ptEdges)] + labels + absent + rows + absent)
        }
    }

    private static func slice(_ table: BinTable, _ ptBin: Int, _ version: Version) -> String {
        switch version {
        case .two:
            let rows = table.etaBins.compactMap { point(table, $0, ptBin, withPt: false) }
            return block(
                table, ptBin, type: "Scatter2D", version: .two,
                ["# xval\t xerr-\t xerr+\t yval\t yerr-\t yerr+\t"] + rows)
        case .three:
            return block(
                table, ptBin, type: "Estimate1D", version: .three,
                [edges(1, table.etaEdges)] + labels + estimates(table, ptBin))
        }
    }

    /// The middle of a bin with the distances to its edges, and the number with its uncertainty; nil where there is none.
    private static func point(_ table: BinTable, _ eta: Int, _ pt: Int, withPt: Bool) -> String? {
        guard let value = table.values[eta][pt] else { return nil }
        func range(_ low: Double, _ high: Double) -> [Double] {
            let middle = 0.5 * (low + high)
            return [middle, middle - low, high - middle]
        }
        let error = table.uncertainty(eta, pt) ?? 0
        let numbers =
            range(table.etaEdges[eta], table.etaEdges[eta + 1])
            + (withPt ? range(table.ptEdges[pt], table.ptEdges[pt + 1]) : []) + [value, error, error]
        return numbers.map { "\($0)" }.joined(separator: "\t")
    }

    private static func edges(_ axis: Int, _ edges: [Double]) -> String {
        "Edges(A\(axis)): [\(edges.map { plainNumber($0) }.joined(separator: ", "))]"
    }

    private static let labels = ["ErrorLabels: [\"stat\"]", "# value\terrDn(1)\terrUp(1)\t"]

    /// A bin of pT with what lies below and above the η axis, of which nothing is known.
    private static func estimates(_ table: BinTable, _ ptBin: Int) -> [String] {
        [estimate(nil, nil)]
            + table.etaBins.map { estimate(table.values[$0][ptBin], table.uncertainty($0, ptBin)) } + [
                estimate(nil, nil)
            ]
    }

    private static func estimate(_ value: Double?, _ error: Double?) -> String {
        let errors = error.map { "\(-$0)\t\($0)" } ?? "---\t---"
        return "\(value.map { "\($0)" } ?? "nan")\t\(errors)\t"
    }
}
