import DijetGeneration
import Foundation
import Testing

struct PartonDensityTests {
    private static let x = [1e-4, 1e-3, 1e-2, 0.1, 0.3, 0.6, 1]
    private static let q = [10.0, 20, 40, 100, 300]

    private static func subgrid(
        x: [Double] = x, q: [Double] = q, partons: [Int] = [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 21],
        _ density: (Int, Double, Double) -> Double
    ) -> PartonDensity.Subgrid {
        var values: [Int: [Double]] = [:]
        for parton in partons {
            values[parton] = x.flatMap { x in q.map { density(parton, x, $0) } }
        }
        return PartonDensity.Subgrid(x: x, q: q, values: values)
    }

    /// Partons far apart, none like another.
    private static func made(_ parton: Int, _ x: Double, _ q: Double) -> Double {
        Double(parton + 6) * (1 + log(x) * log(x)) * (2 + sin(log(q)))
    }

    @Test func knotsAreMet() throws {
        let density = try PartonDensity(name: "made", subgrids: [Self.subgrid(Self.made)])
        for x in Self.x.dropLast() {
            for q in Self.q {
                let values = density.momentumDensities(x: x, q: q)
                for parton in -5...5 {
                    let lane = parton + 5
                    let expected = Self.made(parton == 0 ? 21 : parton, x, q)
                    #expect(abs(values[lane] / expected - 1) < 1e-13)
                }
                for lane in 11..<16 { #expect(values[lane] == 0) }
            }
        }
    }

    /// Slopes to both sides, averaged, are exact for a parabola in equal steps: between inner knots the interpolation is, too.
    @Test func parabolasAreExactBetweenInnerKnots() throws {
        let steps = (0...8).map { Double($0) }
        func parabola(_ x: Double, _ q: Double) -> Double { (log(x) * log(x) + 3 * log(x) + 1) * (log(q) * log(q) - 2) }
        let density = try PartonDensity(
            name: "parabola",
            subgrids: [
                Self.subgrid(x: steps.map { exp($0 - 9) }, q: steps.map { exp($0) }) { _, x, q in parabola(x, q) }
            ])
        for place in [1.0, 1.2, 3.75, 5.5, 7] {
            for scale in [1.0, 2.4, 6.9] {
                let (x, q) = (exp(place - 9), exp(scale))
                let value = density.momentumDensities(x: x, q: q)[PartonDensity.gluonLane]
                #expect(abs(value - parabola(x, q)) < 1e-10 * (1 + abs(parabola(x, q))))
            }
        }
    }

    /// No step and no kink at a knot: the curve left and right of it meets with one slope.
    @Test func curvesAreSmoothAtKnots() throws {
        let density = try PartonDensity(name: "made", subgrids: [Self.subgrid(Self.made)])
        func value(_ x: Double, _ q: Double) -> Double { density.momentumDensities(x: x, q: q)[3] }
        let step = 1e-6
        for x in Self.x[1..<6] {
            let left = value(x * exp(-step), 33), middle = value(x, 33), right = value(x * exp(step), 33)
            #expect(abs((right - middle) - (middle - left)) < 1e-3 * abs(right - middle))
        }
        for q in Self.q[1..<4] {
            let left = value(0.05, q * exp(-step)), middle = value(0.05, q), right = value(0.05, q * exp(step))
            #expect(abs((right - middle) - (middle - left)) < 1e-3 * abs(right - middle))
        }
    }

    @Test func outsideTheKnotsDensitiesAreFrozen() throws {
        let density = try PartonDensity(name: "made", subgrids: [Self.subgrid(Self.made)])
        let corner = density.momentumDensities(x: 1e-4, q: 10)
        #expect(density.momentumDensities(x: 1e-9, q: 10) == corner)
        #expect(density.momentumDensities(x: 0, q: 0) == corner)
        #expect(density.momentumDensities(x: -1, q: -1) == corner)
        #expect(density.momentumDensities(x: 0.02, q: 5) == density.momentumDensities(x: 0.02, q: 10))
        #expect(density.momentumDensities(x: 0.02, q: 1e9) == density.momentumDensities(x: 0.02, q: 300))
        for x in [1.0, 1.5, .infinity, .nan] { #expect(density.momentumDensities(x: x, q: 50) == .zero) }
        #expect(density.momentumDensities(x: 0.999_999, q: 50)[5] > 0)
        #expect(density.momentumDensities(x: 0.02, q: .nan) == density.momentumDensities(x: 0.02, q: 10))
    }

    @Test func aboveTheHighestKnotThereIsNothing() throws {
        let density = try PartonDensity(name: "short", subgrids: [Self.subgrid(x: [0.1, 0.5, 0.8], Self.made)])
        #expect(density.momentumDensities(x: 0.8, q: 50)[5] > 0)
        #expect(density.momentumDensities(x: 0.81, q: 50) == .zero)
    }

    /// Each subgrid stands alone: at their common knot the upper one begins, and neither bends towards the other.
    @Test func subgridsFollowOneAnother() throws {
        let lower = Self.subgrid(q: [2, 4, 10]) { _, _, _ in 1 }
        let upper = Self.subgrid(x: [1e-3, 0.1, 1], q: [10, 20, 40]) { _, _, _ in 5 }
        let density = try PartonDensity(name: "two", subgrids: [lower, upper])
        for (q, value) in [(1.0, 1.0), (3, 1), (9.999, 1), (10, 5), (11, 5), (400, 5)] {
            #expect(abs(density.momentumDensities(x: 0.03, q: q)[2] - value) < 1e-13)
        }
    }

    @Test func missingFlavoursAreZeroAndNegativeOnesStay() throws {
        let density = try PartonDensity(
            name: "few",
            subgrids: [
                Self.subgrid(partons: [2, 21]) { parton, _, _ in
                    parton == 2 ? -3 : 1
                }
            ])
        let values = density.momentumDensities(x: 0.05, q: 50)
        for lane in 0..<16 {
            #expect(abs(values[lane] - (lane == 7 ? -3 : lane == 5 ? 1 : 0)) < 1e-13)
        }
    }

    @Test func twoKnotsMakeAStraightLine() throws {
        let density = try PartonDensity(
            name: "line",
            subgrids: [Self.subgrid(x: [exp(-4), exp(-2)], q: [exp(1), exp(3)]) { _, x, q in log(x) * log(q) }])
        #expect(abs(density.momentumDensities(x: exp(-3.5), q: exp(1.25))[0] + 3.5 * 1.25) < 1e-13)
    }

    @Test func lanesAreThoseOfThePDGNumbers() {
        #expect((-5...5).filter { $0 != 0 }.allSatisfy { PartonDensity.lane(of: $0) == $0 + 5 })
        #expect(PartonDensity.lane(of: 21) == 5)
        #expect([0, 6, -6, 22, 1000].allSatisfy { PartonDensity.lane(of: $0) == nil })
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let place: PartonDensityError.Place
        let subgrids: [PartonDensity.Subgrid]

        init(_ name: String, _ place: PartonDensityError.Place, _ subgrids: [PartonDensity.Subgrid]) {
            (testDescription, self.place, self.subgrids) = (name, place, subgrids)
        }

        private static func bad(x: [Double] = x, q: [Double] = q) -> [PartonDensity.Subgrid] {
            [subgrid(x: x, q: q) { _, _, _ in 1 }]
        }

        private static func bad(_ values: [Int: [Double]]) -> [PartonDensity.Subgrid] {
            [PartonDensity.Subgrid(x: [0.1, 1], q: [10, 20], values: values)]
        }

        static let all = [
            Fault("no subgrid", .grid, []),
            Fault("one knot of x", .x(subgrid: 0, knot: 0), bad(x: [0.1])),
            Fault("no knot of Q", .q(subgrid: 0, knot: 0), bad(q: [])),
            Fault("equal knots of x", .x(subgrid: 0, knot: 2), bad(x: [0.1, 0.2, 0.2, 1])),
            Fault("neighbouring doubles", .x(subgrid: 0, knot: 1), bad(x: [0.1, 0.1.nextUp, 1])),
            Fault("falling knots of Q", .q(subgrid: 0, knot: 1), bad(q: [10, 9, 20])),
            Fault("x of 0", .x(subgrid: 0, knot: 0), bad(x: [0, 0.5, 1])),
            Fault("x above 1", .x(subgrid: 0, knot: 1), bad(x: [0.5, 1.1])),
            Fault("x that is no number", .x(subgrid: 0, knot: 1), bad(x: [0.5, .nan, 1])),
            Fault("Q without end", .q(subgrid: 0, knot: 1), bad(q: [1, .infinity])),
            Fault("negative Q", .q(subgrid: 0, knot: 0), bad(q: [-1, 2])),
            Fault("no partons", .partons(subgrid: 0), bad([:])),
            Fault("a photon", .partons(subgrid: 0), bad([22: [1, 1, 1, 1]])),
            Fault("too few values", .partons(subgrid: 0), bad([21: [1, 1, 1]])),
            Fault("too many values", .partons(subgrid: 0), bad([21: [1, 1, 1, 1, 1]])),
            Fault(
                "no number", .value(subgrid: 0, parton: 3, x: 1, q: 0), bad([21: [1, 1, 1, 1], 3: [1, 1, .nan, 1]])),
            Fault("an infinite value", .value(subgrid: 0, parton: 21, x: 0, q: 1), bad([21: [1, -.infinity, 1, 1]])),
            Fault("a gap", .q(subgrid: 1, knot: 0), bad() + bad(q: [301, 400])),
            Fault("an overlap", .q(subgrid: 1, knot: 0), bad() + bad(q: [200, 400])),
            Fault("a fault in the second", .x(subgrid: 1, knot: 1), bad() + bad(x: [0.1, 0.1], q: [300, 400])),
        ]
    }

    @Test(arguments: Fault.all) func faultsHaveTheirPlace(fault: Fault) {
        var found: PartonDensityError?
        do { _ = try PartonDensity(name: "bad", subgrids: fault.subgrids) } catch { found = error }
        #expect(found?.place == fault.place, "\(found.map { "\($0)" } ?? "no error")")
        #expect(found?.problem.isEmpty == false && found?.remedy.isEmpty == false)
    }
}
