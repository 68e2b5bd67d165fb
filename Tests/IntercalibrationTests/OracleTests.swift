import Foundation
import Intercalibration
import Testing

/// The all-pairs fit against SciPy's least squares in another parametrisation; see Oracle/all_pairs.py.
struct OracleTests {
    struct Problem: Decodable, CustomTestStringConvertible {
        let name: String
        let gauge: [Double]
        let low: [Int]
        let high: [Int]
        let asymmetry: [Double]
        let variance: [Double]
        let expected_log_ratio: [Double]
        let expected_variance: [Double]
        let log_response: [Double?]
        let covariance: [[Double]]
        let chi2: Double
        let ndf: Int
        let p_value: Double?
        let rank: Int
        let condition_number: Double

        var testDescription: String { name }

        var pairs: [PairBalance] {
            low.indices.map {
                PairBalance(
                    low: low[$0], high: high[$0], asymmetry: asymmetry[$0], variance: variance[$0],
                    expectedLogRatio: expected_log_ratio[$0], expectedVariance: expected_variance[$0])
            }
        }
    }

    private struct Fixture: Decodable { let problems: [Problem] }

    static let problems: [Problem] = {
        guard let url = Bundle.module.url(forResource: "all_pairs", withExtension: "json", subdirectory: "Oracle"),
            let data = try? Data(contentsOf: url), let fixture = try? JSONDecoder().decode(Fixture.self, from: data)
        else { return [] }
        return fixture.problems
    }()

    @Test func theFixtureIsThere() { #expect(Self.problems.count >= 6) }

    @Test(arguments: problems) func solutionsAgreeToOnePartInABillion(problem: Problem) throws {
        let bins = problem.gauge.count
        let result = try AllPairsFit.solve(bins: bins, pairs: problem.pairs, gauge: problem.gauge)
        for bin in 0..<bins {
            let (ours, theirs) = (result.logResponse[bin], problem.log_response[bin])
            #expect((ours == nil) == (theirs == nil), "bin \(bin)")
            guard let ours, let theirs else { continue }
            #expect(abs(exp(ours - theirs) - 1) < 1e-9, "bin \(bin)")
            // Elements against the scale of their variances: those that vanish by cancellation have no digits of their own.
            for other in 0..<bins where problem.log_response[other] != nil {
                let scale = (problem.covariance[bin][bin] * problem.covariance[other][other]).squareRoot()
                #expect(abs(result.covariance[bin][other] - problem.covariance[bin][other]) <= 1e-9 * scale + 1e-18)
            }
        }
        #expect(abs(result.quality.chiSquared - problem.chi2) <= 1e-9 * max(1, problem.chi2))
        #expect(result.quality.degreesOfFreedom == problem.ndf && result.quality.rank == problem.rank)
        #expect(abs(result.quality.conditionNumber / problem.condition_number - 1) < 1e-3)
        #expect((result.quality.probability == nil) == (problem.p_value == nil))
        if let ours = result.quality.probability, let theirs = problem.p_value { #expect(abs(ours - theirs) < 1e-6) }
    }
}
