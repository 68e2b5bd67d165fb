public import Balance
public import ClosureStudy
internal import DetectorModel
public import FileAccess
public import FlavourTagging
public import Intercalibration

/// Everything that decides the result of a closure run.
public struct RunConfiguration: Sendable {
    static let schema = "etacal.run/1"
    public static let standardEvents = 5_000_000
    public static let largestEvents = 10_000_000_000_000

    public var detector: LoadedCard
    public var dataDetector: LoadedCard?
    /// Path of a truth sample; nil for the built-in truth.
    public var truth: String?
    /// What the built-in truth is made of.
    public var generator: GeneratorConfiguration
    /// Path of a truth sample for the pseudo-data alone; nil where they have the truth of simulation, or a built-in one.
    public var dataTruth: String?
    /// How the built-in truth of the pseudo-data radiates; nil for as in simulation.
    public var dataRadiation: RadiationChoice?
    public var events: Int
    public var seed: UInt64
    public var method: Method
    public var passes: Int
    /// Of the method `mpf`; nil for its plain form.
    public var softResponse: Double?
    public var location = LocationEstimator.mean
    /// Replicas of a bootstrap; 0 for none.
    public var replicas = 0
    /// Of binned constants.
    public var smoothing = Smoothing.none
    public var requirement: EventRequirement
    public var selection: Selection
    public var binning: BalanceBinning
    public var tolerance: Tolerance
    /// What kept the events of data; nil for all of them.
    public var triggers: TriggerMenu?
    /// What tags jets, for a selection that requires tags; nil where no tracks are made.
    public var tagger: Tagger?
    /// Cuts on α that constants are extrapolated over; nil for constants at the selection's cut.
    public private(set) var alphaCuts: AlphaCuts?
    /// Whether the resolution of jets is derived.
    public private(set) var derivesResolution = false
    /// Whether constants are derived anew from jets with the resolution of the worse of the two samples.
    public private(set) var smears = false

    private static let standardDetector = Result { try LoadedCard("cms-like") }

    public init() throws {
        detector = try Self.standardDetector.get()
        dataDetector = nil
        truth = nil
        generator = GeneratorConfiguration()
        events = Self.standardEvents
        seed = 1
        method = .matrix
        passes = 3
        requirement = EventRequirement()
        selection = .standard
        binning = .standard
        tolerance = .standard
    }

    /// Reads a configuration; absent keys keep their standard value.
    public init(file: String) throws {
        try self.init()
        let root = try YAMLValue.document(try readText(file), file: file)
        let keys = try root.mapping([
            "schema", "detector", "data_detector", "truth", "generator", "data_truth", "data_generator", "events",
            "seed", "method", "passes", "soft_response", "location", "replicas", "requirement",
            "selection", "binning", "tolerance", "triggers", "alpha_edges", "resolution", "smear", "smoothing",
            "tagger",
        ])
        try root.requireSchema(keys, Self.schema)
        func card(_ value: YAMLValue) throws -> LoadedCard {
            guard value.node.mapping != nil else { return try LoadedCard(try value.name()) }
            let card = try DetectorCard(value)
            return LoadedCard(card: card, text: card.yaml)
        }
        if let value = keys["detector"] { detector = try card(value) }
        if let value = keys["data_detector"] { dataDetector = try card(value) }
        truth = try keys["truth"]?.name()
        if let value = keys["generator"] {
            guard truth == nil else {
                throw value.error("a truth sample has no use for it", "leave out generator or truth")
            }
            generator = try GeneratorConfiguration(value)
        }
        dataTruth = try keys["data_truth"]?.name()
        if let value = keys["data_generator"] {
            guard truth == nil, dataTruth == nil else {
                throw value.error(
                    "a truth sample has no use for it", "leave out data_generator, or truth and data_truth")
            }
            // The rest of the generator is that of simulation: the two differ in what partons become.
            dataRadiation = try RadiationChoice(
                try value.mapping(["radiation", "variation"]), standard: generator.radiation)
        }
        if let value = keys["events"] { events = try value.integer(1...Self.largestEvents) }
        if let value = keys["seed"] {
            guard let number = UInt64(try value.string()) else {
                throw value.error(
                    "'\(value.word)' is not a seed", "give a whole number from 0 to \(UInt64.max)")
            }
            seed = number
        }
        if let value = keys["method"] {
            let name = try value.string()
            guard let named = Method.allCases.first(where: { $0.rawValue == name }) else {
                throw value.error(
                    "'\(value.word)' is not a method",
                    "known are \(Method.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            method = named
        }
        if let value = keys["passes"] { passes = try value.integer(1...20) }
        if let value = keys["soft_response"] {
            let response = try value.double()
            guard MissingMomentumSums.softResponses.contains(response) else {
                throw value.error(
                    "\(response) is not the response of a soft term",
                    "give \(MissingMomentumSums.softResponses.lowerBound) to \(MissingMomentumSums.softResponses.upperBound)"
                )
            }
            softResponse = response
        }
        if let value = keys["location"] {
            guard let named = LocationEstimator(rawValue: try value.string()) else {
                throw value.error(
                    "'\(value.word)' is not a location of the asymmetry",
                    "known are \(LocationEstimator.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            location = named
        }
        if let value = keys["replicas"] {
            replicas = try value.integer(0...Bootstrap.largestReplicas)
            guard replicas != 1 else { throw value.error("one replica shows no spread", "give 0 or at least 2") }
            guard replicas == 0 || method.worksOnSums else {
                throw value.error(
                    "the method \(method.rawValue) has no replicas", "leave them out, or take another method")
            }
        }
        if let value = keys["smoothing"] {
            guard let named = Smoothing(rawValue: try value.string()) else {
                throw value.error(
                    "'\(value.word)' is not a smoothing",
                    "known are \(Smoothing.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            do { try method.require(named) } catch {
                throw value.error("\(error)", "leave it out, or choose another method")
            }
            smoothing = named
        }
        if let value = keys["requirement"] {
            let parts = try value.mapping(["rows", "effective_events"])
            let effective = try parts["effective_events"]?.double() ?? requirement.effectiveEvents
            guard effective >= 2 else {
                throw value.error(at: ["effective_events"], "\(effective) events show no width", "give at least 2")
            }
            requirement = EventRequirement(
                rows: try parts["rows"]?.integer(2...1_000_000_000) ?? requirement.rows, effectiveEvents: effective)
        }
        if let value = keys["selection"] {
            selection =
                value.node.mapping != nil
                ? try Selection(value, schemaRequired: false) : try Selection(file: try value.name())
        }
        if let value = keys["binning"] {
            binning =
                value.node.mapping != nil
                ? try BalanceBinning(value, schemaRequired: false) : try BalanceBinning(try value.name())
        }
        if let value = keys["tolerance"] { tolerance = try Tolerance(value) }
        triggers = try keys["triggers"].map { value in
            let menu =
                value.node.mapping != nil
                ? try TriggerMenu(value, schemaRequired: false) : try TriggerMenu(file: try value.name())
            try menu.requireSimulable(value.place)
            return menu
        }
        tagger = try keys["tagger"].map { value in
            value.node.mapping != nil ? try Tagger(value) : try Tagger(file: try value.name())
        }
        if let value = keys["alpha_edges"] {
            let edges = try value.doubles()
            do { try extrapolate(over: edges) } catch let error as SelectionError {
                throw value.error(error.problem, error.remedy)
            } catch {
                throw value.error("\(error)", "leave it out, or choose another method")
            }
        }
        if let value = keys["location"] {
            do { try requireLocation() } catch { throw value.error("\(error)", "give what goes together") }
        }
        for key in ["resolution", "smear"] {
            guard let value = keys[key] else { continue }
            guard ["true", "false"].contains(try value.string()) else {
                throw value.error("'\(value.word)' is neither true nor false", "give one of them")
            }
            let isTrue = try value.string() == "true"
            do {
                try deriveResolution(
                    derivesResolution || isTrue, smearing: key == "smear" && isTrue)
            } catch {
                throw value.error("\(error)", "leave it out, or choose another method")
            }
        }
    }

    /// - Throws: `FileError` where a tag is required and there is no tagger, or the other way round, or a card has no tracker.
    public func requireTags() throws(FileError) {
        guard (selection.requiredTag != nil) == (tagger != nil) else {
            throw tagger == nil
                ? FileError(
                    .malformed, "selection.require_tag", "nothing tags the jets",
                    "give a tagger, such as 'tags train' makes, or require no tag")
                : FileError(
                    .malformed, "tagger", "the selection requires no tag", "leave it out, or require a tag, too")
        }
        guard tagger != nil else { return }
        for card in [detector, dataDetector].compactMap({ $0 }) { _ = try card.withTracker() }
    }

    /// - Parameter smearing: whether constants are derived anew with it.
    /// - Throws: `MethodError` where the method fits the resolution itself.
    public mutating func deriveResolution(_ derives: Bool, smearing: Bool = false) throws(MethodError) {
        guard !derives || method.worksOnSums else { throw .fitsResolution(method) }
        derivesResolution = derives
        smears = derives && smearing
    }

    /// - Throws: where the method, replicas or the extrapolation know the mean alone.
    public func requireLocation() throws(MethodError) {
        try location.requireUse(by: [method], replicas: replicas, extrapolates: alphaCuts != nil)
    }

    /// Extrapolates over these cuts, which have to suit the selection and the method; nil for none.
    /// - Throws: `SelectionError`, `MethodError`.
    public mutating func extrapolate(over edges: [Double]?) throws {
        alphaCuts = try edges.map { try AlphaCuts($0, selection: selection) }
        if alphaCuts != nil { try method.requireExtrapolable() }
    }

    /// What the pseudo-data's own built-in truth is made of; nil where they have none.
    public var dataGenerator: GeneratorConfiguration? { dataRadiation.map(generator.radiating) }

    /// The resolution is derived over the cuts that constants are extrapolated over, or the standard ones where they are not.
    private var resolutionCuts: AlphaCuts? {
        guard derivesResolution else { return nil }
        return alphaCuts ?? (try? AlphaCuts(AlphaCuts.standard(selection), selection: selection))
    }

    public var options: DerivationOptions {
        DerivationOptions(
            method: method, selection: selection, binning: binning, requirement: requirement, passes: passes,
            softResponse: softResponse, location: location, triggers: triggers, alphaCuts: alphaCuts,
            replicas: replicas, resolutionCuts: resolutionCuts, smears: smears, smoothing: smoothing)
    }

    /// The resolved configuration as YAML that `init(file:)` reads; cards that are not built in stand in it whole.
    /// - Parameters:
    ///   - truthName: what the truth sample is called; a path would tie the result to a machine.
    ///   - dataTruthName: the same of the pseudo-data's own.
    public func yaml(truthName: String?, dataTruthName: String? = nil) -> String {
        var lines = ["schema: \(Self.schema)"]
        func add(_ key: String, _ card: LoadedCard) {
            if let name = card.builtIn {
                lines.append("\(key): \(name)")
            } else {
                lines.append("\(key):")
                lines += card.card.yaml.split(separator: "\n").map { "  \($0)" }
            }
        }
        add("detector", detector)
        if let dataDetector { add("data_detector", dataDetector) }
        if let truthName {
            lines.append("truth: \(quotedYAML(truthName))")
        } else {
            lines.append("generator:")
            lines += generator.yamlLines.map { "  \($0)" }
        }
        if let dataTruthName { lines.append("data_truth: \(quotedYAML(dataTruthName))") }
        if let dataRadiation {
            lines.append("data_generator:")
            lines += dataRadiation.yamlLines.map { "  \($0)" }
        }
        lines += ["events: \(events)", "seed: \(seed)", "method: \(method.rawValue)", "passes: \(passes)"]
        if let softResponse { lines.append("soft_response: \(softResponse)") }
        if location != .mean { lines.append("location: \(location.rawValue)") }
        if replicas > 0 { lines.append("replicas: \(replicas)") }
        if smoothing != .none { lines.append("smoothing: \(smoothing.rawValue)") }
        lines.append(
            "requirement: {rows: \(requirement.rows), effective_events: \(requirement.effectiveEvents)}")
        lines.append("selection:")
        lines += selection.yamlLines.map { "  \($0)" }
        lines.append("binning:")
        lines += binning.yamlLines.map { "  \($0)" }
        lines.append("tolerance:")
        lines += tolerance.bands.map { "  - {abs_eta_max: \($0.absEtaMaximum), value: \($0.value)}" }
        if let triggers {
            lines.append("triggers:")
            lines += triggers.yamlLines.map { "  \($0)" }
        }
        if let tagger {
            lines.append("tagger:")
            lines += tagger.yaml().split(separator: "\n").map { "  \($0)" }
        }
        if let alphaCuts { lines.append("alpha_edges: \(alphaCuts.cuts)") }
        if derivesResolution { lines.append("resolution: true") }
        if smears { lines.append("smear: true") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Tolerance {
    fileprivate init(_ value: YAMLValue) throws {
        guard value.node.sequence != nil else {
            self = .uniform(try value.positive())
            return
        }
        guard try !value.list().isEmpty else {
            throw value.error("there are no bands", "give a number or a list of bands")
        }
        let bands = try value.list().map { band in
            let keys = try band.mapping(["abs_eta_max", "value"])
            return Band(
                absEtaMaximum: try band.required(keys, "abs_eta_max").positive(),
                value: try band.required(keys, "value").positive())
        }
        for (index, band) in bands.enumerated() where index > 0 && band.absEtaMaximum <= bands[index - 1].absEtaMaximum
        {
            throw value.error(
                at: ["\(index)", "abs_eta_max"], "the band ends before the one above it", "list bands by increasing |η|"
            )
        }
        self.init(bands: bands)
    }
}
