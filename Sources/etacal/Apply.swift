import ArgumentParser
import CalibrationFiles
import EventFiles
import Intercalibration

struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Calibrate the jets of a table of events.",
        usage: "etacal apply <calibration> <events> [--as <kind>] [<options>] -o <file>",
        discussion: """
            The MC-truth scale acts on both kinds of events, the residual constants on data alone. Other columns are kept.

            Examples:
              etacal apply calibration.json data.csv.gz -o calibrated.csv.gz
              etacal apply calibration.json mc.csv.gz --as mc -o scaled-mc.csv.gz

            The same in two parts, which may be made at the same time:
              etacal apply calibration.json data.csv.gz --shard 0/2 -o part-0.h5
              etacal apply calibration.json data.csv.gz --shard 1/2 -o part-1.h5
              etacal merge part-0.h5 part-1.h5 -o calibrated.h5
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable { case data, mc }

    @Argument(help: "Constants: a calibration.json of fit or closure.", completion: .json)
    var calibration: String

    @Argument(help: "Events as they were reconstructed (.csv, .csv.gz or .h5), in GeV.", completion: .events)
    var events: String

    @Option(name: .customLong("as"), help: ArgumentHelp("What the events are.", valueName: "kind"))
    var kind = Kind.data

    @OptionGroup var parts: EventShardOption

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The table to write (.csv, .csv.gz or .h5).", valueName: "file"),
        completion: .events)
    var output: String

    @OptionGroup var common: CommonOptions

    func validate() throws { try parts.requireHDF5(output) }

    func run() throws {
        let stored = try StoredCalibration(calibration)
        let scale = stored.scale?.correction
        let residual = kind == .data ? stored.calibration.residual : nil
        var uncorrected = 0
        let count = try EventRewriter.rewrite(
            events, to: output,
            calibration: EventCalibration(version: Etacal.version, sha256: stored.sha256, kind: kind.rawValue),
            shard: parts.shard?.shard, overwrite: common.overwrite
        ) { eta, pt in
            let base = scale.map { pt * $0.value(eta: eta, pt: pt) } ?? pt
            guard let residual else { return base }
            guard let constant = residual.constant(eta: eta, pt: base) else {
                uncorrected += 1
                return base
            }
            return base * constant
        }
        if common.json {
            print("{\"events\": \(count), \"jets_without_constant\": \(uncorrected)}")
        } else if !common.quiet {
            print("\(count) events are in \(output)")
            if uncorrected > 0 {
                let text = "\(uncorrected) jets lie where no constant is known; they keep the MC-truth scale alone."
                print(TerminalStyle.output.paint(text.wrapped(), .caution))
            }
        }
    }
}
