internal import Dispatch
internal import Synchronization

/// Shares the numbers 0 ..< `count` among threads, each of which takes the next one whenever it is free.
/// - Parameters:
///   - threads: at least one.
///   - work: runs once on each thread and calls `next` for numbers until there are none.
/// - Returns: what the threads made, in any order; which numbers went into which part depends on chance.
public func shareWork<Part: Sendable>(
    _ count: Int, threads: Int, _ work: @escaping @Sendable (_ next: () -> Int?) -> Part
) -> [Part] {
    precondition(threads > 0, "at least one thread")
    let taken = Atomic<Int>(0)
    let parts = Guarded<[Part]>([])
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
        let part = work {
            let number = taken.wrappingAdd(1, ordering: .relaxed).oldValue
            return number < count ? number : nil
        }
        parts.withLock { $0.append(part) }
    }
    return parts.withLock { $0 }
}

/// The values of the numbers 0 ..< `count`, in their order whatever the threads.
public func concurrentMap<Value: Sendable>(
    _ count: Int, threads: Int, _ transform: @escaping @Sendable (Int) -> Value
) -> [Value] {
    let parts = shareWork(count, threads: max(1, min(threads, count))) { next in
        var made: [(number: Int, value: Value)] = []
        while let number = next() { made.append((number, transform(number))) }
        return made
    }
    return parts.flatMap { $0 }.sorted { $0.number < $1.number }.map(\.value)
}
