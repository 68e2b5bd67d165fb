internal import CDijets

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Integers that all threads may add to. Memory that nobody touches is not taken.
final class SharedTable: @unchecked Sendable {
    private let numbers: UnsafeMutablePointer<Int64>
    let count: Int

    init(count: Int) {
        guard let raw = calloc(max(count, 1), MemoryLayout<Int64>.stride) else {
            preconditionFailure("out of memory for \(count) sums of sub-samples")
        }
        numbers = raw.bindMemory(to: Int64.self, capacity: count)
        self.count = count
    }

    deinit { free(numbers) }

    @inline(__always)
    func add(_ value: Int64, at place: Int) { etacal_add_shared(numbers + place, value) }

    /// Of threads that are done.
    subscript(place: Int) -> Int64 { numbers[place] }

    func range(_ start: Int, count: Int) -> UnsafeBufferPointer<Int64> {
        UnsafeBufferPointer(start: numbers + start, count: count)
    }

    func clear() { for place in 0..<count where numbers[place] != 0 { numbers[place] = 0 } }
}
