import ArgumentParser
import CalibrationFiles
import CardFiles
import FileAccess
import Foundation

extension DetectorCommand {
    struct Convert: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a card of text files of CMS.",
            usage: "etacal detector convert <file> ... [<options>] -o <card>",
            discussion: """
                A correction (level L2Relative) becomes the response 1/c as a table in true pT, within 0.3 %; a resolution \
                becomes n, s, c and d, or a formula. What the files do not give is that of another card.

                Examples:
                  etacal detector convert L2Relative.txt PtResolution.txt -o mine.yaml
                  etacal detector convert PtResolution.txt --rho 30 -o mine.yaml
                  etacal detector convert L2Relative.txt --abs-eta-max 4.7 -o mine.yaml
                """)

        @Argument(
            help: ArgumentHelp(
                "Text files of jet corrections: a correction, a resolution, or one of each.", valueName: "file"),
            completion: .file(extensions: ["txt"]))
        var files: [String]

        @Option(help: ArgumentHelp("Name of the detector (default: that of the first file).", valueName: "text"))
        var name: String?

        @Option(
            help: ArgumentHelp(
                "Jets beyond this |eta| are lost, 0.1 to 8 (default: as far as all parts reach).", valueName: "number"))
        var absEtaMax: Double?

        @Option(
            help: ArgumentHelp(
                "What supplies the rest: a built-in name or a card file (default: uniform).", valueName: "card"),
            completion: .card)
        var like: String?

        @Option(
            help: ArgumentHelp(
                "Density of pile-up in GeV that a resolution in bins of it is taken at (default: 20).",
                valueName: "number"))
        var rho: Double?

        @Option(
            name: .shortAndLong, help: ArgumentHelp("The card to write.", valueName: "card"), completion: .yaml)
        var output: String

        @Flag(help: "Print nothing but errors and what --json asks for.")
        var quiet = false

        @Flag(help: "Print what the card was made of as JSON.")
        var json = false

        @Flag(help: "Replace an output that exists (default: refuse, status 73).")
        var overwrite = false

        func validate() throws {
            if let absEtaMax, !(0.1...8).contains(absEtaMax) {
                throw ValidationError("--abs-eta-max takes 0.1 to 8.")
            }
            if let rho, !(0...1000).contains(rho) { throw ValidationError("--rho takes 0 to 1000 (GeV).") }
            if let name,
                name.isEmpty || name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            {
                throw ValidationError("--name takes a text without control characters.")
            }
        }

        func run() throws {
            let like = like ?? "uniform"
            let conversion = try DetectorConversion(
                files: files, like: try LoadedCard(like), likeName: like, name: name, absEtaMaximum: absEtaMax,
                rho: rho ?? 20)
            try writeFile(conversion.yaml, to: output, overwrite: overwrite)
            if json {
                print(conversion.json.text, terminator: "")
            } else if !quiet {
                print(conversion.lines.map { $0.wrapped() }.joined(separator: "\n"))
            }
        }
    }
}

extension DetectorConversion {
    fileprivate var lines: [String] {
        [
            "\(card.name.shown()): jets to |eta| = \(Numbers.edge(card.absEtaMaximum))",
            "response: \(response.inWords)", "resolution: \(resolution.inWords)",
            "pseudo_data: \(pseudoData.map { "that of \($0.shown())" } ?? "none")",
        ]
    }

    fileprivate var json: JSONText {
        .object([
            ("name", .text(card.name)), ("abs_eta_max", .number(card.absEtaMaximum)), ("response", response.json),
            ("resolution", resolution.json), ("pseudo_data", pseudoData.map { .text($0) } ?? .null),
        ])
    }
}

extension DetectorConversion.Part {
    fileprivate var inWords: String {
        guard isFromFile else { return "that of \(source.shown())" }
        let eta = convention == .absolute ? "|eta|" : "signed eta"
        let end = continuedFrom.map { ", the outermost continued from \(Numbers.edge($0))" } ?? ""
        return "\(regions) regions of \(eta) from \(source.shown())\(end)"
    }

    fileprivate var json: JSONText {
        .object([
            ("source", .text(source)), ("from_file", .bool(isFromFile)), ("eta", .text(convention.rawValue)),
            ("regions", .int(regions)), ("continued_from", continuedFrom.map { .number($0) } ?? .null),
        ])
    }
}
