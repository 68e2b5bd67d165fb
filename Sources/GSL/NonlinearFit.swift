internal import CGSL

/// A non-linear least-squares fit: the parameters that minimise χ² = Σ r(x)², by Levenberg and Marquardt's method in a
/// trust region (`gsl_multifit_nlinear`).
///
/// The Jacobian is made of differences over steps that the caller chooses: residuals that come from simulation are not smooth
/// below a certain scale. There are no bounds; a parameter that has some is fitted as a function of an unbounded one.
/// Finds a local minimum: the start matters.
public struct NonlinearFit: Sendable, Equatable {
    /// Why the fit ended.
    public enum Reason: String, Sendable {
        case smallStep = "small step"
        case smallGradient = "small gradient"
        /// No trial step made χ² smaller: the minimum, as well as the residuals' noise lets it be seen, or a kink.
        case noProgress = "no progress"
        case iterationLimit = "iteration limit"
    }

    /// How derivatives are taken: r(x + h) − r(x), or r(x + h) − r(x − h), which costs twice as much and is exact for
    /// parabolas.
    public enum Differences: Sendable { case forward, central }

    /// When the fit ends.
    public struct Limits: Sendable {
        public var iterations = 100
        /// Relative to each parameter, as |dx| ≤ tolerance (|x| + tolerance).
        public var step = 1e-8
        /// Of the gradient of χ²/2, relative to it.
        public var gradient = 1e-10

        public init(iterations: Int = 100, step: Double = 1e-8, gradient: Double = 1e-10) {
            self.iterations = iterations
            self.step = step
            self.gradient = gradient
        }
    }

    public let parameters: [Double]
    /// (JᵀJ)⁻¹ at the solution: that of the parameters when residuals are in units of their standard deviations. What the
    /// residuals do not depend on has zeros here.
    public let covariance: [[Double]]
    public let chiSquared: Double
    /// χ² at the start.
    public let initialChiSquared: Double
    /// Residuals less parameters.
    public let degreesOfFreedom: Int
    public let iterations: Int
    /// Calls of `residuals`, those for derivatives included.
    public let evaluations: Int
    public let reason: Reason

    /// Whether the fit ended because it was at a minimum.
    public var hasConverged: Bool { reason == .smallStep || reason == .smallGradient }

    /// - Parameters:
    ///   - start: where the search begins; at least one parameter.
    ///   - steps: of the derivatives, one a parameter, in its unit, not 0; a forward difference goes the way of its sign.
    ///   - residuals: as many finite numbers at each call, at least as many as parameters.
    /// - Throws: what `residuals` throws, as `.residuals`.
    public init(
        start: [Double], steps: [Double], differences: Differences = .central, limits: Limits = Limits(),
        residuals: @escaping ([Double]) throws -> [Double]
    ) throws(NonlinearFitError) {
        guard !start.isEmpty, start.allSatisfy(\.isFinite) else { throw .invalid("the start is not a list of numbers") }
        guard steps.count == start.count, steps.allSatisfy({ $0 != 0 && $0.isFinite }) else {
            throw .invalid("each parameter needs a step that is not 0")
        }
        prepareGSL()
        let problem = LeastSquares(steps: steps, differences: differences, residuals: residuals)
        let first = try problem.values(at: start)
        guard first.count >= start.count else {
            throw .invalid("\(first.count) residuals cannot determine \(start.count) parameters")
        }
        problem.count = first.count
        guard let workspace = etacal_nonlinear_workspace(first.count, start.count) else {
            throw .gsl(GSLError(operation: "non-linear fit", reason: "out of memory"))
        }
        defer { gsl_multifit_nlinear_free(workspace) }
        var info: Int32 = 0
        let status = withExtendedLifetime(problem) {
            var function = problem.function(parameters: start.count)
            let beginning = Vector(start)
            // The workspace keeps the pointer: both are used within this call alone.
            return withUnsafeMutablePointer(to: &function) { pointer -> Int32 in
                let status = gsl_multifit_nlinear_init(beginning.pointer, pointer, workspace)
                guard status == 0 else { return status }
                return gsl_multifit_nlinear_driver(
                    limits.iterations, limits.step, limits.gradient, 0, nil, nil, &info, workspace)
            }
        }
        if let failure = problem.failure { throw failure }
        switch status {
        case Int32(GSL_SUCCESS): reason = info == 2 ? .smallGradient : .smallStep
        // Where a first step finds nothing better, GSL says so in `info` alone.
        case Int32(GSL_EMAXITER): reason = info == Int32(GSL_ENOPROG) ? .noProgress : .iterationLimit
        case Int32(GSL_ENOPROG): reason = .noProgress
        default:
            throw .gsl(GSLError(operation: "non-linear fit", reason: String(cString: gsl_strerror(status))))
        }
        let covariance = Matrix(rows: start.count, columns: start.count)
        let code = gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(workspace), 0, covariance.pointer)
        guard code == 0 else {
            throw .gsl(GSLError(operation: "covariance of the fit", reason: String(cString: gsl_strerror(code))))
        }
        self.covariance = covariance.elements()
        parameters = elements(gsl_multifit_nlinear_position(workspace))
        chiSquared = Self.squared(elements(gsl_multifit_nlinear_residual(workspace)))
        initialChiSquared = Self.squared(first)
        degreesOfFreedom = first.count - start.count
        iterations = gsl_multifit_nlinear_niter(workspace)
        evaluations = problem.evaluations
    }

    private static func squared(_ residuals: [Double]) -> Double { residuals.reduce(0) { $0 + $1 * $1 } }
}

/// Why there is no fit.
public enum NonlinearFitError: Error, CustomStringConvertible {
    /// What was asked for makes no sense.
    case invalid(String)
    /// A residual is not a finite number there.
    case notFinite(parameters: [Double])
    /// What the caller's function threw.
    case residuals(any Error)
    case gsl(GSLError)

    public var description: String {
        switch self {
        case .invalid(let reason): "non-linear fit: \(reason)"
        case .notFinite(let parameters): "non-linear fit: a residual is not finite at \(parameters)"
        case .residuals(let error): "\(error)"
        case .gsl(let error): "\(error)"
        }
    }
}
