import Foundation
import Sampling
import Testing

/// Against the library's functions, which are right to half a unit in the last place.
struct ElementaryFunctionsTests {
    private static let points = 100_000
    private let stream = RandomStream(seed: 5, sample: 0, slice: 0)

    private func words(_ event: Int) -> SIMD4<UInt32> { stream.words(event: UInt64(event), purpose: .fragmentation) }

    private func error(_ value: Double, _ expected: Double) -> Double {
        value == expected ? 0 : abs(value - expected) / abs(expected)
    }

    @Test func logarithmOfAnySize() {
        var worst = 0.0
        for event in 0..<Self.points {
            let word = words(event)
            let any = Double(bitPattern: UInt64(word.x & 0x7FFF_FFFF) << 32 | UInt64(word.y))
            guard any.isNormal else { continue }
            let near = 1 + (uniform(word.z) - 0.5) * pow(10, -15 * uniform(word.w))
            let value = logarithm(SIMD4(any, near, uniform(word.z), 1 / near))
            let expected = SIMD4(log(any), log(near), log(uniform(word.z)), log(1 / near))
            for lane in 0..<4 { worst = max(worst, error(value[lane], expected[lane])) }
        }
        #expect(worst < 2.5e-16)
    }

    @Test func logarithmAtTheEdges() {
        let edges = logarithm(
            SIMD4(.leastNormalMagnitude, .greatestFiniteMagnitude, 1.0.nextUp, 1.0.nextDown))
        #expect(error(edges.x, log(.leastNormalMagnitude)) < 2.5e-16)
        #expect(error(edges.y, log(.greatestFiniteMagnitude)) < 2.5e-16)
        #expect(edges.z == 0x1p-52.nextDown)
        #expect(edges.w == -0x1p-53)
        #expect(logarithm(SIMD2(1, 2)) == SIMD2(0, log(2)))
    }

    /// The standard library's square root is the right one, rounded.
    @Test func squareRootOfItsDomain() {
        var worst = 0.0
        for event in 0..<Self.points {
            let word = words(event)
            let value = exp((uniform(word.x) - 0.5) * 1400)
            let root = squareRoot(SIMD4(value, 4 * value, uniform(word.y), 1))
            worst = max(worst, error(root.x, value.squareRoot()), error(root.z, uniform(word.y).squareRoot()))
            #expect(root.w == 1 && abs(root.y - 2 * root.x) <= 1e-15 * root.y)
        }
        #expect(worst < 2.5e-16)
    }

    @Test func fourTurnsAreTwiceTwo() {
        for event in 0..<1000 {
            let word = words(event)
            let turns = SIMD4(uniform(word.x), -uniform(word.y), 100 * uniform(word.z), 0.25)
            let (sine, cosine) = sineCosine(turn: turns)
            let low = sineCosine(turn: turns.lowHalf)
            let high = sineCosine(turn: turns.highHalf)
            #expect(sine == SIMD4(lowHalf: low.sine, highHalf: high.sine))
            #expect(cosine == SIMD4(lowHalf: low.cosine, highHalf: high.cosine))
            #expect(abs(sine.y - sin(2 * .pi * turns.y)) < 1e-15)
            // The angle in radians is rounded before the library sees it.
            #expect(abs(cosine.z - cos(2 * .pi * turns.z)) < 1e-13)
            #expect(sine.w == 1 && abs(cosine.w) < 1e-16)
        }
    }
}
