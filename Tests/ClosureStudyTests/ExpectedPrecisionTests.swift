import Balance
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Foundation
import Testing

struct ExpectedPrecisionTests {
    private static let process = LeadingOrder(density: .builtIn, sqrtS: 13000)

    /// A resolution of 12 % everywhere.
    private static func detector() throws -> DetectorCard {
        try DetectorCard(
            yaml: """
                schema: etacal.detector/1
                name: even
                acceptance: {abs_eta_max: 5.2}
                response: {eta: absolute, regions: [{eta: [0, 5.2], value: 1}]}
                resolution: {eta: absolute, regions: [{eta: [0, 5.2], n: 0, s: 0, c: 0.12}]}

                """, file: "even.yaml")
    }

    /// The midpoint rule against VEGAS, with an indicator of the region instead of cells.
    @Test func ratesAreThoseOfAnotherIntegration() throws {
        let precision = ExpectedPrecision(
            process: Self.process, ptEdges: [100, 140], luminosity: 10, triggers: nil, detector: try Self.detector(),
            regionEdges: [0, 1.3, 3.2])
        func rate(_ isThere: (Double, Double) -> Bool) throws -> Double {
            try SliceCrossSection(from: 100, to: 140, sqrtS: 13000, calls: 40_000) { pt, y3, y4 in
                guard max(abs(y3), abs(y4)) < 3.2, isThere(abs(y3), abs(y4)) else { return 0 }
                return Self.process.crossSection(pt: pt, y3: y3, y4: y4)
            }.value
        }
        let bin = precision.bins[0]
        let rates = [try rate { _, _ in true }, try rate { min($0, $1) < 1.3 }, try rate { max($0, $1) > 1.3 }]
        // VEGAS to 0.2 %, the rule to 0.1 %.
        #expect(abs(bin.crossSection / rates[0] - 1) < 5e-3)
        #expect(abs(bin.events / (10 * rates[0]) - 1) < 5e-3)
        #expect(abs(bin.regions[0].events / (10 * rates[1]) - 1) < 5e-3)
        #expect(abs(bin.regions[1].events / (10 * rates[2]) - 1) < 5e-3)
    }

    /// With one resolution everywhere u² N = 2 · 0.12² + 0.1².
    @Test func uncertaintiesFollowTheNumberOfEvents() throws {
        let precision = ExpectedPrecision(
            process: Self.process, ptEdges: [300, 450], luminosity: 100, triggers: nil, detector: try Self.detector())
        for region in precision.bins[0].regions {
            let uncertainty = try #require(region.uncertainty)
            #expect(abs(uncertainty * uncertainty * region.events / (2 * 0.0144 + 0.01) - 1) < 1e-9)
        }
        #expect(precision.bins[0].regions[0].events > precision.bins[0].regions[3].events)
    }

    @Test func prescalesTakeEventsAway() throws {
        let menu = try TriggerMenu([.init(name: "jet", ptAverageMinimum: 80, prescale: 250)])
        func bins(_ triggers: TriggerMenu?, luminosity: Double) throws -> [ExpectedPrecision.Bin] {
            ExpectedPrecision(
                process: Self.process, ptEdges: [60, 80, 120], luminosity: luminosity, triggers: triggers,
                detector: try Self.detector(), regionEdges: [0, 2]
            ).bins
        }
        let (all, some) = (try bins(nil, luminosity: 10), try bins(menu, luminosity: 2500))
        #expect(some[0].events == 0 && some[0].trigger == nil && some[0].regions[0].uncertainty == nil)
        #expect(abs(some[1].events / all[1].events - 1) < 1e-12 && some[1].trigger?.name == "jet")
        #expect(all[0].events > all[1].events && all[1].trigger == nil)
    }

    /// Forward jets of high pT do not exist.
    @Test func beyondTheKinematicLimitThereIsNothing() throws {
        let bins = ExpectedPrecision(
            process: LeadingOrder(density: .builtIn, sqrtS: 900), ptEdges: [300, 450, 700], luminosity: 1e9,
            triggers: nil,
            detector: try Self.detector()
        ).bins
        #expect(bins[0].events > 2 && bins[0].regions[3].events == 0 && bins[0].regions[3].uncertainty == nil)
        #expect(bins[1].events == 0)
    }

    /// `closure` and `xsec` share events alike.
    @Test func drawsAreThoseOfTheEventPlan() throws {
        let truth = QCDDijets.builtIn
        let card = try LoadedCard("cms-like").card
        let plan = try EventPlan(events: 123_456, truth: truth, detector: card, role: .simulation)
        let edges = truth.process.edges
        let draws = try EventPlan.draws(events: 123_456, edges: Array(zip(edges, edges.dropFirst())), detector: card)
        #expect(draws == plan.draws && draws.reduce(0, +) == 123_456)
        #expect(throws: EventPlanError.tooFewEvents(needed: 17)) {
            _ = try EventPlan.draws(events: 16, edges: Array(zip(edges, edges.dropFirst())), detector: card)
        }
    }
}
