import Binning
import Foundation
import Testing

struct AxisTests {
    @Test func binsAreHalfOpen() throws {
        let axis = try Axis(edges: [-4.5, -1, 0, 0.001, 0.002, 3, 4.5])
        for bin in 0..<axis.count {
            #expect(axis.index(of: axis.edges[bin]) == bin)
            #expect(axis.index(of: axis.edges[bin + 1].nextDown) == bin)
            #expect(axis.index(of: axis.centre(bin)) == bin)
        }
        for outside in [(-4.5).nextDown, 4.5, 100, .infinity, -.infinity, .nan] {
            #expect(axis.index(of: outside) == -1)
        }
    }

    @Test func anyNumberFindsTheBinThatALinearSearchFinds() throws {
        let edges = [30, 40, 55, 75, 100, 140, 200, 300, 450, 700, 1000.0]
        let axis = try Axis(edges: edges)
        for step in 0..<20_000 {
            let value = 20 + Double(step) * 0.05
            let expected = edges.dropLast().lastIndex { $0 <= value } ?? -1
            #expect(axis.index(of: value) == (value < 1000 ? expected : -1))
        }
    }

    /// Edges of every kind of look-up: cells of one width, cells in octaves, and edges too close for either.
    static let kinds: [[Double]] = [
        (0...80).map { -2 + 0.05 * Double($0) }, [-4.5, -4.191, -3.839, -0.261, 0, 0.087, 4.5], [0, 1], [-3, -1],
        (0...48).map { 10 * exp2(Double($0) / 4.8) }, (0...28).map { 8 * exp2(Double($0) / 3) }, [1, 1e6], [5, 6],
        [1e-6, 1, 1.000_001, 1e6], [-1e6, 0, 1e-6, 2e-6, 1e6], [1e-200, 1, 1e200], [1, 1.nextUp, 2],
        [-1e300, -1, 1, 1e300], (0...400).map { 1 + Double($0) * 1e-6 },
    ]

    @Test(arguments: kinds) func edgesAreExact(edges: [Double]) throws {
        let axis = try Axis(edges: edges)
        let values = edges.flatMap { [$0.nextDown.nextDown, $0.nextDown, $0, $0.nextUp, $0.nextUp.nextUp, -$0] }
        let centres = (0..<axis.count).map(axis.centre)
        let outside = [
            0, -0.0, Double.leastNonzeroMagnitude, -Double.leastNonzeroMagnitude, 1e308, -1e308, .infinity, -.infinity,
            .nan,
        ]
        for value in values + centres + outside {
            let expected = value < axis.highest ? edges.lastIndex { $0 <= value } ?? -1 : -1
            #expect(axis.index(of: value) == expected)
        }
    }

    @Test func edgesThatAreNoAxisAreRefused() {
        #expect(throws: AxisError.tooFewEdges) { try Axis(edges: [1]) }
        #expect(throws: AxisError.notIncreasing(index: 2)) { try Axis(edges: [1, 2, 2]) }
        #expect(throws: AxisError.notFinite(index: 1)) { try Axis(edges: [1, .nan, 2]) }
        #expect(throws: AxisError.notFinite(index: 1)) { try Axis(edges: [1, .infinity]) }
    }
}

struct OctaveAxisTests {
    @Test func nodesAreFoundWhereTheyStand() {
        for node in 0..<OctaveAxis.count - 1 {
            let position = OctaveAxis.position(of: OctaveAxis.value(node))
            #expect(position.node == node && position.fraction == 0)
        }
    }

    @Test func positionsAreLinearBetweenNodes() {
        for node in stride(from: 0, to: OctaveAxis.count - 1, by: 7) {
            let (low, high) = (OctaveAxis.value(node), OctaveAxis.value(node + 1))
            #expect(high / low <= 1.125 + 1e-12)
            let position = OctaveAxis.position(of: low + 0.3 * (high - low))
            #expect(position.node == node)
            #expect(abs(position.fraction - 0.3) < 1e-5)
        }
    }

    @Test(arguments: [0, 3.9, -5, Double.nan]) func smallNumbersAreClamped(value: Double) {
        #expect(OctaveAxis.position(of: value).node == 0)
    }

    @Test(arguments: [16384, 1e6, Double.infinity]) func largeNumbersAreClamped(value: Double) {
        #expect(OctaveAxis.position(of: value).node == OctaveAxis.count - 2)
    }
}

struct EtaPtGridTests {
    @Test func functionsLinearInBothVariablesAreExact() {
        let grid = EtaPtGrid(etaLimit: 5, etaNodes: 101) { 0.5 + 0.01 * $0 + 1e-4 * $1 + 1e-5 * $0 * $1 }
        for (eta, pt) in [(-4.97, 31.0), (0.013, 777), (3.333, 4.5), (4.99, 5000)] {
            #expect(abs(grid.value(eta: eta, pt: pt) - (0.5 + 0.01 * eta + 1e-4 * pt + 1e-5 * eta * pt)) < 1e-6)
        }
    }

    @Test func valuesAreFrozenOutside() {
        let grid = EtaPtGrid(etaLimit: 5, etaNodes: 11) { $0 + 0 * $1 }
        #expect(grid.value(eta: 7, pt: 50) == 5)
        #expect(grid.value(eta: -7, pt: 50) == -5)
    }

    /// ln pT between nodes 12 % apart: the chord lies below by at most (Δ ln pT)²/8.
    @Test func logarithmicFunctionsKeepTheirErrorBound() {
        let grid = EtaPtGrid(etaLimit: 1, etaNodes: 2) { _, pt in log2(pt) }
        var pt = 5.0
        while pt < 8000 {
            let error = log2(pt) - grid.value(eta: 0, pt: pt)
            #expect(error > -2e-6 && error < 0.118 * 0.118 / 8 * 1.4427)
            pt *= 1.013
        }
    }
}
