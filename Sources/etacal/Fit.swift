import ArgumentParser
import Balance
import CalibrationFiles
import CardFiles
import ClosureStudy
import EventFiles
import FileAccess
import Foundation
import Intercalibration
import TruthResponse

/// The parts of a fit's set-up that commands share.
struct FitOptions: ParsableArguments {
    @Option(help: "Selection of dijets (YAML).")
    var selection: String?

    @Option(help: "Binning and reference region: standard, coarse or a file (YAML).")
    var binning: String?

    func selectionValue() throws -> Selection { try selection.map { try Selection(file: $0) } ?? .standard }
    func binningValue() throws -> BalanceBinning { try binning.map { try BalanceBinning($0) } ?? .standard }
}

struct Fit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Derive constants from tables of events.",
        discussion: """
            With --mc the constants bring data to the response of simulation; its truth columns, when there, give the scale \
            that calibrates both before. Without --mc they make DATA uniform.

            Example:
              etacal fit data.csv.gz --mc mc.csv.gz -o calibration.json
            """)

    @Argument(help: "Events to calibrate (.csv or .csv.gz).")
    var data: String

    @Option(help: "Events of the simulation.")
    var mc: String?

    @Option(help: "How constants are derived: \(Method.allCases.map(\.rawValue).joined(separator: " or ")).")
    var method = Method.matrix

    @Option(help: "Passes over the data: a first fit and refinements.")
    var passes = 3

    @OptionGroup var fit: FitOptions

    @Option(name: .shortAndLong, help: "The calibration to write.")
    var output: String

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...20).contains(passes) else { throw ValidationError("--passes takes 1 to 20.") }
    }

    func run() throws {
        let options = DerivationOptions(
            method: method, selection: try fit.selectionValue(), binning: try fit.binningValue(), passes: passes)
        let target = try Output(output, .file, overwrite: common.overwrite)
        let meter = ProgressMeter(quiet: common.quiet)
        let dataFile = try EventFile(data, progress: { meter.add($0) })
        let simulation = try mc.map { try EventFile($0, progress: { meter.add($0) }) }
        let scale: SimulationScale? = try simulation.flatMap { file in
            guard file.hasTruth else { return nil }
            meter.begin(DerivationStage.simulationScale.rawValue, expected: file.events)
            return try file.simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum)
        }
        let derivation = try Derivation(data: dataFile, simulation: simulation, scale: scale, options: options) {
            stage in
            meter.begin(
                stage.rawValue, expected: stage == .simulationBalance ? simulation?.events ?? 0 : dataFile.events)
        }
        meter.finish()
        let calibration = derivation.calibration
        let text = Self.description(options)
        var inputs = [try Self.input(data, dataFile)]
        if let mc, let simulation { inputs.append(try Self.input(mc, simulation)) }
        let provenance = Provenance(
            version: Etacal.version, seed: nil, configuration: text, configurationSHA256: sha256(Data(text.utf8)),
            inputs: inputs)
        try writeText(
            CalibrationJSON.text(calibration, scale: derivation.scale, provenance: provenance), to: target.partialPath)
        try target.finish()
        report(calibration, hasScale: scale != nil)
        if !calibration.isValid { throw ExitCode(ExitStatus.negativeVerdict.rawValue) }
    }

    private static func input(_ path: String, _ file: EventFile) throws -> Provenance.Input {
        Provenance.Input(
            name: URL(fileURLWithPath: path).lastPathComponent, sha256: try sha256(ofFile: path), events: file.events)
    }

    private static func description(_ options: DerivationOptions) -> String {
        let lines =
            ["method: \(options.method.rawValue)", "passes: \(options.passes)", "selection:"]
            + options.selection.yamlLines.map { "  \($0)" } + ["binning:"] + options.binning.yamlLines.map { "  \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func report(_ calibration: Calibration, hasScale: Bool) {
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
            let edges = calibration.binning.ptAverage.edges
            print("   pT_avg [GeV]   bins   chi2/ndf        p-value   status")
            for (pt, fit) in calibration.fits.enumerated() {
                let determined = calibration.status.count { $0[pt] == .ok }
                let probability = fit.probability.map { String(format: "%7.2g", $0) } ?? "      -"
                print(
                    String(
                        format: "   %5g-%-5g     %4d   %7.0f/%-6d  ", edges[pt], edges[pt + 1], determined,
                        fit.chiSquared, fit.degreesOfFreedom)
                        + probability + "   " + (fit.invalidReason ?? "valid"))
            }
            if mc != nil && !hasScale {
                print("The simulation has no truth columns: jets were not brought to the MC-truth scale.")
            }
            print("Constants are in \(output)")
        }
    }
}
