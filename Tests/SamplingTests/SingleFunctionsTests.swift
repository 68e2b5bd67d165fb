import Foundation
import Sampling
import Testing

/// Single precision against the library in double precision.
struct SingleFunctionsTests {
    private static func largestError(
        _ values: [Float], of function: (SIMD4<Float>) -> SIMD4<Float>, to expected: (Double) -> Double,
        scale: (Double) -> Double
    ) -> Double {
        var worst = 0.0
        for start in stride(from: 0, to: values.count - 3, by: 4) {
            let quad = SIMD4(values[start], values[start + 1], values[start + 2], values[start + 3])
            let result = function(quad)
            for lane in 0..<4 {
                let truth = expected(Double(quad[lane]))
                worst = max(worst, abs(Double(result[lane]) - truth) / scale(truth))
            }
        }
        return worst
    }

    private static func grid(_ low: Double, _ high: Double) -> [Float] {
        (0..<400_000).map { Float(low + (high - low) * (Double($0) + 0.5) / 400_000) }
    }

    @Test func logarithmsAreGoodToSinglePrecision() {
        let values = Self.grid(-86, 88).map { Float(exp(Double($0))) } + Self.grid(0.5, 2)
        let error = Self.largestError(values, of: logarithm, to: { log($0) }, scale: { max(abs($0), 0.3) })
        #expect(error < 2e-7)
        #expect(logarithm(SIMD4<Float>(repeating: 1)) == .zero)
    }

    @Test func exponentialsAreGoodToSinglePrecision() {
        let error = Self.largestError(Self.grid(-86, 87), of: exponential, to: { exp($0) }, scale: { $0 })
        #expect(error < 2e-7)
        #expect(exponential(SIMD4<Float>.zero) == SIMD4<Float>(repeating: 1))
        let extreme = exponential(SIMD4<Float>(-1e4, -200, 200, 1e4))
        #expect(extreme.x > 0 && extreme.w.isFinite)
    }

    @Test func sinesAndCosinesAreGoodToSinglePrecision() {
        let turns = Self.grid(-3, 3)
        func sine(_ turn: SIMD4<Float>) -> SIMD4<Float> { sineCosine(turn: turn).sine }
        func cosine(_ turn: SIMD4<Float>) -> SIMD4<Float> { sineCosine(turn: turn).cosine }
        let first = Self.largestError(turns, of: sine, to: { sin(2 * .pi * $0) }, scale: { _ in 1 })
        let second = Self.largestError(turns, of: cosine, to: { cos(2 * .pi * $0) }, scale: { _ in 1 })
        #expect(first < 4e-7)
        #expect(second < 4e-7)
    }

    @Test func azimuthsAreThoseOfTheirPoints() {
        var worst = 0.0
        for angle in Self.grid(-Double.pi, Double.pi) {
            let (x, y) = (Float(3 * cos(Double(angle))), Float(3 * sin(Double(angle))))
            let result = azimuth(y: SIMD4<Float>(repeating: y), x: SIMD4<Float>(repeating: x))
            worst = max(worst, abs(Double(result.x) - atan2(Double(y), Double(x))))
        }
        #expect(worst < 3e-7)
        #expect(azimuth(y: SIMD4<Float>.zero, x: SIMD4<Float>.zero) == .zero)
    }

    @Test func squareRootsAreGoodToSinglePrecision() {
        let values = Self.grid(-80, 80).map { Float(exp(Double($0))) }
        let error = Self.largestError(values, of: squareRoot, to: { $0.squareRoot() }, scale: { $0 })
        #expect(error < 1.3e-7)
        #expect(squareRoot(SIMD4<Float>.zero) == .zero)
    }

    /// Halves of words, and words near 0 where the logarithm of a uniform number looks.
    @Test func uniformNumbersAreThoseOfTheirWords() {
        let words = SIMD4<UInt64>(0, 1, 0xFFFF_FFFF, 0xABCD_0001_8000_7FFF)
        let whole = singleUniform(words)
        #expect(whole.x == 0x1p-33)
        #expect(whole.y == 3 * 0x1p-33)
        #expect(whole.z == 1)
        let (low, high) = singleUniforms(words)
        #expect(low.w == Float(0x7FFF + 0.5) / 65536)
        #expect(high.w == Float(0x8000 + 0.5) / 65536)
        #expect(low.x > 0 && high.z < 1)
    }

    @Test func normalPairsAreNormal() {
        let stream = RandomStream(seed: 5, sample: 0, slice: 0)
        var (sum, square, product, fourth) = (0.0, 0.0, 0.0, 0.0)
        let count = 400_000
        for event in stride(from: 0, to: UInt64(count), by: 4) {
            let words = stream.words(events: SIMD4(event, event + 1, event + 2, event + 3), purpose: .softRecoil)
            let (a, b) = singleNormalPair(words.x)
            for lane in 0..<4 {
                let (x, y) = (Double(a[lane]), Double(b[lane]))
                sum += x + y
                square += x * x + y * y
                product += x * y
                fourth += x * x * x * x
            }
        }
        let n = Double(count)
        #expect(abs(sum / (2 * n)) < 4 / (2 * n).squareRoot())
        #expect(abs(square / (2 * n) - 1) < 4 / n.squareRoot())
        #expect(abs(product / n) < 4 / n.squareRoot())
        #expect(abs(fourth / n - 3) < 4 * (96 / n).squareRoot())
    }
}
