import Foundation
import GSL
import Testing

struct GeneralizedEigensystemTests {
    private static let matrix: [[Double]] = [[4, 1, -2], [1, 3, 0.5], [-2, 0.5, 6]]
    private static let metric: [[Double]] = [[2, 0.3, 0.1], [0.3, 1, -0.2], [0.1, -0.2, 0.5]]

    private static func made(_ rows: [[Double]]) -> Matrix {
        Matrix(rows: rows.count, columns: rows.count, elements: rows.flatMap(\.self))
    }

    private static func product(_ rows: [[Double]], _ vector: [Double]) -> [Double] {
        rows.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    @Test func solutionsSolve() throws {
        let solutions = try generalizedEigensystem(Self.made(Self.matrix), metric: Self.made(Self.metric))
        #expect(solutions.count == 3 && solutions.map(\.value) == solutions.map(\.value).sorted())
        for (value, vector) in solutions {
            let (left, right) = (Self.product(Self.matrix, vector), Self.product(Self.metric, vector))
            for (one, other) in zip(left, right) { #expect(abs(one - value * other) < 1e-12) }
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
        }
        // det (M N⁻¹) is the product of the values: det M = 4 · 17.75 − 1 · 7 − 2 · 6.5 = 51, by hand as that of N.
        let determinant = 2 * (0.5 - 0.04) - 0.3 * (0.15 + 0.02) + 0.1 * (-0.06 - 0.1)
        #expect(abs(solutions.reduce(1) { $0 * $1.value } - 51 / determinant) < 1e-9)
    }

    @Test func aMetricThatIsNotPositiveDefiniteIsRefused() {
        #expect(throws: GSLError.self) {
            _ = try generalizedEigensystem(Self.made([[1, 0], [0, 1]]), metric: Self.made([[1, 2], [2, 1]]))
        }
    }
}
