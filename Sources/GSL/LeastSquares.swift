internal import CGSL

/// The residuals of a fit as GSL calls them: through C functions, which cannot throw.
final class LeastSquares {
    private let steps: [Double]
    private let differences: NonlinearFit.Differences
    private let residuals: ([Double]) throws -> [Double]
    /// Of the residuals; known after the first call.
    var count: Int?
    private(set) var evaluations = 0
    /// What went wrong inside a call; the fit throws it.
    private(set) var failure: NonlinearFitError?
    /// The last point asked for: GSL takes derivatives where it has just taken the values.
    private var last: (point: [Double], values: [Double])?

    init(
        steps: [Double], differences: NonlinearFit.Differences, residuals: @escaping ([Double]) throws -> [Double]
    ) {
        self.steps = steps
        self.differences = differences
        self.residuals = residuals
    }

    func values(at point: [Double]) throws(NonlinearFitError) -> [Double] {
        if let last, last.point == point { return last.values }
        evaluations += 1
        let values: [Double]
        do { values = try residuals(point) } catch { throw .residuals(error) }
        if let count, values.count != count {
            throw .invalid("there were \(count) residuals and now there are \(values.count)")
        }
        guard values.allSatisfy(\.isFinite) else { throw .notFinite(parameters: point) }
        return values
    }

    /// ∂r/∂x of one parameter.
    private func derivative(at point: [Double], of parameter: Int) throws(NonlinearFitError) -> [Double] {
        func moved(_ sign: Double) throws(NonlinearFitError) -> (place: Double, values: [Double]) {
            var other = point
            other[parameter] += sign * steps[parameter]
            return (other[parameter], try values(at: other))
        }
        let above = try moved(1)
        let below = differences == .central ? try moved(-1) : (point[parameter], try values(at: point))
        // The difference that there really is: x + h is rounded.
        return zip(above.values, below.1).map { ($0 - $1) / (above.place - below.0) }
    }

    /// Runs a call of GSL's. An error is kept and ends the fit: GSL would take it for a bad step and try others.
    private func kept(_ body: () throws(NonlinearFitError) -> Void) -> Int32 {
        guard failure == nil else { return Int32(GSL_EFAILED) }
        do {
            try body()
            return Int32(GSL_SUCCESS)
        } catch {
            failure = error
            return Int32(GSL_EFAILED)
        }
    }

    /// The table of functions for GSL. It holds this object without owning it.
    func function(parameters: Int) -> gsl_multifit_nlinear_fdf {
        var function = gsl_multifit_nlinear_fdf()
        function.n = count ?? 0
        function.p = parameters
        function.params = Unmanaged.passUnretained(self).toOpaque()
        function.f = { point, context, result in
            guard let point, let context, let result else { return Int32(GSL_EFAULT) }
            let problem = Unmanaged<LeastSquares>.fromOpaque(context).takeUnretainedValue()
            return problem.kept { () throws(NonlinearFitError) in
                let place = elements(point)
                let values = try problem.values(at: place)
                problem.last = (place, values)
                for (index, value) in values.enumerated() {
                    result.pointee.data[index * result.pointee.stride] = value
                }
            }
        }
        function.df = { point, context, result in
            guard let point, let context, let result else { return Int32(GSL_EFAULT) }
            let problem = Unmanaged<LeastSquares>.fromOpaque(context).takeUnretainedValue()
            return problem.kept { () throws(NonlinearFitError) in
                let place = elements(point)
                for column in place.indices {
                    for (row, value) in try problem.derivative(at: place, of: column).enumerated() {
                        result.pointee.data[row * result.pointee.tda + column] = value
                    }
                }
            }
        }
        return function
    }
}

/// The elements of a vector that GSL owns; it may be a column of a matrix.
func elements(_ vector: UnsafePointer<gsl_vector>) -> [Double] {
    (0..<vector.pointee.size).map { vector.pointee.data[$0 * vector.pointee.stride] }
}

func elements(_ vector: UnsafeMutablePointer<gsl_vector>?) -> [Double] {
    vector.map { elements(UnsafePointer($0)) } ?? []
}
