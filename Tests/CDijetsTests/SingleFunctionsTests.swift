import CDijets
import Foundation
import Sampling
import Testing

/// Single precision against the library in double precision.
struct SingleFunctionsTests {
    private static func largestError(
        _ values: [Float], of function: (SIMD8<Float>) -> SIMD8<Float>, to expected: (Double) -> Double,
        scale: (Double) -> Double
    ) -> Double {
        var worst = 0.0
        for start in stride(from: 0, to: values.count - 7, by: 8) {
            let lanes = SIMD8(values[start..<start + 8])
            let result = function(lanes)
            for lane in 0..<8 {
                let truth = expected(Double(lanes[lane]))
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
        let error = Self.largestError(values, of: etacal_logarithm, to: { log($0) }, scale: { max(abs($0), 0.3) })
        #expect(error < 2e-7)
        #expect(etacal_logarithm(SIMD8<Float>(repeating: 1)) == .zero)
    }

    @Test func exponentialsAreGoodToSinglePrecision() {
        let error = Self.largestError(Self.grid(-86, 87), of: etacal_exponential, to: { exp($0) }, scale: { $0 })
        #expect(error < 2e-7)
        #expect(etacal_exponential(SIMD8<Float>.zero) == SIMD8<Float>(repeating: 1))
        let extreme = etacal_exponential(SIMD8<Float>(-1e4, -200, 200, 1e4, 0, 0, 0, 0))
        #expect(extreme[0] > 0 && extreme[3].isFinite)
    }

    @Test func exponentialsAndInversesAreGoodToSinglePrecision() {
        let values = Self.grid(-86, 86)
        func growth(_ value: SIMD8<Float>) -> SIMD8<Float> { both(value, etacal_exponential_and_inverse).first }
        func inverse(_ value: SIMD8<Float>) -> SIMD8<Float> { both(value, etacal_exponential_and_inverse).second }
        #expect(Self.largestError(values, of: growth, to: { exp($0) }, scale: { $0 }) < 2e-7)
        #expect(Self.largestError(values, of: inverse, to: { exp(-$0) }, scale: { $0 }) < 2e-7)
        #expect(growth(.zero) == SIMD8(repeating: 1))
        #expect(inverse(.zero) == SIMD8(repeating: 1))
    }

    /// Against the library, bit for bit: numbers of all sizes, sums that nearly cancel, and those close to half-way between two
    /// numbers, where rounding twice goes wrong.
    @Test func fusedMultiplyAddsAreRoundedOnce() {
        var generator = PhiloxNumbers()
        func number(_ exponents: ClosedRange<Int>) -> Float {
            let size = Float(sign: .plus, exponent: Int.random(in: exponents, using: &generator), significand: 1)
            return Float.random(in: 1..<2, using: &generator) * size * (Bool.random(using: &generator) ? 1 : -1)
        }
        var (twice, wrong) = (0, 0)
        for turn in 0..<200_000 {
            var a = SIMD8<Float>.zero, b = a, c = a
            for lane in 0..<8 {
                (a[lane], b[lane]) = (number(-20...20), number(-20...20))
                switch turn % 4 {
                case 0: c[lane] = number(-60...60)
                case 1: c[lane] = -a[lane] * b[lane]
                case 2:
                    // Odd numbers of 12 and 13 bits make one of 24 or 25, the latter half-way between two numbers; a small one
                    // beside it, which double precision loses, decides where it is rounded to.
                    a[lane] = Float(Int.random(in: 2048..<4096, using: &generator) | 1)
                    b[lane] = Float(Int.random(in: 4096..<8192, using: &generator) | 1)
                    c[lane] = number(-60 ... -32)
                default:
                    (a[lane], b[lane]) = (number(-75 ... -60), number(-75 ... -60))
                    c[lane] = number(-149 ... -120)
                }
            }
            let result = etacal_fused(a, b, c)
            for lane in 0..<8 {
                let truth = c[lane].addingProduct(a[lane], b[lane])
                if result[lane].bitPattern != truth.bitPattern { wrong += 1 }
                if Float(Double(a[lane]) * Double(b[lane]) + Double(c[lane])) != truth { twice += 1 }
            }
        }
        #expect(wrong == 0)
        #expect(twice > 1000, "rounding twice would not have been noticed")
    }

    @Test func sinesAndCosinesAreGoodToSinglePrecision() {
        let turns = Self.grid(-0.5, 0.5)
        func sine(_ turn: SIMD8<Float>) -> SIMD8<Float> { both(turn, etacal_sine_and_cosine).first }
        func cosine(_ turn: SIMD8<Float>) -> SIMD8<Float> { both(turn, etacal_sine_and_cosine).second }
        let first = Self.largestError(turns, of: sine, to: { sin(2 * .pi * $0) }, scale: { _ in 1 })
        let second = Self.largestError(turns, of: cosine, to: { cos(2 * .pi * $0) }, scale: { _ in 1 })
        #expect(first < 5e-7)
        #expect(second < 7e-7)
        #expect(sine(.zero) == .zero && cosine(.zero) == SIMD8(repeating: 1))
        let whole = Self.grid(0, 1)
        func up(_ turn: SIMD8<Float>) -> SIMD8<Float> { both(turn, etacal_sine_and_cosine_of_direction).first }
        func along(_ turn: SIMD8<Float>) -> SIMD8<Float> { both(turn, etacal_sine_and_cosine_of_direction).second }
        #expect(Self.largestError(whole, of: up, to: { sin(2 * .pi * $0) }, scale: { _ in 1 }) < 5e-7)
        #expect(Self.largestError(whole, of: along, to: { cos(2 * .pi * $0) }, scale: { _ in 1 }) < 7e-7)
    }

    @Test func azimuthsAreThoseOfTheirPoints() {
        var worst = 0.0
        for angle in Self.grid(-Double.pi, Double.pi) {
            let (x, y) = (Float(3 * cos(Double(angle))), Float(3 * sin(Double(angle))))
            let result = etacal_azimuth(SIMD8<Float>(repeating: y), SIMD8<Float>(repeating: x))
            worst = max(worst, abs(Double(result[0]) - atan2(Double(y), Double(x))))
        }
        #expect(worst < 4e-7)
        #expect(etacal_azimuth(SIMD8<Float>.zero, SIMD8<Float>.zero) == .zero)
    }

    @Test func squareRootsAreRoundedCorrectly() {
        let values = Self.grid(-80, 80).map { Float(exp(Double($0))) }
        let error = Self.largestError(values, of: etacal_square_root, to: { $0.squareRoot() }, scale: { $0 })
        #expect(error < 0.6e-7)
        #expect(etacal_square_root(SIMD8<Float>.zero) == .zero)
    }

    /// Halves of words, and words near 0 where the logarithm of a uniform number looks.
    @Test func uniformNumbersAreThoseOfTheirWords() {
        let words = SIMD8<UInt32>(0, 1, 0xFFFF_FFFF, 0x8000_7FFF, 2, 0, 0, 0)
        let whole = etacal_uniform(words)
        #expect(whole[0] == 0x1p-32 && whole[1] == 0x1p-32)
        #expect(whole[4] == 3 * 0x1p-32)
        #expect(whole[2] == 1)
        let halves = both(words, etacal_two_uniforms)
        #expect(halves.first[3] == Float(0x7FFF + 0.5) / 65536)
        #expect(halves.second[3] == Float(0x8000 + 0.5) / 65536)
        #expect(halves.first[0] > 0 && halves.second[2] < 1)
        #expect(etacal_uniform_of_low_byte(words)[3] == Float(0xFF + 0.5) / 256)
    }

    @Test func normalPairsAreNormal() {
        let stream = RandomStream(seed: 5, sample: 0, slice: 0)
        var (sum, square, product, fourth) = (0.0, 0.0, 0.0, 0.0)
        let count = 400_000
        for event in stride(from: 0, to: UInt64(count), by: 8) {
            let words = SIMD8((0..<8).map { stream.words(event: event + $0, purpose: .softRecoil).x })
            let pair = both(words, etacal_two_normals)
            for lane in 0..<8 {
                let (x, y) = (Double(pair.first[lane]), Double(pair.second[lane]))
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

private struct PhiloxNumbers: RandomNumberGenerator {
    private let stream = RandomStream(seed: 11, sample: 0, slice: 0)
    private var event: UInt64 = 0

    mutating func next() -> UInt64 {
        event += 1
        let words = stream.words(event: event, purpose: .softRecoil)
        return UInt64(words.x) << 32 | UInt64(words.y)
    }
}

private func both<Argument>(
    _ argument: Argument, _ function: (Argument, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void
) -> (first: SIMD8<Float>, second: SIMD8<Float>) {
    var (first, second) = (Array(repeating: Float(0), count: 8), Array(repeating: Float(0), count: 8))
    function(argument, &first, &second)
    return (SIMD8(first), SIMD8(second))
}
