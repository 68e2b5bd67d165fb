import ArgumentParser
import Balance
import CalibrationFiles
import CardFiles
import ExchangeFiles
import FileAccess
import Foundation
import Intercalibration

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a calibration, or a detector that needs it, of constants of others.",
        usage: "etacal import <file> [<options>] -o <file>",
        discussion: """
            Reads correctionlib (.json, .json.gz) and the text of CMS of level L2Relative (.txt). An output named .json is \
            a calibration; one named .yaml is a card whose pseudo-data have the mis-response that the constants take away.

            What has no bins of pT is taken at the middle of those of --binning.

            Examples:
              etacal import constants.json.gz -o imported.json
              etacal import L2Relative.txt --binning coarse -o imported.json
              etacal import L2Relative.txt --like cms-like -o my-detector.yaml
            """)

    @Argument(
        help: "A correction of jets as a file of correctionlib or of CMS.",
        completion: .file(extensions: ["json", "json.gz", "txt"]))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The correction to take of a file of correctionlib (default: EtaIntercalibration, or the only one).",
            valueName: "name"))
    var correction: String?

    @Option(help: ArgumentHelp("The variation of it (default: the nominal one).", valueName: "key"))
    var variation: String?

    @Option(
        help: ArgumentHelp(
            "Bins of pT [GeV] for what has none: standard, coarse or a YAML file (default: standard).",
            valueName: "binning"), completion: .binning)
    var binning: String?

    @Option(
        help: ArgumentHelp(
            "The constants' reference region is |eta| up to this (default: as the file says, else 1.3).",
            valueName: "number"))
    var referenceAbsEtaMax: Double?

    @Option(
        help: ArgumentHelp(
            "What supplies all else of a card: a built-in name or a card file (default: cms-like).", valueName: "card"),
        completion: .card)
    var like: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The calibration (.json) or the card (.yaml) to write.", valueName: "file"),
        completion: .file(extensions: ["json", "yaml"]))
    var output: String

    @OptionGroup var result: ResultOptions

    private var writesCard: Bool { output.hasSuffix(".yaml") || output.hasSuffix(".yml") }

    func validate() throws {
        guard writesCard || output.hasSuffix(".json") else {
            throw ValidationError("Name the output .json for a calibration or .yaml for a card.")
        }
        guard writesCard || like == nil else { throw ValidationError("--like belongs to a card.") }
        if let referenceAbsEtaMax, !(0.01...8).contains(referenceAbsEtaMax) {
            throw ValidationError("--reference-abs-eta-max takes 0.01 to 8.")
        }
    }

    func run() throws {
        let binning = try binning.map { try BalanceBinning($0) } ?? .standard
        let choices = ImportedConstants.Choices(
            correction: correction, variation: variation, ptEdges: binning.ptAverage.edges,
            referenceAbsEtaMaximum: referenceAbsEtaMax)
        try requireDifferent(output, from: file)
        let isText = try Self.isTextOfCMS(file)
        guard !isText || (correction == nil && variation == nil) else {
            throw ValidationError("--correction and --variation belong to files of correctionlib.")
        }
        let constants =
            isText
            ? try ImportedConstants(jetCorrector: file, choices) : try ImportedConstants(correctionlib: file, choices)
        let calibration = try constants.calibration(choices)
        let source = URL(fileURLWithPath: file).lastPathComponent
        if writesCard {
            let like = try LoadedCard(like ?? "cms-like")
            let function = CalibrationFunction(calibration)
            let name = URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent
            let overlay = try MisresponseOverlay(
                etaEdges: calibration.binning.eta.edges, nodes: function.nodes, like: like, name: name, source: source)
            try writeFile(overlay.yaml, to: output, overwrite: result.overwrite)
            if overlay.binsOutside > 0, !result.json, !result.quiet {
                TerminalStyle.caution(
                    "\(overlay.binsOutside) bins of eta reach beyond the card's |eta| < \(like.card.absEtaMaximum).")
            }
        } else {
            let configuration = [correction.map { "correction: \($0)\n" }, variation.map { "variation: \($0)\n" }]
                .compactMap(\.self).joined()
            let provenance = Provenance(
                version: Etacal.version, seed: nil, configuration: configuration,
                configurationSHA256: sha256(Data(configuration.utf8)),
                inputs: [.init(name: source, sha256: try sha256(ofFile: file), events: nil)])
            try writeFile(
                CalibrationJSON.text(calibration, scale: nil, provenance: provenance), to: output,
                overwrite: result.overwrite)
        }
        report(calibration, constants)
    }

    /// JSON begins with a brace and a quotation mark; gzip is of correctionlib.
    private static func isTextOfCMS(_ path: String) throws -> Bool {
        try requireFile(path, again: true)
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw FileError(.unreadable, path, "the file cannot be opened", "check its permissions")
        }
        defer { try? file.close() }
        // A mark of byte order stands before the text.
        let blank: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]
        let start = ((try? file.read(upToCount: 4096)) ?? Data()).filter { !blank.contains($0) }
        if start.starts(with: [0x1F, 0x8B]) || start.starts(with: "[".utf8) { return false }
        if start.starts(with: "{".utf8) { return !(start.starts(with: "{\"".utf8) || start.starts(with: "{}".utf8)) }
        return true
    }

    private func report(_ calibration: Calibration, _ constants: ImportedConstants) {
        let (bins, known) = (
            calibration.status.joined().count, calibration.constants.joined().count { $0 != nil }
        )
        let (eta, pt) = (calibration.binning.eta, calibration.binning.ptAverage)
        if result.json {
            let summary = JSONText.object([
                ("eta_bins", .int(eta.count)), ("pt_bins", .int(pt.count)), ("bins", .int(bins)),
                ("bins_with_constant", .int(known)),
                ("largest_deviation", .optional(constants.largestDeviation?.value)),
            ])
            print(summary.text, terminator: "")
        } else if !result.quiet {
            let range = "\(eta.count) bins of eta from \(Numbers.edge(eta.lowest)) to \(Numbers.edge(eta.highest))"
            let momenta = "\(pt.count) of pT from \(Numbers.edge(pt.lowest)) to \(Numbers.edge(pt.highest)) GeV"
            print("\(range), \(momenta); \(known) of \(bins) have a constant".wrapped())
            print("reference region |eta| < \(Numbers.edge(calibration.binning.referenceAbsEtaMaximum))")
            print("\(writesCard ? "The card is" : "Constants are") in \(output)")
            if eta.lowest >= 0 || eta.highest <= 0 {
                TerminalStyle.caution("The bins of eta are on one side: jets of the other one keep their pT.")
            }
            if let binning, pt.edges != (try? BalanceBinning(binning))?.ptAverage.edges {
                TerminalStyle.caution("The file has bins of pT: --binning is not used.")
            }
            if !constants.uncertainties.joined().contains(where: { $0 > 0 }) {
                TerminalStyle.caution("The file tells no uncertainties: they are 0.")
            }
            if let deviation = constants.largestDeviation, abs(deviation.value) > 0.005 {
                let size = String(format: "%.1f %%", 100 * deviation.value)
                let place = "eta = \(Numbers.edge(deviation.eta)), pT = \(String(format: "%.0f", deviation.pt)) GeV"
                TerminalStyle.caution(
                    "Between the pT of constants and beyond them they miss the file by up to \(size), at \(place): see --binning."
                )
            }
        }
    }
}
