internal import Foundation
internal import Synchronization

/// Outputs that are being made, so that an interrupted process can take them away.
enum PartialOutputs {
    private static let paths = Mutex<Set<String>>([])

    static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }
    static func remove(_ path: String) { paths.withLock { _ = $0.remove(path) } }

    static func removeAll() {
        paths.withLock { paths in
            for path in paths {
                // Another thread may still be writing into a directory while it is removed.
                for _ in 0..<3 where FileManager.default.fileExists(atPath: path) {
                    try? FileManager.default.removeItem(atPath: path)
                }
            }
        }
    }
}

/// Removes every output that is not finished. For the moment before a process ends on a signal.
public func removePartialOutputs() { PartialOutputs.removeAll() }
