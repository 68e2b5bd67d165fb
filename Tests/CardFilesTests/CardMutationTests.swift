import Balance
import CardFiles
import DetectorModel
import FileAccess
import Foundation
import Testing
import Yams

/// Whatever is done to a card or configuration: it is refused with its place, or what it says is what is done.
struct CardMutationTests {
    private enum Form: CaseIterable {
        case uniform, atlas, cms, stress, full, first, formulas, run, selection, binning
    }

    /// A document of each form.
    private static func document(_ form: Form) throws -> String {
        switch form {
        case .uniform: return try LoadedCard("uniform").text
        case .atlas: return try LoadedCard("atlas-like").text
        case .cms: return try LoadedCard("cms-like").text
        case .stress: return try LoadedCard("stress").text
        case .formulas: return FormulaCardTests.card
        case .full: return FullCard.text
        case .first: return CardFileTests.card
        case .run:
            let card = CardFileTests.card.split(separator: "\n").map { "  \($0)\n" }.joined()
            return "schema: etacal.run/1\nevents: 5000\nseed: 7\nmethod: central\npasses: 2\ndetector:\n" + card
                + "data_detector: stress\nrequirement: {rows: 30, effective_events: 20}\n"
                + "selection: {delta_phi_min: 2.7, alpha_max: 0.3, third_jet_floor: 0, abs_eta_max: 5.2}\n"
                + "binning:\n  eta_edges: [-4.5, -2.5, -0.8, 0.8, 2.5, 4.5]\n  pt_edges: [60, 120, 250]\n"
                + "  reference_abs_eta_max: 0.8\n  quoted_pt_min: 60\n"
                + "tolerance: [{abs_eta_max: 2.4, value: 0.005}, {abs_eta_max: 4.5, value: 0.02}]\n"
        case .selection:
            return "schema: etacal.selection/1\n" + Selection.standard.yamlLines.joined(separator: "\n") + "\n"
        case .binning:
            return "schema: etacal.binning/1\n" + BalanceBinning.coarse.yamlLines.joined(separator: "\n") + "\n"
        }
    }

    /// What a document was understood as, in YAML.
    private struct Reading {
        var yaml: String
        var cards: [DetectorCard] = []
    }

    private static func read(_ text: [UInt8], _ form: Form, _ path: String) throws -> Reading {
        switch form {
        case .uniform, .atlas, .cms, .stress, .full, .first, .formulas:
            // What is not UTF-8 is refused when a file is read.
            let card = try DetectorCard(yaml: String(decoding: text, as: UTF8.self), file: path)
            return Reading(yaml: card.yaml, cards: [card])
        case .run:
            try Data(text).write(to: URL(fileURLWithPath: path))
            let run = try RunConfiguration(file: path)
            let cards = [run.detector.card] + (run.dataDetector.map { [$0.card] } ?? [])
            return Reading(yaml: run.yaml(truthName: run.truth, dataTruthName: run.dataTruth), cards: cards)
        case .selection:
            try Data(text).write(to: URL(fileURLWithPath: path))
            let lines = ["schema: etacal.selection/1"] + (try Selection(file: path)).yamlLines
            return Reading(yaml: lines.joined(separator: "\n"))
        case .binning:
            try Data(text).write(to: URL(fileURLWithPath: path))
            let lines = ["schema: etacal.binning/1"] + (try BalanceBinning(path)).yamlLines
            return Reading(yaml: lines.joined(separator: "\n"))
        }
    }

    private static let signs = [
        "[", "]", "{", "}", ",", ": ", "- ", "? ", "#", " #", "&a ", "*a", "<<: ", "!", "!!str ", "!!int ", "|", ">",
        "'",
        "\"", "%", "@", "`", "---\n", "...\n", "\t", "\n", "\r\n", "\\", "\"\\u0000\"", "~", "null", "  ", "\u{2028}",
        "\u{85}", "[[[[", "&a [*a]", "name", "eta: ", "true",
    ]

    @Test(arguments: 0..<Mutants.parts) func mutantsAreRefusedOrTakenAtTheirWord(part: Int) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var mutator = Mutator(random: Mutants.generator(part: part), signs: Self.signs)
        let documents = try Form.allCases.map { (form: $0, text: Array(try Self.document($0).utf8)) }
        var accepted = 0
        for number in 0..<Mutants.count(10_000) {
            let (form, text) = documents[number % documents.count]
            let mutant = mutator.mutated(text)
            if try Self.examine(mutant, form, path, thorough: number % 100 == 0) { accepted += 1 }
        }
        // Comments, spaces and other numbers change nothing or something that is said: the test sees both outcomes.
        if Mutants.count(10_000) > 100 { #expect(accepted * 100 > Mutants.count(10_000)) }
    }

    /// - Returns: whether the document was accepted.
    private static func examine(_ text: [UInt8], _ form: Form, _ path: String, thorough: Bool) throws -> Bool {
        let shown = Comment(rawValue: "\(form): " + String(decoding: text.prefix(12_000), as: UTF8.self))
        let start = ContinuousClock.now
        defer { #expect(ContinuousClock.now - start < Mutants.patience, shown) }
        let reading: Reading
        do { reading = try read(text, form, path) } catch let error as FileError {
            #expect(error.isWellPut, "\(error) \(shown)")
            #expect(error.place.hasPrefix(path) || error.kind == .unreadable, "\(error) \(shown)")
            return false
        }
        let again = try read(Array(reading.yaml.utf8), form, path)
        #expect(again.yaml == reading.yaml && again.cards == reading.cards, shown)
        // A byte order mark is taken off where a file is read.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let plain = String(decoding: text.starts(with: mark) ? text.dropFirst(mark.count) : text[...], as: UTF8.self)
        #expect(throws: Never.self, shown) {
            let said = try #require(try Yams.compose(yaml: plain, .basic))
            let done = try #require(try Yams.compose(yaml: reading.yaml, .basic))
            let ignored = try ignored(said, done, [])
            #expect(ignored == [], shown)
        }
        for card in reading.cards {
            #expect(isPossible(card, thorough: thorough), shown)
            #expect(makesADetector(card, thorough: thorough), shown)
        }
        return true
    }

    /// Key paths of a document whose value is not the one that took effect.
    private static func ignored(_ said: Node, _ done: Node?, _ path: [String]) throws -> [String] {
        let here = [path.joined(separator: ".")]
        switch (said, done) {
        case (.mapping(let one), .mapping(let other)?):
            let names = one.map { $0.key.scalar?.string ?? "" }
            guard Set(names).count == names.count else { return here }
            return try one.flatMap { key, value in
                let name = key.scalar?.string ?? ""
                // Parts of a configuration may repeat their schema.
                // and cards of an earlier schema are written in the latest.
                let isEarlier = value.scalar?.string == "etacal.detector/1"
                if name == "schema", value.scalar?.string.hasPrefix("etacal.") == true, !path.isEmpty || isEarlier {
                    return [String]()
                }
                return try ignored(value, other.first { $0.key.scalar?.string == name }?.value, path + [name])
            }
        case (.sequence(let one), .sequence(let other)?):
            guard one.count == other.count else { return here }
            return try zip(one, other).enumerated().flatMap { try ignored($1.0, $1.1, path + ["\($0)"]) }
        case (.sequence(let one), nil): return one.isEmpty ? [] : here
        case (.mapping(let one), nil): return one.isEmpty ? [] : here
        case (.scalar(let one), .scalar(let other)?):
            if one.string == other.string { return [] }
            guard let number = Double(one.string), number == Double(other.string) else { return here }
            return []
        case (.scalar(let one), .mapping?) where path.last == "binning":
            return ["standard", "coarse"].contains(one.string) ? [] : here
        case (.scalar(let one), .sequence(let bands)?) where path == ["tolerance"]:
            let value = bands.first?.mapping?["value"]?.scalar?.string
            return Double(one.string) == value.flatMap(Double.init) ? [] : here
        // Tails at one pT may be written as numbers.
        case (.scalar, .sequence(let other)?) where path.first == "tails" && other.count == 1:
            return try ignored(said, other.first, path)
        default: return here
        }
    }

    /// A card that is accepted becomes a detector of finite numbers, in whose tables places can be looked up.
    private static func makesADetector(_ card: DetectorCard, thorough: Bool) -> Bool {
        let detectors =
            [Detector(card, pseudoData: true)] + (thorough ? [Detector.ofSimulation(card, data: nil)] : [])
        for detector in detectors {
            let tables = detector.tables
            let lists = [
                tables.grid, tables.flavours, tables.shapes, tables.deficits, tables.interactions, tables.weights,
                tables.softResponse,
            ]
            guard lists.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return false }
            guard (tables.weights + tables.softResponse + tables.deficits).allSatisfy({ $0 >= 0 }) else { return false }
            for eta in stride(from: -card.absEtaMaximum, through: card.absEtaMaximum, by: 0.31) {
                for pt in [5.0, 20, 300, 6000] {
                    let (response, width) = (
                        detector.response.value(eta: eta, pt: pt), detector.resolution.value(eta: eta, pt: pt)
                    )
                    guard response > 0.04, response < 5.5, width >= 0, width <= 2.01 else { return false }
                }
            }
        }
        return true
    }

    private static func isPossible(_ card: DetectorCard, thorough: Bool) -> Bool {
        let step = thorough ? 0.02 : 0.47
        for eta in stride(from: -card.absEtaMaximum, through: card.absEtaMaximum, by: step) {
            for pt in stride(from: 4, through: 16384, by: thorough ? 97.3 : 1717.7) {
                let response = card.response.value(eta: eta, pt: pt)
                let data = response * (card.pseudoData?.response?.value(eta: eta, pt: pt) ?? 1)
                let resolution = card.resolution.value(eta: eta, pt: pt)
                // The detector is a grid; between its nodes a card may go beyond by what the grid does not see.
                guard response > 0.04, response < 5.5, data > 0.04, data < 5.5, resolution >= 0, resolution <= 2 else {
                    return false
                }
            }
        }
        return true
    }
}

extension FileError {
    /// Place, problem and remedy, in a line or two that a terminal can show.
    var isWellPut: Bool {
        let text = description
        return !place.isEmpty && !problem.isEmpty && !remedy.isEmpty && text.utf8.count < 2500
            && !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
    }
}
