public import DijetGeneration

/// A tune of the radiation, as it stands or with one of its variations.
public struct RadiationChoice: Sendable {
    public let tune: RadiationTune
    /// A name that the tune knows.
    public let variation: String?

    /// - Parameter variation: one of the tune's; nil for the tune as it stands.
    public init(tune: RadiationTune, variation: String? = nil) {
        self.tune = tune
        self.variation = variation
    }

    /// Reads `radiation` (a name, a path or a whole tune) and `variation`.
    /// - Parameter standard: the tune where none is named.
    init(_ keys: [String: YAMLValue], standard: RadiationTune) throws {
        let tune = try keys["radiation"].map { entry in
            entry.node.mapping == nil ? try RadiationTune(named: try entry.name()) : try RadiationTune(entry)
        }
        self.tune = tune ?? standard
        variation = try keys["variation"].map { [tune = self.tune] entry in
            let name = try entry.name()
            guard tune.variation(name) != nil else { throw entry.error(tune.unknown(name), tune.remedy) }
            return name
        }
    }

    public var model: RadiationModel { variation.flatMap(tune.variation) ?? tune.model }

    /// In a word or two.
    public var title: String { tune.name + (variation.map { " \($0)" } ?? "") }

    /// As the lines of a YAML mapping; a tune that is not built in stands there whole.
    var yamlLines: [String] {
        var lines = tune.isBuiltIn ? ["radiation: \(tune.name)"] : ["radiation:"] + tune.yamlLines.map { "  \($0)" }
        if let variation { lines.append("variation: \(quotedYAML(variation))") }
        return lines
    }
}
