internal import CCrypto
public import Foundation

/// The whole content of a file.
public func readFile(_ path: String) throws(FileError) -> Data {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
        throw FileError(.unreadable, path, "there is no such file", "check the path")
    }
    guard !isDirectory.boolValue else {
        throw FileError(.unreadable, path, "this is a directory", "name a file in it")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
        throw FileError(.unreadable, path, "the file cannot be read", "check its permissions")
    }
    return data
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
    guard let handle = FileHandle(forReadingAtPath: path), let context = EVP_MD_CTX_new() else {
        throw FileError(.unreadable, path, "the file cannot be read", "check the path and its permissions")
    }
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
