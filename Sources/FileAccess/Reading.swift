internal import CCrypto
public import Foundation

/// Expects a file that can be read: no directory, no device.
/// - Parameter again: whether it will be read more than once, which a pipe cannot be.
public func requireFile(_ path: String, again: Bool) throws(FileError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .reading(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw FileError(.unreadable, path, "this is a directory", "name a file in it")
    case S_IFIFO, S_IFSOCK:
        guard again else { return }
        throw FileError(
            .unreadable, path, "this is a pipe, and what it gives is needed more than once", "save it in a file first")
    default: throw FileError(.unreadable, path, "this is a device", "name a file")
    }
}

/// The whole content of a file or of a pipe.
/// - Parameter limit: what has more bytes is refused before it fills the memory.
public func readFile(_ path: String, atMost limit: Int = .max) throws(FileError) -> Data {
    try requireFile(path, again: false)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .reading(path, errno) }
    defer { close(file) }
    var content = Data()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(file, &chunk, chunk.count)
        if count == 0 { return content }
        if count > 0 { content.append(contentsOf: chunk[..<count]) }
        guard content.count <= limit else {
            throw FileError(.malformed, path, "the file has more than \(limit >> 20) MB", "check what the file is")
        }
        if count < 0, errno != EINTR { throw .reading(path, errno) }
    }
}

/// The content of a text file.
public func readText(_ path: String) throws(FileError) -> String {
    guard let text = String(data: try readFile(path), encoding: .utf8) else {
        throw FileError(.malformed, path, "the file is not UTF-8 text", "save it as UTF-8")
    }
    return text
}

/// The SHA-256 of some bytes in hexadecimal.
public func sha256(_ data: Data) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let status = data.withUnsafeBytes {
        EVP_Digest($0.baseAddress, $0.count, &digest, &length, EVP_sha256(), nil)
    }
    precondition(status == 1 && length == 32, "SHA-256 is always there")
    return digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

/// The SHA-256 of a file.
public func sha256(ofFile path: String) throws(FileError) -> String {
    try requireFile(path, again: true)
    guard let handle = FileHandle(forReadingAtPath: path) else { throw .reading(path) }
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("there is memory for a few bytes") }
    defer {
        EVP_MD_CTX_free(context)
        try? handle.close()
    }
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
    do {
        while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty {
            _ = data.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        }
    } catch { throw FileError(.failed, path, "reading failed", "check the disk") }
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}
