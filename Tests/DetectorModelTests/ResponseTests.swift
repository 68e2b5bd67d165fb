import CardFiles
import DetectorModel
import Foundation
import Testing

struct ResponseTests {
    private func map(transition: Double = 0, cracks: [Crack] = []) throws -> ResponseMap {
        try ResponseMap(
            convention: .absolute, transition: transition,
            regions: [
                ResponseRegion(low: 0, high: 1, form: .constant(0.9)),
                ResponseRegion(low: 1, high: 3, form: .table(pt: [10, 100, 1000], values: [0.6, 0.8, 0.9])),
            ], cracks: cracks, path: ["response"])
    }

    @Test func tablesAreLinearInTheLogarithmAndFrozenFarOutside() throws {
        let map = try map()
        #expect(abs(map.value(eta: 2, pt: 10 * 10.0.squareRoot()) - 0.7) < 1e-12)
        #expect(abs(map.value(eta: -2, pt: 1000) - 0.9) < 1e-12)
        let slope = 0.2 / log(10)
        #expect(abs(map.value(eta: 2, pt: 10 / exp(0.5)) - (0.6 - 0.5 * slope)) < 1e-12)
        #expect(map.value(eta: 2, pt: 10 / exp(1)) == map.value(eta: 2, pt: 0.1))
    }

    @Test func regionsMeetHalfWayInATransition() throws {
        let map = try map(transition: 0.2)
        #expect(abs(map.value(eta: 1, pt: 100) - 0.85) < 1e-12)
        #expect(abs(map.value(eta: 0.9, pt: 100) - 0.875) < 1e-12)
        #expect(map.value(eta: 0.79, pt: 100) == 0.9)
        #expect(abs(map.value(eta: 1.0.nextDown, pt: 100) - map.value(eta: 1, pt: 100)) < 1e-12)
    }

    @Test func cracksTakeTheirDepth() throws {
        let map = try map(cracks: [Crack(eta: 0.5, width: 0.05, depth: 0.1, ptExponent: 1)])
        #expect(abs(map.value(eta: 0.5, pt: 100) - 0.81) < 1e-12)
        #expect(abs(map.value(eta: -0.5, pt: 200) - 0.9 * 0.95) < 1e-12)
        #expect(abs(map.value(eta: 0.55, pt: 100) - 0.9 * (1 - 0.1 * exp(-0.5))) < 1e-12)
    }

    @Test func hadronicResponseRisesTowardsTheElectromagneticOne() {
        let form = ResponseForm.hadronic(scale: 1, hOverE: 0.5, e0: 1, m: 0.82)
        #expect(abs(form.value(eta: 0, pt: 100) - (1 - 0.5 * pow(100, -0.18))) < 1e-12)
        #expect(form.value(eta: 3, pt: 100) > form.value(eta: 0, pt: 100))
        #expect(form.value(eta: 0, pt: 0.1) == 0.5)
    }

    /// The published table, read back at its own raw pT: R(true pT = raw/R) = R.
    @Test(arguments: [
        (0.35, 30, 0.915), (1.57, 100, 0.9), (2.41, 300, 0.914), (2.75, 30, 0.68), (3.05, 100, 0.81), (3.22, 300, 1.02),
    ])
    func cmsLikeResponseIsThePublishedOne(eta: Double, raw: Double, response: Double) throws {
        let card = try LoadedCard("cms-like").card
        #expect(abs(card.response.value(eta: eta, pt: raw / response) - response) < 2e-3)
    }

    @Test(arguments: [(0.2, 30, 0.175), (1.2, 100, 0.128), (2.9, 30, 0.322), (3.1, 500, 0.151), (4, 100, 0.128)])
    func cmsLikeResolutionIsThePublishedOne(eta: Double, pt: Double, resolution: Double) throws {
        let card = try LoadedCard("cms-like").card
        #expect(abs(card.resolution.value(eta: eta, pt: pt) - resolution) < 1e-3)
    }

    @Test(arguments: LoadedCard.builtInNames) func theDetectorIsItsCard(name: String) throws {
        let card = try LoadedCard(name).card
        let simulation = Detector(card, pseudoData: false)
        let data = Detector(card, pseudoData: true)
        let overlay = try #require(card.pseudoData?.response)
        for eta in stride(from: -4.5, through: 4.5, by: 0.3) {
            for pt in [20.0, 55, 190, 900] {
                let response = card.response.value(eta: eta, pt: pt)
                // Steps of the uniform card fall between nodes 0.02 apart.
                guard name != "uniform" || ![1.305, 2.5].contains(where: { abs(abs(eta) - $0) < 0.02 }) else {
                    continue
                }
                // Modules have edges that a grid in η does not.
                let modules = card.features.deadModules + (card.pseudoData?.deadModules ?? [])
                guard
                    !modules.contains(where: { module in
                        [module.window.etaLow, module.window.etaHigh].contains { abs(eta - $0) < 0.02 }
                    })
                else { continue }
                let own = DeadModule.meanResponse(card.features.deadModules, eta: eta)
                let all = DeadModule.meanResponse(modules, eta: eta)
                let periods = card.pseudoData?.periods ?? []
                let mean = periods.reduce(0) { $0 + $1.share * ($1.response?.value(eta: eta, pt: pt) ?? 1) }
                let expected = response * overlay.value(eta: eta, pt: pt) * all * (periods.isEmpty ? 1 : mean)
                #expect(abs(simulation.response.value(eta: eta, pt: pt) - response * own) < 3e-3)
                #expect(abs(data.response.value(eta: eta, pt: pt) - expected) < 3e-3)
            }
        }
    }

    @Test(arguments: LoadedCard.builtInNames) func builtInCardsAreCalledWhatTheySay(name: String) throws {
        #expect(try LoadedCard(name).card.name == name)
    }
}
