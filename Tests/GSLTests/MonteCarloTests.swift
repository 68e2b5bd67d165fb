#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif
import GSL
import Testing

struct MonteCarloTests {
    /// A narrow normal density well inside the unit cube: its integral is 1 to rounding.
    private static func peak(_ point: UnsafePointer<Double>) -> Double {
        let width = 0.03
        var exponent = 0.0
        for (index, centre) in [0.3, 0.55, 0.7].enumerated() {
            let distance = (point[index] - centre) / width
            exponent += distance * distance
        }
        return exp(-exponent / 2) / pow(width * (2 * Double.pi).squareRoot(), 3)
    }

    /// Ten seeds, each within 4 standard deviations: 6 · 10⁻⁴ by chance, were the seeds not fixed.
    @Test func narrowPeaksAreFoundWithTheirUncertainty() throws {
        var pulls: [Double] = []
        for seed in 1...10 {
            var integrator = try VegasIntegrator(dimensions: 3, seed: seed)
            let estimate = try integrator.integrate(calls: 10_000, Self.peak)
            #expect(estimate.uncertainty < 0.005 && estimate.uncertainty > 0)
            #expect(estimate.chiSquaredPerFreedom < 4)
            pulls.append((estimate.value - 1) / estimate.uncertainty)
        }
        #expect(pulls.allSatisfy { abs($0) < 4 }, "\(pulls)")
        let width = (pulls.reduce(0) { $0 + $1 * $1 } / 10).squareRoot()
        // χ²/10 outside 0.12 to 2.7: below 10⁻³ by chance.
        #expect(width > 0.35 && width < 1.65, "\(pulls)")
    }

    /// ∫ x^−0.4 y^−0.4 has a variance that a sample sees badly. The mean of 200 estimates lies within 4 of its own standard
    /// deviations (6 · 10⁻⁵ by chance); weighting iterations by their variances puts it 14 below.
    @Test func estimatesAreNotBiased() throws {
        let exact = 1 / (0.6 * 0.6)
        var (sum, squares) = (0.0, 0.0)
        for seed in 1...200 {
            var integrator = try VegasIntegrator(dimensions: 2, seed: seed)
            let estimate = try integrator.integrate(calls: 200, iterations: 8, warmUps: 1) { pow($0[0] * $0[1], -0.4) }
            sum += estimate.value / exact - 1
            squares += (estimate.value / exact - 1) * (estimate.value / exact - 1)
        }
        let mean = sum / 200
        let uncertainty = ((squares / 200 - mean * mean) / 199).squareRoot()
        #expect(abs(mean) < 4 * uncertainty, "\(mean) ± \(uncertainty)")
    }

    @Test func polynomialsHaveTheirIntegrals() throws {
        var integrator = try VegasIntegrator(dimensions: 2)
        let estimate = try integrator.integrate(calls: 5000) { $0[0] * $0[0] * $0[1] }
        #expect(abs(estimate.value - 1.0 / 6) < 4 * estimate.uncertainty)
        #expect(estimate.uncertainty < 1e-3)
    }

    @Test func theSameSeedGivesTheSameBits() throws {
        func estimate(seed: Int) throws -> MonteCarloEstimate {
            var integrator = try VegasIntegrator(dimensions: 3, seed: seed)
            return try integrator.integrate(calls: 1000, Self.peak)
        }
        let first = try estimate(seed: 7)
        #expect(try first == estimate(seed: 7))
        #expect(try first != estimate(seed: 8))
    }

    /// What is over is forgotten: a second integral does not hold the first one.
    @Test func anIntegratorMayBeUsedAgain() throws {
        var integrator = try VegasIntegrator(dimensions: 3)
        _ = try integrator.integrate(calls: 10_000, Self.peak)
        let estimate = try integrator.integrate(calls: 10_000) { 100 * $0[0] }
        #expect(abs(estimate.value - 50) < 4 * estimate.uncertainty + 1e-9)
    }

    @Test(arguments: [Double.nan, .infinity])
    func whatIsNotFiniteIsRefused(value: Double) throws {
        var refused: GSLError?
        do {
            var integrator = try VegasIntegrator(dimensions: 2)
            _ = try integrator.integrate(calls: 1000) { $0[0] > 0.99 ? value : 1 }
        } catch { refused = error }
        #expect(refused?.reason == "the integrand is not finite")
    }

    /// A density that is 0 wherever it was sampled is no failure.
    @Test func nothingIntegratesToNothing() throws {
        var integrator = try VegasIntegrator(dimensions: 2)
        let estimate = try integrator.integrate(calls: 1000) { _ in 0 }
        #expect(estimate.value == 0 && estimate.uncertainty == 0)
    }
}
