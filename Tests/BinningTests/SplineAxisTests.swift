import Binning
import Foundation
import Testing

struct SplineAxisTests {
    private let axis: SplineAxis

    init() throws { axis = SplineAxis(breaks: try Axis(edges: [-2, -1.3, -1.2, 0, 0.5, 3])) }

    private func sum(_ coefficients: [Double], at place: Double) -> (value: Double, slope: Double) {
        let basis = axis.basis(at: place)
        return (0..<4).reduce(into: (0, 0)) { sum, index in
            sum.0 += coefficients[basis.first + index] * basis.values[index]
            sum.1 += coefficients[basis.first + index] * basis.slopes[index]
        }
    }

    /// The recursion of Cox and de Boor as textbooks have it, one spline at a time.
    private func spline(_ index: Int, degree: Int, at x: Double) -> Double {
        let edges = axis.breaks.edges
        let knots = Array(repeating: edges[0], count: 3) + edges + Array(repeating: edges[edges.count - 1], count: 3)
        guard degree > 0 else { return knots[index] <= x && x < knots[index + 1] ? 1 : 0 }
        func part(_ numerator: Double, _ denominator: Double, _ next: Int) -> Double {
            denominator > 0 ? numerator / denominator * spline(next, degree: degree - 1, at: x) : 0
        }
        return part(x - knots[index], knots[index + degree] - knots[index], index)
            + part(knots[index + degree + 1] - x, knots[index + degree + 1] - knots[index + 1], index + 1)
    }

    @Test func splinesAreThoseOfTheTextbook() {
        for step in 0..<200 {
            let x = -2 + 5 * (Double(step) + 0.37) / 200
            let basis = axis.basis(at: x)
            for index in 0..<axis.count {
                let inside = index - basis.first
                let value = (0..<4).contains(inside) ? basis.values[inside] : 0
                #expect(abs(value - spline(index, degree: 3, at: x)) < 1e-13)
            }
        }
    }

    @Test func aLineComesOfCoefficientsOnIt() {
        let coefficients = axis.places.map { 3 - 2 * $0 }
        for x in [-2, -1.7, -1.25, 0, 0.1, 2.9, 3] {
            let (value, slope) = sum(coefficients, at: x)
            #expect(abs(value - (3 - 2 * x)) < 1e-13)
            #expect(abs(slope + 2) < 1e-12)
        }
    }

    @Test func slopesAreThoseOfTheValues() {
        let coefficients = (0..<axis.count).map { sin(Double(3 * $0)) }
        for x in [-1.9, -1.31, -1.24, -0.4, 0.3, 1.7] {
            let step = 1e-6
            let difference = sum(coefficients, at: x + step).value - sum(coefficients, at: x - step).value
            #expect(abs(difference / (2 * step) - sum(coefficients, at: x).slope) < 1e-7)
        }
    }

    @Test func outsideTheEndStands() {
        let coefficients = (0..<axis.count).map { Double($0 * $0) }
        #expect(sum(coefficients, at: 9).value == sum(coefficients, at: 3).value)
        #expect(sum(coefficients, at: -9).value == coefficients[0])
        #expect(sum(coefficients, at: 9).slope == 0)
        #expect(sum(coefficients, at: 3).value == coefficients[axis.count - 1])
    }

    @Test func integralsAreThoseOfASum() {
        let (low, high) = (-1.25, 2.2)
        let integrals = axis.integrals(from: low, to: high)
        let steps = 20_000
        for index in 0..<axis.count {
            var coefficients = Array(repeating: 0.0, count: axis.count)
            coefficients[index] = 1
            let mean = (0..<steps).reduce(0.0) {
                $0 + sum(coefficients, at: low + (high - low) * (Double($1) + 0.5) / Double(steps)).value
            }
            #expect(abs(mean / Double(steps) * (high - low) - integrals[index]) < 1e-7)
        }
    }
}
