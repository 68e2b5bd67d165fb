import CardFiles
import DetectorModel
import FileAccess
import Foundation
import Testing

struct FullCardTests {
    private func card(_ text: String = FullCard.text) throws -> DetectorCard {
        try DetectorCard(yaml: text, file: "mine.yaml")
    }

    @Test func everythingIsReadWhereItStands() throws {
        let card = try card()
        let features = card.features
        #expect(card.jets == "anti-kT, R = 0.4" && card.acceptance.ptMinimum == 8)
        #expect(card.acceptance.vetoes[0].phiLow == 3 && card.acceptance.vetoes[0].etaHigh == 2)
        let envelope = try #require(features.envelope)
        #expect([envelope.vertexSpread, envelope.barrelRadius, envelope.endcapDistance] == [40, 1500, 3170])
        let directions = try #require(features.directions)
        #expect([directions.etaNoise, directions.etaFloor, directions.phiNoise] == [0.6, 0.006, 0.5])
        #expect(directions.phiFloor == 0.005 && directions.jetWidth == 0.1)
        let flavours = try #require(features.flavours)
        #expect([1, 2, 3, 4].map { flavours.value(class: $0, pt: 30) } == [1.01, 1.005, 0.995, 0.985])
        let tails = try #require(features.tails)
        let side = { (alpha: Double, power: Double) in CrystalBall.Side(alpha: alpha, power: power) }
        #expect(tails.shape(eta: 0, pt: 300) == CrystalBall(low: side(1.8, 7), high: side(2.2, 11)))
        #expect(tails.shape(eta: -2, pt: 300) == CrystalBall(low: side(1.7, 6), high: .gaussian))
        let pileUp = try #require(features.pileUp)
        #expect(pileUp.profile.mean == 32 && pileUp.profile.width == 9 && pileUp.resolutionMu == 30)
        #expect(pileUp.noise.value(eta: -1) == 0.25 && pileUp.noise.value(eta: 2) == 0.4)
        let jets = try #require(pileUp.jets)
        #expect([jets.rate, jets.power, jets.absEtaMaximum, jets.trackerAbsEta] == [0.002, 4, 2.9, 2.5])
        #expect([jets.rejectionPtMaximum, jets.rejection, jets.hardLoss] == [50, 0.9, 0.01])
        let soft = features.softTerms
        #expect(soft.map(\.name) == ["first", "second"] && soft[0].response == .constant(0.92))
        #expect(
            [soft[0].parallel, soft[0].perpendicular, soft[0].noise, soft[0].noiseGrowth] == [0.2, 0.15, 1.5, 0.6])
        #expect([soft[0].energy, soft[0].energyPerInteraction, soft[1].noise] == [100, 18, 0])
        #expect(features.deadModules[0].loss == 0.2)
        let tracker = try #require(features.tracker)
        #expect([tracker.absEtaMaximum, tracker.ptMinimum, tracker.efficiency] == [2.5, 1.5, 0.9])
        #expect([tracker.impactMaximum, tracker.radiusMaximum] == [1.5, 31])
        #expect([0.5, 1, 3, 4].map { tracker.impactResolution(eta: -0.5, pt: $0) } == [0.045, 0.045, 0.028, 0.02])
        #expect(abs(tracker.impactResolution(eta: 2, pt: 2) - (0.015 * 0.015 + 0.083 * 0.083).squareRoot()) < 1e-15)
        #expect(tracker.tails[0].share == 0.02 && tracker.tails[0].scale == 2.5)
        #expect(abs(tracker.beamSpot.variance(phi: 0) - 6.4e-5) < 1e-12)
        let overlay = try #require(card.pseudoData)
        #expect(overlay.resolutionScale.value(eta: -1) == 1.05 && overlay.resolutionScale.value(eta: 1) == 1.1)
        #expect(overlay.deadModules[0].window.etaLow == -2 && overlay.interactions?.mean == 34)
        #expect(overlay.periods.map(\.run) == [7, 9] && overlay.periods[0].response == nil)
        #expect(overlay.periods[1].response?.value(eta: 0, pt: 30) == 1.02 && overlay.periods[1].share == 0.75)
    }

    @Test func whatIsWrittenReadsBackAsTheSame() throws {
        for text in [FullCard.text] + (try LoadedCard.builtInNames.map { try LoadedCard($0).text }) {
            let card = try card(text)
            let again = try self.card(card.yaml)
            #expect(again == card && again.yaml == card.yaml)
        }
    }

    @Test func aRegionThatReachesFarIsStillOne() throws {
        for high in [20.0, 25, 1e300] {
            let text = FullCard.text.replacing("{eta: [1.5, 3], value: 0.4}", with: "{eta: [1.5, \(high)], value: 0.4}")
            let card = try card(
                text.replacing("- {eta: [0, 3], value: 1.1}", with: "- {eta: [0, \(high)], value: 1.1}"))
            #expect(try self.card(card.yaml) == card)
        }
    }

    @Test func absentKeysHaveTheirDefaults() throws {
        var text = FullCard.text
        for (find, replacement) in [
            ("  pt_min: 8\n", ""), ("  resolution_mu: 30\n", ""), (", rejection: 0.9, hard_loss: 0.01", ""),
            (", tracker_abs_eta_max: 2.5, pt_max: 50", ""), ("  phi: {noise: 0.5, floor: 0.005}\n", ""),
            ("{noise: 0.6, floor: 0.006}", "{noise: 0.6}"), ("  jet_width: 0.1\n", ""), ("  bottom: 0.995\n", ""),
            ("mu: {mean: 34, width: 10}", "mu: {mean: 32, width: 9}"),
        ] {
            #expect(text.contains(find))
            text = text.replacing(find, with: replacement)
        }
        let card = try card(text)
        let pileUp = try #require(card.features.pileUp)
        #expect(card.acceptance.ptMinimum == 0 && pileUp.resolutionMu == 32)
        let jets = try #require(pileUp.jets)
        #expect([jets.trackerAbsEta, jets.rejectionPtMaximum, jets.rejection, jets.hardLoss] == [0, 50, 0, 0])
        let directions = try #require(card.features.directions)
        #expect([directions.etaFloor, directions.phiNoise, directions.phiFloor, directions.jetWidth] == [0, 0, 0, 0])
        #expect(card.features.flavours?.value(class: 3, pt: 30) == 1)
    }

    // MARK: The first schema

    @Test func cardsOfTheFirstSchemaMeanTheSame() throws {
        let first = try card(CardFileTests.card)
        let second = try card(CardFileTests.card.replacing("detector/1", with: "detector/2"))
        #expect(first == second && first.features == CardFeatures())
        #expect(first.yaml.hasPrefix("schema: etacal.detector/2\n"))
        #expect(try card(first.yaml) == first)
        let tables = Detector(first, pseudoData: true).tables
        #expect(tables.modules.isEmpty && tables.periods.map(\.run) == [0] && tables.softTerm == .transparent)
        #expect(tables.tails == .gaussian && tables.interactions.allSatisfy { $0 == 0 })
        #expect(tables.flavours.allSatisfy { $0 == 1 })
    }

    @Test(arguments: [
        ("name: mine", "name: mine\ndead_modules: []", "mine.yaml:3: dead_modules", "'dead_modules' came with"),
        ("name: mine", "name: mine\ntails: 1\nflavours: {}", "mine.yaml:4: flavours", "'flavours' came with"),
        ("abs_eta_max: 3", "abs_eta_max: 3, pt_min: 8", "mine.yaml:3: acceptance.pt_min", "'pt_min' came with"),
        ("abs_eta_max: 3", "abs_eta_max: 3, veto: []", "mine.yaml:3: acceptance.veto", "'veto' came with"),
        (
            "pseudo_data:\n", "pseudo_data:\n  mu: {mean: 3}\n", "mine.yaml:15: pseudo_data.mu", "'mu' came with"
        ),
        (
            "pseudo_data:\n", "pseudo_data:\n  periods: []\n", "mine.yaml:15: pseudo_data.periods",
            "'periods' came with"
        ),
        (
            "pseudo_data:\n", "pseudo_data:\n  dead_modules: []\n", "mine.yaml:15: pseudo_data.dead_modules",
            "'dead_modules' came with"
        ),
        (
            "pseudo_data:\n", "pseudo_data:\n  resolution_scale: {eta: absolute, regions: []}\n",
            "mine.yaml:15: pseudo_data.resolution_scale", "regions came with"
        ),
    ])
    func keysOfTheSecondSayHowToMigrate(find: String, replacement: String, place: String, problem: String) {
        let text = CardFileTests.card.replacing(find, with: replacement)
        let error = #expect(throws: FileError.self) { try card(text) }
        #expect(error?.place == place && error?.problem.hasPrefix(problem) == true, "\(error?.description ?? "")")
        #expect(error?.remedy == "say 'schema: etacal.detector/2'; nothing else has to change")
    }

    // MARK: Closed at each level

    /// Something that each mapping of the card begins with, and its key path.
    static let levels = [
        ("schema: ", ""), ("  abs_eta_max: ", "acceptance"), ("eta: [1.5, 2], phi: ", "acceptance.veto.0"),
        ("vertex_spread: ", "envelope"), ("  jet_width: ", "directions"), ("noise: 0.6, ", "directions.eta"),
        ("noise: 0.5, ", "directions.phi"), ("  light: ", "flavours"),
        ("pt: [30, 500], values: [1.0", "flavours.charm"),
        ("  regions:\n    - {eta: [0, 1.5], pt", "tails"), ("low_alpha: 1.7", "tails.regions.1"),
        ("  resolution_mu: ", "pile_up"), ("mean: 32", "pile_up.mu"),
        ("    regions:\n      - {eta: [0, 1.5]", "pile_up.noise"), ("value: 0.25", "pile_up.noise.regions.0"),
        ("rate: ", "pile_up.jets"), ("name: second", "soft_terms.1"), ("pt: [5, 50]", "soft_terms.1.response"),
        ("phi: [-0.2, 0.2]", "dead_modules.0"), ("  mu: {mean: 34", "pseudo_data"), ("mean: 34", "pseudo_data.mu"),
        ("    regions:\n      - {eta: [-3, 0]", "pseudo_data.resolution_scale"),
        ("value: 1.05", "pseudo_data.resolution_scale.regions.0"), ("loss: 0.15", "pseudo_data.dead_modules.0"),
        ("run: 7", "pseudo_data.periods.0"), ("        transition: 0.05\n", "pseudo_data.periods.1.response"),
        ("scale: 1, h", "response.regions.2.hadronic"), ("width: 0.06", "response.cracks.0"),
    ]

    @Test(arguments: levels.indices) func unknownKeysAreRefusedEverywhere(index: Int) throws {
        let (find, path) = Self.levels[index]
        let place = try #require(FullCard.text.range(of: find))
        let indent = find.prefix { $0 == " " }
        let isFlow = !find.contains("\n") && indent.isEmpty && find != "schema: "
        let text = FullCard.text.replacingCharacters(
            in: place, with: isFlow ? "odd: 1, " + find : "\(indent)odd: 1\n" + find)
        let error = #expect(throws: FileError.self) { try card(text) }
        let whole = path.isEmpty ? "odd" : path + ".odd"
        #expect(error?.place.hasSuffix(": \(whole)") == true, "\(error?.description ?? "")")
        #expect(error?.problem == "unknown key 'odd'" && error?.remedy.hasPrefix("known here: ") == true)
    }
}
