import Binning
import Testing

struct FixedPointTests {
    @Test func twoColumnsAreTwiceOne() {
        let (fine, coarse) = (FixedPoint(bits: 30), FixedPoint(bits: 20))
        var sums: [Int64] = [5, 3, -8, 1]
        for value in [0.1, -0.7, 1e5, 0x1p-31, 3 * 0x1p-31] {
            let expected = [sums[1] + fine.quantized(value), sums[2] + coarse.quantized(-value)]
            sums.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                FixedPointPair(fine, coarse).add(SIMD2(value, -value), to: base + 1)
            }
            #expect(sums == [5, expected[0], expected[1], 1])
        }
    }

    @Test(arguments: [0.0, 1, -1, 0.1, -0.3, 1234.56789, -1e6, 0x1p-31, 0x1p-30])
    func quantisingRoundsToTheNearestMultiple(value: Double) {
        let point = FixedPoint(bits: 30)
        #expect(Double(point.quantized(value)) == (value * 0x1p30).rounded(.toNearestOrEven))
    }

    @Test func sumsDoNotDependOnTheOrder() {
        let point = FixedPoint(bits: 30)
        let values = (0..<10_000).map { Double($0 * 7919 % 10_007) * 1e-4 - 0.5 }
        var forward = FixedPointTable(slices: 2, cells: 1, columns: 1)
        var backward = FixedPointTable(slices: 2, cells: 1, columns: 1)
        for value in values { forward.withSlice(0) { $0[0] &+= point.quantized(value) } }
        for value in values.reversed() { backward.withSlice(0) { $0[0] &+= point.quantized(value) } }
        #expect(forward == backward)
        let exact = values.reduce(0, +)
        let sum = forward.total(cell: 0, column: 0, weights: [1, 1], quantum: point.quantum)
        #expect(abs(sum - exact) < 0.5 * Double(values.count) * point.quantum)
    }

    @Test func mergingIsAddingAndSlicesKeepTheirWeights() {
        var first = FixedPointTable(slices: 3, cells: 2, columns: 2)
        var second = first
        first.withSlice(0) { $0[3] = 5 }
        second.withSlice(0) { $0[3] = 6 }
        second.withSlice(2) { $0[3] = 7 }
        first.merge(second)
        #expect(first.total(cell: 1, column: 1, weights: [1, 100, 10], quantum: 0.5) == 0.5 * (11 + 70))
        #expect(first.count(cell: 1, column: 1) == 18)
        #expect(first.sums[1].isEmpty)
    }

    /// Sums of 10⁵ parts of 2⁶² quanta each need 79 bits; what is taken off again leaves no trace.
    @Test func mergedSumsHaveMoreThan64Bits() {
        var part = FixedPointTable(slices: 1, cells: 2, columns: 1)
        part.withSlice(0) { ($0[0], $0[1]) = (1 << 62, -1 << 62) }
        var opposite = part
        opposite.withSlice(0) { ($0[0], $0[1]) = (-1 << 62, 1 << 62) }
        var sum = part
        for _ in 1..<100_000 { sum.merge(part) }
        #expect(sum.total(cell: 0, column: 0, weights: [1], quantum: 1) == 100_000 * 0x1p62)
        #expect(sum.total(cell: 1, column: 0, weights: [1], quantum: 1) == -100_000 * 0x1p62)
        for _ in 1..<100_000 { sum.merge(opposite) }
        #expect(sum == part)
    }
}
