import DetectorModel
import FlavourTagging
import Foundation
import InstructionSets
import JetPhysics
import Testing

struct TrackSimulationTests {
    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// A tracker whose resolution depends on pT and η as a card may say it.
    private func tracker(tails: [(share: Double, scale: Double)] = [], spot: Double = 0.01) throws -> Tracker {
        try Tracker(
            absEtaMaximum: 2.5, ptMinimum: 1, efficiency: 0.9, impactMaximum: 2, radiusMaximum: 30,
            resolution: [
                ImpactResolution(
                    low: 0, high: 1, pt: [1, 2, 4, 6, 10, 30],
                    values: [0.045, 0.028, 0.020, 0.016, 0.014, 0.0115], path: []),
                ImpactResolution(low: 1, high: 2.5, constant: 0.015, scattering: 0.166, path: []),
            ], tails: tails,
            beamSpot: BeamSpot(x: spot, y: 0.5 * spot, correlation: 0.3, path: []), path: [])
    }

    @Test func numbersAndDistancesAreThoseOfTheGenerator() throws {
        let oracle = try TrackOracle()
        for (name, flavour, displaced) in [
            ("charm", Int32(4), [("D", Set([TrackOrigin.charm]))]),
            ("bottom", 5, [("B", [.bottom]), ("D", [.charmOfBottom])]),
        ] as [(String, Int32, [(String, Set<TrackOrigin>)])] {
            var distances: [(made: Double, expected: Double, weight: Double)] = []
            for bin in oracle.jets[name] ?? [] {
                let gun = try TrackGun(try TrackGun.perfect(), flavour: flavour, pt: bin.pt, rows: 1500)
                for (origin, origins) in displaced {
                    let expected = try #require(bin.displaced[origin])
                    let tracks = gun.of(origins)
                    let count = Double(tracks.count) / Double(gun.jets)
                    #expect(
                        abs(count - expected.count) < max(0.12 * expected.count, 3 * expected.countUncertainty),
                        "\(name) \(bin.pt) \(origin): \(count) of \(expected.count)")
                    // In a bin it hangs on the longest-lived of few jets of large weight.
                    let distance = mean(tracks.map { abs($0.trueImpact) })
                    distances.append((distance, expected.distance, bin.effectiveJets))
                    let positive = Double(tracks.count { $0.significance > 0 }) / Double(tracks.count)
                    #expect(
                        abs(positive - expected.positive) < max(0.08, 3 * expected.positiveUncertainty),
                        "\(name) \(bin.pt) \(origin): \(positive) of \(expected.positive)")
                }
            }
            let ratio = mean(distances.map { $0.made * $0.weight }) / mean(distances.map { $0.expected * $0.weight })
            #expect(abs(ratio - 1) < 0.12, "\(name): \(ratio)")
        }
    }

    @Test func jetsHaveAsManyTracksFromTheVertexAsTheGeneratorMakes() throws {
        let oracle = try TrackOracle()
        for (name, flavour) in [("light", Int32(1)), ("charm", 4), ("bottom", 5), ("gluon", 21)] {
            for bin in oracle.jets[name] ?? [] {
                let gun = try TrackGun(try TrackGun.perfect(), flavour: flavour, pt: bin.pt, rows: 700)
                let count = Double(gun.of([.vertex]).count) / Double(gun.jets)
                #expect(
                    abs(count - bin.prompt) < max(0.08 * bin.prompt, 3 * bin.promptUncertainty, 0.25),
                    "\(name) \(bin.pt): \(count) of \(bin.prompt)")
            }
        }
    }

    /// A hadron flies cτ t p/M across the beam, with a mean t of 1, and a product of momentum p* and energy E* in its rest frame goes off at a sine
    /// of (M/p) sin θ* |sin ψ| / (cos θ* + E*/p*). Averaged over an isotropic decay the mean |d0| is cτ (E* − m)/p*, m its mass: the boost
    /// is gone, but for the products that it leaves below 1 GeV.
    @Test(arguments: [30.0, 100, 400]) func distancesOfBottomFollowFromItsLifetimeAndBoost(pt: Double) throws {
        let model = TrackModel.monash
        let total = model.bottom.map(\.share).reduce(0, +)
        let lifetime = model.bottom.map { $0.share / total * $0.lifetime }.reduce(0, +)
        let gun = try TrackGun(try TrackGun.perfect(), flavour: 5, pt: pt, rows: 8000)
        let tracks = gun.of([.bottom])
        let measured = mean(tracks.map { abs($0.trueImpact) })
        // The spectrum of the products and of the hadrons is averaged over; the fastest ones see cτ.
        let mass = 5.28
        var (sum, weight) = (0.0, 0.0)
        let heavy = TrackModel.HeavyHadron.mixture(model, pt: pt)
        for share in heavy {
            for momentum in model.bottomMomentumSteps {
                for (fraction, product) in [(0.75, 0.13957), (0.125, 0.49368), (0.125, 0.05)] {
                    let ratio = hypot(momentum, product) / momentum
                    // pT = (p/M) (p* cosθ* + E*) > 1 GeV.
                    let least = mass / (share * pt) / momentum - ratio
                    for step in 0..<50 {
                        let cosine = (Double(step) + 0.5) / 25 - 1
                        guard cosine > least else { continue }
                        let sine = (1 - cosine * cosine).squareRoot()
                        sum += fraction * lifetime * (2 / Double.pi) * sine / (cosine + ratio)
                        weight += fraction
                    }
                }
            }
        }
        let expected = sum / weight
        #expect(abs(measured - expected) < 0.04 * expected, "\(measured) mm for \(expected)")
    }

    @Test func resolutionIsThatOfTheCard() throws {
        let tracker = try tracker(spot: 0)
        for eta in [0.5, 1.7] {
            let gun = try TrackGun(tracker, flavour: 21, pt: 150, eta: eta, rows: 40_000)
            let tracks = gun.of([.vertex])
            for (low, high) in [(1.0, 1.2), (2, 2.2), (4, 4.5), (6, 7), (10, 12), (30, 50)] {
                let some = tracks.filter { $0.pt >= low && $0.pt < high }
                let expected = mean(some.map { pow(tracker.impactResolution(eta: eta, pt: $0.pt), 2) }).squareRoot()
                let width = mean(some.map { $0.impact * $0.impact }).squareRoot()
                // Cut off at 4.9 standard deviations. Tracks near an edge in η may lie on its other side.
                #expect(some.count > 5000 || low == 30)
                #expect(abs(width / expected - 1) < 0.02, "\(eta) \(low): \(width) for \(expected) mm")
                #expect(
                    some.allSatisfy {
                        abs($0.resolution / tracker.impactResolution(eta: eta, pt: $0.pt) - 1) < 0.02 || eta == 0.5
                    })
            }
        }
    }

    @Test func lightSignificanceIsAStandardNormalInItsCore() throws {
        for tails in [[], [(share: 0.02, scale: 2.5), (share: 0.003, scale: 8)]] {
            let gun = try TrackGun(try tracker(tails: tails), flavour: 1, pt: 80, rows: 40_000)
            let values = gun.tracks.map(\.significance).filter { abs($0) < 10 }.sorted()
            // Half of a normal distribution lies within 0.6745 of its centre.
            let core = median(gun.of([.vertex]).map { abs($0.significance) }) / 0.67449
            #expect(abs(core - 1) < 0.02, "\(core)")
            let inside = values.filter { abs($0) < 2 }
            let asymmetry = (Double(inside.count { $0 > 0 }) - Double(inside.count { $0 < 0 })) / Double(inside.count)
            #expect(abs(asymmetry) < 0.01, "\(asymmetry)")
            #expect(abs(median(values)) < 0.02)
        }
    }

    @Test func theBeamSpotIsInTheResolution() throws {
        let tracker = try Tracker(
            absEtaMaximum: 2.5, ptMinimum: 1, efficiency: 1, impactMaximum: 20, radiusMaximum: 30,
            resolution: [ImpactResolution(low: 0, high: 2.5, constant: 0.001, scattering: 0, path: [])], tails: [],
            beamSpot: BeamSpot(x: 0.2, y: 0.1, correlation: -0.6, path: []), path: [])
        let tracks = try TrackGun(tracker, flavour: 1, pt: 80, rows: 40_000).of([.vertex])
        #expect(abs(mean(tracks.map { $0.significance * $0.significance }) - 1) < 0.02)
        let resolutions = tracks.map(\.resolution)
        // The largest and the smallest are the axes of the covariance's ellipse.
        let half = 0.5 * (0.04 + 0.01)
        let span = hypot(0.5 * (0.04 - 0.01), -0.6 * 0.2 * 0.1)
        #expect(abs((resolutions.max() ?? 0) / (half + span).squareRoot() - 1) < 0.01)
        #expect(abs((resolutions.min() ?? 0) / (half - span).squareRoot() - 1) < 0.01)
        // The same vertex for all tracks of an event.
        let pairs = Dictionary(grouping: tracks) { $0.jet }.values.filter { $0.count > 1 }
        let products = pairs.map { $0[0].significance * $0[0].significance * $0[1].significance * $0[1].significance }
        #expect(mean(products) > 1.5)
    }

    @Test func noResultDependsOnTheInstructionSet() throws {
        for flavour in [Int32(1), 4, 5, 21] {
            let all = try InstructionSet.available.map {
                try TrackGun(
                    try tracker(tails: [(0.1, 3)]), flavour: flavour, pt: 60, rows: 200, instructionSet: $0
                ).tracks.map { [$0.pt, $0.impact, $0.significance, Double($0.jet)] }
            }
            #expect(all.allSatisfy { $0 == all[0] } && !all[0].isEmpty)
        }
    }

    @Test func aDisplacedAxisTurnsSigns() throws {
        let straight = try TrackGun(try TrackGun.perfect(), flavour: 5, pt: 60, rows: 2000)
        let turned = try TrackGun(try TrackGun.perfect(), flavour: 5, pt: 60, shift: 0.3, rows: 2000)
        let share = { (gun: TrackGun) in
            Double(gun.of([.bottom]).count { $0.significance > 0 }) / Double(gun.of([.bottom]).count)
        }
        #expect(share(straight) > 0.85 && share(turned) < 0.65)
    }

    @Test func tracksStayInsideTheTracker() throws {
        let gun = try TrackGun(try tracker(), flavour: 5, pt: 60, eta: 2.45, rows: 2000)
        let full = try TrackGun(try TrackGun.perfect(), flavour: 5, pt: 60, eta: 2.45, rows: 2000)
        #expect(gun.tracks.allSatisfy { $0.pt >= 1 && abs($0.impact) < 2 })
        #expect(Double(gun.tracks.count) < 0.75 * Double(full.tracks.count))
        #expect(gun.of([.kaon]).count < full.of([.kaon]).count / 3)
    }
}
