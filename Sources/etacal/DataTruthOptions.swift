import ArgumentParser
import CardFiles

/// Options that give the pseudo-data another truth than simulation has.
struct DataTruthOptions: ParsableArguments {
    @Option(
        name: .customLong("data-truth"),
        help: ArgumentHelp(
            "Truth events for the pseudo-data alone (default: the truth of simulation).", valueName: "file"),
        completion: .events)
    var truth: String?

    @Option(
        name: .customLong("data-truth-xsec"),
        help: ArgumentHelp(
            "Cross-sections of its slices, in pb (default: NAME_xsec.csv beside NAME_dijets.csv).", valueName: "file"),
        completion: .events)
    var crossSections: String?

    @Option(
        name: .customLong("data-radiation"),
        help: ArgumentHelp(
            "Radiation of the pseudo-data's built-in truth, a YAML file or monash (default: that of simulation).",
            valueName: "file"), completion: .yaml)
    var radiation: String?

    @Option(
        name: .customLong("data-radiation-variation"),
        help: ArgumentHelp("One of the variations of that tune (default: none).", valueName: "name"))
    var variation: String?

    private var isRadiation: Bool { radiation != nil || variation != nil }

    static let radiationIsUnused =
        "--data-radiation and --data-radiation-variation are for the built-in truth of both samples; "
        + "leave them out with --truth and --data-truth."

    func validate() throws {
        if truth != nil, isRadiation { throw ValidationError(Self.radiationIsUnused) }
    }

    /// Lays what the options say over a configuration that already has the truth of simulation.
    func configure(_ run: inout RunConfiguration) throws {
        if let truth { run.dataTruth = truth }
        if run.truth != nil || run.dataTruth != nil {
            if isRadiation { throw ValidationError(Self.radiationIsUnused) }
            run.dataRadiation = nil
        }
        if crossSections != nil, run.dataTruth == nil {
            throw ValidationError("--data-truth-xsec is for --data-truth: name the sample.")
        }
        guard isRadiation else { return }
        let tune =
            try radiation.map { try RadiationTune(named: $0) } ?? run.dataRadiation?.tune ?? run.generator.radiation
        if let variation, tune.variation(variation) == nil {
            throw ValidationError("--data-radiation-variation: \(tune.unknown(variation)); \(tune.remedy).")
        }
        run.dataRadiation = RadiationChoice(tune: tune, variation: variation)
    }
}
