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

        @OptionGroup var dijets: SelectionOptions

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp(
                "A directory to make, of flavour.json and figures (default: none).", valueName: "directory"),
            completion: .directory)
        var output: String?

        @OptionGroup var common: CommonOptions

        func run() throws {
            let selection = try dijets.selectionValue()
            guard selection.requiredTag == nil else {
                throw FileError(
                    .malformed, dijets.selection ?? "", "tags are required, but jets of all scores are compared",
                    "leave 'require_tag' out")
            }
            let options = DerivationOptions(
                method: .matrix, selection: selection,
                binning: try dijets.binningValue())
            let target = try output.map { path in
                try requireOwnDirectory(
                    path, file: "flavour.json", of: "responses of flavours", overwrite: common.overwrite)
                return try Output(path, .directory, overwrite: common.overwrite)
            }
            let meter = ProgressMeter(quiet: common.quiet)
            let files = (data: try events(data, meter), simulation: try events(mc, meter))
            guard files.simulation.hasTruth, files.simulation.hasFlavours else {
                throw FileError(
                    .malformed, "\(mc):1", "the columns true_pt1, true_eta1, flavour1, … are missing",
                    "give simulation with truth, such as 'etacal simulate --tagger' writes")
            }
            meter.begin("scale", expected: files.simulation.events)
            let scale = try files.simulation.simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum)
            let correction = JetCorrection(scale: scale.correction, residual: nil)
            meter.begin("simulation", expected: files.simulation.events)
            let simulation = try sample(files.simulation, correction, options)
            guard simulation.hasFlavours else {
                throw FileError(
                    .malformed, mc, "no selected jet has the flavour 4 or 5", "give simulation with true flavours")
            }
            meter.begin("data", expected: files.data.events)
            let response = try FlavourResponse(
                data: try sample(files.data, correction, options), simulation: simulation,
                knowsTruth: files.data.hasTruth && files.data.hasFlavours)
            meter.finish()
            var drawn = FigureWriter.Outcome.drawn
            if let target {
                let inputs = try [(data, files.data), (mc, files.simulation)].map { path, file in
                    Provenance.Input(name: name(path), sha256: try sha256(ofFile: path), events: file.events)
                }
                drawn = try write(response, options, inputs, to: target.partialPath)
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

        private func events(_ path: String, _ meter: ProgressMeter) throws -> EventFile {
            try EventFile(path, contents: [.scores, .flavours], progress: { meter.add($0) })
        }

        private func sample(
            _ file: EventFile, _ correction: JetCorrection, _ options: DerivationOptions
        ) throws -> FlavourSample {
            let empty = FlavourSums(
                binning: options.binning, selection: options.selection, slices: file.sliceWeights.count)
            let sums = try file.reduce(empty) { block, sums in
                correction.apply(to: block)
                sums.add(block)
            }
            return FlavourSample(sums, weights: file.sliceWeights)
        }

        /// - Parameter directory: exists; gets flavour.json and the figures.
        private func write(
            _ response: FlavourResponse, _ options: DerivationOptions, _ inputs: [Provenance.Input],
            to directory: String
        ) throws -> FigureWriter.Outcome {
            let lines =
                ["selection:"] + options.selection.yamlLines.map { "  \($0)" } + ["binning:"]
                + options.binning.yamlLines.map { "  \($0)" }
            let configuration = lines.joined(separator: "\n") + "\n"
            let provenance = Provenance(
                version: Etacal.version, seed: nil, configuration: configuration,
                configurationSHA256: sha256(Data(configuration.utf8)), inputs: inputs)
            try writeText(
                FlavourResponseJSON.text(response, provenance: provenance), to: "\(directory)/flavour.json")
            let folder = "\(directory)/figures"
            try makeDirectory(folder)
            let label = FigureLabel(
                sample: "\(name(data)), MC from \(name(mc))",
                selection: "\(FigureLabel.cuts(options.selection)) · probes against jets of the reference region")
            return try FigureWriter.write(FlavourFigures(response, label: label).all, to: folder)
        }

        private func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
    }
}
