#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What tells that the content of a file has changed: which file it is, its size and when it was last written.
public struct FileState: Sendable, Equatable {
    private let device: UInt64
    private let number: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// - Throws: `FileError` for a file that is not there or cannot be looked at.
    public init(_ path: String) throws(FileError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .reading(path, errno) }
        #if canImport(Darwin)
            let written = status.st_mtimespec
        #else
            let written = status.st_mtim
        #endif
        device = UInt64(truncatingIfNeeded: status.st_dev)
        number = UInt64(truncatingIfNeeded: status.st_ino)
        (size, seconds, nanoseconds) = (Int64(status.st_size), Int(written.tv_sec), Int(written.tv_nsec))
    }

    /// - Throws: `FileError` where a file is no longer as it was, or gone.
    public func requireUnchanged(_ path: String) throws(FileError) {
        guard try FileState(path) == self else { throw .changed(path) }
    }
}
