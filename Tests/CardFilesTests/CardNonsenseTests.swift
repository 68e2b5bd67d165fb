import CardFiles
import DetectorModel
import FileAccess
import Foundation
import Testing

/// What physics forbids in a card is refused with its place and a reason.
struct CardNonsenseTests {
    /// What is changed in the full card, the key path of the message and what it says.
    static let faults: [(find: String, replacement: String, path: String, problem: String)] = [
        // Acceptance
        ("pt_min: 8", "pt_min: -1", "acceptance.pt_min", "-1.0 is out of range"),
        ("pt_min: 8", "pt_min: 101", "acceptance.pt_min", "out of range"),
        ("pt_min: 8", "pt_min: inf", "acceptance.pt_min", "not a finite number"),
        ("abs_eta_max: 3\n", "abs_eta_max: 0.05\n", "acceptance.abs_eta_max", "out of range"),
        ("{eta: [1.5, 2], phi: [3, -3]}", "{eta: [2, 1.5], phi: [3, -3]}", "acceptance.veto.0.eta", "not increase"),
        ("phi: [3, -3]}", "phi: [3, 3]}", "acceptance.veto.0.phi", "no range of azimuths"),
        ("phi: [3, -3]}", "phi: [3, 4]}", "acceptance.veto.0.phi", "no range of azimuths"),
        ("phi: [3, -3]}", "phi: [0, 90]}", "acceptance.veto.0.phi", "no range of azimuths"),
        ("{eta: [1.5, 2], phi: [3, -3]}", "{eta: [3.5, 4], phi: [3, -3]}", "acceptance.veto.0.eta", "outside"),
        ("[1.5, 2], phi: [3, -3]}", "[-3, 3], phi: [-3.14159, 3.14159]}", "acceptance.veto", "leave no jets"),
        // Envelope and directions
        ("vertex_spread: 40", "vertex_spread: -40", "envelope.vertex_spread", "out of range"),
        ("vertex_spread: 40", "vertex_spread: 400", "envelope.vertex_spread", "out of range"),
        ("barrel_radius: 1500", "barrel_radius: 1.5", "envelope.barrel_radius", "out of range"),
        ("endcap_distance: 3170", "endcap_distance: nan", "envelope.endcap_distance", "not a finite number"),
        ("noise: 0.6, floor", "noise: -0.6, floor", "directions.eta.noise", "out of range"),
        ("floor: 0.005", "floor: 0.7", "directions.phi.floor", "out of range"),
        ("jet_width: 0.1", "jet_width: 0.5", "directions.jet_width", "out of range"),
        // A step of the response pulls a wide jet out of itself.
        (
            "  transition: 0.1\n  regions:\n    - {eta: [0, 1], value: 0.9}",
            "  transition: 0\n  regions:\n    - {eta: [0, 1], value: 1.9}", "directions.jet_width", "would move"
        ),
        (
            "transition: 0.05\n    regions:\n      - {eta: [-3, 3], value: 0.98}",
            "transition: 0\n    regions:\n      - {eta: [-3, 0], value: 0.98}\n      - {eta: [0, 3], value: 1.9}",
            "directions.jet_width", "would move by more than it at η = -0.0"
        ),
        // Flavours
        ("light: 1.01", "light: 1.6", "flavours.light", "1.6 is out of range"),
        ("light: 1.01", "light: {pt: [30], values: [0.4]}", "flavours.light", "goes from 0.4"),
        ("values: [0.985, 0.996]", "values: [0.985]", "flavours.gluon.values", "1 values for 2"),
        ("pt: [30, 500], values: [0.985", "pt: [490, 500], values: [0.985", "flavours.gluon", "goes from 0.4"),
        (
            "pt: [30, 500], values: [0.985, 0.996]", "pt: [30, 31, 32], values: [1, 1.6, 1]", "flavours.gluon",
            "goes from"
        ),
        ("pt: [30, 500], values: [0.985", "pt: [30, -5], values: [0.985", "flavours.gluon.pt.1", "not possible"),
        // Tails
        ("low_n: [10, 7]", "low_n: [10, 2]", "tails.regions.0.low_n.1", "heavier than a mean allows"),
        ("low_n: [10, 7]", "low_n: [10]", "tails.regions.0.low_n", "1 numbers for 2"),
        ("low_alpha: [2.0, 1.8]", "low_alpha: [0.4, 1.8]", "tails.regions.0.low_alpha.0", "cannot begin"),
        ("low_alpha: [2.0, 1.8], ", "", "tails.regions.0", "'low_alpha' is missing"),
        ("high_n: [12, 11]", "high_n: [12, 1e3]", "tails.regions.0.high_n.1", "out of range"),
        ("low_alpha: 1.7, low_n: 6", "low_alpha: 0.7, low_n: 2.6", "tails.regions.1", "move the mean by -"),
        ("{eta: [1.5, 3], low_alpha", "{eta: [1.6, 3], low_alpha", "tails.regions.1.eta", "gap"),
        ("{eta: [1.5, 3], low_alpha", "{eta: [1.5, 2], low_alpha", "tails.regions", "do not reach"),
        ("pt: [30, 300], low", "pt: [30, 30], low", "tails.regions.0.pt.1", "out of order"),
        // Pile-up
        ("mean: 32, width: 9", "mean: -3, width: 9", "pile_up.mu.mean", "out of range"),
        ("mean: 32, width: 9", "mean: 32, width: -9", "pile_up.mu.width", "out of range"),
        ("value: 0.25", "value: -0.25", "pile_up.noise.regions.0.value", "out of range"),
        ("value: 0.25", "value: 11", "pile_up.noise.regions.0.value", "out of range"),
        ("{eta: [1.5, 3], value: 0.4}", "{eta: [1.5, 2], value: 0.4}", "pile_up.noise.regions", "do not reach"),
        ("value: 0.25", "value: 1.2", "pile_up.noise", "takes off more than the resolution has"),
        ("resolution_mu: 30", "resolution_mu: 300", "pile_up.noise", "takes off more than the resolution has"),
        ("resolution_mu: 30", "resolution_mu: -1", "pile_up.resolution_mu", "out of range"),
        ("rate: 0.002", "rate: -0.002", "pile_up.jets.rate", "out of range"),
        ("rate: 0.002", "rate: 0.2", "pile_up.jets.rate", "out of range"),
        ("rate: 0.002, power: 4", "rate: 0.1, power: 2", "pile_up.jets", "jet of pile-up above 200 GeV"),
        ("power: 4", "power: 1", "pile_up.jets.power", "out of range"),
        ("rejection: 0.9", "rejection: 1.1", "pile_up.jets.rejection", "out of range"),
        ("hard_loss: 0.01", "hard_loss: 0.6", "pile_up.jets.hard_loss", "out of range"),
        ("tracker_abs_eta_max: 2.5", "tracker_abs_eta_max: 2.95", "pile_up.jets.tracker_abs_eta_max", "out of range"),
        ("tracker_abs_eta_max: 2.5", "tracker_abs_eta_max: 0", "pile_up.jets.rejection", "acts nowhere"),
        ("pt_max: 50", "pt_max: 0", "pile_up.jets.rejection", "acts nowhere"),
        // Soft terms
        ("name: second", "name: first", "soft_terms.1.name", "twice"),
        ("name: second", "name: \"\"", "soft_terms.1.name", "empty"),
        ("response: 0.92", "response: -0.92", "soft_terms.0.response", "out of range"),
        ("values: [0.5, 0.6]", "values: [0.5, -0.6]", "soft_terms.1.response.values.1", "not possible"),
        ("[5, 50], values: [0.5, 0.6]", "[5, 6], values: [0.1, 0.9]", "soft_terms.1.response", "the response is -"),
        ("parallel: 0.2", "parallel: -0.2", "soft_terms.0.parallel", "out of range"),
        ("energy_per_mu: 18", "energy_per_mu: 1e4", "soft_terms.0.energy_per_mu", "out of range"),
        // Modules
        ("loss: 0.2}", "loss: 0}", "dead_modules.0.loss", "out of range"),
        ("loss: 0.2}", "loss: 1}", "dead_modules.0.loss", "out of range"),
        ("{eta: [0, 0.8]", "{eta: [-4, -3]", "dead_modules.0.eta", "outside"),
        ("{eta: [-2, -1]", "{eta: [3, 3.5]", "pseudo_data.dead_modules.0.eta", "outside"),
        (
            "[-0.2, 0.2], loss: 0.2}", "[-0.2, 0.2], loss: 0.9}\n  - {eta: [0.5, 0.8], phi: [0.1, 0.2], loss: 0.9}",
            "dead_modules", "the response is 0.00"
        ),
        (
            "{eta: [-2, -1], phi: [3, -3], loss: 0.15}",
            "{eta: [0, 1], phi: [-3, 3], loss: 0.8}\n    - {eta: [0, 1], phi: [0, 1], loss: 0.8}",
            "pseudo_data.dead_modules", "the response is 0.0"
        ),
        // The overlay
        ("value: 1.05", "value: 0", "pseudo_data.resolution_scale.regions.0.value", "out of range"),
        ("value: 1.05", "value: 3.5", "pseudo_data.resolution_scale.regions.0.value", "out of range"),
        ("value: 1.05", "value: 0.1", "pseudo_data.resolution_scale", "takes off more"),
        ("n: 3, s", "n: 15, s", "pseudo_data.resolution_scale", "above 200 %"),
        ("mean: 34, width: 10", "mean: 3, width: 1", "pseudo_data.mu", "hardly any events"),
        ("mean: 34, width: 10", "mean: 34, width: 0", "pseudo_data.mu", "single μ"),
        ("mean: 32, width: 9", "mean: 32, width: 0", "pseudo_data.mu", "single μ"),
        ("mean: 34, width: 10", "mean: 33, width: 0.001", "pseudo_data.mu", "hardly any events"),
        ("share: 0.25", "share: 0.35", "pseudo_data.periods", "add up to 1.1"),
        ("share: 0.25", "share: -0.25", "pseudo_data.periods.0.share", "out of range"),
        ("run: 7", "run: 9", "pseudo_data.periods.1.run", "twice"),
        ("run: 7", "run: 7.5", "pseudo_data.periods.0.run", "not possible"),
        ("run: 7", "run: 0", "pseudo_data.periods.0.run", "not possible"),
        ("value: 1.02", "value: 0.06", "pseudo_data.periods.1.response", "the response is 0.0"),
        ("[0, 3], value: 1.02", "[0, 2], value: 1.02", "pseudo_data.periods.1.response.regions", "do not reach"),
    ]

    @Test(arguments: faults.indices) func nonsenseIsToldWithItsPath(index: Int) {
        let fault = Self.faults[index]
        #expect(FullCard.text.ranges(of: fault.find).count >= 1)
        var text = FullCard.text
        if let range = text.firstRange(of: fault.find) { text.replaceSubrange(range, with: fault.replacement) }
        let error = #expect(throws: FileError.self) { try DetectorCard(yaml: text, file: "mine.yaml") }
        #expect(error?.kind == .malformed && error?.isWellPut == true)
        let place = error?.place ?? ""
        #expect(place.hasPrefix("mine.yaml:") && place.hasSuffix(": \(fault.path)"), "\(error?.description ?? "")")
        #expect(fault.problem.isEmpty || error?.problem.contains(fault.problem) == true, "\(error?.problem ?? "")")
    }

    /// Flavours and responses that are possible alone, and not together.
    @Test func flavoursCountWithTheResponse() {
        let text = FullCard.text.replacing("- {eta: [0, 1], value: 0.9}", with: "- {eta: [0, 1], value: 0.06}")
            .replacing(
                "light: 1.01", with: "light: 0.6"
            ).replacing("  jet_width: 0.1\n", with: "")
        let error = #expect(throws: FileError.self) { try DetectorCard(yaml: text, file: "mine.yaml") }
        #expect(error?.place.hasSuffix(": flavours") == true, "\(error?.description ?? "")")
    }

    /// The largest card there can be takes no longer than any other text.
    @Test func periodsFullOfCracksAreRefusedAtOnce() {
        let cracks = (0..<390).map { "{eta: 0.\($0), width: 9, depth: 0.001, pt_exponent: 1}" }.joined(separator: ", ")
        let period = "      response: {eta: absolute, cracks: [\(cracks)], regions: [{eta: [0, 3], value: 1}]}\n"
        let periods = (1...10).map { "    - run: \($0)\n      share: 0.1\n" + period }.joined()
        var text = FullCard.text
        if let start = text.range(of: "  periods:\n") { text.replaceSubrange(start.upperBound..., with: periods) }
        let start = ContinuousClock.now
        let error = #expect(throws: FileError.self) { try DetectorCard(yaml: text, file: "mine.yaml") }
        #expect(error?.problem.contains("cracks in the card") == true, "\(error?.description ?? "")")
        #expect(ContinuousClock.now - start < Mutants.patience)
    }

    @Test func partsOfAConfigurationHaveItsPathsBeforeTheirs() throws {
        let card = FullCard.text.replacing("loss: 0.2}", with: "loss: 2}").split(separator: "\n").map { "  \($0)\n" }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
            .path
        try writeText("schema: etacal.run/1\ndetector:\n" + card.joined(), to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: FileError.self) { _ = try RunConfiguration(file: path) }
        #expect(error?.place.hasSuffix(": detector.dead_modules.0.loss") == true, "\(error?.description ?? "")")
    }
}
