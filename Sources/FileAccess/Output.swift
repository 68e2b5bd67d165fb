internal import Foundation

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
        let manager = FileManager.default
        // Through a link such as /dev/stdout: what it points to is looked at and replaced, not the link.
        let isLink = (try? manager.destinationOfSymbolicLink(atPath: path)) != nil
        let given = URL(fileURLWithPath: path)
        let target = isLink ? given.resolvingSymlinksInPath() : given
        destination = target.path
        self.path = path
        let name = path.split(separator: "/", omittingEmptySubsequences: true).last ?? ""
        guard !name.isEmpty, name != ".", name != "..", shape == .directory || !path.hasSuffix("/") else {
            throw FileError(.cannotCreate, path, "this does not name a \(shape)", "give the output a name of its own")
        }
        var isDirectory: ObjCBool = false
        if manager.fileExists(atPath: path, isDirectory: &isDirectory) {
            guard overwrite else {
                throw FileError(.cannotCreate, path, "the output exists", "choose another name or add --overwrite")
            }
            guard isDirectory.boolValue == (shape == .directory) else {
                let kind = isDirectory.boolValue ? "a directory" : "a file"
                throw FileError(.cannotCreate, path, "\(kind) stands there", "choose another name")
            }
            let type = try? manager.attributesOfItem(atPath: destination)[.type] as? FileAttributeType
            guard isDirectory.boolValue || type == .typeRegular else {
                throw FileError(.cannotCreate, path, "what stands there is not a regular file", "choose another name")
            }
        }
        let parent = target.deletingLastPathComponent()
        partialPath = parent.appendingPathComponent(".\(target.lastPathComponent).partial-\(getpid())").path
        try? manager.removeItem(atPath: partialPath)
        PartialOutputs.add(partialPath)
        let created: Bool
        switch shape {
        case .file: created = manager.createFile(atPath: partialPath, contents: nil)
        case .directory:
            created =
                (try? manager.createDirectory(atPath: partialPath, withIntermediateDirectories: false)) != nil
        }
        guard created else {
            PartialOutputs.remove(partialPath)
            let reason = manager.fileExists(atPath: parent.path) ? "cannot be written to" : "does not exist"
            throw FileError(
                .cannotCreate, path, "the directory \(parent.relativePath) \(reason)",
                "create it or choose another place")
        }
    }

    /// Puts the output in its place.
    public func finish() throws(FileError) {
        let manager = FileManager.default
        let replaced = partialPath + "-replaced"
        do {
            if rename(partialPath, destination) != 0 {
                // A directory that is not empty is moved away first, and back if its successor cannot take its place.
                guard rename(destination, replaced) == 0 else { throw CocoaError(.fileWriteUnknown) }
                guard rename(partialPath, destination) == 0 else {
                    _ = rename(replaced, destination)
                    throw CocoaError(.fileWriteUnknown)
                }
                try manager.removeItem(atPath: replaced)
            }
            isFinished = true
            PartialOutputs.remove(partialPath)
        } catch {
            throw FileError(.failed, path, "the finished output cannot be put in its place", "check the disk")
        }
    }

    deinit {
        guard !isFinished else { return }
        try? FileManager.default.removeItem(atPath: partialPath)
        PartialOutputs.remove(partialPath)
    }
}

/// Writes a text into a file that is being made, such as one inside an `Output` directory.
public func writeText(_ text: String, to path: String) throws(FileError) {
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) } catch {
        throw FileError(.failed, path, "writing failed", "check the free space and permissions of the disk")
    }
}

/// Writes a whole file at once, complete or not at all.
public func writeFile(_ text: String, to path: String, overwrite: Bool) throws(FileError) {
    let output = try Output(path, .file, overwrite: overwrite)
    try writeText(text, to: output.partialPath)
    try output.finish()
}
