import ArgumentParser
import Balance
import CardFiles
import FlavourTagging

/// Options of detectors, triggers and fits that whatever simulates and fits has.
struct StudyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Detector of the simulation: a built-in name or a card file (default: cms-like).", valueName: "card"),
        completion: .card)
    var detector: String?

    @Option(
        help: ArgumentHelp(
            "Detector of the pseudo-data (default: the other card with its own overlay of mis-responses).",
            valueName: "card"), completion: .card)
    var dataDetector: String?

    @Option(
        help: ArgumentHelp(
            "Triggers that keep the events of the pseudo-data, a YAML file (default: none, all are there).",
            valueName: "file"),
        completion: .yaml)
    var triggers: String?

    @Option(
        help: ArgumentHelp(
            "What tags jets for --require-tag, a tagger of 'tags train' (default: none).", valueName: "file"),
        completion: .yaml)
    var tagger: String?

    @OptionGroup var fit: FitOptions

    @Option(
        help: ArgumentHelp(
            "Passes over the events, 1 to 20: a first fit and refinements (default: 3).", valueName: "number"))
    var passes: Int?

    func validate() throws {
        if let passes, !(1...20).contains(passes) { throw ValidationError("--passes takes 1 to 20.") }
    }

    /// Lays what the options say over a configuration.
    func configure(_ run: inout RunConfiguration) throws {
        if let detector { run.detector = try LoadedCard(detector) }
        if let dataDetector { run.dataDetector = try LoadedCard(dataDetector) }
        if let passes { run.passes = passes }
        if let response = fit.softResponse.value { run.softResponse = response }
        if let location = fit.location { run.location = location }
        if let selection = fit.dijets.selection { run.selection = try .init(file: selection) }
        if let tag = fit.requireTag { run.selection = run.selection.with(requiredTag: tag) }
        if let tagger { run.tagger = try Tagger(file: tagger) }
        if let binning = fit.dijets.binning { run.binning = try .init(binning) }
        if let triggers { run.triggers = try TriggerMenu(simulable: triggers) }
    }
}
