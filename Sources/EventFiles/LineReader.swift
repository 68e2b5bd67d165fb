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
    /// Bytes before and behind each line that may be looked at; the first one behind it is zero.
    static let slack = 64

    let path: String
    private(set) var line = 0
    private let source: ByteSource
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = LineReader.slack
    private var end = LineReader.slack
    private var isAtEnd = false

    init(_ path: String) throws(FileError) {
        self.path = path
        source = try ByteSource(path)
        buffer = Self.memory(Self.chunk + 2 * Self.slack)
    }

    deinit { buffer.deallocate() }

    private static func memory(_ size: Int) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        return memory
    }

    var place: String { "\(path):\(line)" }

    /// The next line without its end, followed by a zero byte; nil at the end of the file. It is there until the next call.
    func next() throws(FileError) -> UnsafeBufferPointer<UInt8>? {
        while true {
            if let length = newline() { return take(length, withEnd: true) }
            if isAtEnd { return start < end ? take(end - start, withEnd: false) : nil }
            try refill()
        }
    }

    private func newline() -> Int? {
        guard end > start, let base = buffer.baseAddress, let found = memchr(base + start, 10, end - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base + start)
    }

    private func take(_ length: Int, withEnd: Bool) -> UnsafeBufferPointer<UInt8> {
        line += 1
        let first = start
        start += length + (withEnd ? 1 : 0)
        let count = length > 0 && buffer[first + length - 1] == 13 ? length - 1 : length
        buffer[first + count] = 0
        return UnsafeRawBufferPointer(rebasing: buffer[first..<first + count]).assumingMemoryBound(to: UInt8.self)
    }

    private func refill() throws(FileError) {
        guard end - start < Self.longestLine else {
            throw FileError(
                .malformed, "\(path):\(line + 1)", "the line is longer than 1 MB", "this is not an event table")
        }
        let rest = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
        let isShort = buffer.count < rest.count + Self.chunk + 2 * Self.slack
        let target = isShort ? Self.memory(2 * buffer.count) : buffer
        // The two may overlap.
        UnsafeMutableRawBufferPointer(rebasing: target[Self.slack...]).copyMemory(from: rest)
        if isShort { buffer.deallocate() }
        buffer = target
        (start, end) = (Self.slack, Self.slack + rest.count)
        let free = UnsafeMutableRawBufferPointer(rebasing: buffer[end..<end + Self.chunk])
        let count = try source.read(into: free)
        isAtEnd = count == 0
        end += count
    }
}
