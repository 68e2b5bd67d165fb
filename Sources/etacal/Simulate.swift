import ArgumentParser
import Balance
import CardFiles
import ClosureStudy
import DetectorModel
import EventFiles
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
              etacal simulate --detector my-card.yaml --events 250k --seed 2 -o test.csv
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
        name: .shortAndLong, help: ArgumentHelp("The table to write (.csv, .csv.gz or .h5).", valueName: "file"),
        completion: .events)
    var output: String

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if triggers != nil && !pseudoData { throw ValidationError("--triggers acts on data: give --pseudo-data, too.") }
    }

    func run() throws {
        let meter = ProgressMeter(quiet: common.quiet)
        let loaded = try LoadedCard(detector)
        let card = loaded.card
        let term = try loaded.softTerm(softTerm)
        var generator = GeneratorConfiguration()
        try truth.configure(&generator)
        let named = try NamedTruth(
            path: truth.truth, crossSections: truth.crossSections, generator: generator, threads: common.threadCount)
        let role: SampleRole = pseudoData ? .pseudoData : .simulation
        let plan = try EventPlan(events: events.value, truth: named.truth, detector: card, role: role)
        let source = SimulatedSource(
            truth: named.truth,
            detector: pseudoData
                ? .ofData(card, other: nil, softTerm: term) : .ofSimulation(card, data: nil, softTerm: term),
            role: role, seed: common.seed ?? 1,
            plan: plan, threads: 1, triggers: try triggers.map { try TriggerMenu(simulable: $0) },
            simulation: Detector(card, pseudoData: false))
        let writer = try EventWriter(
            output, sliceWeights: source.sliceWeights, hasTriggers: triggers != nil, overwrite: common.overwrite)
        meter.begin("writing", expected: plan.events)
        try source.forEachBlock(of: 0..<source.pieces) { block in
            try writer.write(block)
            meter.add(block.count)
        }
        try writer.finish()
        meter.finish()
        if common.json {
            print("{\"events\": \(plan.events), \"reuse\": \(plan.largestReuse)}")
        } else if !common.quiet {
            let reuse = plan.largestReuse > 1 ? ", each truth event used up to \(plan.largestReuse) times" : ""
            print("\(plan.events) events\(reuse) are in \(output)")
        }
    }
}
