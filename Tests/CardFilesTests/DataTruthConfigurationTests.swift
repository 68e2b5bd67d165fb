import CardFiles
import DijetGeneration
import FileAccess
import Testing

/// What a `run.yaml` says of a truth of the pseudo-data's own.
struct DataTruthConfigurationTests {
    private static func read(_ lines: [String]) throws -> RunConfiguration {
        try ToyTune.withFile(["schema: etacal.run/1"] + lines) { try RunConfiguration(file: $0) }
    }

    @Test func withoutAWordDataHaveTheTruthOfSimulation() throws {
        let run = try Self.read(["generator: {variation: initial-up}"])
        #expect(run.dataTruth == nil && run.dataRadiation == nil && run.dataGenerator == nil)
        #expect(!run.yaml(truthName: nil).contains("data_"))
    }

    /// Everything but the radiation is that of simulation, and so is the tune that a variation is of.
    @Test func onlyTheRadiationDiffers() throws {
        let run = try Self.read([
            "data_generator: {variation: final-up}",
            "generator: {sqrt_s: 8000, p_hat_edges: [30, 60], bias: 2, variation: initial-up}",
        ])
        let (generator, data) = (run.generator, try #require(run.dataGenerator))
        #expect(data.sqrtS == 8000 && data.edges == [30, 60] && data.bias == 2 && data.pdf == generator.pdf)
        #expect(data.model == RadiationTune.builtIn.variation("final-up") && generator.model != data.model)
        #expect(data.title.contains("radiation monash final-up"))
        // A tune without a variation is the tune itself, whatever simulation has.
        #expect(try Self.read(["data_generator: {}"]).dataGenerator?.model == RadiationTune.builtIn.model)
    }

    @Test(arguments: [true, false]) func theResolvedConfigurationIsAFixedPoint(isSample: Bool) throws {
        var run = try RunConfiguration()
        if isSample {
            run.dataTruth = "/somewhere/else/x # 1: \"new\"_dijets.csv"
        } else {
            let lines = ToyTune.lines { $0 == .finalRate ? 0.375 : nil } + ToyTune.variations
            let tune = try ToyTune.withFile(lines) { try RadiationTune(file: $0) }
            run.dataRadiation = RadiationChoice(tune: tune, variation: "soft")
        }
        let name = isSample ? "x # 1: \"new\"_dijets.csv" : nil
        let text = run.yaml(truthName: nil, dataTruthName: name)
        let again = try ToyTune.withFile([text]) { try RunConfiguration(file: $0) }
        #expect(again.dataTruth == name && again.dataRadiation?.model == run.dataRadiation?.model)
        #expect(again.dataRadiation?.variation == run.dataRadiation?.variation)
        #expect(again.yaml(truthName: nil, dataTruthName: again.dataTruth) == text)
    }

    @Test func bothMayBeSamples() throws {
        let run = try Self.read(["truth: one.csv", "data_truth: other.csv"])
        #expect(run.truth == "one.csv" && run.dataTruth == "other.csv")
        #expect(run.yaml(truthName: "one.csv", dataTruthName: "other.csv").contains("data_truth: \"other.csv\"\n"))
    }

    @Test(arguments: [
        ("", "data_generator: {sqrt_s: 8000}", ".sqrt_s", "unknown key 'sqrt_s'"),
        ("", "data_generator: monash", "", "not a mapping"),
        (
            "", "data_generator: {variation: sideways}", ".variation",
            "'sideways' is not a variation of the tune 'monash'"
        ),
        ("", "data_generator: {radiation: {name: x}}", ".radiation", "'schema' is missing"),
        ("truth: x.csv", "data_generator: {}", "", "a truth sample has no use for it"),
        ("data_truth: x.csv", "data_generator: {}", "", "a truth sample has no use for it"),
    ])
    func faultsAreToldWithTheirPlace(before: String, line: String, key: String, problem: String) throws {
        try ToyTune.withFile(["schema: etacal.run/1", before, line]) { file in
            let error = #expect(throws: FileError.self) { _ = try RunConfiguration(file: file) }
            #expect(error?.place == "\(file):3: data_generator\(key)")
            #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
            #expect(error?.kind == .malformed && error?.remedy.isEmpty == false)
        }
    }

    @Test func aSampleNeedsAName() throws {
        let error = #expect(throws: FileError.self) { _ = try Self.read(["data_truth: ''"]) }
        #expect(error?.place.hasSuffix(":2: data_truth") == true && error?.kind == .malformed)
    }
}
