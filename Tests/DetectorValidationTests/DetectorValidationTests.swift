import CardFiles
import DetectorModel
import DetectorValidation
import DijetGeneration
import Testing

struct DetectorValidationTests {
    private static let rows = 1_200_000

    /// A card with something of everything, for which a change of one number can be asked for.
    private static let text = """
        schema: etacal.detector/2
        name: toy
        acceptance: {abs_eta_max: 4.5, pt_min: 15}
        envelope: {vertex_spread: 40, barrel_radius: 1500, endcap_distance: 3170}
        directions: {eta: {noise: 0.6, floor: 0.006}, phi: {noise: 0.6, floor: 0.006}, jet_width: 0.1}
        response:
          eta: absolute
          transition: 0.1
          regions: [{eta: [0, 2], value: 0.9}, {eta: [2, 4.5], pt: [30, 300], values: [0.7, 0.85]}]
        resolution: {eta: absolute, regions: [{eta: [0, 4.5], n: 2, s: 0.8, c: 0.05, d: -1}]}
        flavours: {light: 1.02, gluon: 0.98}
        tails: {eta: absolute, regions: [{eta: [0, 4.5], low_alpha: 1.7, low_n: 6, high_alpha: 2.0, high_n: 9}]}
        pile_up:
          mu: {mean: 30, width: 9}
          noise: 0.3
          jets: {rate: 0.005, power: 4, abs_eta_max: 4.2, tracker_abs_eta_max: 2.4, pt_max: 50, rejection: 0.9, hard_loss: 0.01}
        soft_terms: [{name: all, response: 0.8, parallel: 0.2, perpendicular: 0.15, noise: 1.5, noise_growth: 0.5, energy: 100, energy_per_mu: 18}]
        pseudo_data:
          mu: {mean: 33, width: 10}
          dead_modules: [{eta: [-1, 0], phi: [3, -2.9], loss: 0.2}, {eta: [0.5, 1], phi: [1, 1.1], loss: 0.4}]
          periods:
            - {run: 1, share: 0.5}
            - {run: 2, share: 0.5, response: {eta: absolute, regions: [{eta: [0, 4.5], value: 0.97}]}}
        """

    private static func card(_ old: String = "", _ new: String = "") throws -> DetectorCard {
        try DetectorCard(yaml: old.isEmpty ? text : text.replacing(old, with: new), file: "toy.yaml")
    }

    private static func validation(of simulated: DetectorCard) throws -> DetectorValidation {
        try DetectorValidation(
            card(), simulated: simulated, truth: QCDDijets.builtIn, events: rows, seed: 5, threads: 2)
    }

    /// The limits of the validation, or what chance does once in a hundred validations of this seed's kind.
    @Test func aSimulationShowsItsCard() throws {
        let validation = try Self.validation(of: Self.card())
        #expect(validation.passed, "\(validation.failed.map { "\($0.quantity) \($0.place)" })")
        for quantity in DetectorCriterion.Quantity.allCases {
            #expect(validation.quantities.contains { $0.quantity == quantity }, "\(quantity)")
        }
        // Pulls are those of independent normal numbers: χ² within 4.5 standard deviations (p = 7e-6 each).
        for summary in validation.quantities where [.response, .width, .etaWidth, .phiWidth].contains(summary.quantity)
        {
            let count = Double(summary.tested)
            #expect(abs(summary.chiSquared - count) < 4.5 * (2 * count).squareRoot(), "\(summary.quantity)")
        }
    }

    @Test(arguments: [
        ("value: 0.9}", "value: 0.905}", DetectorCriterion.Quantity.response),
        ("gluon: 0.98", "gluon: 0.985", .response),
        ("s: 0.8", "s: 0.85", .width),
        ("low_n: 6", "low_n: 4", .lowTail),
        ("high_alpha: 2.0", "high_alpha: 1.8", .highTail),
        ("value: 0.97", "value: 0.98", .period),
        ("loss: 0.2", "loss: 0.15", .module),
        ("jet_width: 0.1}", "jet_width: 0.13}", .etaPull),
        ("eta: {noise: 0.6", "eta: {noise: 0.65", .etaWidth),
        ("phi: {noise: 0.6", "phi: {noise: 0.65", .phiWidth),
        ("response: 0.8", "response: 0.85", .softResponse),
        ("parallel: 0.2", "parallel: 0.25", .softParallel),
        ("perpendicular: 0.15", "perpendicular: 0.2", .softPerpendicular),
        ("noise_growth: 0.5", "noise_growth: 0.55", .noiseSlope),
        ("rate: 0.005", "rate: 0.0055", .pileUpJets),
        ("mean: 30", "mean: 31", .interactions),
    ])
    func whatIsNotAsTheCardSaysIsSeen(
        old: String, new: String, quantity: DetectorCriterion.Quantity
    ) throws {
        let validation = try Self.validation(of: Self.card(old, new))
        #expect(validation.failed.contains { $0.quantity == quantity }, "\(validation.failed.map(\.quantity))")
    }

    /// Where the vertex is and where calorimeters stand, and numbers of interactions, is seen by what measures it, and by nothing
    /// that has other reasons to be off: displacements are judged where jets are, resolutions at the event's μ.
    @Test(
        arguments: [
            ("vertex_spread: 40", "vertex_spread: 41", ["vertex_spread"]),
            ("barrel_radius: 1500", "barrel_radius: 1530", ["vertex_spread", "vertex_agreement"]),
            ("endcap_distance: 3170", "endcap_distance: 3220", ["vertex_spread", "vertex_agreement"]),
            ("width: 9}", "width: 9.5}", ["interactions_width"]),
            ("mean: 33", "mean: 33.3", ["interactions", "weighted_interactions"]),
            ("width: 10}", "width: 10.5}", ["interactions_width", "weighted_interactions_width"]),
            (
                "mu: {mean: 33, width: 10}", "resolution_scale: 1",
                // Data's jets of pile-up are as many as interactions make.
                [
                    "interactions", "interactions_width", "weighted_interactions", "weighted_interactions_width",
                    "pile_up_jets",
                ]
            ),
        ] as [(String, String, Set<String>)])
    func whatIsBehindEachJetIsSeenByWhatMeasuresIt(old: String, new: String, quantities: Set<String>) throws {
        let validation = try Self.validation(of: Self.card(old, new))
        #expect(Set(validation.failed.map(\.quantity.rawValue)) == quantities, "\(validation.failed.map(\.place))")
    }

    /// A radius of the barrel that is not the card's shows in the barrel and against the endcaps, and in no endcap alone; likewise
    /// the distance of the endcaps.
    @Test(
        arguments: [
            ("barrel_radius: 1500", "barrel_radius: 1530", ["barrel"]),
            ("endcap_distance: 3170", "endcap_distance: 3220", ["endcap at eta < 0", "endcap at eta > 0"]),
        ] as [(String, String, Set<String>)])
    func whichPartOfTheEnvelopeIsOffIsSeen(old: String, new: String, places: Set<String>) throws {
        let failed = try Self.validation(of: Self.card(old, new)).failed.filter { $0.sample == .simulation }
        #expect(Set(failed.filter { $0.quantity == .vertexSpread }.map(\.place)) == places)
        #expect(failed.contains { $0.quantity == .vertexAgreement && $0.place == "jets of barrel and endcap" })
    }

    /// Without an envelope, without pile-up or with data's μ as simulation's there is nothing to compare.
    @Test func whatACardDoesNotHaveIsNotJudged() throws {
        let text = """
            schema: etacal.detector/2
            name: plain
            acceptance: {abs_eta_max: 2.5}
            response: {eta: absolute, regions: [{eta: [0, 2.5], value: 1}]}
            resolution: {eta: absolute, regions: [{eta: [0, 2.5], n: 2, s: 0.8, c: 0.05, d: -1}]}
            """
        func quantities(_ more: String) throws -> Set<DetectorCriterion.Quantity> {
            let validation = try DetectorValidation(
                DetectorCard(yaml: text + more, file: "plain.yaml"), truth: QCDDijets.builtIn, events: 12_000, seed: 5,
                threads: 2)
            return Set(validation.criteria.map(\.quantity))
        }
        let vertex: Set<DetectorCriterion.Quantity> = [.vertex, .vertexSpread, .vertexAgreement]
        let drawn: Set<DetectorCriterion.Quantity> = [.interactions, .interactionsWidth]
        let weighted: Set<DetectorCriterion.Quantity> = [
            .meanWeight, .weightedInteractions, .weightedInteractionsWidth,
        ]
        #expect(try quantities("").isDisjoint(with: vertex.union(drawn).union(weighted)))
        let whole = try quantities(
            "\nenvelope: {vertex_spread: 40, barrel_radius: 1500, endcap_distance: 3170}\npile_up: {mu: {mean: 30, width: 9}}"
        )
        #expect(whole.isSuperset(of: vertex.union(drawn)) && whole.isDisjoint(with: weighted))
    }

    /// The three responses by projection: 1 with a soft term like jets, and what the soft term's response predicts without.
    @Test func theProjectionClosesWithASoftTermLikeJets() throws {
        let validation = try Self.validation(of: Self.card())
        let all = validation.criteria.filter { $0.quantity == .projection }
        #expect(all.count == 18)
        func mean(_ name: String) -> Double {
            let some = all.filter { $0.place.hasPrefix(name) }
            let weights = some.map { 1 / ($0.uncertainty * $0.uncertainty) }
            return zip(some, weights).reduce(0) { $0 + $1.0.measured * $1.1 } / weights.reduce(0, +)
        }
        #expect(abs(mean("soft term like jets") - 1) < 0.004)
        let (carded, without) = (mean("soft term of the card"), mean("no soft term"))
        // Farther off, the less of the soft recoil is seen.
        #expect(abs(without - 1) > abs(carded - 1) + 0.003)
    }
}
