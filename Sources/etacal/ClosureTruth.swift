import CalibrationFiles
import CardFiles
import EventFiles
import Foundation

/// The truth of both samples of a closure, with all that its results say of it.
struct ClosureTruth {
    let simulation: NamedTruth
    /// nil for the same as simulation has.
    let data: NamedTruth?
    /// What is read of files, simulation's first.
    let inputs: [Provenance.Input]
    /// What `run.yaml` does not hold: options that name files, with their paths.
    let files: [(option: String, path: String)]
    private let run: RunConfiguration

    /// - Parameter threads: no result depends on them.
    init(_ run: RunConfiguration, _ options: ClosureOptions, threads: Int) throws {
        var simulation = try NamedTruth(
            path: run.truth, crossSections: options.truth.crossSections, generator: run.generator, threads: threads)
        var files = Self.files(run.truth, options.truth.crossSections, named: "--truth")
        if run.truth == nil, let densities = run.generator.pdf { files.append(("--pdf", densities)) }
        var (data, inputs) = (NamedTruth?.none, simulation.inputs)
        if run.dataTruth != nil || run.dataRadiation != nil {
            let table = options.dataTruth.crossSections
            var other = try NamedTruth(
                path: run.dataTruth, crossSections: table, generator: run.dataGenerator ?? run.generator,
                threads: threads, crossSectionsOption: "--data-truth-xsec")
            // Halves of one file stay apart: the same events in both would fluctuate together.
            if other.inputs.first?.sha256 != simulation.inputs.first?.sha256 {
                simulation.truth = simulation.truth.forOneKind()
                other.truth = other.truth.forOneKind()
            }
            // Built-in truths have the parton densities in common.
            if other.name != nil { inputs += other.inputs }
            files += Self.files(run.dataTruth, table, named: "--data-truth")
            data = other
        }
        (self.run, self.simulation, self.data, self.inputs, self.files) = (run, simulation, data, inputs, files)
    }

    private static func files(
        _ sample: String?, _ crossSections: String?, named option: String
    ) -> [(option: String, path: String)] {
        guard let sample else { return [] }
        let table = crossSections ?? TruthSampleFile.crossSectionPath(for: sample)
        return [(option, sample), ("\(option)-xsec", table)]
    }

    /// The resolved configuration, which names samples without their directories.
    func yaml(of run: RunConfiguration) -> String {
        run.yaml(truthName: simulation.name, dataTruthName: data?.name)
    }

    /// For figures.
    var title: String {
        guard let data else { return simulation.title }
        let words = run.dataRadiation.map { "with radiation \($0.title)" } ?? "from \(data.title)"
        return "\(simulation.title) \u{b7} data \(words)"
    }

    /// What a terminal shows of both, a line each; none of a built-in truth that both have.
    var lines: [String] {
        var lines = simulation.name.map { ["truth: \(counted($0, simulation))"] } ?? []
        if let data {
            let words =
                data.name.map { counted($0, data) }
                ?? "built-in, radiation \(run.dataRadiation?.title ?? RadiationTune.builtIn.name)"
            lines.append("truth of data: \(words)")
        }
        return lines
    }

    private func counted(_ name: String, _ truth: NamedTruth) -> String {
        "\(name.shown()), \(truth.events ?? 0) events, \(truth.dropped) left out (fewer than 2 jets, far above slice)"
    }
}
