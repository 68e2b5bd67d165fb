import Foundation
import Intercalibration
import Testing

/// The smooth k_FSR: what it finds of curves that it can describe, and when it does with fewer parameters.
struct FactorCurveTests {
    private static let reference = [-0.6, -0.2, 0.2, 0.6].map { (eta: $0, weight: 0.25) }
    private static let places = [1.0, 1.3, 1.7, 2.1, 2.4, 2.8, 3.2, 3.7, 4.2].flatMap { [$0, -$0] }

    private static func shape(_ eta: Double, _ p2: Double) -> Double { cosh(eta) / (1 + p2 * cosh(eta)) }

    private static func truth(_ eta: Double, p1: Double, p2: Double) -> Double {
        p1 * (shape(eta, p2) - reference.reduce(0) { $0 + $1.weight * shape($1.eta, p2) })
    }

    private static func curve(p1: Double, p2: Double, width: Double, seed: UInt64? = nil) throws -> FactorCurve {
        var random = Numbers(seed: seed ?? 1)
        let points = places.map { eta in
            FactorCurve.Point(
                eta: eta, value: truth(eta, p1: p1, p2: p2) + (seed == nil ? 0 : width * random.normal()),
                variance: width * width)
        }
        return try #require(try FactorCurve(points, reference: reference))
    }

    @Test(arguments: [(0.01, 0.3), (-0.004, 0.08), (0.05, 2.0)])
    func exactPointsAreFound(p1: Double, p2: Double) throws {
        let curve = try Self.curve(p1: p1, p2: p2, width: 1e-5)
        #expect(curve.isSaturating && curve.chiSquared < 1e-3)
        #expect(abs(curve.p1 / p1 - 1) < 0.01 && abs(curve.p2 / p2 - 1) < 0.01)
        for eta in stride(from: -4.5, through: 4.5, by: 0.5) {
            #expect(abs(curve.value(eta) - Self.truth(eta, p1: p1, p2: p2)) < 1e-5)
            let formula = curve.p0 + curve.p1 * Self.shape(eta, curve.p2)
            #expect(abs(curve.value(eta) - formula) < 1e-12)
        }
    }

    @Test func theReferenceHasTheMeanZero() throws {
        let curve = try Self.curve(p1: 0.01, p2: 0.3, width: 1e-3, seed: 4)
        #expect(abs(Self.reference.reduce(0) { $0 + $1.weight * curve.value($1.eta) }) < 1e-15)
        let spread = Self.reference.reduce(0) { sum, one in
            sum + Self.reference.reduce(0) { $0 + one.weight * $1.weight * curve.covariance(one.eta, $1.eta) }
        }
        #expect(abs(spread) < 1e-15)
    }

    @Test func theBendIsLeftOutWhereNothingTellsIt() throws {
        let curve = try Self.curve(p1: 1e-5, p2: 0, width: 1e-3, seed: 2)
        #expect(!curve.isSaturating && curve.p2 == 0 && curve.degreesOfFreedom == Self.places.count - 1)
    }

    /// 300 sets of points: values have the width that they say, χ² is uniform. p-values by chance below 10⁻⁴.
    @Test func uncertaintiesAreThoseOfTheScatter() throws {
        var pulls: [Double] = []
        var probabilities: [Double] = []
        for seed in 1...UInt64(300) {
            let curve = try Self.curve(p1: 0.01, p2: 0.3, width: 1e-3, seed: seed)
            try #require(curve.isSaturating)
            let deviation = curve.value(3) - Self.truth(3, p1: 0.01, p2: 0.3)
            pulls.append(deviation / curve.covariance(3, 3).squareRoot())
            if let probability = curve.probability { probabilities.append(probability) }
        }
        #expect(uniformityProbability(pulls.map(normalDistribution)) > 1e-4)
        #expect(uniformityProbability(probabilities) > 1e-4)
    }

    @Test func tooFewPointsHaveNoCurve() throws {
        let points = [1.5, 2.5].map { FactorCurve.Point(eta: $0, value: 0.01, variance: 1e-4) }
        #expect(try FactorCurve(points, reference: Self.reference) == nil)
    }
}
