internal import CGSL

/// An estimate of an integral by repeated adaptive sampling.
public struct MonteCarloEstimate: Sendable, Equatable {
    public let value: Double
    /// One standard deviation, from the scatter of the samples.
    public let uncertainty: Double
    /// χ² per degree of freedom of the iterations' estimates: far above 1 when the uncertainty is not to be trusted.
    public let chiSquaredPerFreedom: Double

    public init(value: Double, uncertainty: Double, chiSquaredPerFreedom: Double) {
        self.value = value
        self.uncertainty = uncertainty
        self.chiSquaredPerFreedom = chiSquaredPerFreedom
    }
}

/// Adaptive Monte Carlo integration over a unit hypercube by the VEGAS algorithm (G. P. Lepage, J. Comput. Phys. 27 (1978)
/// 192), with its workspace and its generator: the same seed and the same calls give the same bits.
public struct VegasIntegrator: ~Copyable {
    private let state: UnsafeMutablePointer<gsl_monte_vegas_state>
    private let generator: UnsafeMutablePointer<gsl_rng>
    private let dimensions: Int

    /// - Parameter dimensions: at least 1.
    public init(dimensions: Int, seed: Int = 1) throws(GSLError) {
        precondition(dimensions > 0, "an integral has at least one dimension")
        prepareGSL()
        guard let state = gsl_monte_vegas_alloc(dimensions) else {
            throw GSLError(operation: "VEGAS", reason: "out of memory")
        }
        guard let generator = etacal_rng_alloc(UInt(bitPattern: seed)) else {
            gsl_monte_vegas_free(state)
            throw GSLError(operation: "VEGAS", reason: "out of memory")
        }
        (self.state, self.generator, self.dimensions) = (state, generator, dimensions)
    }

    deinit {
        gsl_monte_vegas_free(state)
        gsl_rng_free(generator)
    }

    /// Adapts the sampling in `warmUps` iterations, which do not count, and integrates in `iterations` more.
    ///
    /// - Parameters:
    ///   - calls: evaluations in each iteration that counts, rounded down to full strata; a warm-up has a quarter of them.
    ///   - integrand: takes the coordinates, each in (0, 1).
    /// - Throws: where the integrand is not finite somewhere, or GSL says what is wrong.
    public mutating func integrate(
        calls: Int, iterations: Int = 8, warmUps: Int = 5, _ integrand: (UnsafePointer<Double>) -> Double
    ) throws(GSLError) -> MonteCarloEstimate {
        precondition(calls >= 8 && iterations >= 2 && warmUps >= 1, "enough calls for an estimate with an uncertainty")
        setStage(0, iterations: warmUps)
        _ = try run(calls: max(4, calls / 4), integrand)
        var results: [(value: Double, uncertainty: Double)] = []
        for _ in 0..<iterations {
            // Stage 1 keeps the grid, which goes on adapting, and forgets the estimates.
            setStage(1, iterations: 1)
            results.append(try run(calls: calls, integrand))
        }
        // GSL would weight the iterations by their own variances, which are small where a sample missed what is large: the
        // integral comes out low, by 14 standard deviations in `MonteCarloTests`. All weigh the same here.
        let count = Double(iterations)
        let mean = results.reduce(0) { $0 + $1.value } / count
        let variance = results.reduce(0) { $0 + $1.uncertainty * $1.uncertainty } / (count * count)
        guard mean.isFinite, variance.isFinite else {
            throw GSLError(operation: "VEGAS", reason: "the integrand is not finite")
        }
        let squares = results.reduce(0) { sum, result in
            guard result.uncertainty > 0 else { return sum }
            let pull = (result.value - mean) / result.uncertainty
            return sum + pull * pull
        }
        return MonteCarloEstimate(
            value: mean, uncertainty: variance.squareRoot(), chiSquaredPerFreedom: squares / (count - 1))
    }

    /// Stage 0 forgets the grid and the estimates of before, stage 1 the estimates.
    private func setStage(_ stage: Int32, iterations: Int) {
        var parameters = gsl_monte_vegas_params()
        gsl_monte_vegas_params_get(state, &parameters)
        (parameters.stage, parameters.iterations) = (stage, iterations)
        gsl_monte_vegas_params_set(state, &parameters)
    }

    private func run(
        calls: Int, _ integrand: (UnsafePointer<Double>) -> Double
    ) throws(GSLError) -> (value: Double, uncertainty: Double) {
        var estimate = (value: 0.0, uncertainty: 0.0)
        let status = withoutActuallyEscaping(integrand) { integrand -> Int32 in
            var box = Integrand(function: integrand)
            return withUnsafeMutablePointer(to: &box) { box in
                var function = gsl_monte_function(
                    f: { point, _, context in
                        guard let point, let context else { return .nan }
                        return context.assumingMemoryBound(to: Integrand.self).pointee.function(point)
                    }, dim: dimensions, params: box)
                var lower = Array(repeating: 0.0, count: dimensions)
                var upper = Array(repeating: 1.0, count: dimensions)
                return gsl_monte_vegas_integrate(
                    &function, &lower, &upper, dimensions, calls, generator, state, &estimate.value,
                    &estimate.uncertainty)
            }
        }
        try check(status, "VEGAS")
        return estimate
    }

    /// C carries an address and no closure.
    private struct Integrand {
        let function: (UnsafePointer<Double>) -> Double
    }
}
