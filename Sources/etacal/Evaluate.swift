import ArgumentParser
import CalibrationFiles
import EventFiles
import ExchangeFiles
import FileAccess

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The correction of jets at some eta and pT.",
        usage: "etacal evaluate <calibration> [<options>]",
        discussion: """
            Of one jet, with --eta and --pt, or of a table of them, with --points and -o.

            What exported constants give: 1 outside the eta bins, where an eta bin has no constant (the surface of method \
            fold goes on there, but for --form binned), and for what is no pT of a jet; jets beyond the pT of the bins \
            have the constant of the outermost one. pT is that after the MC-truth scale, in GeV.

            Examples:
              etacal evaluate calibration.json --eta 1.8 --pt 80
              etacal evaluate calibration.json --eta -2.9 --pt 80 --form binned
              etacal evaluate calibration.json --points jets.csv -o corrections.csv
            """)

    @Argument(help: "Constants: a calibration.json of fit or closure.", completion: .json)
    var calibration: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Pseudorapidity of the jet (default: none, see --points).", valueName: "number"))
    var eta: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("pT of the jet in GeV (default: none, see --points).", valueName: "number"))
    var pt: Double?

    @Option(
        help: ArgumentHelp(
            "Jets as a table with the columns eta and pt (.csv, .csv.gz or .h5) (default: none).", valueName: "file"),
        completion: .events)
    var points: String?

    @Option(help: "One number a bin, or what lies between the pT that the numbers belong to.")
    var form = CalibrationFunction.Form.interpolated

    @Option(help: "The constants, or all of them moved by one standard deviation.")
    var variation = CalibrationFunction.Variation.nominal

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The table to write, columns eta, pt, correction (.csv) (default: none, see --eta).", valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var output: String?

    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard (eta != nil) == (pt != nil), (eta != nil) != (points != nil), (points != nil) == (output != nil) else {
            throw ValidationError("Give --eta and --pt of one jet, or --points and -o.")
        }
        if let output, !output.hasSuffix(".csv") { throw ValidationError("Name the output .csv: it is plain text.") }
    }

    func run() throws {
        let function = CalibrationFunction(try StoredCalibration(calibration).calibration)
        guard let points, let output else {
            let value = function.value(form, eta: eta ?? .nan, pt: pt ?? .nan, variation)
            print(result.json ? JSONText.object([("correction", .number(value))]).text : "\(value)\n", terminator: "")
            return
        }
        try requireDifferent(output, from: calibration, points)
        let table = try TextWriter(output, overwrite: result.overwrite)
        try table.write("eta,pt,correction\n")
        var count = 0
        try forEachRow(of: points, columns: ["eta", "pt"]) { row throws(FileError) in
            let value = function.value(form, eta: row[0], pt: row[1], variation)
            try table.write("\(row[0]),\(row[1]),\(value)\n")
            count += 1
        }
        try table.finish()
        if result.json {
            print(JSONText.object([("jets", .int(count))]).text, terminator: "")
        } else if !result.quiet {
            print("Corrections of \(count) jets are in \(output)")
        }
    }
}
