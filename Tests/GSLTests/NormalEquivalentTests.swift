import GSL
import Testing

struct NormalEquivalentTests {
    /// From SciPy: norm.isf(t.sf(t, ν)).
    @Test(arguments: [
        (1.0, 5.0, 0.909_251_343_79), (3.0, 5.0, 2.168_781_875_42), (2.0, 20.0, 1.886_218_359_59),
        (6.0, 20.0, 4.486_399_094_49), (-3.0, 5.0, -2.168_781_875_42), (0.0, 3.0, 0.0),
    ])
    func tailsAreAsLikely(value: Double, freedom: Double, expected: Double) {
        #expect(abs(normalEquivalent(ofStudent: value, degreesOfFreedom: freedom) - expected) < 1e-8)
    }

    @Test func manyDegreesOfFreedomChangeNothing() {
        #expect(normalEquivalent(ofStudent: 2.5, degreesOfFreedom: .infinity) == 2.5)
        #expect(abs(normalEquivalent(ofStudent: 5, degreesOfFreedom: 0.99e8) - 5) < 1e-6)
    }

    @Test func whatHasNoProbabilityStaysFinite() {
        #expect(normalEquivalent(ofStudent: 1e9, degreesOfFreedom: 1000).isFinite)
    }
}
