import Foundation
import Intercalibration
import Testing

/// The fits against Minuit, and the linear one against SciPy; see Oracle/minimisers.py.
struct MinimiserOracleTests {
    struct Solution: Decodable, CustomTestStringConvertible {
        struct Minuit: Decodable {
            let log_response: [Double]
            let uncertainty: [Double]
            let spread: Double
        }
        struct Linear: Decodable {
            let penalty: Double
            let constants: [Double]
            let uncertainty: [Double]
            let chi2: Double
        }
        let name: String
        let bins: [Int]
        let minuit: Minuit
        let linear: Linear

        var testDescription: String { name }

        /// What is solved.
        func problem() throws -> OracleTests.Problem {
            try #require(OracleTests.problems.first { $0.name == name })
        }
    }

    private struct Fixture: Decodable { let problems: [Solution] }

    static let solutions: [Solution] = {
        guard let url = Bundle.module.url(forResource: "minimisers", withExtension: "json", subdirectory: "Oracle"),
            let data = try? Data(contentsOf: url), let fixture = try? JSONDecoder().decode(Fixture.self, from: data)
        else { return [] }
        return fixture.problems
    }()

    @Test func theFixtureHasAllProblems() {
        #expect(Self.solutions.map(\.name) == OracleTests.problems.map(\.name))
    }

    @Test(arguments: solutions) func migradAgreesToOnePartInTenMillion(solution: Solution) throws {
        let problem = try solution.problem()
        let result = try AllPairsFit.solve(bins: problem.gauge.count, pairs: problem.pairs, gauge: problem.gauge)
        // HESSE has second derivatives of the residuals, which Gauss and Newton leave out.
        let limit = max(1e-3, solution.minuit.spread)
        for (index, bin) in solution.bins.enumerated() {
            let ours = try #require(result.logResponse[bin])
            #expect(abs(exp(ours - solution.minuit.log_response[index]) - 1) < 1e-7, "bin \(bin)")
            let uncertainty = max(0, result.covariance[bin][bin]).squareRoot()
            #expect(
                abs(uncertainty - solution.minuit.uncertainty[index]) <= limit * uncertainty + 1e-9, "bin \(bin)")
        }
    }

    @Test(arguments: solutions) func linearSumsAgreeWithSciPy(solution: Solution) throws {
        let problem = try solution.problem()
        let fit = try LinearPairsFit(
            bins: problem.gauge.count, ratios: problem.pairs.map(LinearPairsFit.Ratio.init),
            reference: problem.gauge.indices.filter { problem.gauge[$0] > 0 }, penalty: solution.linear.penalty)
        #expect(fit.constants.indices.filter { fit.constants[$0] != nil } == solution.bins)
        #expect(abs(fit.chiSquared - solution.linear.chi2) <= 1e-9 * max(1, solution.linear.chi2))
        let (bins, count) = (solution.bins, Double(solution.bins.count))
        let along = bins.map { row in bins.reduce(0) { $0 + fit.logCovariance[row][$1] } / count }
        let common = along.reduce(0, +) / count
        for (index, bin) in bins.enumerated() {
            let ours = try #require(fit.constants[bin])
            #expect(abs(ours / solution.linear.constants[index] - 1) < 1e-9, "bin \(bin)")
            let variance = fit.logCovariance[bin][bin] - 2 * along[index] + common
            #expect(
                abs(variance.squareRoot() / solution.linear.uncertainty[index] - 1) < 1e-5, "bin \(bin)")
        }
    }
}
