internal import CZlib
internal import FileAccess
internal import Foundation

/// The bytes of a file, decompressed when they are gzip.
func unpacked(_ path: String, atMost limit: Int) throws(FileError) -> Data {
    let source = try ByteSource(path)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { chunk.deallocate() }
    var content = Data()
    while true {
        let count = try source.read(into: chunk)
        if count == 0 { return content }
        content.append(contentsOf: chunk[..<count])
        guard content.count <= limit else {
            throw FileError(.malformed, path, "there are more than \(limit >> 20) MB in it", "check what the file is")
        }
    }
}

/// Some bytes as gzip, the same each time.
func packed(_ data: Data) -> Data {
    var stream = z_stream()
    let status = deflateInit2_(
        &stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "there is memory for the tables of zlib")
    defer { deflateEnd(&stream) }
    var input = Array(data)
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(input.count))) + 32)
    return input.withUnsafeMutableBufferPointer { bytes in
        output.withUnsafeMutableBufferPointer { result in
            stream.next_in = bytes.baseAddress
            stream.avail_in = UInt32(bytes.count)
            stream.next_out = result.baseAddress
            stream.avail_out = UInt32(result.count)
            let ended = deflate(&stream, Z_FINISH)
            precondition(ended == Z_STREAM_END, "the bound is large enough")
            return Data(result[..<(result.count - Int(stream.avail_out))])
        }
    }
}
