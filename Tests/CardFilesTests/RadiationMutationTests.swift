import CardFiles
import DijetGeneration
import FileAccess
import Foundation
import Testing
import Yams

/// Whatever is done to a tune: it is refused with its place, or each number of it took effect.
struct RadiationMutationTests {
    private static let signs = [
        "[", "]", "{", "}", ",", ": ", "- ", "? ", "#", " #", "&a ", "*a", "<<: ", "!", "!!str ", "|", ">", "'", "\"",
        "\\", "---\n", "...\n", "\t", "\n", "\r\n", "\"\\u0000\"", "~", "null", "  ", "\u{2028}", "\u{85}",
        "initial_rate", "variations: ", "nan",
    ]

    @Test(arguments: 0..<Mutants.parts) func mutantsAreRefusedOrTakenAtTheirWord(part: Int) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var mutator = Mutator(random: Mutants.generator(part: part), signs: Self.signs)
        let text = Array((ToyTune.lines() + ToyTune.variations).joined(separator: "\n").utf8) + [10]
        var accepted = 0
        for _ in 0..<Mutants.count(2000) where try Self.examine(mutator.mutated(text), path) {
            accepted += 1
        }
        if Mutants.count(2000) > 100 {
            #expect(accepted * 100 > Mutants.count(2000) && accepted * 2 < Mutants.count(2000))
        }
    }

    /// - Returns: whether the tune was accepted.
    private static func examine(_ text: [UInt8], _ path: String) throws -> Bool {
        let shown = Comment(rawValue: String(decoding: text.prefix(6000), as: UTF8.self))
        try Data(text).write(to: URL(fileURLWithPath: path))
        let start = ContinuousClock.now
        defer { #expect(ContinuousClock.now - start < Mutants.patience, shown) }
        let tune: RadiationTune
        do { tune = try RadiationTune(file: path) } catch let error as FileError {
            #expect(error.isWellPut && error.place.hasPrefix(path), "\(error) \(shown)")
            return false
        }
        let said = try #require(try Yams.compose(yaml: String(decoding: text, as: UTF8.self), .basic), shown)
        func expect(_ model: RadiationModel, _ node: Node?, else base: RadiationModel?) {
            for parameter in RadiationParameter.allCases {
                let word = node?.mapping?[parameter.rawValue]?.scalar?.string
                let number = word.flatMap { Double($0) } ?? base?[parameter]
                #expect(model[parameter] == number && parameter.domain.contains(model[parameter]), shown)
            }
            #expect(node?.mapping?.count ?? 0 <= RadiationParameter.allCases.count, shown)
        }
        expect(tune.model, said.mapping?["parameters"], else: nil)
        #expect(tune.name == said.mapping?["name"]?.scalar?.string, shown)
        #expect(tune.summary == said.mapping?["summary"]?.scalar?.string, shown)
        let variations = said.mapping?["variations"]?.mapping
        let names: [String] = variations?.map { $0.key.scalar?.string ?? "" } ?? []
        #expect(tune.variations.map(\.name) == names, shown)
        for (name, model) in tune.variations {
            expect(model, variations?.first { $0.key.scalar?.string == name }?.value, else: tune.model)
        }

        // It stands in a configuration whole.
        var run = try RunConfiguration()
        run.generator.radiation = tune
        try writeText(run.yaml(truthName: nil), to: path)
        let again = try RunConfiguration(file: path).generator.radiation
        #expect(again.model == tune.model && again.name == tune.name && again.summary == tune.summary, shown)
        #expect(again.variations.map(\.name) == tune.variations.map(\.name), shown)
        #expect(again.variations.map(\.model) == tune.variations.map(\.model), shown)
        return true
    }
}
