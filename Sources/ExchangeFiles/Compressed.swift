internal import CZlib
internal import FileAccess
internal import Foundation

private let magic: [UInt8] = [0x1F, 0x8B]

/// The bytes of a file, decompressed when they are gzip.
func unpacked(_ path: String, atMost limit: Int) throws(FileError) -> Data {
    let data = try readFile(path, atMost: limit)
    guard data.starts(with: magic) else { return data }
    func damaged(_ problem: String) -> FileError { FileError(.malformed, path, problem, "fetch the file again") }
    var stream = z_stream()
    // 16 asks for a header of gzip.
    guard inflateInit2_(&stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw damaged("zlib cannot begin to decompress")
    }
    defer { inflateEnd(&stream) }
    var input = Array(data)
    var result = Data()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var status = Z_OK
    input.withUnsafeMutableBufferPointer { bytes in
        stream.next_in = bytes.baseAddress
        stream.avail_in = UInt32(bytes.count)
        while status == Z_OK, result.count <= limit {
            chunk.withUnsafeMutableBufferPointer { output in
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                status = inflate(&stream, Z_NO_FLUSH)
                result.append(contentsOf: output[..<(output.count - Int(stream.avail_out))])
            }
        }
    }
    guard result.count <= limit else { throw damaged("there are more than \(limit >> 20) MB in it") }
    guard status == Z_STREAM_END else { throw damaged("the compressed data are damaged or end early") }
    guard stream.avail_in == 0 else { throw damaged("something follows the compressed data") }
    return result
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
