import GSL
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

struct NonlinearFitTests {
    /// NIST StRD Misra1a (dental research, lower difficulty): y = b1 (1 − exp(−b2 x)), 14 observations.
    private static let misra: [(y: Double, x: Double)] = [
        (10.07, 77.6), (14.73, 114.9), (17.94, 141.1), (23.93, 190.8), (29.61, 239.9), (35.18, 289.0), (40.02, 332.8),
        (44.82, 378.4), (50.76, 434.8), (55.05, 477.3), (61.01, 536.8), (66.40, 593.1), (75.47, 689.1), (81.78, 760.0),
    ]

    private static func misraResiduals(_ b: [Double]) -> [Double] {
        misra.map { b[0] * (1 - exp(-b[1] * $0.x)) - $0.y }
    }

    /// Both starting points of NIST's, and its certified values.
    @Test(arguments: [[500, 0.0001], [250, 0.0005]])
    func misraIsAsCertified(start: [Double]) throws {
        let fit = try NonlinearFit(start: start, steps: [1e-3, 1e-9], residuals: Self.misraResiduals)
        #expect(fit.hasConverged)
        #expect(abs(fit.parameters[0] / 2.3894212918e2 - 1) < 1e-6)
        #expect(abs(fit.parameters[1] / 5.5015643181e-4 - 1) < 1e-6)
        #expect(abs(fit.chiSquared / 1.2455138894e-1 - 1) < 1e-9)
        #expect(fit.degreesOfFreedom == 12)
        // NIST's deviations are scaled by the residual standard deviation.
        let scale = fit.chiSquared / 12
        #expect(abs((fit.covariance[0][0] * scale).squareRoot() / 2.7070075241 - 1) < 1e-4)
        #expect(abs((fit.covariance[1][1] * scale).squareRoot() / 7.2668688436e-6 - 1) < 1e-4)
        #expect(fit.covariance[0][1] == fit.covariance[1][0])
    }

    @Test(arguments: [NonlinearFit.Differences.forward, .central])
    func rosenbrocksValleyIsFollowedToItsEnd(differences: NonlinearFit.Differences) throws {
        let fit = try NonlinearFit(start: [-1.2, 1], steps: [1e-6, 1e-6], differences: differences) { x in
            [10 * (x[1] - x[0] * x[0]), 1 - x[0]]
        }
        #expect(fit.hasConverged)
        #expect(abs(fit.parameters[0] - 1) < 1e-6 && abs(fit.parameters[1] - 1) < 1e-6)
        #expect(abs(fit.initialChiSquared - 24.2) < 1e-9)
    }

    /// A linear problem has the covariance of the normal equations; central differences are exact whatever the step.
    @Test func aStraightLineHasItsKnownCovariance() throws {
        let fit = try NonlinearFit(start: [3, -7], steps: [0.5, 0.25]) { line in
            (0..<5).map { (line[0] + line[1] * Double($0) - Double($0 * $0)) / 2 }
        }
        // Of Σ (a + b x − x²)² over x = 0…4: b = 4, a = −2; JᵀJ = [[5, 10], [10, 30]] / 4.
        #expect(abs(fit.parameters[0] + 2) < 1e-9 && abs(fit.parameters[1] - 4) < 1e-9)
        let expected = [[2.4, -0.8], [-0.8, 0.4]]
        for row in 0..<2 {
            for column in 0..<2 { #expect(abs(fit.covariance[row][column] - expected[row][column]) < 1e-9) }
        }
        #expect(fit.evaluations >= 5)
    }

    @Test func theLimitOfIterationsIsTold() throws {
        let fit = try NonlinearFit(
            start: [-1.2, 1], steps: [1e-6, 1e-6], limits: .init(iterations: 2)
        ) { x in [10 * (x[1] - x[0] * x[0]), 1 - x[0]] }
        #expect(fit.reason == .iterationLimit && !fit.hasConverged)
        #expect(fit.iterations == 2)
        #expect(fit.chiSquared < fit.initialChiSquared)
    }

    /// A slope that points uphill: no step, however small, is better.
    @Test func aFirstStepThatFindsNothingIsTold() throws {
        let fit = try NonlinearFit(start: [0], steps: [1e-3], differences: .forward) { x in
            [1 + (x[0] == 0 ? 0 : 1 - min(abs(x[0]), 0.5)), 1]
        }
        #expect(fit.reason == .noProgress && !fit.hasConverged)
        #expect(fit.parameters == [0])
    }

    private struct Trouble: Error {}

    /// What is thrown by the residuals, at the start or on the way, is thrown by the fit.
    @Test(arguments: [0, 3, 6])
    func errorsOfTheResidualsArePassedOn(call: Int) {
        var calls = 0
        var caught: NonlinearFitError?
        do throws(NonlinearFitError) {
            _ = try NonlinearFit(start: [-1.2, 1], steps: [1e-6, 1e-6]) { x in
                defer { calls += 1 }
                if calls == call { throw Trouble() }
                return [10 * (x[1] - x[0] * x[0]), 1 - x[0]]
            }
        } catch { caught = error }
        guard case .residuals(let reason) = caught else {
            Issue.record("\(String(describing: caught))")
            return
        }
        #expect(reason is Trouble)
        #expect(calls == call + 1)
    }

    private static func failure(
        start: [Double], steps: [Double], _ residuals: @escaping ([Double]) throws -> [Double]
    ) -> String {
        do throws(NonlinearFitError) {
            _ = try NonlinearFit(start: start, steps: steps, residuals: residuals)
            return "none"
        } catch { return "\(error)" }
    }

    @Test func whatCannotBeFittedIsRefused() {
        let line: ([Double]) -> [Double] = { [$0[0], $0[0]] }
        #expect(Self.failure(start: [], steps: [], line).contains("start"))
        #expect(Self.failure(start: [.nan], steps: [1], line).contains("start"))
        #expect(Self.failure(start: [1], steps: [], line).contains("step"))
        #expect(Self.failure(start: [1], steps: [0], line).contains("step"))
        #expect(Self.failure(start: [1, 2], steps: [1, 1]) { [$0[0]] }.contains("1 residuals cannot determine 2"))
        #expect(Self.failure(start: [1], steps: [1]) { [$0[0], .nan] }.contains("not finite"))
        var calls = 0
        let changing: ([Double]) -> [Double] = { x in
            calls += 1
            return Array(repeating: x[0], count: calls)
        }
        #expect(Self.failure(start: [1], steps: [1], changing).contains("there were 1 residuals"))
    }
}
