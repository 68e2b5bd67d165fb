import ArgumentParser
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
            """)

    @Option(help: ArgumentHelp("A built-in name or a card file.", valueName: "card"), completion: .card)
    var detector: String

    @Flag(help: "Simulate data: the card's overlay of mis-responses acts, and the events are others.")
    var pseudoData = false

    @Option(help: "Number of events up to 4G, such as 250k or 10M.")
    var events = EventCount(argument: "1M")!

    @OptionGroup var truth: TruthOptions

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The table to write (.csv or .csv.gz).", valueName: "file"),
        completion: .events)
    var output: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let meter = ProgressMeter(quiet: common.quiet)
        let card = try LoadedCard(detector).card
        var generator = GeneratorConfiguration()
        try truth.configure(&generator)
        let named = try NamedTruth(
            path: truth.truth, crossSections: truth.crossSections, generator: generator, threads: common.threadCount)
        let role: SampleRole = pseudoData ? .pseudoData : .simulation
        let plan = try EventPlan(events: events.value, truth: named.truth, detector: card, role: role)
        let source = SimulatedSource(
            truth: named.truth, detector: Detector(card, pseudoData: pseudoData), role: role, seed: common.seed ?? 1,
            plan: plan, threads: 1)
        let writer = try EventWriter(output, sliceWeights: source.sliceWeights, overwrite: common.overwrite)
        meter.begin("writing", expected: plan.events)
        try source.forEachBlock { block in
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
