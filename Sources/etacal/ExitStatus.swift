import Balance
import ClosureStudy
import DetectorModel
import DijetGeneration
import FileAccess
import Intercalibration
import Reporting

/// Exit statuses of `etacal`, after sysexits.h.
enum ExitStatus: Int32 {
    case done = 0
    case negativeVerdict = 1
    case usage = 64
    case malformedInput = 65
    case unreadableInput = 66
    case unavailable = 69
    case internalError = 70
    case cannotCreateOutput = 73
    case inputOutput = 74
    case hungUp = 129
    case interrupted = 130
    case terminated = 143

    init(of error: any Error) {
        switch error {
        case let error as FileError:
            switch error.kind {
            case .malformed: self = .malformedInput
            case .unreadable: self = .unreadableInput
            case .cannotCreate: self = .cannotCreateOutput
            case .failed: self = .inputOutput
            }
        case Gnuplot.Failure.missing, is BatchSystemError: self = .unavailable
        case is CardError, is SelectionError, is EventPlanError, is HardProcessError, is KeptSumsError,
            is ToyStudyError, is MethodError:
            self = .malformedInput
        default: self = .internalError
        }
    }
}
