import CardFiles
import DijetGeneration
import Foundation
import Testing

/// Against Oracle/leading_order.py, which sums over single partons and shares no code.
struct LeadingOrderTests {
    private static let oracle = LeadingOrderOracle.shared
    private static let process = LeadingOrder(density: .builtIn, sqrtS: 13000)

    @Test func theFixtureIsThere() {
        #expect(Self.oracle.couplings.count >= 10 && Self.oracle.densities.count >= 30)
        #expect(Self.oracle.points.count >= 30 && Self.oracle.slices.count >= 20)
    }

    @Test func couplingsAgree() {
        let coupling = StrongCoupling()
        for point in Self.oracle.couplings {
            #expect(abs(coupling.value(point.q) / point.alpha_s - 1) < 1e-9, "Q = \(point.q)")
        }
    }

    @Test func densitiesAgree() {
        for point in Self.oracle.densities {
            let values = PartonDensity.builtIn.momentumDensities(x: point.x, q: point.q)
            for (lane, expected) in point.values.enumerated() {
                #expect(abs(values[lane] - expected) < 1e-10 * (1e-3 + abs(expected)), "lane \(lane), x = \(point.x)")
            }
        }
    }

    @Test func differentialCrossSectionsAgreeChannelByChannel() {
        for point in Self.oracle.points {
            let process = LeadingOrder(density: .builtIn, sqrtS: point.sqrt_s)
            let contributions = process.contributions(pt: point.pt, y3: point.y3, y4: point.y4)
            let total = point.rates.reduce(0, +)
            for channel in ScatteringChannel.allCases {
                let expected = point.rates[channel.rawValue]
                #expect(
                    abs(contributions[channel] - expected) < 1e-9 * (expected + 1e-3 * total), "\(channel), \(point)")
            }
            let whole = process.crossSection(pt: point.pt, y3: point.y3, y4: point.y4)
            #expect(abs(whole / total - 1) < 1e-9)
        }
    }

    /// Two equal beams: a reflection exchanges the protons, and with them the partons that came from each.
    @Test func aReflectionExchangesTheProtons() {
        for (y3, y4) in [(0.3, -1.2), (2.5, 1), (-3, 3.5)] {
            let one = Self.process.contributions(pt: 80, y3: y3, y4: y4)
            let two = Self.process.contributions(pt: 80, y3: -y4, y4: -y3)
            for (channel, mirrored) in [
                (ScatteringChannel.gluonsToGluons, ScatteringChannel.gluonsToGluons),
                (.gluonsToQuarks, .gluonsToQuarks),
                (.quarkGluon, .gluonQuark), (.gluonQuark, .quarkGluon), (.unlikeQuarks, .unlikeQuarks),
                (.likeQuarks, .likeQuarks), (.annihilationToGluons, .annihilationToGluons),
            ] { #expect(abs(one[channel] / two[mirrored] - 1) < 1e-12) }
            #expect(abs(one.total / two.total - 1) < 1e-12)
        }
    }

    @Test func outsidePhaseSpaceThereIsNothing() {
        #expect(Self.process.crossSection(pt: 100, y3: 4.9, y4: 0) == 0)
        #expect(Self.process.crossSection(pt: 6600, y3: 0, y4: 0) == 0)
        #expect(Self.process.crossSection(pt: 6000, y3: 0, y4: 0) > 0)
        #expect(Self.process.crossSection(pt: 15, y3: 800, y4: -800) == 0)
    }

    @Test func negativeDensitiesCountAsNone() throws {
        let negative = try PartonDensity(
            name: "negative",
            subgrids: [
                PartonDensity.Subgrid(
                    x: [1e-3, 1], q: [10, 1000], values: [21: [1, 1, 1, 1], 1: [-1, -1, -1, -1], 2: [1, 1, 1, 1]])
            ])
        let gluonsAndUp = try PartonDensity(
            name: "none",
            subgrids: [
                PartonDensity.Subgrid(x: [1e-3, 1], q: [10, 1000], values: [21: [1, 1, 1, 1], 2: [1, 1, 1, 1]])
            ])
        let rates = [negative, gluonsAndUp].map {
            LeadingOrder(density: $0, sqrtS: 13000).contributions(pt: 100, y3: 0.5, y4: 0).rates
        }
        #expect(rates[0] == rates[1])
        // One flavour of quark has no unlike partner.
        #expect(rates[1][ScatteringChannel.unlikeQuarks.rawValue] == 0)
        #expect(rates[1][ScatteringChannel.likeQuarks.rawValue] > 0)
    }
}
