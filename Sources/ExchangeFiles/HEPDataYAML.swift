/// Tables of results as a submission to HEPData: `submission.yaml` and a file for each table.
public enum HEPDataYAML {
    /// Names and texts of the files.
    /// - Parameter comment: what the results are, a line.
    public static func files(_ tables: [BinTable], comment: String) -> [(name: String, text: String)] {
        let documents = ["---\ncomment: \(quoted(comment))\n"] + tables.map { entry($0) }
        return [("submission.yaml", documents.joined(separator: "---\n"))]
            + tables.map { ("\($0.name).yaml", data($0)) }
    }

    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    private static func entry(_ table: BinTable) -> String {
        """
        name: \(quoted(table.title))
        description: \(quoted("\(table.title) in bins of the pseudorapidity and the transverse momentum of jets, with statistical uncertainties."))
        keywords:
          - {name: reactions, values: [P P --> JET JET X]}
        data_file: \(table.name).yaml

        """
    }

    private static func data(_ table: BinTable) -> String {
        var text = "independent_variables:\n  - header: {name: '$\\eta_\\mathrm{det}$'}\n    values:\n"
        for eta in table.etaBins {
            text +=
                "      - {low: \(plainNumber(table.etaEdges[eta])), high: \(plainNumber(table.etaEdges[eta + 1]))}\n"
        }
        text += "dependent_variables:\n"
        for pt in table.ptBins {
            let range = "\(plainNumber(table.ptEdges[pt]))-\(plainNumber(table.ptEdges[pt + 1]))"
            text += "  - header: {name: \(quoted("$\(table.symbol)$"))}\n    qualifiers:\n"
            text += "      - {name: \(quoted("$\(table.ptSymbol)$")), units: GeV, value: \(quoted(range))}\n"
            if let method = table.method { text += "      - {name: Method, value: \(quoted(method))}\n" }
            text += "    values:\n"
            for eta in table.etaBins { text += "      - \(value(table, eta, pt))\n" }
        }
        return text
    }

    /// A number that a gauge fixes has no uncertainty, and one of zero is refused; what is not determined is a dash.
    private static func value(_ table: BinTable, _ eta: Int, _ pt: Int) -> String {
        guard let value = table.values[eta][pt] else { return "{value: '-'}" }
        guard let error = table.uncertainty(eta, pt) else { return "{value: \(plainNumber(value))}" }
        let label = table.isExtrapolated[eta][pt] ? "'stat, extrapolated'" : "stat"
        return "{value: \(plainNumber(value)), errors: [{symerror: \(plainNumber(error)), label: \(label)}]}"
    }
}
