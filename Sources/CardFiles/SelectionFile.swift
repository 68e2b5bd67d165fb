public import Balance
internal import Binning
internal import FileAccess

extension Selection {
    static let schema = "etacal.selection/1"

    /// Reads a selection file; keys that are absent keep the standard value.
    public init(file: String) throws {
        let value = try YAMLValue.document(try readText(file), file: file)
        try self.init(value, schemaRequired: true)
    }

    init(_ value: YAMLValue, schemaRequired: Bool) throws {
        let keys = try value.mapping([
            "schema", "delta_phi_min", "alpha_max", "third_jet_floor", "abs_eta_max", "require_tag",
        ])
        if schemaRequired || keys["schema"] != nil { try value.requireSchema(keys, Self.schema) }
        do {
            let cuts = try Selection(
                deltaPhiMinimum: try keys["delta_phi_min"]?.double() ?? Selection.standard.deltaPhiMinimum,
                alphaMaximum: try keys["alpha_max"]?.double() ?? Selection.standard.alphaMaximum,
                thirdJetFloor: try keys["third_jet_floor"]?.double() ?? Selection.standard.thirdJetFloor,
                absEtaMaximum: try keys["abs_eta_max"]?.double() ?? Selection.standard.absEtaMaximum)
            self = cuts.with(requiredTag: try keys["require_tag"].map { try TagRequirement($0) })
        } catch let error as SelectionError {
            throw value.error(at: [error.key], error.problem, error.remedy)
        }
    }

    /// As the lines of a YAML mapping.
    public var yamlLines: [String] {
        [
            "delta_phi_min: \(deltaPhiMinimum)", "alpha_max: \(alphaMaximum)", "third_jet_floor: \(thirdJetFloor)",
            "abs_eta_max: \(absEtaMaximum)",
        ] + (requiredTag.map { ["require_tag: {jets: \($0.jets.rawValue), efficiency: \($0.workingPoint)}"] } ?? [])
    }
}

extension TagRequirement {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["jets", "efficiency"])
        let jets = try keys["jets"].map { word in
            guard let jets = Jets(rawValue: try word.string()) else {
                throw word.error("'\(word.word)' is not known", "say both or any")
            }
            return jets
        }
        try self.init(
            jets: jets ?? .both, workingPoint: try value.required(keys, "efficiency").integer(1...99))
    }
}

extension BalanceBinning {
    static let schema = "etacal.binning/1"

    /// 40 signed η bins to ±4.5 along the edges that CMS uses, split where they are widest, and ten bins of pT_avg; results
    /// are quoted from 40 GeV.
    public static let standard = symmetric(
        eta: [
            0.261, 0.522, 0.783, 1.044, 1.305, 1.479, 1.653, 1.93, 2.172, 2.322, 2.5, 2.65, 2.853, 2.964, 3.139, 3.314,
            3.489, 3.839, 4.191, 4.5,
        ], pt: [30, 40, 55, 75, 100, 140, 200, 300, 450, 700, 1000], quotedPtMinimum: 40)

    /// 12 signed η bins to ±4.5 and five bins of pT_avg, for samples of some ten thousand truth events a slice.
    public static let coarse = symmetric(
        eta: [0.8, 1.305, 1.93, 2.5, 3.139, 4.5], pt: [35, 65, 130, 260, 520, 1040], quotedPtMinimum: 65)

    private static let named = ["standard": standard, "coarse": coarse]

    private static func symmetric(eta positive: [Double], pt: [Double], quotedPtMinimum: Double) -> BalanceBinning {
        guard let eta = try? Axis(edges: positive.reversed().map { -$0 } + [0] + positive),
            let pt = try? Axis(edges: pt),
            let binning = try? BalanceBinning(
                eta: eta, ptAverage: pt, referenceAbsEtaMaximum: 0.8, quotedPtMinimum: quotedPtMinimum)
        else { preconditionFailure("the built-in binnings are valid") }
        return binning
    }

    /// A built-in binning (`standard`, `coarse`) or a binning file.
    public init(_ nameOrPath: String) throws {
        if let binning = Self.named[nameOrPath] {
            self = binning
            return
        }
        let value = try YAMLValue.document(try Self.text(nameOrPath), file: nameOrPath)
        try self.init(value, schemaRequired: true)
    }

    private static func text(_ path: String) throws -> String {
        do { return try readText(path) } catch {
            guard error.kind == .unreadable, !path.contains("/"), !path.contains(".") else { throw error }
            throw FileError(
                .unreadable, path, "neither a built-in binning nor a file: there is no such file",
                "built in are \(named.keys.sorted().joined(separator: ", "))")
        }
    }

    init(_ value: YAMLValue, schemaRequired: Bool) throws {
        let keys = try value.mapping(["schema", "eta_edges", "pt_edges", "reference_abs_eta_max", "quoted_pt_min"])
        if schemaRequired || keys["schema"] != nil { try value.requireSchema(keys, Self.schema) }
        func axis(_ key: String) throws -> Axis {
            let list = try value.required(keys, key)
            do { return try Axis(edges: try list.doubles()) } catch let error as AxisError {
                let index: [String] =
                    switch error {
                    case .notFinite(let index), .notIncreasing(let index): ["\(index)"]
                    case .tooFewEdges: []
                    }
                throw value.error(at: [key] + index, error.description, "give increasing edges")
            }
        }
        let pt = try axis("pt_edges")
        do {
            try self.init(
                eta: try axis("eta_edges"), ptAverage: pt,
                referenceAbsEtaMaximum: try keys["reference_abs_eta_max"]?.double() ?? 0.8,
                quotedPtMinimum: try keys["quoted_pt_min"]?.double() ?? pt.lowest)
        } catch let error as SelectionError {
            throw value.error(at: [error.key], error.problem, error.remedy)
        }
    }

    public var yamlLines: [String] {
        func list(_ edges: [Double]) -> String { "[" + edges.map { "\($0)" }.joined(separator: ", ") + "]" }
        return [
            "eta_edges: \(list(eta.edges))", "pt_edges: \(list(ptAverage.edges))",
            "reference_abs_eta_max: \(referenceAbsEtaMaximum)", "quoted_pt_min: \(quotedPtMinimum)",
        ]
    }
}
