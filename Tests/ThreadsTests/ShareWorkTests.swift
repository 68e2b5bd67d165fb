import Synchronization
import Testing
import Threads

struct ShareWorkTests {
    @Test(arguments: [1, 2, 5], [0, 1, 1000])
    func eachNumberIsTakenOnce(threads: Int, count: Int) {
        let parts = shareWork(count, threads: threads) { next in
            var taken: [Int] = []
            while let number = next() { taken.append(number) }
            return taken
        }
        #expect(parts.count == threads)
        #expect(parts.flatMap { $0 }.sorted() == Array(0..<count))
    }

    @Test(arguments: [1, 2, 5, 100])
    func valuesAreInTheOrderOfTheirNumbers(threads: Int) {
        #expect(concurrentMap(50, threads: threads) { $0 * $0 } == (0..<50).map { $0 * $0 })
        #expect(concurrentMap(0, threads: threads) { $0 } == [])
    }

    /// What the thread sanitizer looks at: a container that all threads change.
    @Test func nothingIsLostUnderALock() {
        let seen = Guarded<[Int: Int]>([:])
        _ = concurrentMap(4, threads: 4) { thread in
            for key in 0..<1000 { seen.withLock { $0[key, default: 0] += thread + 1 } }
        }
        #expect(seen.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<1000).map { ($0, 10) }))
    }

    @Test func aLockThatIsHeldIsNotFree() {
        let value = Guarded(1)
        #expect(value.withLockIfFree { $0 } == 1)
        value.withLock { _ in
            #expect(concurrentMap(1, threads: 1) { _ in value.withLockIfFree { $0 } == nil } == [true])
        }
        #expect(value.withLockIfFree { $0 } == 1)
    }
}
