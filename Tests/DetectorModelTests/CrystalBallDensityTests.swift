import DetectorModel
import Foundation
import Testing

struct CrystalBallDensityTests {
    private static let shapes = [
        CrystalBall.gaussian,
        CrystalBall(low: .init(alpha: 2, power: 10), high: .init(alpha: 2.1, power: 12)),
        CrystalBall(low: .init(alpha: 1.2, power: 5), high: .gaussian),
        CrystalBall(low: .init(alpha: 1.6, power: 4), high: .init(alpha: 1.3, power: 6)),
    ]

    /// ∫ weight(z) density(z) dz by trapezia in t with z = sinh t, whose steps grow with the tails.
    private func integral(
        _ shape: CrystalBall, from low: Double = -1e6, to high: Double = 1e6, _ weight: (Double) -> Double = { _ in 1 }
    ) -> Double {
        let (start, end) = (asinh(low), asinh(high))
        let steps = 40_000
        let step = (end - start) / Double(steps)
        return (0...steps).reduce(0) { sum, index in
            let t = start + step * Double(index)
            let value = weight(sinh(t)) * shape.density(sinh(t)) * cosh(t) * step
            return sum + (index == 0 || index == steps ? 0.5 : 1) * value
        }
    }

    @Test(arguments: shapes) func theDensityIsNormalisedAboutItsMean(shape: CrystalBall) {
        #expect(abs(integral(shape) - 1) < 1e-6)
        #expect(abs(integral(shape) { $0 }) < 1e-6)
        #expect(abs(integral(shape, to: -shape.mean) - shape.lowShare) < 1e-6)
    }

    @Test(arguments: shapes, [0.0, 1, 2.5, 4]) func tailFractionsAreItsIntegrals(shape: CrystalBall, distance: Double) {
        // Those are told from the peak.
        let fractions = shape.tailFractions(beyond: distance)
        #expect(abs(integral(shape, to: -distance - shape.mean) - fractions.low) < 1e-6)
        #expect(abs(integral(shape, from: distance - shape.mean) - fractions.high) < 1e-6)
    }

    @Test(arguments: shapes) func coreAndTailsMeet(shape: CrystalBall) {
        for place in [-shape.low.alpha, 0, shape.high.alpha] {
            let (below, above) = (shape.density(place - shape.mean - 1e-9), shape.density(place - shape.mean + 1e-9))
            #expect(abs(below - above) < 1e-8)
        }
        #expect(abs(CrystalBall.gaussian.density(1) - exp(-0.5) / (2 * Double.pi).squareRoot()) < 1e-12)
    }
}
