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

    /// A number with a uniform sign and exponent, from 10^−`decades` to 10^`decades`.
    private func spread(_ first: UInt32, _ second: UInt32, decades: Double) -> Double {
        (first & 1 == 0 ? 1 : -1) * pow(10, (2 * uniform(second) - 1) * decades) * (0.5 + uniform(first))
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

    @Test func exponentialOfItsDomain() {
        var worst = 0.0
        for event in 0..<Self.points {
            let word = words(event)
            let wide = uniform(word.x) * 1417 - 708
            let small = spread(word.y, word.z, decades: 1) * 1e-8
            let middle = 4 * uniform(word.w) - 2
            let value = exponential(SIMD4(wide, small, middle, 20 * middle))
            let expected = SIMD4(exp(wide), exp(small), exp(middle), exp(20 * middle))
            for lane in 0..<4 { worst = max(worst, error(value[lane], expected[lane])) }
        }
        #expect(worst < 2.5e-16)
    }

    @Test func exponentialAtTheEdges() {
        #expect(exponential(SIMD4<Double>(0, -0.0, 0x1p-60, -0x1p-60)) == SIMD4(repeating: 1))
        let clamped = exponential(SIMD4<Double>(-708, -.infinity, 709, .infinity))
        #expect(error(clamped.x, exp(-708)) < 2.5e-16)
        #expect(clamped.y == clamped.x)
        #expect(error(clamped.z, exp(709)) < 2.5e-16)
        #expect(clamped.w == clamped.z)
        let (undefined, defined) = (exponential(SIMD2(.nan, 1)).x, exponential(SIMD2(.nan, 1)).y)
        #expect(undefined.isNaN)
        #expect(error(defined, exp(1)) < 2.5e-16)
    }

    @Test func exponentialUndoesTheLogarithm() {
        for event in 0..<1000 {
            let value = abs(spread(words(event).x, words(event).y, decades: 3))
            // The logarithm's rounding, half a unit of up to 7.6, is what remains.
            #expect(error(exponential(logarithm(SIMD2(value, value))).y, value) < 1.5e-15)
        }
    }

    @Test func azimuthOfAnyPoint() {
        var worst = 0.0
        for event in 0..<Self.points {
            let word = words(event)
            let decades = event % 2 == 0 ? 280.0 : 1
            let x = spread(word.x, word.y, decades: decades)
            let y = spread(word.z, word.w, decades: decades)
            let value = azimuth(y: SIMD4(y, x, -y, y), x: SIMD4(x, y, x, -x))
            let expected = SIMD4(atan2(y, x), atan2(x, y), atan2(-y, x), atan2(y, -x))
            for lane in 0..<4 where abs(expected[lane]) > 1e-290 {
                worst = max(worst, error(value[lane], expected[lane]))
            }
        }
        #expect(worst < 5e-16)
    }

    @Test func azimuthOnTheAxesAndTheDiagonals() {
        let axes = azimuth(y: SIMD4<Double>(0, 1, 0, -1), x: SIMD4(1, 0, -1, 0))
        #expect(axes == SIMD4(0, 0.5 * .pi, .pi, -0.5 * .pi))
        let diagonals = azimuth(y: SIMD4<Double>(3, 3, -3, -3), x: SIMD4(3, -3, -3, 3))
        #expect(diagonals == SIMD4(0.25 * .pi, 0.75 * .pi, -0.75 * .pi, -0.25 * .pi))
        // The sign of y, whatever it is.
        #expect(azimuth(y: SIMD2(-0.0, -0.0), x: SIMD2(-1, 1)) == SIMD2(-.pi, 0))
        #expect(azimuth(y: SIMD2(0, -0.0), x: SIMD2(0, -0.0)) == .zero)
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
