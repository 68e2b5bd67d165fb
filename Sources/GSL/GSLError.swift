internal import CGSL

/// A failure reported by GSL, or a precondition of one of its routines that did not hold.
public struct GSLError: Error, Equatable, CustomStringConvertible {
    /// What was being computed, such as "Cholesky factorisation".
    public let operation: String
    /// The reason in GSL's words, such as "matrix is not positive definite".
    public let reason: String

    public var description: String { "\(operation): \(reason)" }
}

/// GSL aborts the process on error unless its handler is off; every entry point passes through here first.
private let handlerIsOff: Void = { _ = gsl_set_error_handler_off() }()

func prepareGSL() { _ = handlerIsOff }

func check(_ status: Int32, _ operation: String) throws(GSLError) {
    guard status == 0 else { throw GSLError(operation: operation, reason: String(cString: gsl_strerror(status))) }
}
