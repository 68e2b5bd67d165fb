import JetPhysics
import Testing

struct AnglesTests {
    @Test(arguments: [-20.0, -3.2, -0.1, 0, 3.1, 3.15, 6.5, 100]) func wrappedAzimuthIsInRangeAndTheSameAngle(
        phi: Double
    ) {
        let wrapped = wrappedAzimuth(phi)
        #expect(wrapped >= -.pi && wrapped < .pi)
        let turns = (phi - wrapped) / (2 * .pi)
        #expect(abs(turns - turns.rounded()) < 1e-12)
    }

    @Test func azimuthalDistanceGoesTheShortWay() {
        #expect(abs(azimuthalDistance(3, -3) - (2 * .pi - 6)) < 1e-15)
        #expect(azimuthalDistance(0.5, -0.25) == 0.75)
        #expect(azimuthalDistance(-.pi, 0) == .pi)
    }

    @Test func kinematicLimitFallsWithPseudorapidity() {
        #expect(kinematicLimit(eta: 0, sqrtS: 13000) == 6500)
        #expect(abs(kinematicLimit(eta: 4.5, sqrtS: 13000) - 144.4) < 0.1)
        #expect(kinematicLimit(eta: -2, sqrtS: 13000) == kinematicLimit(eta: 2, sqrtS: 13000))
    }
}
