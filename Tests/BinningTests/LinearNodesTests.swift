import Binning
import Testing

struct LinearNodesTests {
    @Test func valuesAreLinearBetweenNodesAndFrozenOutside() {
        let nodes = LinearNodes([1, 2, 4])
        let values = [0.5, -1, 3]
        let expected = [(-7.0, 0.5), (1, 0.5), (1.5, -0.25), (2, -1), (3, 1), (3.5, 2), (4, 3), (9, 3)]
        for (place, value) in expected { #expect(nodes.value(of: values, at: place) == value) }
        let (low, high, share) = nodes.position(of: 3.5)
        #expect(low == 1 && high == 2 && share == 0.75)
        #expect(LinearNodes([1]).value(of: [0.3], at: 2) == 0.3)
    }
}
