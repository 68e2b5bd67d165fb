import CardFiles
import DetectorModel
import Foundation
import Testing

/// A card made ready for the loop over jets.
struct DetectorTests {
    private static let card = """
        schema: etacal.detector/2
        name: grid
        acceptance: {abs_eta_max: 3}
        response:
          eta: absolute
          transition: 0.1
          regions:
            - {eta: [0, 1.5], value: 0.9}
            - {eta: [1.5, 3], pt: [30, 300], values: [0.8, 0.9]}
        resolution:
          eta: absolute
          regions:
            - {eta: [0, 3], n: 3, s: 0.8, c: 0.04}
        pile_up:
          mu: {mean: 30, width: 8}
          noise: {eta: absolute, regions: [{eta: [0, 1.01], value: 0.2}, {eta: [1.01, 3], value: 0.3}]}
        directions: {jet_width: 0.1}
        flavours: {gluon: 0.97}
        soft_terms:
          - {name: first, response: 0.9}
          - {name: second, response: {pt: [4, 40], values: [0.5, 0.7]}}
        dead_modules:
          - {eta: [0, 0.81], phi: [3, -3], loss: 0.3}
        pseudo_data:
          resolution_scale: {eta: signed, regions: [{eta: [-3, 0.51], value: 1.1}, {eta: [0.51, 3], value: 1.2}]}
          response: {eta: signed, regions: [{eta: [-3, 3], value: 0.98}]}
          dead_modules:
            - {eta: [-3, -0.99], phi: [-1, 1], loss: 0.5}
          mu: {mean: 32, width: 9}
          periods:
            - {run: 7, share: 0.25}
            - {run: 9, share: 0.75, response: {eta: signed, regions: [{eta: [-3, 3], value: 1.02}]}}

        """

    private func card(_ text: String = card) throws -> DetectorCard { try DetectorCard(yaml: text, file: "grid.yaml") }

    /// Whole steps of the grid, away from edges.
    static let places = [-2.5, -1.2, -0.4, 0.2, 0.7, 1.2, 2.4]

    @Test(arguments: places) func theMeanResponseHasPeriodsAndModules(eta: Double) throws {
        let card = try card()
        let (simulation, data) = (Detector(card, pseudoData: false), Detector(card, pseudoData: true))
        let own = eta >= 0 && eta <= 0.81 ? 1 - 0.3 * (2 * Double.pi - 6) / (2 * Double.pi) : 1
        let others = eta <= -0.99 ? 1 - 0.5 * 2 / (2 * Double.pi) : 1
        for pt in [16.0, 30, 80, 500] {
            let response = card.response.value(eta: eta, pt: pt) * own
            #expect(abs(simulation.response.value(eta: eta, pt: pt) - response) < 1e-4)
            let expected = response * others * 0.98 * (0.25 + 0.75 * 1.02)
            #expect(abs(data.response.value(eta: eta, pt: pt) - expected) < 1e-4)
            let scale = eta < 0.51 ? 1.1 : 1.2
            let (width, dataWidth) = (simulation.resolution, data.resolution)
            #expect(abs(dataWidth.value(eta: eta, pt: pt) / width.value(eta: eta, pt: pt) - scale) < 1e-5)
        }
    }

    /// Columns of the loop's own grid, at a node of pT: 32 GeV.
    @Test(arguments: places) func eachPeriodHasItsGrid(eta: Double) throws {
        let card = try card()
        let tables = Detector(card, pseudoData: true).tables
        #expect(tables.periods.map(\.run) == [7, 9] && tables.run(period: 1) == 9)
        #expect(tables.grid.count == 2 * tables.periodStride && tables.etaNodes == 301)
        let pts = tables.periodStride / (DetectorTables.gridColumns * (tables.etaNodes + 1))
        let node = Int(((eta + 3) / 0.02).rounded())
        for (period, factor) in [1, 1.02].enumerated() {
            let start = period * tables.periodStride + (node * pts + 24) * DetectorTables.gridColumns
            let row = tables.grid[start..<start + 4].map(Double.init)
            let response = { (eta: Double) in card.response.value(eta: eta, pt: 32) * 0.98 * factor }
            // Modules are at their azimuths: not in the grid.
            #expect(abs(row[0] - response(eta)) < 1e-6)
            #expect(abs(row[1] - card.resolution.value(eta: eta, pt: 32) * (eta < 0.51 ? 1.1 : 1.2)) < 1e-6)
            let slope = log(response(eta + 0.02) / response(eta - 0.02)) / 0.04
            #expect(abs(row[2] - 0.01 * slope) < 1e-6)
            #expect(abs(row[3] - (abs(eta) < 1.01 ? 0.2 : 0.3) / 32) < 1e-8)
        }
    }

    @Test func theSimulationIsWeightedToTheDataAndHasNoPeriods() throws {
        let card = try card()
        let (simulation, data) = (Detector.ofSimulation(card, data: nil), Detector.ofData(card, other: nil))
        #expect(simulation.tables.periods.map(\.run) == [0] && simulation.tables.modules.count == 1)
        #expect(data.tables.modules.count == 2 && data.tables.weights.allSatisfy { $0 == 1 })
        #expect(abs(simulation.tables.interactions[128] - 30) < 0.01 && abs(data.tables.interactions[128] - 32) < 0.01)
        #expect(simulation.tables.weights[256] > 1 && simulation.tables.weights[64] < 1)
        #expect(Detector(card, pseudoData: false).tables.weights.allSatisfy { $0 == 1 })
    }

    @Test func anotherCardsDataHaveItsProfile() throws {
        let (card, other) = (
            try card(), try card(Self.card.replacing("mean: 30, width: 8", with: "mean: 33, width: 8"))
        )
        #expect(Detector.ofSimulation(card, data: other).tables.weights[250] > 1)
        try card.requireWeights(toward: other)
        let text = Self.card.replacing("mean: 30, width: 8", with: "mean: 120, width: 8").replacing(
            "  mu: {mean: 32, width: 9}\n", with: "")
        let error = #expect(throws: CardError.self) { try card.requireWeights(toward: try self.card(text)) }
        #expect(error?.path == ["pile_up", "mu"])
        try card.requireWeights(toward: LoadedCard("uniform").card)
    }

    @Test func theSoftTermIsTheFirstUnlessAnotherIsAskedFor() throws {
        let card = try card()
        let second = try #require(card.features.softTerms.last)
        #expect(Detector(card, pseudoData: false).tables.softTerm.name == "first")
        let tables = Detector(card, pseudoData: false, softTerm: second).tables
        #expect(tables.softTerm.name == "second")
        // Node 24 of the axis is 32 GeV, at eight times the soft term's 4 GeV.
        #expect(abs(tables.softResponse[24] - 0.5) < 1e-6)
        #expect(try Detector(LoadedCard("uniform").card, pseudoData: false).tables.softTerm == .transparent)
    }

    @Test func tablesOfShapesAreThoseOfTheOctaves() throws {
        let card = try LoadedCard("cms-like").card
        let tables = Detector(card, pseudoData: false).tables
        let tails = try #require(card.features.tails)
        #expect(tables.lowShares.count == 4 * DetectorTables.octaves)
        #expect(tables.deficits.count == 4 * DetectorTables.octaves * (DetectorTables.deficitSteps + 2))
        for (index, share) in tables.lowShares.enumerated() {
            let pt = pow(2, Double(2 + index % DetectorTables.octaves))
            let shape = tails.regions[index / DetectorTables.octaves].shape(pt: pt)
            #expect(abs(Double(share) / 0x1p32 - shape.lowShare) < 1e-9)
            #expect(abs(Double(tables.shapes[16 * index + 7]) - shape.mean) < 1e-6)
        }
    }
}
