public import DetectorModel
internal import FileAccess
internal import Geometry

/// A detector card with the text it came from.
public struct LoadedCard: Sendable {
    public let card: DetectorCard
    public let text: String
    /// Name of a built-in card, or nil.
    public let builtIn: String?

    /// A card by built-in name or by path.
    /// - Throws: `FileError` with file, line and key path.
    public init(_ nameOrPath: String) throws {
        if let found = Geometry.cards.first(where: { $0.name == nameOrPath }) {
            text = String(decoding: found.text, as: UTF8.self)
            builtIn = found.name
            card = try DetectorCard(yaml: text, file: "Geometry/\(found.name).yaml")
            return
        }
        builtIn = nil
        text = try Self.text(nameOrPath)
        card = try DetectorCard(yaml: text, file: nameOrPath)
    }

    init(card: DetectorCard, text: String) {
        self.card = card
        self.text = text
        builtIn = nil
    }

    private static func text(_ path: String) throws -> String {
        do { return try readText(path) } catch {
            // A word without a slash or ending was more likely meant as a name.
            guard error.isMissingFile, !path.contains("/"), !path.hasSuffix(".yaml") else { throw error }
            throw FileError(
                .unreadable, path, "neither a built-in detector nor a file",
                "built in are \(builtInNames.joined(separator: ", "))")
        }
    }

    public static var builtInNames: [String] { Geometry.cards.map(\.name) }
}

extension DetectorCard {
    static let schema = "etacal.detector/2"
    /// What the first schema knew of. Its cards mean the same in the second.
    private static let firstSchema = "etacal.detector/1"
    private static let firstKeys = [
        "schema", "name", "summary", "jets", "acceptance", "response", "resolution", "pseudo_data",
    ]
    /// Inside parts that the first schema knew.
    private static let laterKeys = [
        "acceptance": ["pt_min", "veto"], "pseudo_data": ["dead_modules", "mu", "periods"],
    ]
    private static let keys =
        firstKeys + [
            "calorimeter", "envelope", "directions", "flavours", "tails", "pile_up", "soft_terms", "dead_modules",
            "tracker",
        ]

    /// Reads a card.
    /// - Parameter file: the name that messages use.
    public init(yaml text: String, file: String) throws {
        try self.init(YAMLValue.document(text, file: file))
    }

    init(_ root: YAMLValue) throws {
        let keys = try root.mapping(Self.keys)
        try Self.requireSchema(root, keys)
        do {
            let overlay = try keys["pseudo_data"].map { try PseudoDataOverlay($0) }
            let (response, resolution) = try Self.maps(root, keys)
            try self.init(
                name: try root.required(keys, "name").string(), summary: try keys["summary"]?.string() ?? "",
                jets: try keys["jets"]?.string() ?? "", acceptance: try Acceptance(root.required(keys, "acceptance")),
                response: response, resolution: resolution,
                features: try CardFeatures(keys), pseudoData: overlay)
        } catch let error as CardError {
            // A card inside a configuration has key paths of its own below the configuration's.
            let below = error.path.starts(with: root.path) ? Array(error.path.dropFirst(root.path.count)) : error.path
            throw root.error(at: below, error.problem, error.remedy)
        }
    }

    /// Of the calorimeter with what overrides it, or of the tables.
    private static func maps(
        _ root: YAMLValue, _ keys: [String: YAMLValue]
    ) throws -> (MeanResponse, CoreResolution) {
        guard let calorimeter = try keys["calorimeter"].map({ try Calorimeter($0) }) else {
            return (
                MeanResponse(map: try ResponseMap(root.required(keys, "response"))),
                CoreResolution(map: try ResolutionMap(root.required(keys, "resolution")))
            )
        }
        return (
            MeanResponse(calorimeter: calorimeter, overlay: try keys["response"].map { try ResponseMap($0) }),
            try keys["resolution"].map { CoreResolution(map: try ResolutionMap($0)) }
                ?? CoreResolution(calorimeter: calorimeter)
        )
    }

    private static func requireSchema(_ root: YAMLValue, _ keys: [String: YAMLValue]) throws {
        guard try root.required(keys, "schema").string() == firstSchema else {
            return try root.requireSchema(keys, schema)
        }
        var later = keys.filter { !firstKeys.contains($0.key) }.map { ($0.key, $0.value) }
        for (part, names) in laterKeys {
            guard let value = keys[part], value.node.mapping != nil else { continue }
            later += try value.entries().filter { names.contains($0.name) }.map { ($0.name, $0.value) }
        }
        guard let (key, value) = later.min(by: { $0.0 < $1.0 }) else {
            guard let overlay = keys["pseudo_data"], overlay.node.mapping != nil,
                let scale = try overlay.entries().first(where: { $0.name == "resolution_scale" })?.value,
                scale.node.mapping != nil
            else { return }
            throw scale.error("regions came with a later schema", migration)
        }
        throw value.error("'\(key)' came with a later schema", migration)
    }

    private static let migration = "say 'schema: \(schema)'; nothing else has to change"
}

func etaConvention(_ value: YAMLValue) throws -> EtaConvention {
    guard let convention = EtaConvention(rawValue: try value.string()) else {
        throw value.error("'\(value.word)' is not a way to give η", "say 'absolute' or 'signed'")
    }
    return convention
}

func range(_ value: YAMLValue) throws -> (Double, Double) {
    let edges = try value.doubles()
    guard edges.count == 2 else { throw value.error("\(edges.count) numbers for two edges", "give [low, high]") }
    return (edges[0], edges[1])
}

extension ResponseMap {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["eta", "transition", "regions", "cracks", "asymmetry", "slopes"])
        let regions = try value.required(keys, "regions").list().map { region in
            let parts = try region.mapping(["eta", "value", "pt", "values", "hadronic", "formula"])
            let (low, high) = try range(region.required(parts, "eta"))
            return ResponseRegion(low: low, high: high, form: try ResponseForm(region, parts))
        }
        let cracks = try keys["cracks"]?.list().map { crack in
            let parts = try crack.mapping(["eta", "width", "depth", "pt_exponent"])
            return Crack(
                eta: try crack.required(parts, "eta").double(), width: try crack.required(parts, "width").double(),
                depth: try crack.required(parts, "depth").double(),
                ptExponent: try parts["pt_exponent"]?.double() ?? 0)
        }
        let slopes = try keys["slopes"]?.list().map { slope in
            let parts = try slope.mapping(["eta", "rise", "pt_exponent"])
            let (low, high) = try range(slope.required(parts, "eta"))
            return ResponseSlope(
                low: low, high: high, rise: try slope.required(parts, "rise").double(),
                ptExponent: try parts["pt_exponent"]?.double() ?? 0)
        }
        try self.init(
            convention: try etaConvention(value.required(keys, "eta")),
            transition: try keys["transition"]?.double() ?? 0, regions: regions, cracks: cracks ?? [],
            asymmetry: try keys["asymmetry"]?.double() ?? 0, slopes: slopes ?? [], path: value.path)
    }
}

extension ResponseForm {
    init(_ region: YAMLValue, _ parts: [String: YAMLValue]) throws {
        switch (parts["value"], parts["pt"], parts["values"], parts["hadronic"], parts["formula"]) {
        case (let value?, nil, nil, nil, nil): self = .constant(try value.double())
        case (nil, let pt?, let values?, nil, nil): self = .table(pt: try pt.doubles(), values: try values.doubles())
        case (nil, nil, nil, nil, let formula?): self = .formula(try Formula(formula))
        case (nil, nil, nil, let form?, nil):
            let keys = try form.mapping(["scale", "h_over_e", "e0", "m"])
            self = .hadronic(
                scale: try form.required(keys, "scale").double(), hOverE: try form.required(keys, "h_over_e").double(),
                e0: try form.required(keys, "e0").double(), m: try form.required(keys, "m").double())
        default:
            throw region.error(
                "the region has no single response", "give 'value', or 'pt' and 'values', or 'hadronic', or 'formula'")
        }
    }
}

extension Formula {
    fileprivate init(_ value: YAMLValue) throws {
        let text = try value.string()
        do { try self.init(text, variables: Self.cardVariables) } catch {
            throw value.error("column \(error.column) of the formula: \(error.problem)", error.remedy)
        }
    }
}

extension ResolutionMap {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["eta", "regions"])
        let regions = try value.required(keys, "regions").list().map { region in
            let parts = try region.mapping(["eta", "n", "s", "c", "d", "formula"])
            let (low, high) = try range(region.required(parts, "eta"))
            return ResolutionRegion(low: low, high: high, form: try ResolutionForm(region, parts))
        }
        try self.init(convention: try etaConvention(value.required(keys, "eta")), regions: regions, path: value.path)
    }
}

extension ResolutionForm {
    fileprivate init(_ region: YAMLValue, _ parts: [String: YAMLValue]) throws {
        if let formula = parts["formula"] {
            guard ["n", "s", "c", "d"].allSatisfy({ parts[$0] == nil }) else {
                throw region.error("the region has no single resolution", "give 'n', 's', 'c' and 'd', or 'formula'")
            }
            self = .formula(try Formula(formula))
            return
        }
        self = .terms(
            noise: try region.required(parts, "n").double(), stochastic: try region.required(parts, "s").double(),
            constant: try region.required(parts, "c").double(), exponent: try parts["d"]?.double() ?? -1)
    }
}

extension LoadedCard {
    /// A working point of the soft term by name; nil for nil, which is the card's first.
    /// - Throws: `FileError` when the card has none of that name.
    public func softTerm(_ name: String?) throws -> SoftTerm? {
        guard let name else { return nil }
        let terms = card.features.softTerms
        guard let term = terms.first(where: { $0.name == name }) else {
            let known = terms.map(\.name).joined(separator: ", ")
            throw FileError(
                .malformed, card.name, "the card has no soft term '\(excerpt(name))'",
                terms.isEmpty ? "describe soft_terms in the card" : "known are \(known)")
        }
        return term
    }
}
