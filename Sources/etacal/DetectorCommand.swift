import ArgumentParser
import Balance
import CalibrationFiles
import CardFiles
import DetectorModel
import FileAccess
import Foundation
import Reporting

struct DetectorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detector", abstract: "List, show, check, draw and convert detector cards.",
        discussion: """
            A card is a YAML file that says what a detector does to jets. Start from a built-in one:
              etacal detector show cms-like --yaml > my-card.yaml
            """,
        subcommands: [List.self, Show.self, Check.self, Plot.self, Convert.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The built-in detectors.",
            discussion: """
                Examples:
                  etacal detector list
                  etacal detector list --json
                """)

        @Flag(help: "Print names, summaries and acceptances as JSON.")
        var json = false

        func run() throws {
            let cards = try LoadedCard.builtInNames.map { (name: $0, card: try LoadedCard($0).card) }
            if json {
                let list = cards.map { name, card in
                    JSONText.object([
                        ("name", .text(name)), ("summary", .text(card.summary)),
                        ("abs_eta_max", .number(card.absEtaMaximum)), ("pseudo_data", .bool(card.pseudoData != nil)),
                    ])
                }
                return print(JSONText.list(list).text, terminator: "")
            }
            for (name, card) in cards {
                let column = name.padding(toLength: 11, withPad: " ", startingAt: 0)
                let line = "\(column) \(card.summary)"
                // One line a card for other programs.
                print(isatty(STDOUT_FILENO) == 1 ? line.wrapped(indent: 12) : line)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a detector does to jets.",
            discussion: """
                Mean response and relative resolution in bins of eta, by the true pT of the jet in GeV.

                Examples:
                  etacal detector show cms-like
                  etacal detector show cms-like --yaml > my-card.yaml
                  etacal detector show my-card.yaml --json
                """)

        @Argument(help: "A built-in name or a card file.", completion: .card)
        var card: String

        @Flag(help: "Print the response and resolution tables as JSON.")
        var json = false

        @Flag(help: "Print the card itself (YAML), to start one of your own from.")
        var yaml = false

        func validate() throws {
            if json && yaml { throw ValidationError("--json and --yaml exclude each other.") }
        }

        func run() throws {
            let loaded = try LoadedCard(card)
            if yaml { return print(loaded.text, terminator: "") }
            let tables = DetectorTables(loaded.card)
            print(json ? tables.json.text : tables.text(style: .output), terminator: "")
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whether a card is valid; says where not.",
            discussion: """
                A card that is not is status 65, and the message names file, line, key and remedy.

                Examples:
                  etacal detector check my-card.yaml
                  etacal detector check my-card.yaml --quiet && echo fine
                """)

        @Argument(help: "A built-in name or a card file.", completion: .card)
        var card: String

        @Flag(help: "Print nothing but errors and what --json asks for.")
        var quiet = false

        @Flag(help: "Print a summary of the valid card as JSON.")
        var json = false

        func run() throws {
            let card = try LoadedCard(card).card
            let (response, resolution) = (card.response.parts, card.resolution.parts)
            if json {
                let summary = JSONText.object([
                    ("name", .text(card.name)), ("valid", .bool(true)), ("response_regions", .int(response)),
                    ("resolution_regions", .int(resolution)), ("pseudo_data", .bool(card.pseudoData != nil)),
                ])
                print(summary.text, terminator: "")
            } else if !quiet {
                print(
                    "\(card.name.shown()) is valid: \(response) response and \(resolution) resolution regions".wrapped()
                )
            }
        }
    }

    struct Plot: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw what a detector does, one view a picture.",
            usage: "etacal detector plot <card> [<options>] -o <file>",
            discussion: """
                Needs gnuplot (Debian package: gnuplot-nox).

                  map         response and resolution over eta and pT
                  profiles    the same along each of them
                  tails       fluctuations beyond the core, by region
                  acceptance  dead modules, vetoes and limits over eta and phi
                  soft-term   response, width and noise of what is in no jet
                  jets        flavours, directions and the vertex
                  pile-up     interactions, their weights, noise and jets
                  triggers    turn-ons of --triggers in this detector, and prescales

                A view of what the card does not describe is status 65.

                Examples:
                  etacal detector plot cms-like -o cms-like.png
                  etacal detector plot cms-like --view tails -o tails.png
                  etacal detector plot my-card.yaml --view profiles -o my-card.pdf
                  etacal detector plot cms-like --view triggers --triggers menu.yaml -o turn-ons.png
                """)

        @Argument(help: "A built-in name or a card file.", completion: .card)
        var card: String

        @Option(help: "What to show; see above.")
        var view = DetectorPicture.View.map

        @Option(
            help: ArgumentHelp(
                "Triggers to draw, a YAML file, for the view of that name (default: none).", valueName: "file"),
            completion: .yaml)
        var triggers: String?

        @Option(
            name: .shortAndLong, help: ArgumentHelp("The picture to write (.png, .pdf or .svg).", valueName: "file"),
            completion: .file(extensions: ["png", "pdf", "svg"]))
        var output: String

        @Flag(help: "Replace an output that exists (default: refuse, status 73).")
        var overwrite = false

        func validate() throws {
            if view == .triggers && triggers == nil {
                throw ValidationError("--view triggers draws a menu of triggers: give it with --triggers.")
            }
            if view != .triggers && triggers != nil {
                throw ValidationError("--triggers belongs to --view triggers.")
            }
        }

        func run() throws {
            let loaded = try LoadedCard(card)
            let assignment = try triggers.map {
                TriggerAssignment(try TriggerMenu(file: $0), binning: .standard)
            }
            do {
                try DetectorPicture.write(
                    loaded.card, view: view, triggers: assignment, to: output, overwrite: overwrite)
            } catch let error as CardError {
                throw FileError(.malformed, card, error.problem, error.remedy)
            }
        }
    }
}
