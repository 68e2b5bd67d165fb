public import DijetGeneration
internal import FileAccess
internal import RadiationTunes

/// Parameters of the radiation, with the ways in which they may be varied.
public struct RadiationTune: Sendable {
    static let schema = "etacal.radiation/1"

    public let name: String
    public let summary: String?
    /// The tune itself.
    public let model: RadiationModel
    /// By name, such as `initial-up`: the tune with some parameters changed.
    public let variations: [(name: String, model: RadiationModel)]
    /// Whether the program carries it.
    public let isBuiltIn: Bool

    /// The tune that the program carries.
    public static let builtIn: RadiationTune = {
        guard let tune = RadiationTunes.tunes.first,
            let loaded = try? RadiationTune(yaml: String(decoding: tune.text, as: UTF8.self), file: tune.name, true)
        else { preconditionFailure("the built-in tune is valid") }
        return loaded
    }()

    /// The built-in tune by its name, or a file.
    public init(named name: String) throws {
        if name == Self.builtIn.name { self = Self.builtIn } else { try self.init(file: name) }
    }

    public init(file: String) throws { try self.init(yaml: try readText(file), file: file, false) }

    init(yaml text: String, file: String, _ isBuiltIn: Bool) throws {
        try self.init(try YAMLValue.document(text, file: file), isBuiltIn)
    }

    init(_ root: YAMLValue, _ isBuiltIn: Bool = false) throws {
        let keys = try root.mapping(["schema", "name", "summary", "parameters", "variations"])
        try root.requireSchema(keys, Self.schema)
        name = try root.required(keys, "name").name()
        summary = try keys["summary"]?.string()
        let names = RadiationParameter.allCases.map(\.rawValue)
        let parameters = try root.required(keys, "parameters")
        let given = try parameters.mapping(names)
        let model = try RadiationModel { parameter in
            try Self.value(of: parameter, parameters.required(given, parameter.rawValue))
        }
        var variations: [(name: String, model: RadiationModel)] = []
        for (name, change) in try keys["variations"]?.entries() ?? [] {
            guard !name.isEmpty, !name.unicodeScalars.contains(where: \.isControl) else {
                throw change.error("'\(excerpt(name))' is no name for a variation", "give a word, such as initial-up")
            }
            var varied = model
            let changes = try change.mapping(names)
            for parameter in RadiationParameter.allCases {
                guard let value = changes[parameter.rawValue] else { continue }
                varied[parameter] = try Self.value(of: parameter, value)
            }
            variations.append((name, varied))
        }
        (self.model, self.variations, self.isBuiltIn) = (model, variations, isBuiltIn)
    }

    private static func value(of parameter: RadiationParameter, _ value: YAMLValue) throws -> Double {
        let number = try value.double()
        guard parameter.domain.contains(number) else {
            throw value.error(
                "\(number) is out of range",
                "give a number from \(parameter.domain.lowerBound) to \(parameter.domain.upperBound)")
        }
        return number
    }

    /// The tune with a variation; nil when it has none of that name.
    public func variation(_ name: String) -> RadiationModel? { variations.first { $0.name == name }?.model }

    /// What is wrong with a name that `variation` does not know, and what to do.
    public func unknown(_ name: String) -> String { "'\(excerpt(name))' is not a variation of the tune '\(self.name)'" }
    public var remedy: String {
        variations.isEmpty
            ? "it has none; leave the variation out" : "known are \(variations.map(\.name).joined(separator: ", "))"
    }

    /// The tune as YAML that `init` reads, variations as their changes.
    var yamlLines: [String] {
        func line(_ parameter: RadiationParameter, _ model: RadiationModel) -> String {
            "\(parameter.rawValue): \(model[parameter])"
        }
        var lines = ["schema: \(Self.schema)", "name: \(quotedYAML(name))"]
        if let summary { lines.append("summary: \(quotedYAML(summary))") }
        lines.append("parameters:")
        lines += RadiationParameter.allCases.map { "  \(line($0, model))" }
        if !variations.isEmpty { lines.append("variations:") }
        for (name, varied) in variations {
            let changed = RadiationParameter.allCases.filter { varied[$0] != model[$0] }
            lines.append("  \(quotedYAML(name)): {\(changed.map { line($0, varied) }.joined(separator: ", "))}")
        }
        return lines
    }
}
