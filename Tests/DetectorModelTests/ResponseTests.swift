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

    /// The published correction's inverse (UL18 V5 MC L2Relative, AK4PFchs) at raw pT of 30, 100 and 300 GeV, read back there:
    /// R(true pT = raw/R) = R, within 2 %.
    @Test(
        arguments: [
            (0.35, [0.915, 0.938, 0.934]), (1.305, [0.853, 0.872, 0.873]), (1.61, [0.867, 0.905, 0.929]),
            (2.41, [0.802, 0.862, 0.914]), (2.75, [0.680, 0.805, 0.903]), (2.905, [0.637, 0.737, 0.819]),
            (3.05, [0.688, 0.809, 0.888]), (3.225, [0.795, 0.931, 1.02]), (3.925, [0.877, 0.954, 0.985]),
            (5.04, [0.60, 0.62, 0.62]),
        ] as [(Double, [Double])])
    func cmsLikeResponseIsThePublishedOne(absEta: Double, responses: [Double]) throws {
        let card = try LoadedCard("cms-like").card
        for (raw, response) in zip([30.0, 100, 300], responses) {
            for eta in [absEta, -absEta] {
                let value = card.response.value(eta: eta, pt: raw / response)
                #expect(abs(value / response - 1) < 0.02, "raw pT \(raw) at \(eta): \(value)")
            }
        }
    }

    /// Summer19UL18 JRV2 MC at 30, 100 and 500 GeV, within 5 %.
    @Test(
        arguments: [
            (0.25, [0.175, 0.104, 0.060]), (1.2, [0.215, 0.128, 0.078]), (1.5, [0.228, 0.128, 0.077]),
            (2.2, [0.228, 0.120, 0.068]), (2.65, [0.281, 0.120, 0.060]), (2.9, [0.322, 0.149, 0.098]),
            (3.1, [0.317, 0.188, 0.151]), (4, [0.209, 0.128, 0.100]),
        ] as [(Double, [Double])])
    func cmsLikeResolutionIsThePublishedOne(absEta: Double, resolutions: [Double]) throws {
        let card = try LoadedCard("cms-like").card
        for (pt, resolution) in zip([30.0, 100, 500], resolutions) {
            let value = card.resolution.value(eta: absEta, pt: pt)
            #expect(abs(value / resolution - 1) < 0.05, "\(pt) GeV at \(absEta): \(value)")
        }
    }

    /// ATLAS: (24 ± 1.5) % at 20 GeV and (6 ± 0.5) % at 300 GeV in the centre; η pulled by less than 0.01, but by up to 0.07 where
    /// end-cap and forward calorimeter meet at 3.2; a dead module that takes 15 %.
    @Test func atlasLikeIsWhatIsPublished() throws {
        let card = try LoadedCard("atlas-like").card
        #expect(abs(card.resolution.value(eta: 0.4, pt: 20) - 0.24) < 0.015)
        #expect(abs(card.resolution.value(eta: 0.4, pt: 300) - 0.06) < 0.005)
        let directions = try #require(card.features.directions)
        func pull(_ eta: Double) -> Double {
            let slope =
                log(
                    card.response.value(eta: eta + 0.01, pt: 30) / card.response.value(eta: eta - 0.01, pt: 30)) / 0.02
            return abs(directions.lateralVariance(eta: eta, card.features.envelope) * slope)
        }
        let pulls = stride(from: 0.0, through: 4.4, by: 0.02).map { (eta: $0, size: pull($0)) }
        #expect(pulls.filter { $0.eta < 2.6 }.allSatisfy { $0.size < 0.01 })
        let largest = try #require(pulls.max { $0.size < $1.size })
        #expect(abs(largest.eta - 3.2) < 0.3 && largest.size > 0.06 && largest.size < 0.075, "\(largest)")
        #expect(card.pseudoData?.deadModules.map(\.loss) == [0.15])
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
