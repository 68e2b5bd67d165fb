public import ArgumentParser
import EventFiles
import FileAccess
import Foundation
import HepMCFiles

struct Cluster: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cluster HepMC3 events into a truth sample.",
        usage: "etacal cluster <events> ... [--pthat <range> ...] [<options>] -o <file>",
        discussion: """
            Each file holds events of one slice of pThat that count alike, files by rising pThat. Jets are FastJet's: anti-kT of \
            stable visible particles, the four leading ones. NAME_xsec.csv with the cross-sections that the files tell \
            is written beside the sample. Momenta are in GeV, angles in radian.

            Examples:
              etacal cluster slice-0.hepmc.gz slice-1.hepmc.gz -o truth.h5
              etacal cluster slice-0.hepmc.gz slice-1.hepmc.gz \\
                  --pthat 60-120 --pthat 120-250 --radius 0.6 -o wide.csv.gz

            Events of that truth as a detector sees them:
              etacal cluster slice-0.hepmc.gz --pthat 60-120 -o pythia.h5
              etacal simulate --detector cms-like --truth pythia.h5 -o mc.h5
            """)

    @Argument(
        help: "HepMC3 events as text, one file a slice (.hepmc or .hepmc.gz).",
        completion: .file(extensions: ["hepmc", "hepmc.gz", "hepmc3", "hepmc3.gz"]))
    var events: [String]

    @Option(
        name: .customLong("pthat"),
        help: ArgumentHelp(
            "Range of pThat in GeV, such as 60-120, once for each file in their order (default: from the least to the largest 'event_scale' of a file's events, in whole GeV; give it where the generator's scale is not pThat).",
            valueName: "range"))
    var ranges: [TransverseRange] = []

    @Option(help: "Radius of the jets, 0.05 to 2.")
    var radius = JetRules().radius

    @Option(help: "Least pT of a jet in GeV, 0.1 to 10000.")
    var ptMin = JetRules().ptMinimum

    @Option(help: "Largest |eta| of the particles, 0.5 to 10.")
    var absEtaMax = JetRules().absEtaMaximum

    @Option(
        help:
            "What gives a jet its flavour: last b, else c hadrons above 5 GeV within 0.3, else the hardest gluon, u, d or s quark within the radius (cone); or those clustered into it (ghost)."
    )
    var flavourLabel = FlavourLabel.cone

    @Option(
        help: ArgumentHelp(
            "Largest momentum that the stable particles of an event may lack, as a share of the beams' energy; 1 takes events with particles left out.",
            valueName: "share"))
    var imbalance = JetRules().imbalance

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The truth sample to write (.csv, .csv.gz or .h5).", valueName: "file"),
        completion: .events)
    var output: String

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard ranges.isEmpty || ranges.count == events.count else {
            throw ValidationError(
                "--pthat is given once for each file: \(ranges.count) ranges for \(events.count) files.")
        }
        for (lower, upper) in zip(ranges, ranges.dropFirst()) where upper.minimum < lower.maximum {
            throw ValidationError("--pthat: \(upper) begins before \(lower) ends; give files by rising pThat.")
        }
        for (name, value, limits) in [
            ("--radius", radius, JetRules.radii), ("--pt-min", ptMin, JetRules.ptMinima),
            ("--abs-eta-max", absEtaMax, JetRules.absEtaMaxima), ("--imbalance", imbalance, JetRules.imbalances),
        ] where !limits.contains(value) {
            throw ValidationError("\(name) takes \(limits.lowerBound) to \(limits.upperBound).")
        }
    }

    private var rules: JetRules {
        var rules = JetRules()
        rules.radius = radius
        rules.ptMinimum = ptMin
        rules.absEtaMaximum = absEtaMax
        rules.label = flavourLabel
        rules.imbalance = imbalance
        return rules
    }

    /// All that decides the jets, for files that keep it.
    private var origin: String {
        """
        algorithm: anti-kt
        radius: \(radius)
        pt_min_GeV: \(ptMin)
        abs_eta_max: \(absEtaMax)
        flavour_label: \(flavourLabel.rawValue)

        """
    }

    func run() throws {
        let table = TruthSampleFile.crossSectionPath(for: output)
        for (number, path) in events.enumerated() {
            try requireFile(path, again: true)
            try requireDifferent(output, from: path)
            guard placeOfFile(path) != placeOfFile(table) else {
                throw ValidationError("\(path) is where the table of cross-sections goes: choose another -o.")
            }
            guard !events[..<number].contains(where: { placeOfFile($0) == placeOfFile(path) }) else {
                throw ValidationError("\(path) is given twice.")
            }
        }
        let meter = ProgressMeter(quiet: common.quiet)
        let writer = try TruthWriter(output, version: Etacal.version, origin: origin, overwrite: common.overwrite)
        var slices: [TruthWriter.SliceEntry] = []
        var written = 0
        meter.begin("clustering", expected: 0)
        for (number, path) in events.enumerated() {
            let before = written
            let sample = try HepMCSample(path, rules: rules, threads: common.threadCount) { events, share in
                try writer.write(events, slice: number)
                written += events.count
                // How many events there are shows only at the end; files of a sample have about as many each.
                let ofFile = share > 0 ? Double(written - before) / share : 0
                meter.expect(before + Int(min(1e15, ofFile * Double(self.events.count - number))))
                meter.add(events.count)
            }
            slices.append(try slice(number, path, sample, after: slices.last))
        }
        try writer.finish(slices)
        meter.finish()
        if common.json {
            print("{\"events\": \(written), \"slices\": \(slices.count)}")
        } else if !common.quiet {
            print("\(written) events are in \(output), their cross-sections in \(table)")
        }
    }

    private func slice(
        _ number: Int, _ path: String, _ sample: HepMCSample, after last: TruthWriter.SliceEntry?
    ) throws -> TruthWriter.SliceEntry {
        let range: TransverseRange
        if ranges.isEmpty {
            guard let scales = sample.scales, let found = TransverseRange(around: scales) else {
                throw FileError(
                    .malformed, path, "not every event tells its scale (A 0 event_scale)",
                    "give the range of pT-hat with --pthat, once for each file")
            }
            range = found
        } else {
            range = ranges[number]
            if let scales = sample.scales, !common.quiet, !common.json,
                scales.upperBound < range.minimum || scales.lowerBound > range.maximum
            {
                TerminalStyle.caution(
                    "\(path): --pthat is \(range), and the scales of the events are from \(scales.lowerBound) to \(scales.upperBound) GeV."
                )
            }
        }
        if let last, range.minimum < last.pHatMaximum {
            throw FileError(
                .malformed, path,
                "scales of its events, \(range) GeV, begin before those of the file before end, at \(last.pHatMaximum) GeV",
                "give files by rising pT-hat, and with --pthat the range of each")
        }
        return TruthWriter.SliceEntry(
            pHatMinimum: range.minimum, pHatMaximum: range.maximum, crossSection: sample.crossSection.value,
            uncertainty: sample.crossSection.uncertainty)
    }
}

extension FlavourLabel: ExpressibleByArgument {}
