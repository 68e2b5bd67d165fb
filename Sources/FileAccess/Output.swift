public import Foundation

/// An output file or directory that appears complete or not at all: it is made aside, under a name of its own in the
/// same directory, and renamed when it is finished.
public final class Output {
    public let path: String
    private let destination: String
    /// Where the work is done until `finish()`.
    public let partialPath: String
    private var isFinished = false

    public enum Shape: Sendable { case file, directory }

    /// - Parameter overwrite: whether something that stands at `path` may be replaced.
    /// - Throws: when the output exists or cannot be created there; nothing is left behind.
    public init(_ path: String, _ shape: Shape, overwrite: Bool) throws(FileError) {
        self.path = path
        let name = path.split(separator: "/", omittingEmptySubsequences: true).last ?? ""
        guard !name.isEmpty, name != ".", name != "..", shape == .directory || !path.hasSuffix("/") else {
            throw FileError(.cannotCreate, path, "this does not name a \(shape)", "give the output a name of its own")
        }
        // Through a link such as /dev/stdout: what it points to is looked at and replaced, not the link.
        let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
        let target = isLink ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : Self.withoutLastSlashes(path)
        destination = target
        try Self.requireReplaceable(path, target, shape, overwrite: overwrite)

        let (parent, last) = Self.split(target)
        let partial = Self.aside(last, in: parent)
        partialPath = partial
        try? FileManager.default.removeItem(atPath: partial)
        try Unfinished.make(partial, for: path) { () throws(FileError) in
            switch shape {
            case .file:
                let file = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
                guard file >= 0 else { throw .creating(path, in: parent, errno) }
                close(file)
            case .directory:
                guard mkdir(partial, 0o777) == 0 else { throw .creating(path, in: parent, errno) }
            }
        }
    }

    private static func requireReplaceable(
        _ path: String, _ target: String, _ shape: Shape, overwrite: Bool
    ) throws(FileError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENAMETOOLONG else { return }
            throw .creating(path, in: "", ENAMETOOLONG)
        }
        guard overwrite else {
            throw FileError(.cannotCreate, path, "the output exists", "choose another name or add --overwrite")
        }
        let type = status.st_mode & S_IFMT
        guard (type == S_IFDIR) == (shape == .directory) else {
            let kind = type == S_IFDIR ? "a directory" : "a file"
            throw FileError(.cannotCreate, path, "\(kind) stands there", "choose another name")
        }
        guard type == S_IFDIR || type == S_IFREG else {
            throw FileError(.cannotCreate, path, "what stands there is not a regular file", "choose another name")
        }
    }

    private static func withoutLastSlashes(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }

    /// The directory as it was given, and the name in it.
    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    private static let replaced = "-replaced"

    /// A hidden name of this process beside the output. A name that would become too long with it is cut.
    private static func aside(_ name: String, in directory: String) -> String {
        let suffix = ".partial-\(getpid())"
        let limit = pathconf(directory, Int32(_PC_NAME_MAX))
        let room = (limit > 0 ? limit : 255) - 1 - suffix.utf8.count - replaced.utf8.count
        var name = name[...]
        while name.utf8.count > room { name.removeLast() }
        return "\(directory == "/" ? "" : directory)/.\(name)\(suffix)"
    }

    /// Puts the output in its place.
    public func finish() throws(FileError) {
        try Unfinished.settle(partialPath) { () throws(FileError) in
            guard rename(partialPath, destination) != 0 else { return }
            let failure = FileError(
                .failed, path, "the finished output cannot be put in its place: \(String(cString: strerror(errno)))",
                "check the directory")
            // A directory that is not empty is moved away first, and back if its successor cannot take its place.
            let old = partialPath + Self.replaced
            guard errno == ENOTEMPTY || errno == EEXIST, rename(destination, old) == 0 else { throw failure }
            guard rename(partialPath, destination) == 0 else {
                _ = rename(old, destination)
                throw failure
            }
            do { try FileManager.default.removeItem(atPath: old) } catch {
                throw FileError(.failed, path, "what stood there before cannot be removed", "remove \(old)")
            }
        }
        isFinished = true
    }

    deinit {
        guard !isFinished else { return }
        let partial = partialPath
        try? Unfinished.settle(partial) { () throws(FileError) in
            try? FileManager.default.removeItem(atPath: partial)
        }
    }
}

/// Makes a directory inside one that is being made; not those above it, which an interruption may have taken away.
public func makeDirectory(_ path: String) throws(FileError) {
    guard mkdir(path, 0o777) != 0 else { return }
    let code = errno
    let shown = Unfinished.shownPath(path)
    throw .creating(shown, in: (shown as NSString).deletingLastPathComponent, code)
}

/// Writes a text into a file that is being made, such as one inside an `Output` directory.
public func writeText(_ text: String, to path: String) throws(FileError) {
    var text = text
    let code = text.withUTF8 { fill(path, with: UnsafeRawBufferPointer($0)) }
    guard code == 0 else { throw .writing(path, code) }
}

/// The same for bytes.
public func writeData(_ data: Data, to path: String) throws(FileError) {
    let code = data.withUnsafeBytes { fill(path, with: $0) }
    guard code == 0 else { throw .writing(path, code) }
}

/// - Returns: 0, or the number of the error.
private func fill(_ path: String, with bytes: UnsafeRawBufferPointer) -> Int32 {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { return errno }
    var rest = bytes
    while !rest.isEmpty {
        let count = write(file, rest.baseAddress, rest.count)
        if count < 0, errno != EINTR {
            let code = errno
            close(file)
            return code
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, count)))
    }
    // A quota may be noticed only now.
    return close(file) == 0 ? 0 : errno
}

/// Writes a whole file at once, complete or not at all.
public func writeFile(_ text: String, to path: String, overwrite: Bool) throws(FileError) {
    let output = try Output(path, .file, overwrite: overwrite)
    try writeText(text, to: output.partialPath)
    try output.finish()
}

/// The same for bytes.
public func writeFile(_ data: Data, to path: String, overwrite: Bool) throws(FileError) {
    let output = try Output(path, .file, overwrite: overwrite)
    try writeData(data, to: output.partialPath)
    try output.finish()
}
