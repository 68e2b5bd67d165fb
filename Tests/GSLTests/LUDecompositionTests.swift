import GSL
import Testing

struct LUDecompositionTests {
    private func matrix(_ rows: [[Double]]) -> Matrix {
        Matrix(rows: rows.count, columns: rows[0].count, elements: Array(rows.joined()))
    }

    /// By hand: [[0, 2], [4, 1]]⁻¹ = [[−1/8, 1/4], [1/2, 0]], which needs a pivot.
    @Test func theInverseIsThatByHand() throws {
        let inverse = try LUDecomposition(matrix([[0, 2], [4, 1]])).inverse().elements()
        let expected = [[-0.125, 0.25], [0.5, 0]]
        for (row, values) in expected.enumerated() {
            for (column, value) in values.enumerated() { #expect(abs(inverse[row][column] - value) < 1e-15) }
        }
    }

    @Test func whatHasNoInverseIsRefused() {
        #expect(throws: GSLError.self) { _ = try LUDecomposition(matrix([[1, 2], [2, 4]])).inverse().elements() }
        #expect(throws: GSLError.self) {
            _ = try LUDecomposition(matrix([[1, 2, 3], [2, 4, 5]])).inverse().elements()
        }
    }

    @Test func productsAndTransposes() throws {
        let one = matrix([[1, 2, 3], [4, 5, 6]])
        let other = matrix([[1, 0], [2, -1], [0, 3]])
        #expect(try one.times(other).elements() == [[5, 7], [14, 13]])
        #expect(try one.transposed().elements() == [[1, 4], [2, 5], [3, 6]])
        #expect(throws: GSLError.self) { _ = try one.times(one).elements() }
    }

    /// In the norm of largest column sums, [[4, 1], [1, 3]] has 5 · 5/11.
    @Test func theConditionNumberIsThatByHand() throws {
        let found = try Cholesky(matrix([[4, 1], [1, 3]])).conditionNumber()
        #expect(abs(found - 25.0 / 11) < 1e-9)
    }
}
