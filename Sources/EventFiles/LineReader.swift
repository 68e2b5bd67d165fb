internal import FileAccess
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The lines of a text file, plain or gzip-compressed, in constant memory.
final class LineReader {
    static let chunk = 1 << 16
    static let longestLine = 1 << 20

    let path: String
    private(set) var line = 0
    private let source: ByteSource
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    init(_ path: String) throws(FileError) {
        self.path = path
        buffer = Array(repeating: 0, count: Self.chunk + 1)
        source = try ByteSource(path)
    }

    var place: String { "\(path):\(line)" }

    /// Runs `body` with the next line, without its end and followed by a zero byte; nil at the end of the file.
    func next<Result>(
        _ body: (UnsafeMutableBufferPointer<UInt8>) throws(FileError) -> Result
    ) throws(FileError) -> Result? {
        while true {
            if let length = newline() {
                line += 1
                let first = start
                start += length + 1
                return try run(first, length, body)
            }
            if isAtEnd {
                guard start < end else { return nil }
                line += 1
                let (first, length) = (start, end - start)
                start = end
                return try run(first, length, body)
            }
            try refill()
        }
    }

    private func newline() -> Int? {
        buffer.withUnsafeBufferPointer { bytes in
            guard end > start, let base = bytes.baseAddress, let found = memchr(base + start, 10, end - start) else {
                return nil
            }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base + start)
        }
    }

    private func run<Result>(
        _ first: Int, _ length: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) throws(FileError) -> Result
    ) throws(FileError) -> Result {
        var length = length
        if length > 0, buffer[first + length - 1] == 13 { length -= 1 }
        buffer[first + length] = 0
        var outcome: Swift.Result<Result, FileError>?
        buffer.withUnsafeMutableBufferPointer { bytes in
            let line = UnsafeMutableBufferPointer(rebasing: bytes[first..<first + length])
            do throws(FileError) { outcome = .success(try body(line)) } catch { outcome = .failure(error) }
        }
        guard let outcome else { preconditionFailure("the body has run") }
        return try outcome.get()
    }

    private func refill() throws(FileError) {
        if start > 0 {
            buffer.withUnsafeMutableBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return }
                memmove(base, base + start, end - start)
            }
            end -= start
            start = 0
        }
        guard end < Self.longestLine else {
            throw FileError(
                .malformed, "\(path):\(line + 1)", "the line is longer than 1 MB", "this is not an event table")
        }
        // One byte stays free for the zero behind the last line.
        if buffer.count < end + Self.chunk + 1 { buffer += Array(repeating: 0, count: Self.chunk + 1) }
        var outcome: Swift.Result<Int, FileError> = .success(0)
        buffer.withUnsafeMutableBytes { bytes in
            let free = UnsafeMutableRawBufferPointer(rebasing: bytes[end..<end + Self.chunk])
            do throws(FileError) { outcome = .success(try source.read(into: free)) } catch { outcome = .failure(error) }
        }
        let count = try outcome.get()
        isAtEnd = count == 0
        end += count
    }
}
