public import Balance
internal import FileAccess

extension TriggerMenu {
    static let schema = "etacal.triggers/1"

    /// Reads a list of triggers: `triggers: [{name, pt_avg_min (GeV), prescale, threshold (GeV), width, region}]`.
    ///
    /// With `threshold` and `width` a trigger has a turn-on, and `pt_avg_min` may be left out: it is where 99 % fire.
    public init(file: String) throws {
        try self.init(YAMLValue.document(try readText(file), file: file), schemaRequired: true)
    }

    init(_ root: YAMLValue, schemaRequired: Bool) throws {
        let keys = try root.mapping(["schema", "triggers", "forward_abs_eta_min"])
        if schemaRequired || keys["schema"] != nil { try root.requireSchema(keys, Self.schema) }
        let list = try root.required(keys, "triggers")
        let triggers = try list.list().map { try Trigger($0) }
        let forward = try keys["forward_abs_eta_min"]?.double() ?? 2.853
        guard forward > 0, forward <= 8 else {
            throw root.error(at: ["forward_abs_eta_min"], "\(forward) is out of range", "give |η| above 0 and up to 8")
        }
        do { try self.init(triggers, forwardAbsEta: forward) } catch {
            throw list.error(at: error.path, error.problem, error.remedy)
        }
    }

    /// Largest prescale of simulated events: they are made before they are prescaled. Events of a file have been prescaled by whoever
    /// took them, and come with any prescale.
    public static let largestSimulatedPrescale = 1000.0

    /// A menu for events that are simulated.
    public init(simulable file: String) throws {
        try self.init(file: file)
        try requireSimulable(file)
    }

    func requireSimulable(_ place: String) throws {
        guard let trigger = triggers.first(where: { $0.prescale > Self.largestSimulatedPrescale }) else { return }
        throw FileError(
            .malformed, place, "the prescale of '\(excerpt(trigger.name))' leaves too few of the simulated events",
            "give prescales up to \(Int(Self.largestSimulatedPrescale)) for simulated data")
    }

    /// As the lines of a YAML mapping that reads back as the same menu.
    public var yamlLines: [String] {
        ["forward_abs_eta_min: \(forwardAbsEta)", "triggers:"]
            + triggers.map { trigger in
                var parts = [
                    "name: \(quotedYAML(trigger.name))", "pt_avg_min: \(trigger.ptAverageMinimum)",
                    "prescale: \(trigger.prescale)", "region: \(trigger.region.rawValue)",
                ]
                if let turnOn = trigger.turnOn {
                    parts += ["threshold: \(turnOn.threshold)", "width: \(turnOn.width)"]
                }
                return "  - {\(parts.joined(separator: ", "))}"
            }
    }
}

extension TriggerMenu.Trigger {
    fileprivate init(_ value: YAMLValue) throws {
        let parts = try value.mapping(["name", "pt_avg_min", "prescale", "threshold", "width", "region"])
        var turnOn: TriggerMenu.TurnOn?
        if let threshold = parts["threshold"] {
            turnOn = TriggerMenu.TurnOn(threshold: try threshold.double(), width: try parts["width"]?.double() ?? 0)
        } else if let width = parts["width"] {
            throw width.error("a width without a threshold", "give the threshold, too, or leave both out")
        }
        let region = try parts["region"].map { word in
            guard let region = TriggerMenu.Region(rawValue: try word.string()) else {
                throw word.error("'\(word.word)' is not a region", "say any, central or forward")
            }
            return region
        }
        let minimum =
            try parts["pt_avg_min"]?.double()
            ?? turnOn.map { $0.threshold > 0 ? $0.ptAverage(efficiency: Self.plateau) : 0 }
        guard let minimum else {
            throw value.error("the key 'pt_avg_min' is missing", "add it, or threshold and width")
        }
        self.init(
            name: try value.required(parts, "name").name(), ptAverageMinimum: minimum,
            prescale: try value.required(parts, "prescale").double(), turnOn: turnOn, region: region ?? .any)
    }
}
