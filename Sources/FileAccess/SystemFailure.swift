internal import Foundation

/// What the system says of a call that failed, in words that tell a user what to do.
extension FileError {
    /// Writing to `path` failed with the code that stands in `errno`; to be made at once after the call.
    public static func writing(_ path: String) -> FileError { writing(path, errno) }

    /// The same with the code of a call that is over.
    public static func writing(_ path: String, _ code: Int32) -> FileError {
        let place = Unfinished.shownPath(path)
        switch code {
        case ENOSPC: return FileError(.failed, place, "the disk is full", "make room or choose another place")
        case EDQUOT: return FileError(.failed, place, "the disk quota is used up", "make room or choose another place")
        case EFBIG:
            return FileError(
                .failed, place, "the file gets larger than is allowed here", "raise the limit (ulimit -f) or split it")
        default: return FileError(.failed, place, "writing failed: \(words(code))", "check the disk")
        }
    }

    /// Something could not be made at `path` in `directory`.
    static func creating(_ path: String, in directory: String, _ code: Int32) -> FileError {
        func refused(_ problem: String, _ remedy: String) -> FileError {
            FileError(.cannotCreate, path, problem, remedy)
        }
        switch code {
        case ENOSPC, EDQUOT: return writing(path, code)
        case ENAMETOOLONG: return refused("the name is too long", "choose a shorter one")
        case ENOENT where FileManager.default.currentDirectoryPath.isEmpty && !path.hasPrefix("/"):
            return refused("the current directory does not exist any more", "change to another one")
        case ENOENT where !FileManager.default.fileExists(atPath: directory):
            return refused("the directory \(directory) does not exist", "create it or choose another place")
        default:
            return refused(
                "the directory \(directory) cannot be written to: \(words(code))",
                "check its permissions or choose another place")
        }
    }

    /// Reading `path` or looking at it failed with the code that stands in `errno`; to be made at once after the call.
    public static func reading(_ path: String) -> FileError { reading(path, errno) }

    /// What was read a first time is not what is there now.
    /// - Parameter place: the file, with a line where one differs.
    public static func changed(_ place: String) -> FileError {
        FileError(.failed, place, "the file changed while it was read", "run again")
    }

    /// Whether the error is that a file is not there.
    public var isMissingFile: Bool { kind == .unreadable && problem == Self.missing }

    private static let missing = "there is no such file"

    static func reading(_ path: String, _ code: Int32) -> FileError {
        switch code {
        case ENOENT, ENOTDIR: FileError(.unreadable, path, missing, "check the path")
        case EIO: FileError(.failed, path, "reading failed: \(words(code))", "check the disk")
        default:
            FileError(
                .unreadable, path, "the file cannot be read: \(words(code))",
                "check its permissions and those of its directory")
        }
    }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
