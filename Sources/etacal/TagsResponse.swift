import ArgumentParser
import Balance
import CalibrationFiles
import CardFiles
import ClosureStudy
import EventFiles
import FileAccess
import FlavourTagging
import Foundation
import JetPhysics
import Reporting

extension TagsCommand {
    struct Response: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How jets of b and c quarks respond in data, from the balance of tagged jets.",
            usage: "etacal tags response <data> --mc <file> [<options>]",
            discussion: """
                The balance of a jet against one in the reference region is compared between data and simulation, by the jet's \
                score. What depends on the score tells how much more jets of b and c quarks respond in data than light ones \
                do, relative to simulation, and by how much constants of all jets together move for it. Events need scores, \
                those of simulation true flavours, too. With truth in the data, the true difference is told as well.

                Examples:
                  etacal tags response tagged-data.h5 --mc tagged.h5
                  etacal tags response tagged-data.h5 --mc tagged.h5 -o flavours
                """)

        @Argument(help: "Events of data with scores (.csv, .csv.gz or .h5), in GeV.", completion: .events)
        var data: String

        @Option(
            help: ArgumentHelp("Events of simulation with scores, truth and flavours, in GeV.", valueName: "file"),
            completion: .events)
        var mc: String

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

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp(
                "A directory to make, of flavour.json and figures (default: none).", valueName: "directory"),
            completion: .directory)
        var output: String?

        @OptionGroup var common: CommonOptions

        func run() throws {
            let selection = try selection.map { try Selection(file: $0) } ?? .standard
            guard selection.requiredTag == nil else {
                throw FileError(
                    .malformed, self.selection ?? "", "tags are required, but jets of all scores are compared",
                    "leave 'require_tag' out")
            }
            let options = DerivationOptions(
                method: .matrix, selection: selection,
                binning: try binning.map { try BalanceBinning($0) } ?? .standard)
            let target = try output.map { path in
                try requireOwnDirectory(
                    path, file: "flavour.json", of: "responses of flavours", overwrite: common.overwrite)
                return try Output(path, .directory, overwrite: common.overwrite)
            }
            let meter = ProgressMeter(quiet: common.quiet)
            func events(_ path: String) throws -> EventFile {
                try EventFile(path, contents: [.scores, .flavours], progress: { meter.add($0) })
            }
            let (dataFile, simulation) = (try events(data), try events(mc))
            guard simulation.hasTruth, simulation.hasFlavours else {
                throw FileError(
                    .malformed, "\(mc):1", "the columns true_pt1, true_eta1, flavour1, … are missing",
                    "give simulation with truth, such as 'etacal simulate --tagger' writes")
            }
            meter.begin("scale", expected: simulation.events)
            let scale = try simulation.simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum)
            func sample(_ file: EventFile, _ stage: String) throws -> FlavourSample {
                meter.begin(stage, expected: file.events)
                let empty = FlavourSums(
                    binning: options.binning, selection: selection, slices: file.sliceWeights.count)
                let correction = JetCorrection(scale: scale.correction, residual: nil)
                let sums = try file.reduce(empty) { block, sums in
                    correction.apply(to: block)
                    sums.add(block)
                }
                return FlavourSample(sums, weights: file.sliceWeights)
            }
            let expected = try sample(simulation, "simulation")
            guard expected.hasFlavours else {
                throw FileError(
                    .malformed, mc, "no selected jet has the flavour 4 or 5", "give simulation with true flavours")
            }
            let response = try FlavourResponse(
                data: try sample(dataFile, "data"), simulation: expected,
                knowsTruth: dataFile.hasTruth && dataFile.hasFlavours)
            meter.finish()
            var drawn = FigureWriter.Outcome.drawn
            if let target {
                let configuration =
                    (["selection:"] + selection.yamlLines.map { "  \($0)" } + ["binning:"]
                    + options.binning.yamlLines.map { "  \($0)" }).joined(separator: "\n") + "\n"
                let provenance = Provenance(
                    version: Etacal.version, seed: nil, configuration: configuration,
                    configurationSHA256: sha256(Data(configuration.utf8)),
                    inputs: try [(data, dataFile), (mc, simulation)].map { path, file in
                        Provenance.Input(
                            name: name(path), sha256: try sha256(ofFile: path), events: file.events)
                    })
                try writeText(
                    FlavourResponseJSON.text(response, provenance: provenance),
                    to: "\(target.partialPath)/flavour.json")
                let folder = "\(target.partialPath)/figures"
                try makeDirectory(folder)
                let label = FigureLabel(
                    sample: "\(name(data)), MC from \(name(mc))",
                    selection: "\(FigureLabel.cuts(selection)) · probes against jets of the reference region")
                drawn = try FigureWriter.write(FlavourFigures(response, label: label).all, to: folder)
                try target.finish()
            }
            if common.json {
                print(FlavourResponseJSON.average(response).text, terminator: "")
            } else if !common.quiet {
                print(FlavourResponseSummary(response, style: .output).text)
                if let output {
                    drawn.message.map { print($0.wrapped()) }
                    print("Results are in \(output)")
                }
            }
        }

        private func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
    }
}

/// Responses of flavours as a table of at most 80 columns.
private struct FlavourResponseSummary {
    let response: FlavourResponse
    let style: TerminalStyle

    init(_ response: FlavourResponse, style: TerminalStyle) { (self.response, self.style) = (response, style) }

    var text: String {
        let edges = response.binning.ptAverage.edges
        var lines = [
            "kappa: response over that of light jets, data relative to simulation [%]",
            style.paint(
                "  pT_ref [GeV]      b jets       truth        c jets       truth     chi2/ndf  p", .heading),
        ]
        for pt in response.fits.indices {
            lines.append(
                row(response.fits[pt], (Numbers.edge(edges[pt]), "-" + Numbers.edge(edges[pt + 1])), pt..<pt + 1))
        }
        lines.append(row(response.average, ("all", ""), response.fits.indices))
        return (lines + [shift]).joined(separator: "\n")
    }

    private func row(_ fit: FlavourResponse.Fit?, _ label: (String, String), _ pts: Range<Int>) -> String {
        var row = TableRow()
        row.put(label.0, label.1, at: 6)
        for (kind, column) in [(JetKind.bottom, 28), (.charm, 55)] {
            let value = fit.map {
                String(format: "%+.2f +- %.2f", 100 * $0.value(kind), 100 * $0.uncertainty(kind))
            }
            row.put(value ?? "-", at: column)
            let truth = response.truth(kind, pts: pts).map { String(format: "%+.2f", 100 * $0.value) }
            row.put(truth ?? "-", at: column + 9)
        }
        row.put(fit.map { String(format: "%.0f/%d", $0.chiSquared, $0.degreesOfFreedom) } ?? "-", at: 74)
        row.put(Numbers.probability(fit?.probability), at: 80)
        return row.text
    }

    /// The largest of those that are significant.
    private var shift: String {
        let binning = response.binning
        var largest: (value: FlavourResponse.Estimate, eta: Int, pt: Int)?
        for eta in 0..<binning.eta.count {
            for pt in binning.quotedPtBins {
                guard let value = response.shift(eta: eta, pt: pt), abs(value.value) > 2 * value.uncertainty,
                    abs(value.value) > abs(largest?.value.value ?? 0)
                else { continue }
                largest = (value, eta, pt)
            }
        }
        guard let largest else { return "No constant of all jets together moves significantly for it." }
        let (eta, pt) = (binning.eta.edges, binning.ptAverage.edges)
        return String(
            format: "Constants of all jets together move by up to %+.3f +- %.3f %% for it,", 100 * largest.value.value,
            100 * largest.value.uncertainty)
            + "\nat eta \(Numbers.edge(eta[largest.eta])) to \(Numbers.edge(eta[largest.eta + 1])), "
            + "pT \(Numbers.edge(pt[largest.pt])) to \(Numbers.edge(pt[largest.pt + 1])) GeV"
    }
}
