import ArgumentParser
import Balance
import CardFiles
import ClosureStudy
import DijetGeneration

struct Xsec: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cross-sections, weights and expected events of dijets.",
        usage: "etacal xsec [<options>]",
        discussion: """
            Lowest-order QCD in slices of pThat: sigma, the weight of a generated event, the events that a luminosity gives in \
            each slice and in each bin of pT_avg, and how well constants could be measured with them.

            Examples:
              etacal xsec
              etacal xsec --sqrt-s 900 --luminosity 0.3
              etacal xsec --luminosity 29280 --triggers triggers.yaml
              etacal xsec --slices sample_xsec.csv --events 20k --json
            """)

    @OptionGroup var process: HardProcessOptions

    @Option(help: ArgumentHelp("Integrated luminosity in 1/pb (default: 140000).", valueName: "number"))
    var luminosity: Double?

    @Option(help: "Events that all slices share, up to 10T, such as 250k or 10M (default: 5M).")
    var events: EventCount?

    @Option(
        help: ArgumentHelp(
            "Triggers with prescales, a YAML file (default: none, every event is kept).", valueName: "file"),
        completion: .yaml)
    var triggers: String?

    @Option(
        help: ArgumentHelp(
            "Detector whose resolution is taken: a built-in name or a card file (default: cms-like).", valueName: "card"
        ),
        completion: .card)
    var detector: String?

    @OptionGroup var common: CommonOptions

    static let standardLuminosity = 140_000.0

    func validate() throws {
        if let luminosity, !(luminosity > 0 && luminosity <= 1e15) {
            throw ValidationError("--luminosity takes a number above 0 (1/pb), up to 1e15.")
        }
    }

    func run() throws {
        let process = try process.process()
        let card = try LoadedCard(detector ?? "cms-like").card
        let menu = try triggers.map { try TriggerMenu(file: $0) }
        let luminosity = luminosity ?? Self.standardLuminosity
        let events = events?.value ?? RunConfiguration.standardEvents
        let draws = try EventPlan.draws(
            events: events, edges: Array(zip(process.edges, process.edges.dropFirst())), detector: card)
        let seed = Int(truncatingIfNeeded: common.seed ?? 1)
        let sections = try process.crossSections(seed: seed, threads: common.threadCount)
        let precision = ExpectedPrecision(
            process: process.leadingOrder, ptEdges: BalanceBinning.standard.ptAverage.edges, luminosity: luminosity,
            triggers: menu, detector: card)
        let tables = XsecTables(
            process: process, sections: sections, draws: draws, luminosity: luminosity, card: card, triggers: menu,
            precision: precision)
        if common.json {
            print(tables.json.text, terminator: "")
        } else if !common.quiet {
            print(tables.text(style: .output), terminator: "")
        }
    }
}
