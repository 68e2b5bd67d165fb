import GSL
import Testing

struct LinearAlgebraTests {
    /// A Hilbert matrix has a known inverse of integers and is badly conditioned.
    private func hilbert(_ count: Int) -> Matrix {
        var matrix = Matrix(rows: count, columns: count)
        for row in 0..<count { for column in 0..<count { matrix[row, column] = 1 / Double(row + column + 1) } }
        return matrix
    }

    @Test func elementsGoInAndOutByRows() {
        let matrix = Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
        #expect(matrix[0, 2] == 3)
        #expect(matrix[1, 0] == 4)
        #expect(matrix.elements() == [[1, 2, 3], [4, 5, 6]])
    }

    @Test func choleskyInvertsTheHilbertMatrix() throws {
        let inverse = try Cholesky(hilbert(4)).inverse().elements()
        let exact: [[Double]] = [
            [16, -120, 240, -140], [-120, 1200, -2700, 1680], [240, -2700, 6480, -4200], [-140, 1680, -4200, 2800],
        ]
        for row in 0..<4 { for column in 0..<4 { #expect(abs(inverse[row][column] - exact[row][column]) < 1e-8) } }
    }

    @Test func choleskySolves() throws {
        let solution = try Cholesky(hilbert(3)).solve([1, 2, 3])
        for (value, exact) in zip(solution, [27, -192, 210.0]) { #expect(abs(value - exact) < 1e-10) }
    }

    @Test func matricesThatAreNotPositiveDefiniteAreRefused() {
        var matrix = Matrix(rows: 2, columns: 2)
        matrix[0, 0] = 1
        matrix[1, 1] = -1
        #expect(throws: GSLError.self) { _ = try Cholesky(matrix.copy()) }
        #expect(throws: GSLError.self) { _ = try Cholesky(Matrix(rows: 2, columns: 2)) }
    }

    @Test func rightSidesOfTheWrongLengthAreRefused() throws {
        let factor = try Cholesky(hilbert(3))
        var refused = false
        do { _ = try factor.solve([1, 2]) } catch { refused = true }
        #expect(refused)
    }

    @Test func eigenvaluesOfASecondDifferenceMatrix() throws {
        let count = 6
        var matrix = Matrix(rows: count, columns: count)
        for row in 0..<count {
            matrix[row, row] = 2
            if row > 0 { (matrix[row, row - 1], matrix[row - 1, row]) = (-1, -1) }
        }
        // 2 − 2 cos(kπ/7).
        let exact = [0.198_062_264_195_161_6, 0.753_020_396_282_533, 1.554_958_132_087_371_4]
        let values = try symmetricEigenvalues(matrix)
        for index in 0..<3 {
            #expect(abs(values[index] - exact[index]) < 1e-13)
            #expect(abs(values[5 - index] - (4 - exact[index])) < 1e-13)
        }
    }

    @Test func weightedLineHasItsTextbookSolution() throws {
        // Normal equations by hand: Σw = 4, Σwx = 5, Σwx² = 11, Σwy = 9, Σwxy = 18.
        let fit = try LinearFit(
            design: [[1, 0], [1, 1], [1, 3]], values: [1, 1.5, 5], weights: [1, 2, 1])
        let slope = 27.0 / 19
        #expect(abs(fit.coefficients[1] - slope) < 1e-12)
        #expect(abs(fit.coefficients[0] - (9 - 5 * slope) / 4) < 1e-12)
    }

    @Test func tooFewObservationsAreRefused() {
        #expect(throws: GSLError.self) { _ = try LinearFit(design: [[1, 0]], values: [1], weights: [1]) }
    }

    @Test(arguments: [
        (3.841_458_820_694_124, 1, 0.05), (18.307_038_053_275_143, 10, 0.05), (124.342_113_404_004_1, 100, 0.05),
    ])
    func chiSquaredProbabilityMatchesTables(value: Double, freedom: Int, probability: Double) {
        #expect(abs(chiSquaredProbability(value, degreesOfFreedom: freedom) - probability) < 1e-12)
    }
}
