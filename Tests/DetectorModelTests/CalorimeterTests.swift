import CardFiles
import DetectorModel
import Foundation
import Testing

/// Laws and limits of a calorimeter, and its numbers against an independent implementation.
struct CalorimeterTests {
    static func part(
        _ low: Double = 0, _ high: Double = 4, depth: Double = 11, depthEnd: Double? = nil, emScale: Double = 1,
        hOverE: Double = 0.6, stochastic: Double = 0.5, constant: Double = 0.03, noise: Double = 2
    ) -> SubCalorimeter {
        SubCalorimeter(
            name: "part", low: low, high: high, depth: depth, depthEnd: depthEnd, emScale: emScale, hOverE: hOverE,
            stochastic: stochastic, constant: constant, noise: noise)
    }

    static func calorimeter(
        _ parts: [SubCalorimeter], dead: [DeadMaterial] = [], convention: EtaConvention = .absolute
    ) throws(CardError) -> Calorimeter {
        try Calorimeter(convention: convention, subCalorimeters: parts, deadMaterial: dead, path: ["calorimeter"])
    }

    private static let momenta = [4.0, 20, 55, 300, 2000, 16000]

    @Test(arguments: [0.8, 1, 1.1])
    func compensatingAndDeepMeansTheElectromagneticScale(scale: Double) throws {
        let calorimeter = try Self.calorimeter([Self.part(depth: 50, emScale: scale, hOverE: 1)])
        for pt in Self.momenta {
            for eta in [0.0, 0.6, 2.4] { #expect(abs(calorimeter.response(eta: eta, pt: pt) - scale) < 1e-6) }
        }
    }

    /// 1 − (1 − f)(1 − h/e) κ (E/E0)^(m−1) with κ = 5 B(m, 5), and h/e where no hadron makes an electromagnetic part.
    @Test func nonLinearityIsGroomsAveragedOverTheJet() throws {
        let calorimeter = try Self.calorimeter([Self.part(depth: 50)])
        let gammas: [Double] = [0.82, 1.82, 2.82, 3.82, 4.82]
        let kappa = 120 / gammas.reduce(1, *)
        for (eta, pt) in [(0.0, 30.0), (0, 300), (1.5, 100), (2.5, 1000)] {
            let energy = pt * cosh(eta)
            let expected = 1 - 0.73 * 0.4 * kappa * pow(energy, -0.18)
            #expect(abs(calorimeter.response(eta: eta, pt: pt) - expected) < 1e-6)
        }
        #expect(abs(calorimeter.response(eta: 0, pt: 5) - (0.27 + 0.73 * 0.6)) < 1e-9)
    }

    @Test func deeperIsNeverLowerAndLeakageGrowsWithEnergy() throws {
        let depths = [1.0, 3, 6, 9, 12, 20, 50]
        let calorimeters = try depths.map { try Self.calorimeter([Self.part(depth: $0, hOverE: 1)]) }
        for pt in Self.momenta {
            let responses = calorimeters.map { $0.response(eta: 0.7, pt: pt) }
            #expect(zip(responses, responses.dropFirst()).allSatisfy { $0 <= $1 })
            let sloping = try Self.calorimeter([Self.part(depth: 6, depthEnd: 12, hOverE: 1)])
            #expect(
                sloping.response(eta: 0.7, pt: pt) > responses[2] && sloping.response(eta: 0.7, pt: pt) < responses[4])
        }
        for (depth, calorimeter) in zip(depths, calorimeters) where depth < 15 {
            let responses = Self.momenta.map { calorimeter.response(eta: 0, pt: $0) }
            #expect(zip(responses, responses.dropFirst()).allSatisfy { $0 > $1 }, "\(depth)")
        }
    }

    /// A hadron of 100 GeV leaves 1.06 % behind 9 λ: 0.05 exp(2.5) exp(−(9 − 1.621)/1.820).
    @Test func leakageIsThePublishedOne() throws {
        let calorimeter = try Self.calorimeter([Self.part(depth: 9, hOverE: 1)])
        #expect(abs(1 - calorimeter.response(eta: 0, pt: 600) - 0.73 * 0.010559) < 1e-6)
    }

    static let losses: [DeadMaterial] = [
        DeadMaterial(eta: 1.5, width: 0.05, loss: .fraction(0.2, ptExponent: 0.2)),
        DeadMaterial(eta: 1.5, width: 0.05, profile: .box, loss: .fraction(0.2, ptExponent: 0)),
        DeadMaterial(eta: 1.5, width: 0.05, loss: .interactionLengths(0.8)),
    ]

    /// Beyond four widths of material and jet together nothing is left of it.
    @Test(arguments: 0..<losses.count) func materialActsNearItselfOnly(index: Int) throws {
        let without = try Self.calorimeter([Self.part()])
        let with = try Self.calorimeter([Self.part()], dead: [Self.losses[index]])
        for pt in [20.0, 100, 1000] {
            for eta in [0.0, 0.9, 2.1, 3.0] {
                #expect(abs(with.response(eta: eta, pt: pt) - without.response(eta: eta, pt: pt)) < 1e-4)
                #expect(abs(with.resolution(eta: eta, pt: pt) - without.resolution(eta: eta, pt: pt)) < 1e-3)
            }
            #expect(with.response(eta: 1.5, pt: pt) < 0.97 * without.response(eta: 1.5, pt: pt))
            #expect(with.resolution(eta: 1.5, pt: pt) > without.resolution(eta: 1.5, pt: pt))
        }
        let lost = [20.0, 100, 1000].map { 1 - with.response(eta: 1.5, pt: $0) / without.response(eta: 1.5, pt: $0) }
        #expect(lost[0] >= lost[1] - 1e-12 && lost[1] >= lost[2] - 1e-12)
    }

    @Test func aGaussianLossIsWidenedByTheJet() throws {
        let ratio = { (eta: Double) throws -> Double in
            try Self.calorimeter([Self.part()], dead: [Self.losses[0]]).response(eta: eta, pt: 100)
                / Self.calorimeter([Self.part()]).response(eta: eta, pt: 100)
        }
        let width = (0.05 * 0.05 + 0.1 * 0.1).squareRoot()
        #expect(abs(try ratio(1.5) - (1 - 0.2 * 0.05 / width)) < 1e-9)
        #expect(abs(try ratio(1.5 + width) - (1 - 0.2 * 0.05 / width * exp(-0.5))) < 1e-9)
    }

    /// A hole 0.1 wide takes erf(0.05 / (√2 · 0.1)) of a jet at its centre; at the end of all half is outside.
    @Test func aHoleAndTheEndLoseWhatFallsThere() throws {
        let parts = [Self.part(0, 1.5, depth: 50, hOverE: 1), Self.part(1.6, 4, depth: 50, hOverE: 1)]
        let calorimeter = try Self.calorimeter(parts)
        #expect(abs(calorimeter.response(eta: 1.55, pt: 50) - (1 - erf(0.5 / 2.0.squareRoot()))) < 1e-6)
        #expect(abs(calorimeter.response(eta: -1, pt: 50) - 1) < 1e-6)
        #expect(abs(calorimeter.response(eta: 4, pt: 50) - 0.5) < 1e-6)
        #expect(calorimeter.response(eta: 6, pt: 50) == 0 && calorimeter.resolution(eta: 6, pt: 50) == .infinity)
        #expect(calorimeter.coveredAbsEta == 4)
    }

    @Test func bothSidesAreAlikeWhereEtaIsAbsolute() throws {
        let parts = [Self.part(0, 1.5), Self.part(1.55, 4, depth: 9, hOverE: 0.5)]
        let absolute = try Self.calorimeter(parts, dead: Self.losses)
        let mirrored = try Self.calorimeter(
            [Self.part(-4, -1.55, depth: 9, hOverE: 0.5), Self.part(-1.5, 1.5)] + parts.dropFirst(),
            dead: Self.losses
                + Self.losses.map { DeadMaterial(eta: -1.5, width: $0.width, profile: $0.profile, loss: $0.loss) },
            convention: .signed)
        #expect(mirrored.coveredAbsEta == 4)
        for eta in stride(from: 0, through: 4.3, by: 0.1) {
            for pt in Self.momenta {
                #expect(absolute.response(eta: eta, pt: pt) == absolute.response(eta: -eta, pt: pt))
                #expect(absolute.resolution(eta: eta, pt: pt) == absolute.resolution(eta: -eta, pt: pt))
                #expect(abs(mirrored.response(eta: -eta, pt: pt) - absolute.response(eta: eta, pt: pt)) < 1e-12)
                #expect(abs(mirrored.resolution(eta: eta, pt: pt) - absolute.resolution(eta: eta, pt: pt)) < 1e-9)
            }
        }
    }

    /// With h/e = 1 and no other term (σ/pT)² = (1 − f) a²/E, (1 − f) b²/6 and N²/pT².
    @Test func eachTermOfTheResolutionScalesAsItShould() throws {
        let resolution = { (a: Double, b: Double, noise: Double, eta: Double, pt: Double) throws -> Double in
            let part = Self.part(depth: 50, hOverE: 1, stochastic: a, constant: b, noise: noise)
            return try Self.calorimeter([part]).resolution(eta: eta, pt: pt)
        }
        for (eta, pt) in [(0.0, 20.0), (0.5, 80), (2, 80), (2, 1280)] {
            #expect(abs(try resolution(0.5, 0, 0, eta, pt) - 0.5 * (0.73 / (pt * cosh(eta))).squareRoot()) < 1e-6)
            #expect(abs(try resolution(0, 0.06, 0, eta, pt) - 0.06 * (0.73 / 6).squareRoot()) < 1e-6)
            #expect(abs(try resolution(0, 0, 2, eta, pt) - 2 / pt) < 1e-6)
            // What is left is leakage behind 50 λ.
            #expect(try resolution(0, 0, 0, eta, pt) < 1e-5)
        }
        #expect(try resolution(0.5, 0, 2, 0, 2) == resolution(0.5, 0, 2, 0, 8))
    }

    /// (1 − ρ) √(f (1 − f)/6) / r of a non-compensating calorimeter that measures perfectly otherwise.
    @Test func photonsFluctuateMoreTheLessHadronsRespond() throws {
        var last = 0.0
        for hOverE in [0.9, 0.7, 0.5, 0.3] {
            let part = Self.part(depth: 50, hOverE: hOverE, stochastic: 0, constant: 0, noise: 0)
            let calorimeter = try Self.calorimeter([part])
            let response = calorimeter.response(eta: 0, pt: 100)
            let missing = (1 - response) / 0.73
            let expected = missing * (0.27 * 0.73 / 6).squareRoot() / response
            #expect(abs(calorimeter.resolution(eta: 0, pt: 100) - expected) < 1e-9)
            #expect(expected > last)
            last = expected
        }
    }

    struct Oracle: Decodable {
        let yaml: String
        let points: [[Double]]
    }

    /// `Oracle/calorimeter.py` lays jets out on a grid in η instead of using error functions.
    @Test func anIndependentImplementationAgrees() throws {
        let url = try #require(
            Bundle.module.url(forResource: "calorimeter", withExtension: "json", subdirectory: "Oracle"))
        let oracle = try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: url))
        let calorimeter = try Calorimeter(yaml: oracle.yaml, file: "calorimeter.json")
        for point in oracle.points {
            let (response, resolution) = (
                calorimeter.response(eta: point[0], pt: point[1]), calorimeter.resolution(eta: point[0], pt: point[1])
            )
            #expect(abs(response - point[2]) < 1e-5, "\(point) \(response)")
            #expect(abs(resolution - point[3]) < 1e-4 * point[3], "\(point) \(resolution)")
        }
        #expect(oracle.points.count == 60)
    }

    @Test func resolutionIsFiniteAndPositiveEverywhere() throws {
        let url = try #require(
            Bundle.module.url(forResource: "calorimeter", withExtension: "json", subdirectory: "Oracle"))
        let oracle = try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: url))
        let calorimeter = try Calorimeter(yaml: oracle.yaml, file: "calorimeter.json")
        for eta in stride(from: -4.9, through: 4.9, by: 0.05) {
            for pt in [0, 1e-9, 1, 4, 8, 30, 100, 1e3, 1e4, 1e6] {
                let (response, resolution) = (
                    calorimeter.response(eta: eta, pt: pt), calorimeter.resolution(eta: eta, pt: pt)
                )
                #expect(response > 0 && response < 1.1, "\(eta) \(pt)")
                #expect(resolution > 0 && resolution <= 2, "\(eta) \(pt)")
            }
        }
    }
}
