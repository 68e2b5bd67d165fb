import ArgumentParser
import CalibrationFiles
import CardFiles
import DetectorModel
import Foundation
import Reporting

struct DetectorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detector", abstract: "List, show, check and draw detector cards.",
        subcommands: [List.self, Show.self, Check.self, Plot.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The built-in detectors.")

        func run() throws {
            for name in LoadedCard.builtInNames {
                let card = try LoadedCard(name).card
                print("\(name.padding(toLength: 12, withPad: " ", startingAt: 0))\(card.summary)")
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a detector does to jets.",
            discussion: "Example:\n  etacal detector show cms-like\n  etacal detector show my-card.yaml --json")

        @Argument(help: "A built-in name or a card file.")
        var card: String

        @Flag(help: "Print the response and resolution tables as JSON.")
        var json = false

        @Flag(help: "Print the card itself (YAML), to start one of your own from.")
        var yaml = false

        func run() throws {
            let loaded = try LoadedCard(card)
            if yaml { return print(loaded.text, terminator: "") }
            let card = loaded.card
            let edges = BalanceEdges.eta(limit: card.absEtaMaximum)
            let pts = [20.0, 30, 50, 100, 200, 300, 500, 1000]
            let centres = zip(edges, edges.dropFirst()).map { 0.5 * ($0 + $1) }
            let response = centres.map { eta in pts.map { card.response.value(eta: eta, pt: $0) as Double? } }
            let resolution = centres.map { eta in pts.map { card.resolution.value(eta: eta, pt: $0) as Double? } }
            if json {
                print(
                    JSONText.object([
                        ("name", .text(card.name)), ("eta_edges", .numbers(edges)), ("pt_values", .numbers(pts)),
                        ("pt_edges", .numbers(BalanceEdges.around(pts))), ("response", .table(response)),
                        ("resolution", .table(resolution)),
                    ]).text, terminator: "")
                return
            }
            print("\(card.name): \(card.summary)")
            print(
                "acceptance |eta| < \(card.absEtaMaximum); "
                    + (card.pseudoData == nil ? "no overlay for data" : "with an overlay for data"))
            print("\n                 mean response (data / MC)            resolution")
            print("      eta       30 GeV       100 GeV      300 GeV       30    100    300")
            for (low, high) in zip(edges, edges.dropFirst()) {
                let eta = 0.5 * (low + high)
                var line = String(format: "%6.2f..%5.2f", low, high)
                for pt in [30.0, 100, 300] {
                    let ratio = card.pseudoData?.response?.value(eta: eta, pt: pt) ?? 1
                    line += String(format: "  %.3f (%.3f)", card.response.value(eta: eta, pt: pt), ratio)
                        .replacingOccurrences(of: "  ", with: " ")
                }
                line += " "
                for pt in [30.0, 100, 300] { line += String(format: "  %.3f", card.resolution.value(eta: eta, pt: pt)) }
                print(line)
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Whether a card is valid; says where not.")

        @Argument(help: "A built-in name or a card file.")
        var card: String

        func run() throws {
            let card = try LoadedCard(card).card
            print(
                "\(card.name) is valid: \(card.response.regions.count) response and \(card.resolution.regions.count) resolution regions"
            )
        }
    }
}

extension DetectorCommand {
    struct Plot: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw a detector's response and resolution.",
            discussion: """
                Examples:
                  etacal detector plot cms-like -o cms-like.png
                  etacal detector plot my-card.yaml --view profiles -o my-card.pdf
                """)

        @Argument(help: "A built-in name or a card file.")
        var card: String

        @Option(help: "map, over eta and pT; or profiles, along each of them.")
        var view = DetectorPicture.View.map

        @Option(name: .shortAndLong, help: "The picture to write (.png, .pdf or .svg).")
        var output: String

        @Flag(help: "Replace an output that exists.")
        var overwrite = false

        func run() throws {
            try DetectorPicture.write(try LoadedCard(card).card, view: view, to: output, overwrite: overwrite)
        }
    }
}

/// η edges for tables that people read.
enum BalanceEdges {
    static func eta(limit: Double) -> [Double] {
        let positive = [0.5, 1, 1.3, 1.5, 2, 2.5, 2.65, 2.85, 3, 3.2, 3.5, 4, 4.5, limit].filter { $0 <= limit }
        let unique = positive.enumerated().filter { $0.offset == 0 || $0.element > positive[$0.offset - 1] }.map(
            \.element)
        return unique.reversed().map { -$0 } + [0] + unique
    }

    /// Geometric edges whose bins hold the given increasing values.
    static func around(_ values: [Double]) -> [Double] {
        let inner = zip(values, values.dropFirst()).map { ($0 * $1).squareRoot() }
        guard let first = inner.first, let last = inner.last else { return values }
        return [values[0] * values[0] / first] + inner + [values[values.count - 1] * values[values.count - 1] / last]
    }
}
