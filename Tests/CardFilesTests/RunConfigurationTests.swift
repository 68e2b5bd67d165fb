import Balance
import CardFiles
import FileAccess
import Foundation
import Intercalibration
import Testing

struct RunConfigurationTests {
    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
            .path
        try writeText(text, to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func theResolvedConfigurationIsAFixedPoint() throws {
        var run = try RunConfiguration()
        run.events = 12345
        run.seed = 77
        run.softResponse = 0.875
        run.binning = .coarse
        run.tolerance = .uniform(0.25)
        let text = run.yaml(truthName: nil)
        try withFile(text) { path in
            let again = try RunConfiguration(file: path)
            #expect(again.yaml(truthName: nil) == text)
            #expect(again.events == 12345 && again.seed == 77 && again.binning == .coarse)
            #expect(again.detector.builtIn == "cms-like" && again.options == run.options)
        }
    }

    @Test func cutsForTheExtrapolationStandInTheConfiguration() throws {
        var run = try RunConfiguration()
        try run.extrapolate(over: [0.1, 0.2])
        let text = run.yaml(truthName: nil)
        #expect(text.contains("alpha_edges: [0.1, 0.2, 0.3]"))
        try withFile(text) { path in
            let again = try RunConfiguration(file: path)
            #expect(again.options.alphaCuts?.cuts == [0.1, 0.2, 0.3] && again.options == run.options)
        }
        run.method = .fold
        #expect(throws: MethodError.cannotExtrapolate(.fold)) { try run.extrapolate(over: [0.1, 0.2]) }
    }

    /// Over the cuts of the extrapolation where there is one.
    @Test func theResolutionIsKept() throws {
        var run = try RunConfiguration()
        #expect(run.options.resolutionCuts == nil && !run.yaml(truthName: nil).contains("resolution: true"))
        try run.deriveResolution(true)
        #expect(run.options.resolutionCuts?.cuts == [0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
        try run.extrapolate(over: [0.1, 0.2])
        try withFile(run.yaml(truthName: nil)) { path in
            let again = try RunConfiguration(file: path)
            #expect(again.options.resolutionCuts?.cuts == [0.1, 0.2, 0.3] && again.options == run.options)
        }
        try run.deriveResolution(true, smearing: true)
        try withFile(run.yaml(truthName: nil)) { path in
            let again = try RunConfiguration(file: path)
            #expect(again.options.smears && again.options == run.options)
        }
        run.method = .fold
        #expect(throws: MethodError.fitsResolution(.fold)) { try run.deriveResolution(true) }
    }

    @Test func smoothingStandsInTheConfiguration() throws {
        var run = try RunConfiguration()
        #expect(!run.yaml(truthName: nil).contains("smoothing"))
        run.smoothing = .kernel
        try withFile(run.yaml(truthName: nil)) { path in
            let again = try RunConfiguration(file: path)
            #expect(again.options == run.options)
        }
        for (text, words) in [("smoothing: rough", "rough"), ("method: fold\nsmoothing: spline", "surface of its own")]
        {
            try withFile("schema: etacal.run/1\n\(text)\n") { path in
                #expect { try RunConfiguration(file: path) } throws: { "\($0)".contains(words) }
            }
        }
    }

    @Test func cardsOfOnesOwnStandInTheConfigurationWhole() throws {
        try withFile(CardFileTests.card) { cardPath in
            var run = try RunConfiguration()
            run.detector = try LoadedCard(cardPath)
            let text = run.yaml(truthName: nil)
            #expect(!text.contains(cardPath))
            try withFile(text) { path in
                let again = try RunConfiguration(file: path)
                #expect(again.detector.card == run.detector.card)
                try withFile(again.yaml(truthName: nil)) { twice in
                    let third = try RunConfiguration(file: twice)
                    #expect(third.detector.card == run.detector.card)
                }
            }
        }
    }

    @Test(arguments: [
        ("events: -5", "events", "not possible"), ("method: best", "method", "not a method"),
        ("passes: 0", "passes", "not possible"),
        ("soft_response: 0", "soft_response", "not the response"), ("tolerance: 0", "tolerance", "not positive"),
        ("evnets: 5", "evnets", "unknown key"),
        ("binning: {eta_edges: [0, 1, 1], pt_edges: [1, 2]}", "binning.eta_edges.2", "not above"),
        (
            "binning: {eta_edges: [-1, 0, 1], pt_edges: [1, 2], quoted_pt_min: 3}", "binning.quoted_pt_min",
            "not the lower edge"
        ),
        ("selection: {alpha_max: 2}", "selection.alpha_max", "out of range"),
        ("alpha_edges: [0.1, 0.2, 0.4]", "alpha_edges", "not cuts on alpha"),
        ("alpha_edges: [0.1]", "alpha_edges", "1 cuts below"), ("alpha_edges: 0.1", "alpha_edges", "not a list"),
        ("resolution: yes", "resolution", "neither true nor false"), ("smear: 1", "smear", "neither true nor false"),
        ("detector: {schema: etacal.detector/1, name: x}", "detector", "missing"),
        ("requirement: {effective_events: 0}", "requirement.effective_events", "no width"),
        ("tolerance: [{abs_eta_max: 2, value: 1}, {abs_eta_max: 1, value: 1}]", "tolerance.1.abs_eta_max", "before"),
    ])
    func faultsAreToldWithTheirPlace(line: String, path: String, problem: String) throws {
        try withFile("schema: etacal.run/1\n\(line)\n") { file in
            let error = #expect(throws: FileError.self) { _ = try RunConfiguration(file: file) }
            #expect(error?.place.hasPrefix("\(file):2: \(path)") == true, "\(error?.place ?? "")")
            #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
        }
    }

    @Test func builtInBinningsHaveTheirNames() throws {
        #expect(try BalanceBinning("standard") == .standard)
        #expect(try BalanceBinning("coarse") == .coarse)
        #expect(BalanceBinning.standard.eta.count >= 36)
        #expect(BalanceBinning.standard.eta.lowest == -4.5 && BalanceBinning.standard.eta.highest == 4.5)
        #expect(throws: FileError.self) { _ = try BalanceBinning("fine") }
    }
}
