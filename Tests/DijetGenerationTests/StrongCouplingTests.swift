import DijetGeneration
import Foundation
import Testing

struct StrongCouplingTests {
    private let coupling = StrongCoupling()

    @Test func theZMassIsTheReference() {
        #expect(abs(coupling.value(91.188) - 0.130) < 1e-15)
        #expect(StrongCoupling(atZMass: 0.118).value(91.188) == 0.118)
    }

    /// Continuous, with slopes in ln Q of (33 − 2 n)/6π on both sides.
    @Test(arguments: [(1.5, 3.0), (4.8, 4), (171, 5)])
    func thresholdsAreKinks(mass: Double, flavours: Double) {
        func slope(_ low: Double, _ high: Double) -> Double {
            (1 / coupling.value(high) - 1 / coupling.value(low)) / log(high / low)
        }
        #expect(abs(coupling.value(mass * (1 - 1e-12)) - coupling.value(mass)) < 1e-11)
        #expect(abs(slope(mass * 0.98, mass * 0.99) - (33 - 2 * flavours) / (6 * .pi)) < 1e-9)
        #expect(abs(slope(mass * 1.01, mass * 1.02) - (33 - 2 * (flavours + 1)) / (6 * .pi)) < 1e-9)
    }

    @Test func itFallsAndIsHeldAtOne() {
        var last = 1.0
        for exponent in stride(from: -0.2, through: 5, by: 0.05) {
            let value = coupling.value(pow(10, exponent))
            #expect(value < last)
            last = value
        }
        #expect(coupling.value(0.3) == 1 && coupling.value(1e-6) == 1)
    }
}
