import ArgumentParser
import CalibrationFiles
import EventFiles
import Intercalibration

struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Calibrate the jets of a table of events.",
        discussion: """
            The MC-truth scale acts on both kinds of events, the residual constants on data alone. Other columns are kept.

            Example:
              etacal apply calibration.json data.csv.gz -o calibrated.csv.gz
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable { case data, mc }

    @Argument(help: "A calibration.json.")
    var calibration: String

    @Argument(help: "Events as they were reconstructed (.csv or .csv.gz).")
    var events: String

    @Option(name: .customLong("as"), help: "What the events are: data or mc.")
    var kind = Kind.data

    @Option(name: .shortAndLong, help: "The table to write (.csv or .csv.gz).")
    var output: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let stored = try StoredCalibration(calibration)
        let scale = stored.scale?.correction
        let residual = kind == .data ? stored.calibration.residualMap : nil
        var uncorrected = 0
        let count = try EventRewriter.rewrite(events, to: output, overwrite: common.overwrite) { eta, pt in
            let base = scale.map { pt * $0.value(eta: eta, pt: pt) } ?? pt
            guard let residual else { return base }
            guard let place = residual.position(eta: eta, pt: base) else {
                uncorrected += 1
                return base
            }
            return base * place.constant
        }
        if common.json {
            print("{\"events\": \(count), \"jets_without_constant\": \(uncorrected)}")
        } else if !common.quiet {
            print("\(count) events are in \(output)")
            if uncorrected > 0 {
                print("\(uncorrected) jets lie where no constant is known; they keep the MC-truth scale alone.")
            }
        }
    }
}
