internal import CZlib
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The bytes of a regular file, decompressed when they are gzip (any number of members one after another).
///
/// zlib's own `gzread` takes whatever follows a member without a gzip header for padding: the rest of a sample whose
/// second member is damaged would be lost without a word. Here it is an error.
public final class ByteSource {
    private static let chunk = 1 << 16

    private enum State { case start, plain, inMember, betweenMembers }

    private let path: String
    private let descriptor: Int32
    private let input: UnsafeMutablePointer<UInt8>
    /// On the heap, because zlib remembers its address.
    private let stream: UnsafeMutablePointer<z_stream>
    private var state = State.start
    private let size: Int
    private var taken = 0

    /// - Throws: for what is no regular file or cannot be read.
    public init(_ path: String) throws(FileError) {
        self.path = path
        // Tables are gone through several times, and once more for their checksum.
        try requireFile(path, again: true)
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .reading(path) }
        var status = stat()
        size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        input = .allocate(capacity: Self.chunk)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
        close(descriptor)
    }

    /// How much of the file has been read, as it is stored: 0 to 1.
    public var share: Double { size > 0 ? min(1, Double(taken) / Double(size)) : 1 }

    /// Fills the beginning of `output`, which is not empty.
    /// - Returns: number of bytes; 0 only at the end.
    public func read(into output: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        if state == .start { try begin() }
        if state == .plain {
            guard stream.pointee.avail_in > 0 else { return try refill(output) }
            let count = min(Int(stream.pointee.avail_in), output.count)
            output.baseAddress?.copyMemory(from: stream.pointee.next_in, byteCount: count)
            stream.pointee.next_in += count
            stream.pointee.avail_in -= UInt32(count)
            return count
        }
        stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        while stream.pointee.avail_out == UInt32(output.count) {
            if stream.pointee.avail_in == 0 {
                stream.pointee.avail_in = UInt32(
                    try refill(UnsafeMutableRawBufferPointer(start: input, count: Self.chunk)))
                stream.pointee.next_in = input
                if stream.pointee.avail_in == 0 {
                    guard state == .betweenMembers else { throw damaged("the compressed data end early") }
                    return 0
                }
            }
            try inflateSome()
        }
        return output.count - Int(stream.pointee.avail_out)
    }

    private func inflateSome() throws(FileError) {
        let wasBetween = state == .betweenMembers
        state = .inMember
        switch inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            state = .betweenMembers
            inflateReset(stream)
        case Z_MEM_ERROR: throw FileError(.failed, path, "there is not enough memory", "free some")
        default:
            throw damaged(
                wasBetween
                    ? "the compressed data are followed by something else: damaged, or not compressed"
                    : "the compressed data are damaged")
        }
    }

    /// Reads the first bytes and sees whether they are gzip.
    private func begin() throws(FileError) {
        stream.pointee.avail_in = UInt32(try refill(UnsafeMutableRawBufferPointer(start: input, count: Self.chunk)))
        stream.pointee.next_in = input
        guard stream.pointee.avail_in >= 2, input[0] == 0x1f, input[1] == 0x8b else {
            state = .plain
            return
        }
        state = .inMember
        let gzipOnly = MAX_WBITS + 16
        guard inflateInit2_(stream, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw FileError(.failed, path, "decompression cannot start", "free some memory")
        }
    }

    /// Reads from the file as much as there is, up to the size of `buffer`.
    private func refill(_ buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        var count = 0
        while count < buffer.count {
            let step = Self.readBytes(descriptor, buffer, from: count)
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else { throw .reading(path) }
            if step == 0 { break }
            count += step
        }
        taken += count
        return count
    }

    private static func readBytes(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer, from first: Int) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, buffer.baseAddress.map { $0 + first }, buffer.count - first)
        #else
            Foundation.read(file, buffer.baseAddress.map { $0 + first }, buffer.count - first)
        #endif
    }

    private func damaged(_ problem: String) -> FileError {
        FileError(.malformed, path, problem, "get the file anew; gzip -t checks it")
    }
}
