import Balance
import Testing

struct PieceSetTests {
    /// Against a set of numbers, for all orders of a few ranges.
    @Test func rangesJoin() throws {
        let ranges = [0..<3, 5..<6, 3..<5, 9..<12, 7..<8, 8..<9]
        for rotation in ranges.indices {
            var set = PieceSet()
            var numbers: Set<Int> = []
            for index in ranges.indices {
                let range = ranges[(index + rotation) % ranges.count]
                set.insert(range)
                numbers.formUnion(range)
                #expect(set.count == numbers.count)
                #expect(set.ranges.flatMap { Array($0) } == numbers.sorted())
                #expect(PieceSet(ranges: set.ranges) == set)
                #expect(set.missing(in: 2..<15).flatMap { Array($0) } == (2..<15).filter { !numbers.contains($0) })
            }
            #expect(set.ranges == [0..<6, 7..<12])
        }
        #expect(PieceSet(ranges: [0..<2, 1..<3]) == nil)
        #expect(PieceSet(ranges: [0..<2, 2..<3]) == nil)
        #expect(PieceSet(ranges: [3..<3]) == nil)
        let one = try #require(PieceSet(ranges: [0..<4, 8..<10]))
        #expect(one.overlap(try #require(PieceSet(ranges: [4..<8]))) == nil)
        #expect(one.overlap(try #require(PieceSet(ranges: [5..<9]))) == 8..<9)
    }

    @Test(arguments: [1, 2, 7, 1000], [0, 1, 6, 7, 8, 244_141, Int.max / 2]) func shardsShareThePieces(
        count: Int, pieces: Int
    ) throws {
        #expect(Shard(0, of: 1_000_001) == nil)
        var next = 0
        var (smallest, largest) = (Int.max, 0)
        for index in 0..<count {
            let range = try #require(Shard(index, of: count)).range(of: pieces)
            #expect(range.lowerBound == next)
            next = range.upperBound
            (smallest, largest) = (min(smallest, range.count), max(largest, range.count))
        }
        #expect(next == pieces)
        #expect(largest - smallest <= 1)
        #expect(Shard(count, of: count) == nil)
        #expect(Shard(-1, of: count) == nil)
    }
}
