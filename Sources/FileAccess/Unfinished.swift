internal import Foundation
internal import Threads

/// What an interrupted process has to take away: outputs that are being made, and processes that it has started.
enum Unfinished {
    private struct State: Sendable {
        /// The path that the user gave, by where the work is done until it is finished.
        var outputs: [String: String] = [:]
        var children: Set<Int32> = []
    }

    private static let state = Guarded(State())

    /// Makes something at `partial`, so that it is either not there or known.
    static func make(
        _ partial: String, for path: String, _ make: () throws(FileError) -> Void
    ) throws(FileError) {
        let outcome = state.withLock { state -> Result<Void, FileError> in
            do throws(FileError) { try make() } catch { return .failure(error) }
            state.outputs[partial] = path
            return .success(())
        }
        try outcome.get()
    }

    /// Does the last step with `partial`, or takes it away; an interruption comes before or after, never between.
    static func settle(_ partial: String, _ settle: () throws(FileError) -> Void) throws(FileError) {
        let outcome = state.withLock { state -> Result<Void, FileError> in
            do throws(FileError) { try settle() } catch { return .failure(error) }
            state.outputs[partial] = nil
            return .success(())
        }
        try outcome.get()
    }

    /// The path as its user knows it, of a file that is made aside.
    static func shownPath(_ path: String) -> String {
        state.withLock { state in
            for (partial, given) in state.outputs where path.hasPrefix(partial) {
                let rest = path.dropFirst(partial.count)
                if rest.isEmpty || rest.hasPrefix("/") { return given + rest }
            }
            return path
        }
    }

    static func start(_ start: () throws -> Int32) throws -> Int32 {
        try state.withLock { state in
            let child = try start()
            state.children.insert(child)
            return child
        }
    }

    static func ended(_ child: Int32) { state.withLock { _ = $0.children.remove(child) } }

    /// Never lets go of the lock: whoever begins or finishes something meanwhile waits until the process is gone.
    static func abandon(_ exit: () -> Never) -> Never {
        state.withLock { state -> Never in
            for child in state.children {
                // A child with a group of its own may have children in it.
                kill(getpgid(child) == child ? -child : child, SIGKILL)
            }
            for partial in state.outputs.keys { remove(partial) }
            exit()
        }
    }

    /// Other threads and dying children may still write into a directory while it is removed.
    private static func remove(_ path: String) {
        for _ in 0..<100 {
            try? FileManager.default.removeItem(atPath: path)
            var status = stat()
            guard lstat(path, &status) == 0 else { return }
            usleep(1000)
        }
    }
}

/// Starts a child process that is killed when this one is interrupted.
/// - Parameter start: starts it and returns its process identifier.
public func startChild(_ start: () throws -> Int32) throws -> Int32 { try Unfinished.start(start) }

/// To be called as soon as a child has ended, because its process identifier may come again.
public func childEnded(_ child: Int32) { Unfinished.ended(child) }

/// Ends an interrupted process: kills its children and removes every output that is not finished. What another thread
/// begins, finishes or gives up meanwhile waits, so that its failure does not end the process in another way.
/// - Parameter exit: ends the process.
public func abandonUnfinished(_ exit: () -> Never) -> Never { Unfinished.abandon(exit) }
