internal import Foundation

/// A value that one thread at a time may touch.
///
/// Like `Synchronization.Mutex`, but its lock is the system's, which the thread sanitizer knows: it takes what a `Mutex` guards
/// for a race (Swift 6.3, Linux), because that lock waits inside a library that is not instrumented.
public final class Guarded<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    public init(_ value: Value) { self.value = value }

    /// Waits until no other thread is in here; must not be called again from inside `body`.
    public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }

    /// The same without waiting: nil when another thread is in here.
    public func withLockIfFree<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result? {
        guard lock.try() else { return nil }
        defer { lock.unlock() }
        return try body(&value)
    }
}
