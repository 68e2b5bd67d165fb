import CardFiles
import DijetGeneration
import FileAccess
import Testing

/// What a `run.yaml` says of the built-in truth.
struct GeneratorConfigurationTests {
    private static func read(_ lines: [String]) throws -> RunConfiguration {
        try ToyTune.withFile(["schema: etacal.run/1"] + lines) { try RunConfiguration(file: $0) }
    }

    private static func expectSame(
        _ one: GeneratorConfiguration, _ other: GeneratorConfiguration,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(one.sqrtS == other.sqrtS && one.pdf == other.pdf, sourceLocation: sourceLocation)
        #expect(one.edges == other.edges && one.bias == other.bias, sourceLocation: sourceLocation)
        let (first, second) = (one.radiation, other.radiation)
        #expect(first.name == second.name && first.summary == second.summary, sourceLocation: sourceLocation)
        #expect(first.isBuiltIn == second.isBuiltIn && first.model == second.model, sourceLocation: sourceLocation)
        #expect(first.variations.map(\.name) == second.variations.map(\.name), sourceLocation: sourceLocation)
        #expect(first.variations.map(\.model) == second.variations.map(\.model), sourceLocation: sourceLocation)
        #expect(one.variation == other.variation && one.model == other.model, sourceLocation: sourceLocation)
    }

    @Test(arguments: [[String](), ["generator: {}"]])
    func whatIsNotSaidIsStandard(lines: [String]) throws {
        let generator = try Self.read(lines).generator
        Self.expectSame(generator, GeneratorConfiguration())
        #expect(generator.sqrtS == 13000 && generator.pdf == nil && generator.edges == nil && generator.bias == 0)
        #expect(generator.radiation.name == "monash" && generator.variation == nil)
        #expect(generator.model == RadiationTune.builtIn.model)
        #expect(try generator.process().edges == HardProcess.standardEdges(sqrtS: 13000))
    }

    private static let tune = ToyTune.lines { $0 == .finalRate ? 0.375 : nil } + ToyTune.variations
    private static let full =
        [
            "generator:", "  sqrt_s: 900", "  pdf: grid #1.dat", "  p_hat_edges: [20, 40.5, 450]",
            "  variation: initial-up", "  bias: -1.5", "  radiation:",
        ] + tune.map { "    \($0)" }

    @Test func everyKeyTakesEffect() throws {
        let generator = try Self.read(Self.full.map { $0.replacing("grid #1", with: "grid") }).generator
        #expect(generator.sqrtS == 900 && generator.pdf == "grid.dat" && generator.bias == -1.5)
        #expect(generator.edges == [20, 40.5, 450])
        #expect(generator.radiation.name == "toy" && generator.radiation.model[.finalRate] == 0.375)
        #expect(generator.variation == "initial-up" && generator.model[.initialRate] == 0.0625)
        #expect(generator.model[.finalRate] == 0.375)
    }

    /// The resolved configuration reads back as the same, and is a fixed point.
    @Test func theResolvedConfigurationIsTheSame() throws {
        var run = try RunConfiguration()
        run.generator.sqrtS = 8000
        run.generator.pdf = "grid # 1: \"new\".dat"
        run.generator.edges = [30, 61.25, 4000]
        run.generator.radiation = try ToyTune.withFile(Self.tune) { try RadiationTune(file: $0) }
        run.generator.variation = "soft"
        run.generator.bias = 4.5
        let text = run.yaml(truthName: nil)
        let again = try ToyTune.withFile([text]) { try RunConfiguration(file: $0) }
        Self.expectSame(again.generator, run.generator)
        #expect(again.yaml(truthName: nil) == text)
        let standard = try RunConfiguration()
        let same = try ToyTune.withFile([standard.yaml(truthName: nil)]) { try RunConfiguration(file: $0) }
        Self.expectSame(same.generator, standard.generator)
    }

    /// Directories would tie a result to a machine; a tune stands there whole.
    @Test func filesStandThereWithoutTheirPlace() throws {
        var run = try RunConfiguration()
        run.generator.pdf = "/somewhere/else/grid.dat"
        try ToyTune.withFile(Self.tune) { path in
            run.generator.radiation = try RadiationTune(file: path)
            let text = run.yaml(truthName: nil)
            #expect(text.contains("  pdf: \"grid.dat\"\n") && !text.contains("somewhere") && !text.contains(path))
        }
    }

    @Test(arguments: [
        ("{energy: 13000}", "energy", "unknown key 'energy'"), ("13000", "", "not a mapping"),
        ("{sqrt_s: 899}", "sqrt_s", "899.0 GeV is out of range"), ("{sqrt_s: nan}", "sqrt_s", "not a finite number"),
        ("{sqrt_s: 100001}", "sqrt_s", "out of range"), ("{sqrt_s: much}", "sqrt_s", "'much' is not a number"),
        ("{pdf: ''}", "pdf", "empty"), ("{pdf: [grid.dat]}", "pdf", "not a text"),
        ("{p_hat_edges: 30}", "p_hat_edges", "not a list"), ("{p_hat_edges: []}", "p_hat_edges", "0 edges"),
        ("{p_hat_edges: [30]}", "p_hat_edges", "1 edges"),
        ("{p_hat_edges: [30, 60, 60]}", "p_hat_edges.2", "not above"),
        ("{p_hat_edges: [60, 30]}", "p_hat_edges.1", "not above"),
        ("{p_hat_edges: [30, .nan]}", "p_hat_edges.1", "not a number"),
        ("{p_hat_edges: [0.5, 30]}", "p_hat_edges.0", "an edge at 0.5 GeV"),
        ("{p_hat_edges: [30, 6501]}", "p_hat_edges.1", "an edge at 6501.0 GeV"),
        ("{p_hat_edges: [30, 460], sqrt_s: 900}", "p_hat_edges.1", "an edge at 460.0 GeV"),
        ("{bias: -2.1}", "bias", "-2.1 is out of range"), ("{bias: 8.5}", "bias", "8.5 is out of range"),
        ("{bias: nan}", "bias", "not a finite number"), ("{variation: sideways}", "variation", "not a variation"),
        ("{radiation: {name: x}}", "radiation", "'schema' is missing"),
    ])
    func faultsAreToldWithTheirPlace(value: String, key: String, problem: String) throws {
        try ToyTune.withFile(["schema: etacal.run/1", "generator: \(value)"]) { file in
            let error = #expect(throws: FileError.self) { _ = try RunConfiguration(file: file) }
            #expect(error?.place == "\(file):2: generator" + (key.isEmpty ? "" : ".\(key)"))
            let text = error?.problem ?? ""
            #expect(text.contains(problem), "\(text)")
            #expect(error?.kind == .malformed && error?.remedy.isEmpty == false)
        }
    }

    @Test func faultsInATuneAreToldWithTheirPlace() throws {
        var lines = Self.full
        let index = try #require(lines.firstIndex { $0.contains("final_rate: ") })
        lines[index] = "      final_rate: -1"
        let error = #expect(throws: FileError.self) { _ = try Self.read(lines) }
        #expect(error?.place.hasSuffix(":\(index + 2): generator.radiation.parameters.final_rate") == true)
    }

    @Test func aTuneOfAnotherFileIsReadAndNamed() throws {
        try ToyTune.withFile(Self.tune) { path in
            let generator = try Self.read(["generator: {radiation: '\(path)', variation: soft}"]).generator
            #expect(generator.radiation.name == "toy" && generator.model[.jetNoise] == 2.5)
        }
        let error = #expect(throws: FileError.self) { _ = try Self.read(["generator: {radiation: /none.yaml}"]) }
        #expect(error?.kind == .unreadable && error?.place == "/none.yaml")
    }

    /// One of them would be ignored.
    @Test func aTruthSampleHasNoGenerator() throws {
        try ToyTune.withFile(["schema: etacal.run/1", "truth: x_dijets.csv", "generator: {bias: 4}"]) { file in
            let error = #expect(throws: FileError.self) { _ = try RunConfiguration(file: file) }
            #expect(error?.place == "\(file):3: generator")
        }
    }
}
