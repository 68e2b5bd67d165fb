import ArgumentParser
import CalibrationFiles
import ExchangeFiles
import FileAccess
import Foundation

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write constants in the formats of other programs.",
        usage: "etacal export <calibration> --format <name> [<options>] -o <path>",
        discussion: """
              correctionlib    JSON of schema 2 (.json or .json.gz): constants binned and interpolated, with variations
              jec              text of CMS, level L2Relative
              jec-uncertainty  text of CMS, relative uncertainties by source
              yoda, yoda-v2    text of YODA, versions 3 and 2
              hepdata          a directory to make, of a submission in YAML
              csv              a row for each bin
              latex            a tabular

            Constants act after the MC-truth scale and depend on the jet's pT before them. docs/formats.md has an example \
            of each in the language of its readers.

            Examples:
              etacal export calibration.json --format correctionlib -o constants.json.gz
              etacal export calibration.json --format jec -o L2Relative.txt
              etacal export calibration.json --format hepdata --closure closure.json \\
                  -o submission
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case correctionlib, jec
        case jecUncertainty = "jec-uncertainty"
        case yoda
        case yodaV2 = "yoda-v2"
        case hepdata, csv, latex
    }

    @Argument(help: "Constants: a calibration.json of fit or closure.", completion: .json)
    var calibration: String

    @Option(help: "What to write; see above.")
    var format: Format

    @Option(help: "Which form of the constants jec has (default: binned).")
    var form: CalibrationFunction.Form?

    @Flag(help: "Add to correctionlib a shift of each bin by its own uncertainty.")
    var perBin = false

    @Option(
        help: ArgumentHelp(
            "A closure.json whose table yoda, hepdata and latex have, too (default: none).", valueName: "file"),
        completion: .json)
    var closure: String?

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The file to write, or the directory to make.", valueName: "path"),
        completion: .file())
    var output: String

    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard form == nil || format == .jec else { throw ValidationError("--form belongs to --format jec.") }
        guard !perBin || format == .correctionlib else {
            throw ValidationError("--per-bin belongs to --format correctionlib.")
        }
        guard format != .correctionlib || output.hasSuffix(".json") || output.hasSuffix(".json.gz") else {
            throw ValidationError("--format correctionlib: name the output .json or .json.gz.")
        }
        guard format == .correctionlib || !output.hasSuffix(".gz") else {
            throw ValidationError("--format \(format.rawValue) is plain text: leave out .gz.")
        }
        guard closure == nil || [.yoda, .yodaV2, .hepdata, .latex].contains(format) else {
            throw ValidationError("--closure belongs to --format yoda, yoda-v2, hepdata or latex.")
        }
    }

    func run() throws {
        try requireDifferent(output, from: calibration, closure)
        let stored = try StoredCalibration(calibration)
        let function = CalibrationFunction(stored.calibration)
        let origin = ExportOrigin(version: Etacal.version, sha256: stored.sha256)
        let tables = [BinTable(stored.calibration)] + (try closure.map { [BinTable(try StoredClosure($0))] } ?? [])
        switch format {
        case .hepdata:
            try requireOwnDirectory(
                output, file: "submission.yaml", of: "a submission to HEPData", overwrite: result.overwrite)
            let files = HEPDataYAML.files(tables, comment: function.description(origin))
            try requireNoOthers(than: files.map(\.name))
            let target = try Output(output, .directory, overwrite: result.overwrite)
            for file in files {
                try writeText(file.text, to: "\(target.partialPath)/\(file.name)")
            }
            try target.finish()
        case .correctionlib:
            let data = CorrectionlibText.data(
                function, origin: origin, perBin: perBin, isCompressed: output.hasSuffix(".gz"))
            try writeFile(data, to: output, overwrite: result.overwrite)
        case .jec:
            try write(JetCorrectorWriting.text(function, form ?? .binned, origin: origin))
        case .jecUncertainty: try write(JetCorrectorWriting.uncertainties(function, origin: origin))
        case .yoda: try write(YODAText.text(tables, version: .three))
        case .yodaV2: try write(YODAText.text(tables, version: .two))
        case .csv: try write(ConstantsTables.csv(stored.calibration))
        case .latex: try write(tables.map { ConstantsTables.latex($0) }.joined(separator: "\n"))
        }
        report(function)
    }

    /// Figures and tables that people add to a submission are not taken away.
    private func requireNoOthers(than names: [String]) throws {
        let known = Set(names + ["closure.yaml"])
        let there = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
        guard result.overwrite, let other = there.sorted().first(where: { !known.contains($0) }) else { return }
        throw FileError(
            .cannotCreate, output, "'\(other)' in it is not of an export and would be lost",
            "choose another name, or move that file")
    }

    private func write(_ text: String) throws { try writeFile(text, to: output, overwrite: result.overwrite) }

    private func report(_ function: CalibrationFunction) {
        let sources = function.sources.joined()
        let borrowed = sources.count { $0 == .neighbour }
        let absent = sources.count { $0 == .absent }
        if result.json {
            let summary = JSONText.object([
                ("format", .text(format.rawValue)), ("bins", .int(sources.count)),
                ("bins_of_neighbours", .int(borrowed)), ("bins_without_constant", .int(absent)),
            ])
            print(summary.text, terminator: "")
        } else if !result.quiet {
            print("Constants are in \(output)")
            // Tables leave such bins out; functions have to have a value.
            guard [.correctionlib, .jec, .jecUncertainty].contains(format) else { return }
            if borrowed > 0, format != .jecUncertainty {
                TerminalStyle.caution(
                    "\(borrowed) of \(sources.count) bins have the constant of the nearest bin of pT.")
            }
            if absent > 0 {
                let trend =
                    format != .jecUncertainty && function.calibration.surface != nil
                    ? ", or the trend of the surface" : ""
                TerminalStyle.caution(
                    "\(absent) of \(sources.count) bins lie in bins of eta without any constant; there it is 1\(trend)."
                )
            }
        }
    }
}
