internal import Binning
internal import DetectorModel
internal import FileAccess
public import FlavourTagging
internal import JetPhysics

// A tagger as YAML: templates, working points and efficiencies.

extension Tagger {
    static let schema = "etacal.tagger/1"

    /// Reads a tagger.
    public init(file: String) throws {
        try self.init(YAMLValue.document(try readText(file), file: file))
    }

    init(_ root: YAMLValue) throws {
        let keys = try root.mapping([
            "schema", "detector", "training", "acceptance", "charm_fraction", "cuts", "templates", "efficiencies",
        ])
        try root.requireSchema(keys, Self.schema)
        let acceptance = try root.required(keys, "acceptance")
        let jets = try acceptance.mapping(["pt_min", "abs_eta_max"])
        do {
            try self.init(
                detector: try root.required(keys, "detector").string(),
                acceptance: try TagAcceptance(
                    ptMinimum: try acceptance.required(jets, "pt_min").double(),
                    absEtaMaximum: try acceptance.required(jets, "abs_eta_max").double()),
                charmFraction: try root.required(keys, "charm_fraction").double(),
                templates: try TrackTemplates(root.required(keys, "templates")),
                cuts: try root.required(keys, "cuts").doubles(),
                efficiencies: try TagEfficiencies(root.required(keys, "efficiencies")))
        } catch let error as CardError {
            throw root.error(at: error.path, error.problem, error.remedy)
        }
    }

    /// The tagger as YAML that reads back as the same one.
    /// - Parameter training: what it was made of, for people; empty where nobody asks.
    public func yaml(training: [(key: String, value: String)] = []) -> String {
        var lines = ["schema: \(Self.schema)", "detector: \(quotedYAML(detector))"]
        if !training.isEmpty { lines += ["training:"] + training.map { "  \($0.key): \($0.value)" } }
        lines += [
            "# Jets: measured pT (GeV) before calibration, and |eta|.",
            "acceptance: {pt_min: \(acceptance.ptMinimum), abs_eta_max: \(acceptance.absEtaMaximum)}",
            "charm_fraction: \(charmFraction)",
            "# Least discriminants for \(JetTags.workingPoints.map { "\($0)" }.joined(separator: ", ")) % of b jets.",
            "cuts: \(list(cuts))",
            "# Mean numbers of tracks of a jet: a row for each bin of its pT, in bins of track pT, of pT relative to the jet's axis (GeV)",
            "# and, innermost, of jet-signed significance.", "templates:",
        ]
        lines += templates.classes.axes.map { "  \($0.key): \(list($0.axis.edges))" }
        for kind in JetKind.allCases {
            lines.append("  \(kind.name):")
            lines += templates.densities[kind.rawValue].map { "    - \(list($0))" }
        }
        lines += [
            "# Shares of jets with scores 1 to \(Self.scores.upperBound); a row for each bin of pT and, inner, of |eta|.",
            "efficiencies:", "  pt_edges: \(list(efficiencies.pt.edges))",
            "  abs_eta_edges: \(list(efficiencies.absEta.edges))",
        ]
        let count = efficiencies.pt.count * efficiencies.absEta.count * Self.scores.count
        for flavour in JetFlavour.allCases {
            lines.append("  \(flavour.name):")
            let shares = efficiencies.shares[flavour.rawValue * count..<(flavour.rawValue + 1) * count]
            lines += rows(Array(shares), of: Self.scores.count)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

private func list(_ values: some Sequence<Double>) -> String {
    "[" + values.map { "\($0)" }.joined(separator: ", ") + "]"
}

private func rows(_ values: [Double], of count: Int) -> [String] {
    stride(from: 0, to: values.count, by: count).map { "    - \(list(values[$0..<$0 + count]))" }
}

extension YAMLValue {
    /// Increasing edges, of widths that numbers can tell.
    func axis() throws -> Axis {
        do {
            let axis = try Axis(edges: try doubles())
            guard max(-axis.lowest, axis.highest) <= 1e6, (0..<axis.count).allSatisfy({ axis.width($0) >= 1e-6 }) else {
                throw self.error(
                    "\(axis.count) bins from \(axis.lowest) to \(axis.highest)",
                    "give edges up to 1e6 and bins no narrower than 1e-6")
            }
            return axis
        } catch let error as AxisError { throw self.error(error.description, "give increasing edges") }
    }

    /// Rows of as many numbers.
    fileprivate func rows(_ count: Int, of width: Int) throws -> [[Double]] {
        let rows = try list()
        guard rows.count == count else {
            throw error("\(rows.count) rows where \(count) are needed", "give a row for each bin")
        }
        return try rows.map { row in
            let values = try row.doubles()
            guard values.count == width else {
                throw row.error("\(values.count) numbers in a row of \(width)", "give one for each bin")
            }
            return values
        }
    }
}

extension TrackClasses {
    fileprivate var axes: [(key: String, axis: Axis)] {
        [
            ("jet_pt_edges", jetPt), ("track_pt_edges", trackPt), ("relative_pt_edges", relativePt),
            ("significance_edges", significance),
        ]
    }
}

extension TrackTemplates {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(TrackClasses.standard.axes.map(\.key) + JetKind.allCases.map(\.name))
        func axis(_ key: String) throws -> Axis { try value.required(keys, key).axis() }
        let classes = TrackClasses(
            jetPt: try axis("jet_pt_edges"), trackPt: try axis("track_pt_edges"),
            relativePt: try axis("relative_pt_edges"), significance: try axis("significance_edges"))
        try self.init(
            classes: classes,
            densities: try JetKind.allCases.map { kind in
                try value.required(keys, kind.name).rows(classes.jetPt.count, of: classes.binCount)
            })
    }
}

extension TagEfficiencies {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["pt_edges", "abs_eta_edges"] + JetFlavour.allCases.map(\.name))
        let pt = try value.required(keys, "pt_edges").axis()
        let absEta = try value.required(keys, "abs_eta_edges").axis()
        try self.init(
            pt: pt, absEta: absEta,
            shares: try JetFlavour.allCases.flatMap { flavour in
                try value.required(keys, flavour.name).rows(pt.count * absEta.count, of: Tagger.scores.count).joined()
            })
    }
}
