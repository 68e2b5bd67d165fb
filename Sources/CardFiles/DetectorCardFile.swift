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
    static let schema = "etacal.detector/1"

    /// Reads a card.
    /// - Parameter file: the name that messages use.
    public init(yaml text: String, file: String) throws {
        try self.init(YAMLValue.document(text, file: file))
    }

    init(_ root: YAMLValue) throws {
        let keys = try root.mapping([
            "schema", "name", "summary", "jets", "acceptance", "response", "resolution", "pseudo_data",
        ])
        try root.requireSchema(keys, Self.schema)
        do {
            let acceptance = try root.required(keys, "acceptance")
            let limit = try acceptance.required(acceptance.mapping(["abs_eta_max"]), "abs_eta_max").double()
            let name = try root.required(keys, "name").string()
            let overlay = try keys["pseudo_data"].map { value in
                let parts = try value.mapping(["resolution_scale", "response"])
                return try PseudoDataOverlay(
                    response: try parts["response"].map { try ResponseMap($0) },
                    resolutionScale: try parts["resolution_scale"]?.double() ?? 1, path: value.path)
            }
            try self.init(
                name: name, summary: try keys["summary"]?.string() ?? "", jets: try keys["jets"]?.string() ?? "",
                absEtaMaximum: limit,
                response: try ResponseMap(root.required(keys, "response")),
                resolution: try ResolutionMap(root.required(keys, "resolution")), pseudoData: overlay)
        } catch let error as CardError {
            // A card inside a configuration has key paths of its own below the configuration's.
            let below = error.path.starts(with: root.path) ? Array(error.path.dropFirst(root.path.count)) : error.path
            throw root.error(at: below, error.problem, error.remedy)
        }
    }
}

private func etaConvention(_ value: YAMLValue) throws -> EtaConvention {
    guard let convention = EtaConvention(rawValue: try value.string()) else {
        throw value.error("'\(value.word)' is not a way to give η", "say 'absolute' or 'signed'")
    }
    return convention
}

private func range(_ value: YAMLValue) throws -> (Double, Double) {
    let edges = try value.doubles()
    guard edges.count == 2 else { throw value.error("\(edges.count) numbers for two edges", "give [low, high]") }
    return (edges[0], edges[1])
}

extension ResponseMap {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["eta", "transition", "regions", "cracks"])
        let regions = try value.required(keys, "regions").list().map { region in
            let parts = try region.mapping(["eta", "value", "pt", "values", "hadronic"])
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
        try self.init(
            convention: try etaConvention(value.required(keys, "eta")),
            transition: try keys["transition"]?.double() ?? 0, regions: regions, cracks: cracks ?? [],
            path: value.path)
    }
}

extension ResponseForm {
    fileprivate init(_ region: YAMLValue, _ parts: [String: YAMLValue]) throws {
        switch (parts["value"], parts["pt"], parts["values"], parts["hadronic"]) {
        case (let value?, nil, nil, nil): self = .constant(try value.double())
        case (nil, let pt?, let values?, nil): self = .table(pt: try pt.doubles(), values: try values.doubles())
        case (nil, nil, nil, let form?):
            let keys = try form.mapping(["scale", "h_over_e", "e0", "m"])
            self = .hadronic(
                scale: try form.required(keys, "scale").double(), hOverE: try form.required(keys, "h_over_e").double(),
                e0: try form.required(keys, "e0").double(), m: try form.required(keys, "m").double())
        default:
            throw region.error("the region has no single response", "give 'value', or 'pt' and 'values', or 'hadronic'")
        }
    }
}

extension ResolutionMap {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["eta", "regions"])
        let regions = try value.required(keys, "regions").list().map { region in
            let parts = try region.mapping(["eta", "n", "s", "c", "d"])
            let (low, high) = try range(region.required(parts, "eta"))
            return ResolutionRegion(
                low: low, high: high, noise: try region.required(parts, "n").double(),
                stochastic: try region.required(parts, "s").double(),
                constant: try region.required(parts, "c").double(),
                exponent: try parts["d"]?.double() ?? -1)
        }
        try self.init(convention: try etaConvention(value.required(keys, "eta")), regions: regions, path: value.path)
    }
}
