import ArgumentParser
import Balance
import CalibrationFiles
import CardFiles
import ClosureStudy
import EventFiles
import FileAccess
import Foundation
import Intercalibration
import SumsFiles
import TruthResponse

/// Which dijets, and in which bins.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Selection of dijets, a YAML file (default: delta phi above 2.7, alpha below 0.3, |eta| below 5.2).",
            valueName: "file"), completion: .yaml)
    var selection: String?

    @Option(
        help: ArgumentHelp(
            "Bins of eta and pT [GeV] and the reference region: standard, coarse or a YAML file (default: standard).",
            valueName: "binning"), completion: .binning)
    var binning: String?

    func selectionValue() throws -> Selection { try selection.map { try Selection(file: $0) } ?? .standard }
    func binningValue() throws -> BalanceBinning { try binning.map { try BalanceBinning($0) } ?? .standard }
}

/// The parts of a fit's set-up that commands share.
struct FitOptions: ParsableArguments {
    @OptionGroup var dijets: SelectionOptions

    @Option(
        name: .customLong("require-tag"),
        help: ArgumentHelp(
            "Take events whose leading jets pass a b-tagging working point: 60, 70, 77 or 85 %, both jets or any:70 for one at least (default: the selection's, which has none).",
            valueName: "point"))
    var requireTag: TagRequirement?

    @OptionGroup var softResponse: SoftResponseOption

    @Option(
        help: "What stands for the mean asymmetry in the methods matrix, matrix-linear and central (default: mean).")
    var location: LocationEstimator?

    func selectionValue() throws -> Selection {
        let value = try dijets.selectionValue()
        return requireTag.map { value.with(requiredTag: $0) } ?? value
    }
}

struct Fit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Derive constants from tables of events.",
        usage: "etacal fit <data> [--mc <file>] [<options>] -o <file>",
        discussion: """
            With --mc the constants bring data to the response of simulation; its truth columns, when there, give the scale \
            that calibrates both before. Without --mc they make DATA uniform. With --triggers the column 'triggers' of DATA \
            decides which events count and for how many. A fit that is not valid is status 1.

            Examples:
              etacal fit data.csv.gz --mc mc.csv.gz -o calibration.json
              etacal fit data.csv.gz --binning coarse --method central -o uniform.json
              etacal fit prescaled.csv.gz --mc mc.csv.gz \\
                  --triggers triggers.yaml -o weighted.json
            """)

    @Argument(help: "Events to calibrate (.csv, .csv.gz or .h5), in GeV.", completion: .events)
    var data: String

    @Option(
        help: ArgumentHelp(
            "Events of the simulation (.csv, .csv.gz or .h5), in GeV (default: none, DATA alone is fitted).",
            valueName: "file"), completion: .events)
    var mc: String?

    @Option(
        help: ArgumentHelp(
            "Triggers that kept the events of DATA, with prescales, a YAML file (default: none, every event counts once).",
            valueName: "file"), completion: .yaml)
    var triggers: String?

    @Option(help: "How constants are derived.")
    var method = Method.matrix

    @Option(
        help: ArgumentHelp("Passes over the events, 1 to 20: a first fit and refinements.", valueName: "number"))
    var passes = 3

    @OptionGroup var bootstrap: ReplicaOption
    @OptionGroup var fit: FitOptions
    @OptionGroup var smoothing: SmoothingOption
    @OptionGroup var extrapolation: ExtrapolationOption

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The calibration to write (.json).", valueName: "file"),
        completion: .json)
    var output: String

    @OptionGroup var sums: SumsOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...20).contains(passes) else { throw ValidationError("--passes takes 1 to 20.") }
        if method.needsSimulation, mc == nil {
            throw ValidationError(
                "The method \(method.rawValue) needs the events of simulation: give them with --mc.")
        }
        try ReplicaOption.require(bootstrap.replicas ?? 0, by: method)
        try fit.softResponse.requireUse(by: [method])
        try sums.requireApart(["-o": output], from: ["the data": data, "--mc": mc])
    }

    func run() throws {
        let selection = try fit.selectionValue()
        let location = fit.location ?? .mean
        try location.requireUse(
            by: [method], replicas: bootstrap.replicas ?? 0, extrapolates: extrapolation.alphaEdges != nil)
        try method.require(smoothing.smoothing ?? .none)
        let options = DerivationOptions(
            method: method, selection: selection, binning: try fit.dijets.binningValue(), passes: passes,
            softResponse: fit.softResponse.value, location: location,
            triggers: try triggers.map { try TriggerMenu(file: $0) },
            alphaCuts: try extrapolation.cuts(selection, method), replicas: bootstrap.replicas ?? 0,
            smoothing: smoothing.smoothing ?? .none)
        let target = try Output(output, .file, overwrite: common.overwrite)
        let ofReplicas =
            options.replicas > 0 && !sums.isShard
            ? try CombinationStudy.replicasPath(of: output).map { try Output($0, .file, overwrite: common.overwrite) }
            : nil
        let meter = ProgressMeter(quiet: common.quiet)
        let contents = EventFile.Contents(for: method, selection)
        let dataFile = try EventFile(
            data, menu: options.triggers, contents: contents,
            progress: { meter.add($0) })
        let simulation = try mc.map {
            try EventFile(
                $0, contents: contents, progress: { meter.add($0) })
        }
        let text = Self.description(options)
        var inputs = [try Self.input(data, dataFile)]
        if let mc, let simulation { inputs.append(try Self.input(mc, simulation)) }
        let origin = StoredSums.Origin(text, inputs)
        let passes = try sums.ledger(of: origin) { stage in
            let ofSimulation = [.simulationScale, .likelihood, .simulationBalance, .folding, .remainder].contains(stage)
            meter.begin(stage.rawValue, expected: ofSimulation ? simulation?.events ?? 0 : dataFile.events)
        }
        func derivation() throws -> Derivation {
            let scale = try simulation.flatMap { file in
                file.hasTruth
                    ? try file.simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum, passes: passes) : nil
            }
            return try Derivation(
                data: dataFile, simulation: simulation, scale: scale, options: options,
                threads: common.threadCount, passes: passes)
        }
        guard !sums.isShard else {
            try sums.makeShard(passes, of: origin, into: target, common) { _ = try derivation() }
            return
        }
        let derived = try derivation()
        meter.finish()
        let calibration = derived.calibration
        let provenance = Provenance(
            version: Etacal.version, seed: nil, configuration: text, configurationSHA256: sha256(Data(text.utf8)),
            inputs: inputs)
        let json = CalibrationJSON.text(calibration, scale: derived.scale, provenance: provenance)
        try writeText(json, to: target.partialPath)
        if let replicas = calibration.bootstrap, let ofReplicas {
            try ReplicasFile(replicas, calibration: sha256(Data(json.utf8))).write(into: ofReplicas.partialPath)
            try ofReplicas.finish()
        }
        try target.finish()
        sums.removeCheckpoint()
        report(calibration, hasScale: derived.scale != nil, leavesTriggers: dataFile.hasTriggers && triggers == nil)
        if !common.json && !common.quiet {
            try EmptySelection.lines(derived, data: dataFile, simulation: simulation, options)
                .forEach { print($0.wrapped()) }
        }
        if !calibration.isValid { throw ExitCode(ExitStatus.negativeVerdict.rawValue) }
    }

    private static func input(_ path: String, _ file: EventFile) throws -> Provenance.Input {
        Provenance.Input(
            name: URL(fileURLWithPath: path).lastPathComponent, sha256: try sha256(ofFile: path), events: file.events)
    }

    private static func description(_ options: DerivationOptions) -> String {
        var lines = ["method: \(options.method.rawValue)", "passes: \(options.passes)"]
        if let response = options.softResponse { lines.append("soft_response: \(response)") }
        if options.location != .mean { lines.append("location: \(options.location.rawValue)") }
        if options.replicas > 0 { lines.append("replicas: \(options.replicas)") }
        if options.smoothing != .none { lines.append("smoothing: \(options.smoothing.rawValue)") }
        lines += ["selection:"] + options.selection.yamlLines.map { "  \($0)" }
        lines += ["binning:"] + options.binning.yamlLines.map { "  \($0)" }
        if let triggers = options.triggers { lines += ["triggers:"] + triggers.yamlLines.map { "  \($0)" } }
        if let cuts = options.alphaCuts { lines.append("alpha_edges: \(cuts.cuts)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func report(_ calibration: Calibration, hasScale: Bool, leavesTriggers: Bool) {
        if common.json {
            var counts: [(String, JSONText)] = []
            for status in BinStatus.allCases {
                counts.append((status.rawValue, .int(calibration.status.joined().count { $0 == status })))
            }
            print(
                JSONText.object([
                    ("method", .text(calibration.method.rawValue)), ("kind", .text(calibration.kind.rawValue)),
                    ("fits", CalibrationJSON.fits(calibration)), ("bins", .object(counts)),
                    ("valid", .bool(calibration.isValid)),
                ]).text, terminator: "")
        } else if !common.quiet {
            print(summary(calibration).joined(separator: "\n"))
            if mc != nil && !hasScale {
                TerminalStyle.caution(
                    "The simulation has no truth columns: jets were not brought to the MC-truth scale.")
            }
            if leavesTriggers {
                TerminalStyle.caution(
                    "The data say which triggers kept an event: without --triggers each event counts once.")
            }
            print("Constants are in \(output)")
        }
    }

    private func summary(_ calibration: Calibration) -> [String] {
        let style = TerminalStyle.output
        let edges = calibration.binning.ptAverage.edges
        var lines = [style.paint("   pT_avg [GeV]   bins   chi2/ndf        p-value   status", .heading)]
        for (pt, fit) in calibration.fits.enumerated() {
            var row = TableRow()
            row.put(Numbers.edge(edges[pt]), "-" + Numbers.edge(edges[pt + 1]), at: 8)
            row.put("\(calibration.status.count { $0[pt] == .ok })", at: 23)
            row.put(String(format: "%.0f", fit.chiSquared), "/\(fit.degreesOfFreedom)", at: 33)
            row.put(Numbers.probability(fit.probability), at: 49)
            row.put("", at: 51)
            lines.append(row.text + " " + (fit.isValid ? "valid" : style.paint("not valid", .bad)))
        }
        return lines + calibration.compatibilityLines(style: style) + calibration.boundLines
            + calibration.bootstrapLines
            + calibration.warnings(style: style)
    }
}

extension EventFile.Contents {
    /// What a method and a selection need of events.
    init(for method: Method, _ selection: Selection) {
        self = method.readsMissingMomentum ? .missingMomentum : .jets
        if selection.requiredTag != nil { insert(.scores) }
    }
}
