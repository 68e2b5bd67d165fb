import Balance
import Foundation
import Intercalibration
import Testing

/// The line in α against an independent solution, a law, and 500 pseudo-experiments.
struct AlphaLineTests {
    struct Problem: Decodable, CustomTestStringConvertible {
        let name: String
        let alpha: [Double]
        let log_ratio: [Double]
        let covariance: [[Double]]
        let intercept: Double
        let slope: Double
        let line_covariance: [[Double]]
        let chi2: Double
        let ndf: Int
        let p_value: Double?
        let step: Double
        let step_variance: Double

        var testDescription: String { name }
        var points: AlphaPoints {
            AlphaPoints(cuts: alpha, alpha: alpha, logRatio: log_ratio, covariance: covariance)
        }
    }

    private struct Fixture: Decodable { let problems: [Problem] }

    /// See Oracle/alpha_lines.py.
    static let problems: [Problem] = {
        guard let url = Bundle.module.url(forResource: "alpha_lines", withExtension: "json", subdirectory: "Oracle"),
            let data = try? Data(contentsOf: url), let fixture = try? JSONDecoder().decode(Fixture.self, from: data)
        else { return [] }
        return fixture.problems
    }()

    @Test func theFixtureIsThere() { #expect(Self.problems.count >= 7) }

    @Test(arguments: problems) func linesAgreeToOnePartInABillion(problem: Problem) throws {
        let line = try AlphaLine(problem.points)
        let deviation = [0, 1].map { problem.line_covariance[$0][$0].squareRoot() }
        #expect(abs(line.intercept - problem.intercept) < 1e-9 * (abs(problem.intercept) + deviation[0]))
        #expect(abs(line.slope - problem.slope) < 1e-9 * (abs(problem.slope) + deviation[1]))
        for row in 0..<2 {
            for column in 0..<2 {
                let difference = line.covariance[row][column] - problem.line_covariance[row][column]
                #expect(abs(difference) < 1e-9 * deviation[row] * deviation[column])
            }
        }
        #expect(abs(line.chiSquared - problem.chi2) < 1e-9 * max(1, problem.chi2))
        #expect(line.degreesOfFreedom == problem.ndf)
        #expect((line.probability == nil) == (problem.p_value == nil))
        if let ours = line.probability, let theirs = problem.p_value { #expect(abs(ours - theirs) < 1e-9) }
        let step = line.step(beyondLastOf: problem.points)
        #expect(abs(step.value - problem.step) < 1e-9 * (abs(problem.step) + problem.step_variance.squareRoot()))
        // The variance is a difference of larger ones.
        let scale = problem.line_covariance[0][0] + (problem.covariance.last?.last ?? 0)
        #expect(abs(step.variance - problem.step_variance) < 1e-9 * scale)
    }

    /// Nested points are sums of disjoint classes: any regular linear map of the points has the same line.
    @Test func disjointClassesHaveTheSameLine() throws {
        let points = try #require(try AlphaToys().points(events: 6000, seed: 5))
        let nested = try AlphaLine(points)
        // Differences of neighbours, but for the first.
        func differences(_ values: [Double]) -> [Double] {
            values.indices.map { $0 == 0 ? values[0] : values[$0] - values[$0 - 1] }
        }
        let rows = points.covariance.map(differences)
        let columns = rows.indices.map { column in differences(rows.map { $0[column] }) }
        let mapped = try LineOracle.solve(
            design: [
                differences(points.alpha.map { _ in 1 }), differences(points.alpha),
            ], values: differences(points.logRatio), covariance: columns)
        #expect(abs(mapped.intercept - nested.intercept) < 1e-9)
        #expect(abs(mapped.slope - nested.slope) < 1e-8)
        #expect(abs(mapped.chiSquared - nested.chiSquared) < 1e-7)
    }

    @Test func pointsThatAreTheSameHaveNoLine() {
        #expect(throws: (any Error).self) {
            try AlphaLine(
                AlphaPoints(
                    cuts: [0.1, 0.2, 0.3], alpha: [0.05, 0.05, 0.1], logRatio: [0.01, 0.01, 0.02],
                    covariance: [[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 0.5]].map { $0.map { $0 * 1e-6 } }))
        }
    }
}

/// The least squares of two coefficients, written out.
private enum LineOracle {
    static func solve(
        design: [[Double]], values: [Double], covariance: [[Double]]
    ) throws -> (intercept: Double, slope: Double, chiSquared: Double) {
        let solved = [design[0], design[1], values].map { gauss(covariance, $0) }
        func dot(_ one: [Double], _ two: [Double]) -> Double { zip(one, two).reduce(0) { $0 + $1.0 * $1.1 } }
        let (aa, ab, bb) = (dot(design[0], solved[0]), dot(design[0], solved[1]), dot(design[1], solved[1]))
        let (a, b) = (dot(design[0], solved[2]), dot(design[1], solved[2]))
        let determinant = aa * bb - ab * ab
        let (intercept, slope) = ((bb * a - ab * b) / determinant, (aa * b - ab * a) / determinant)
        return (intercept, slope, dot(values, solved[2]) - intercept * a - slope * b)
    }

    private static func gauss(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
        var rows = zip(matrix, right).map { $0 + [$1] }
        for pivot in rows.indices {
            for other in rows.indices where other != pivot {
                let factor = rows[other][pivot] / rows[pivot][pivot]
                for column in pivot...rows.count { rows[other][column] -= factor * rows[pivot][column] }
            }
        }
        return rows.indices.map { rows[$0][rows.count] / rows[$0][$0] }
    }
}
