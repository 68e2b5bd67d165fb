import ArgumentParser
import Balance
import CardFiles
import ClosureStudy
import DetectorModel
import EventFiles
import FileAccess
import FlavourTagging
import Foundation
import JetPhysics

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write reconstructed dijets with their truth.",
        usage: "etacal simulate --detector <card> [--pseudo-data] [<options>] -o <file>",
        discussion: """
            Momenta are in GeV, angles in radian. Data and simulation of the same seed are different events.

            Examples:
              etacal simulate --detector cms-like --events 1M -o mc.csv.gz
              etacal simulate --detector cms-like --pseudo-data --events 1M -o data.csv.gz
              etacal simulate --detector cms-like --tagger tagger.yaml -o tagged.h5
              etacal simulate --detector cms-like --tagger tagger.yaml \\
                  --tag-weights weights.yaml --tag-variation bottom-up -o up.h5
              etacal simulate --detector my-card.yaml --events 250k --seed 2 -o test.csv

            The same events in two parts, which may be made at the same time:
              etacal simulate --detector cms-like --events 1M --shard 0/2 -o part-0.h5
              etacal simulate --detector cms-like --events 1M --shard 1/2 -o part-1.h5
              etacal merge part-0.h5 part-1.h5 -o mc.h5
              etacal simulate --detector atlas-like --events 1M -o mc.h5
            """)

    @Option(help: ArgumentHelp("A built-in name or a card file.", valueName: "card"), completion: .card)
    var detector: String

    @Flag(help: "Simulate data: the card's overlay of mis-responses acts, and the events are others.")
    var pseudoData = false

    @Option(help: "Number of events up to 10T, such as 250k or 10M.")
    var events = EventCount(argument: "1M")!

    @OptionGroup var truth: TruthOptions

    @Option(
        help: ArgumentHelp(
            "Triggers whose decisions on pseudo-data become a column, a YAML file (default: none).", valueName: "file"),
        completion: .yaml)
    var triggers: String?

    @Option(help: "The working point of the soft term (default: the card's first).")
    var softTerm: String?

    @Option(
        help: ArgumentHelp(
            "A tagger of 'tags train', whose scores, discriminants and leading significances of d0 become columns (default: none, no tracks are made).",
            valueName: "file"), completion: .yaml)
    var tagger: String?

    @Option(
        help: ArgumentHelp(
            "Scale factors of b-tagging scores, a YAML file: events of simulation are weighted as data ask for, with the same total (default: none).",
            valueName: "file"), completion: .yaml)
    var tagWeights: String?

    @Option(help: "Which of these factors are moved by their uncertainties, such as bottom-up or light-down.")
    var tagVariation = ScaleFactorVariation.nominal

    @OptionGroup var parts: EventShardOption

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The table to write (.csv, .csv.gz or .h5).", valueName: "file"),
        completion: .events)
    var output: String

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if triggers != nil && !pseudoData { throw ValidationError("--triggers acts on data: give --pseudo-data, too.") }
        if tagWeights != nil && (tagger == nil || pseudoData) {
            throw ValidationError("--tag-weights acts on tags of simulation: give --tagger, and no --pseudo-data.")
        }
        if tagVariation != .nominal && tagWeights == nil {
            throw ValidationError("--tag-variation moves the factors of --tag-weights: give them, too.")
        }
        try parts.requireHDF5(output)
    }

    /// All that decides the events.
    private func configuration(
        _ card: DetectorCard, _ generator: GeneratorConfiguration, _ truthName: String?, _ menu: TriggerMenu?,
        tags: [String]
    ) -> String {
        var lines = ["events: \(events.value)", "seed: \(common.seed ?? 1)", "pseudo_data: \(pseudoData)"]
        if let softTerm { lines.append("soft_term: \(softTerm)") }
        lines += tags
        lines += ["detector:"] + card.yaml.split(separator: "\n").map { "  \($0)" }
        lines += truthName.map { ["truth: \($0)"] } ?? ["generator:"] + generator.yamlLines.map { "  \($0)" }
        if let menu { lines += ["triggers:"] + menu.yamlLines.map { "  \($0)" } }
        return lines.joined(separator: "\n") + "\n"
    }

    /// nil where none are asked for.
    private func weights(_ tagger: Tagger, _ card: DetectorCard) throws -> TagWeights? {
        guard let tagWeights else { return nil }
        guard tagger.detector == card.name else {
            throw FileError(
                .malformed, self.tagger ?? "",
                "the tagger is of '\(tagger.detector.shown())', whose efficiencies the weights need, not of '\(card.name.shown())'",
                "train a tagger for this card")
        }
        return TagWeights(try ScaleFactors(file: tagWeights), tagger: tagger, variation: tagVariation)
    }

    private func tagLines() throws -> [String] {
        let files = [("tagger", tagger), ("tag_weights", tagWeights)]
        let sums = try files.compactMap { key, path in try path.map { "\(key): \(try sha256(ofFile: $0))" } }
        return sums + (tagVariation == .nominal ? [] : ["tag_variation: \(tagVariation)"])
    }

    func run() throws {
        let meter = ProgressMeter(quiet: common.quiet)
        let loaded = try LoadedCard(detector)
        let card = tagger == nil ? loaded.card : try loaded.withTracker()
        let loadedTagger = try tagger.map { try Tagger(file: $0) }
        let weights = try loadedTagger.flatMap { try self.weights($0, card) }
        let term = try loaded.softTerm(softTerm)
        var generator = GeneratorConfiguration()
        try truth.configure(&generator)
        let named = try NamedTruth(
            path: truth.truth, crossSections: truth.crossSections, generator: generator, threads: common.threadCount)
        let role: SampleRole = pseudoData ? .pseudoData : .simulation
        let plan = try EventPlan(events: events.value, truth: named.truth, detector: card, role: role)
        let menu = try triggers.map { try TriggerMenu(simulable: $0) }
        let text = named.inputs.described(
            after: configuration(card, generator, named.name, menu, tags: try tagLines()))
        let source = SimulatedSource(
            truth: named.truth,
            detector: pseudoData
                ? .ofData(card, other: nil, softTerm: term) : .ofSimulation(card, data: nil, softTerm: term),
            role: role, seed: common.seed ?? 1,
            plan: plan, threads: 1, triggers: menu,
            simulation: Detector(card, pseudoData: false), tagger: loadedTagger, tagWeights: weights)
        let shard = parts.shard?.shard
        let pieces = (shard ?? .whole).range(of: source.pieces)
        let writer = try EventWriter(
            output, sliceWeights: source.sliceWeights,
            origin: EventOrigin(
                version: Etacal.version, configuration: text, configurationSHA256: sha256(Data(text.utf8)),
                part: shard.map { EventPart($0, of: source.pieces) }),
            hasTriggers: triggers != nil, hasTags: tagger != nil, overwrite: common.overwrite)
        var written = 0
        meter.begin("writing", expected: plan.events / (shard?.count ?? 1))
        try source.forEachBlock(of: pieces) { block in
            try writer.write(block)
            written += block.count
            meter.add(block.count)
        }
        try writer.finish()
        meter.finish()
        if common.json {
            print("{\"events\": \(written), \"reuse\": \(plan.largestReuse)}")
        } else if !common.quiet {
            let reuse = plan.largestReuse > 1 ? ", each truth event used up to \(plan.largestReuse) times" : ""
            print("\(written) events\(reuse) are in \(output)")
        }
    }
}
