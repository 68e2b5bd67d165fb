import DetectorModel
import Testing

/// Parts of a card alone: what they may be, and where they say that they may not.
struct CardPartTests {
    private func path(_ body: () throws(CardError) -> Void) -> String? {
        do throws(CardError) { try body() } catch { return error.path.joined(separator: ".") }
        return nil
    }

    private static let oddities = [-1e-9, .nan, .infinity, -.infinity]

    @Test func envelopes() {
        func fault(_ spread: Double, _ radius: Double, _ distance: Double) -> String? {
            path { () throws(CardError) in
                _ = try Envelope(vertexSpread: spread, barrelRadius: radius, endcapDistance: distance, path: ["e"])
            }
        }
        #expect(fault(40, 1500, 3170) == nil && fault(0, 1500, 3170) == nil && fault(317, 1500, 3170) == nil)
        #expect(fault(318, 1500, 3170) == "e.vertex_spread")
        #expect(fault(40, 99, 3170) == "e.barrel_radius" && fault(40, 1500, 499) == "e.endcap_distance")
        for odd in Self.oddities {
            #expect(fault(odd, 1500, 3170) == "e.vertex_spread")
            #expect(fault(40, odd, 3170) == "e.barrel_radius" && fault(40, 1500, odd) == "e.endcap_distance")
        }
    }

    @Test func directions() {
        func fault(_ numbers: [Double]) -> String? {
            path { () throws(CardError) in
                _ = try Directions(
                    etaNoise: numbers[0], etaFloor: numbers[1], phiNoise: numbers[2], phiFloor: numbers[3],
                    jetWidth: numbers[4], showerRadius: numbers[5], path: ["d"])
            }
        }
        let (most, keys) = (
            [10, 0.5, 10, 0.5, 0.4, 500],
            [
                "d.eta.noise", "d.eta.floor", "d.phi.noise", "d.phi.floor", "d.jet_width", "d.shower_radius",
            ]
        )
        #expect(fault(most) == nil && fault([0, 0, 0, 0, 0, 0]) == nil)
        for (index, key) in keys.enumerated() {
            for odd in Self.oddities + [most[index] * 1.01] {
                var numbers = most
                numbers[index] = odd
                #expect(fault(numbers) == key, "\(odd)")
            }
        }
    }

    @Test func pileUpJets() {
        func fault(_ numbers: [Double]) -> String? {
            path { () throws(CardError) in
                _ = try PileUpJets(
                    rate: numbers[0], power: numbers[1], absEtaMaximum: numbers[2], trackerAbsEta: numbers[3],
                    rejectionPtMaximum: numbers[4], rejection: numbers[5], hardLoss: numbers[6], path: ["j"])
            }
        }
        let keys = ["rate", "power", "abs_eta_max", "tracker_abs_eta_max", "pt_max", "rejection", "hard_loss"]
        let usual = [0.002, 4, 4.7, 2.5, 50, 0.9, 0.01]
        #expect(
            fault(usual) == nil && fault([0, 2, 0.1, 0, 0, 0, 0]) == nil && fault([0.1, 10, 8, 8, 1000, 1, 0.5]) == nil)
        for (index, most) in [0.1, 10, 8, 4.7, 1000, 1, 0.5].enumerated() {
            for odd in Self.oddities + [most * 1.01] {
                var numbers = usual
                numbers[index] = odd
                #expect(fault(numbers) == "j.\(keys[index])", "\(odd)")
            }
        }
        #expect(fault([0.002, 4, 4.7, 0, 50, 0.9, 0]) == "j.rejection")
        #expect(fault([0.002, 4, 4.7, 2.5, 0, 0, 0.01]) == "j.hard_loss")
    }

    @Test(arguments: [(32.0, 0.002, 4.0, true), (400, 0.02, 4, true), (400, 0.03, 6, false), (40, 0.03, 2, false)])
    func pileUpJetsAreAByProduct(mu: Double, rate: Double, power: Double, isPossible: Bool) throws {
        let jets = try PileUpJets(
            rate: rate, power: power, absEtaMaximum: 4, trackerAbsEta: 0, rejectionPtMaximum: 50, rejection: 0,
            hardLoss: 0, path: [])
        let profile = try InteractionProfile(mean: mu, width: 0, path: [])
        let found = path { () throws(CardError) in
            _ = try PileUp(profile: profile, noise: EtaSteps(0), resolutionMu: mu, jets: jets, path: ["pile_up"])
        }
        #expect(found == (isPossible ? nil : "pile_up.jets"))
    }

    @Test func noiseGrowsWithTheInteractionsBeyondTheResolutions() throws {
        let profile = try InteractionProfile(mean: 30, width: 5, path: [])
        let pileUp = try PileUp(profile: profile, noise: EtaSteps(0.5), resolutionMu: 20, jets: nil, path: [])
        #expect(abs(pileUp.addedVariance(eta: 1, pt: 50, mu: 45) - 0.25 * 25 / 2500) < 1e-15)
        #expect(pileUp.addedVariance(eta: 1, pt: 50, mu: 20) == 0 && pileUp.addedVariance(eta: 1, pt: 50, mu: 10) < 0)
        for odd in Self.oddities + [401] {
            let found = path { () throws(CardError) in
                _ = try PileUp(profile: profile, noise: EtaSteps(0), resolutionMu: odd, jets: nil, path: ["p"])
            }
            #expect(found == "p.resolution_mu")
        }
    }

    @Test func softTerms() throws {
        func fault(_ name: String, _ response: ResponseForm, _ numbers: [Double]) -> String? {
            path { () throws(CardError) in
                _ = try SoftTerm(
                    name: name, response: response, parallel: numbers[0], perpendicular: numbers[1],
                    noise: numbers[2], noiseGrowth: numbers[3], energy: numbers[4], energyPerInteraction: numbers[5],
                    path: ["s"])
            }
        }
        let most: [Double] = [2, 2, 100, 10, 10_000, 500]
        let keys = ["parallel", "perpendicular", "noise", "noise_growth", "energy", "energy_per_mu"]
        #expect(fault("a", .constant(0), most) == nil && fault("", .constant(1), most) == "s.name")
        for (index, key) in keys.enumerated() {
            for odd in Self.oddities + [most[index] * 1.01] {
                var numbers = most
                numbers[index] = odd
                #expect(fault("a", .constant(1), numbers) == "s.\(key)", "\(odd)")
            }
        }
        for odd in Self.oddities + [5.1] { #expect(fault("a", .constant(odd), most) == "s.response") }
        #expect(fault("a", .table(pt: [5, 50], values: [0.5, -0.6]), most) == "s.response.values.1")
        // The outermost slope goes on for one unit of ln pT: below zero, and above 5.
        #expect(fault("a", .table(pt: [10, 12], values: [0.1, 0.9]), most) == "s.response")
        #expect(fault("a", .table(pt: [10, 12], values: [1, 4]), most) == "s.response")
        #expect(SoftTerm.transparent.meanResponse(soft: 20) == 1 && SoftTerm.transparent.noiseWidth(sumEt: 900) == 0)
        let term = try SoftTerm(
            name: "a", response: .table(pt: [5, 50], values: [0.5, 0.7]), parallel: 0, perpendicular: 0, noise: 1.5,
            noiseGrowth: 0.6, energy: 0, energyPerInteraction: 0, path: [])
        #expect(abs(term.noiseWidth(sumEt: 400) - 13.5) < 1e-12)
        #expect(abs(term.meanResponse(soft: 250.0.squareRoot()) - 0.6) < 1e-12)
    }

    @Test func flavoursHaveTheirClasses() throws {
        let flavours = try FlavourResponses(
            light: .constant(1.01), charm: .constant(1.02), bottom: .constant(0.99),
            gluon: .table(pt: [30, 300], values: [0.97, 0.99]), path: [])
        let expected: [(Int32, String, Double)] = [
            (0, "unknown", 1), (1, "light", 1.01), (2, "light", 1.01), (3, "light", 1.01), (4, "charm", 1.02),
            (5, "bottom", 0.99), (6, "unknown", 1), (21, "gluon", 0.98), (22, "unknown", 1), (-1, "unknown", 1),
        ]
        for (flavour, name, value) in expected {
            let index = FlavourResponses.classIndex(flavour)
            #expect(FlavourResponses.names[index] == name)
            #expect(abs(flavours.value(class: index, pt: 9000.0.squareRoot()) - value) < 1e-12)
        }
    }

    @Test(arguments: [
        (ResponseForm.constant(0.49), "f.bottom"), (.constant(1.51), "f.bottom"), (.constant(.nan), "f.bottom"),
        (.table(pt: [30, 31, 32], values: [1, 4, 1]), "f.bottom"),
        (.table(pt: [30, 32], values: [1, 1.1]), "f.bottom"),
        (.table(pt: [30, 20], values: [1, 1]), "f.bottom.pt.1"), (.table(pt: [30], values: [1, 1]), "f.bottom.values"),
    ]) func flavoursStayNearOne(form: ResponseForm, expected: String) {
        let found = path { () throws(CardError) in
            _ = try FlavourResponses(
                light: .constant(1), charm: .constant(1), bottom: form, gluon: .constant(1), path: ["f"])
        }
        #expect(found == expected)
    }

    @Test func stepsAreSteps() throws {
        let steps = try EtaSteps(
            convention: .absolute, regions: [(0, 1, 0.5), (1, 3, 2)], in: 0...2, path: ["noise"])
        #expect(steps.value(eta: -0.9) == 0.5 && steps.value(eta: 1) == 2 && steps.value(eta: -7) == 2)
        #expect(!steps.isConstant && EtaSteps(3).isConstant && EtaSteps(3).value(eta: -5) == 3)
        let signed = try EtaSteps(convention: .signed, regions: [(-3, 0, 1), (0, 3, 2)], in: 0...2, path: [])
        #expect(signed.value(eta: -0.1) == 1 && signed.value(eta: 0) == 2 && signed != steps)
        // One region however wide is a list of regions.
        let wide = try EtaSteps(convention: .absolute, regions: [(0, 25, 1)], in: 0...2, path: [])
        #expect(!wide.isConstant && wide != EtaSteps(1))
        for odd in Self.oddities + [2.1] {
            let found = path { () throws(CardError) in
                _ = try EtaSteps(convention: .absolute, regions: [(0, 1, odd)], in: 0...2, path: ["noise"])
            }
            #expect(found == "noise.regions.0.value")
        }
    }

    @Test func periodsHaveTheirShares() throws {
        func fault(_ periods: [(run: Int, share: Double)]) -> String? {
            path { () throws(CardError) in
                var list: [Period] = []
                for period in periods {
                    list.append(try Period(run: period.run, share: period.share, response: nil, path: ["p"]))
                }
                _ = try PseudoDataOverlay(
                    response: nil, resolutionScale: EtaSteps(1), periods: list, path: ["pseudo_data"])
            }
        }
        #expect(fault([]) == nil && fault([(1, 1)]) == nil && fault([(1, 0.25), (9, 0.75)]) == nil)
        #expect(fault([(1, 0.25), (2, 0.7)]) == "pseudo_data.periods" && fault([(1, 0.9)]) == "pseudo_data.periods")
        #expect(fault([(4, 0.5), (4, 0.5)]) == "pseudo_data.periods.1.run")
        #expect(fault((1...17).map { ($0, 1.0 / 17) }) == "pseudo_data.periods")
        for share in Self.oddities + [0, 1.01, 1e-7] { #expect(fault([(1, share)]) == "p.share") }
        for run in [0, -1, 1 << 30] { #expect(fault([(run, 1)]) == "p.run") }
    }

    @Test func resolutionScalesAreFactors() throws {
        func fault(_ scale: EtaSteps) -> String? {
            path { () throws(CardError) in
                _ = try PseudoDataOverlay(response: nil, resolutionScale: scale, path: ["pseudo_data"])
            }
        }
        for odd in Self.oddities + [0, 3.1] { #expect(fault(EtaSteps(odd)) == "pseudo_data.resolution_scale") }
        let steps = try EtaSteps(
            convention: .absolute, regions: [(0, 1, 1), (1, 2, 3.1)], in: -10...10, path: [])
        #expect(fault(steps) == "pseudo_data.resolution_scale.regions.1.value")
    }
}
