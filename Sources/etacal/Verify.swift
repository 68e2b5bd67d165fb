import ArgumentParser
import Balance
import CalibrationFiles
import ClosureStudy
import EventFiles
import FileAccess
import Foundation
import Intercalibration

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Test a calibration against truth.",
        usage: "etacal verify <calibration> --data <file> [<options>] -o <file>",
        discussion: """
            The events must be others than those that the constants came from. With --mc the response of data is compared \
            with that of simulation, else with 1. A closure outside the tolerance is status 1.

            Examples:
              etacal verify calibration.json --data test-data.csv.gz -o closure.json
              etacal verify calibration.json --data test-data.csv.gz \\
                  --mc test-mc.csv.gz --tolerance 0.01 -o closure-mc.json
            """)

    @Argument(help: "Constants: a calibration.json of fit or closure.", completion: .json)
    var calibration: String

    @Option(
        help: ArgumentHelp(
            "Pseudo-data with truth columns (.csv, .csv.gz or .h5), as reconstructed, in GeV.", valueName: "file"),
        completion: .events)
    var data: String

    @Option(
        help: ArgumentHelp(
            "Simulation with truth columns, as reconstructed, in GeV (default: none, data should have response 1).",
            valueName: "file"), completion: .events)
    var mc: String?

    @OptionGroup var tolerance: ToleranceOption

    @Option(
        help: ArgumentHelp(
            "Selection of dijets for constants derived anew, a YAML file (default: as of fit).", valueName: "file"),
        completion: .yaml)
    var selection: String?

    @OptionGroup var softResponse: SoftResponseOption

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The closure to write (.json).", valueName: "file"), completion: .json)
    var output: String

    @OptionGroup var sums: SumsOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try sums.requireApart(["-o": output], from: ["the constants": calibration, "--data": data, "--mc": mc])
    }

    private func events(
        _ path: String, _ method: Method, _ selection: Selection, _ meter: ProgressMeter
    ) throws -> EventFile {
        let file = try EventFile(
            path, contents: .init(for: method, selection), progress: { meter.add($0) })
        guard file.hasTruth else {
            throw FileError(
                .malformed, "\(path):1", "the columns true_pt1, true_eta1, … are missing",
                "give events with truth, such as 'etacal simulate' writes")
        }
        return file
    }

    private func inputs(data: EventFile, simulation: EventFile?) throws -> [Provenance.Input] {
        let files: [(path: String?, events: Int?)] = [
            (calibration, nil), (self.data, data.events), (mc, simulation?.events),
        ]
        return try files.compactMap { path, events in
            try path.map {
                Provenance.Input(
                    name: URL(fileURLWithPath: $0).lastPathComponent, sha256: try sha256(ofFile: $0), events: events)
            }
        }
    }

    func run() throws {
        let stored = try StoredCalibration(calibration)
        try softResponse.requireUse(by: [stored.calibration.method])
        let target = try Output(output, .file, overwrite: common.overwrite)
        let meter = ProgressMeter(quiet: common.quiet)
        // Constants of others are tested by what the default derives of corrected events.
        let method = stored.calibration.method == .imported ? .matrix : stored.calibration.method
        let selection = try selection.map { try Selection(file: $0) } ?? .standard
        let dataFile = try events(data, method, selection, meter)
        let simulation = try mc.map { try events($0, method, selection, meter) }
        let options = DerivationOptions(
            method: method, selection: selection,
            binning: stored.calibration.binning, softResponse: softResponse.value,
            location: stored.calibration.location)
        let inputs = try inputs(data: dataFile, simulation: simulation)
        let origin = StoredSums.Origin(options.selection.yamlLines.joined(separator: "\n") + "\n", inputs)
        let passes = try sums.ledger(of: origin) { stage in
            meter.begin(stage.rawValue, expected: stage == .closureData ? dataFile.events : simulation?.events ?? 0)
        }
        func closureTest() throws -> ClosureTest {
            try ClosureTest(
                stored.calibration, scale: stored.scale, data: dataFile, simulation: simulation, options: options,
                passes: passes)
        }
        guard !sums.isShard else {
            try sums.makeShard(passes, of: origin, into: target, common) { _ = try closureTest() }
            return
        }
        let test = try closureTest()
        meter.finish()
        let limits = tolerance.value ?? .standard
        let verdict = ClosureVerdict(
            test.truth, tolerance: limits, fitIsValid: stored.calibration.isValid)
        let provenance = Provenance(
            version: Etacal.version, seed: nil, configuration: "", configurationSHA256: sha256(Data()), inputs: inputs)
        try writeText(
            ClosureJSON.text(test, verdict: verdict, tolerance: limits, provenance: provenance), to: target.partialPath)
        try target.finish()
        sums.removeCheckpoint()
        if common.json {
            print(ClosureJSON.summary(test, verdict).text, terminator: "")
        } else if !common.quiet {
            print(
                String(
                    format: "max |d| = %.2f %%, RMS = %.2f %%, chi2/ndf = %.0f/%d", 100 * verdict.maximum,
                    100 * verdict.rms,
                    test.truth.chiSquared, test.truth.degreesOfFreedom))
            print(verdict.findings(tolerance: limits, style: .output).joined(separator: "\n"))
            if stored.isExtrapolated, simulation != nil {
                let text =
                    "the constants were extrapolated in alpha, the re-derived ones are not: they differ by k_FSR at the cut"
                print(TerminalStyle.output.paint(text.wrapped(), .caution))
            }
            if !verdict.fitIsValid {
                let text = "the fit that the constants came from was not valid"
                print(TerminalStyle.output.paint(text, .bad))
            }
            print("The closure is in \(output)")
        }
        if !verdict.passed { throw ExitCode(ExitStatus.negativeVerdict.rawValue) }
    }
}
