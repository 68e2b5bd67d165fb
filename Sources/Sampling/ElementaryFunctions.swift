/// Elementary functions of two or four numbers side by side, without a call.
///
/// Plain IEEE additions, multiplications, divisions and bit patterns in a fixed order and nothing fused: every machine
/// gives the same bits, which a mathematical library does not promise. The reductions of the arguments are exact or kept
/// in two parts; the polynomials interpolate at Chebyshev nodes of the reduced range, to below 2 × 10⁻¹⁷ of the result
/// (`Scripts/polynomials` makes them). Errors are stated relative to the result, one unit in the last place
/// being between 1.1 and 2.2 × 10⁻¹⁶.

/// The natural logarithm of positive normal numbers, to 2.5 × 10⁻¹⁶; exactly 0 at 1.
///
/// Zero, subnormal, negative and infinite numbers and NaN are outside the domain: they give some number, not a trap.
@inlinable @inline(__always)
public func logarithm(_ value: SIMD2<Double>) -> SIMD2<Double> {
    // value = 2^k m with √½ ≤ m < √2.
    let bits = unsafeBitCast(value, to: SIMD2<UInt64>.self)
    let offset = bits &- SIMD2(repeating: 0x3FE6_A09E_667F_3BCD)
    let mantissa = bits &- (offset & SIMD2(repeating: 0xFFF0_0000_0000_0000))
    let biased = (offset &+ SIMD2(repeating: 1023 << 52)) &>> SIMD2(repeating: 52)
    // An integer put into the low bits of 2^52 becomes a number without a conversion.
    let k = unsafeBitCast(biased | SIMD2(repeating: 0x4330_0000_0000_0000), to: SIMD2<Double>.self) - (0x1p52 + 1023)
    // ln m = 2 artanh s with s = f / (2 + f), f = m − 1; since 2s = f − f s, the leading term is f, which is exact.
    let f = unsafeBitCast(mantissa, to: SIMD2<Double>.self) - 1
    let s = f / (f + 2)
    let z = s * s
    let y = z * z
    var odd = y * 0x1.39fe51a7c18f9p-3 + 0x1.c71c62e3f11e6p-3
    var even = y * 0x1.2b5900de53b32p-3 + 0x1.7462b51cb66b1p-3
    odd = odd * y + 0x1.99999999952d7p-2
    even = even * y + 0x1.2492492df281ap-2
    even = even * y + 0x1.5555555555558p-1
    let series = (odd * z + even) * z
    // The upper part of ln 2 has 21 bits: k times it is exact.
    return k * 0x1.62e42p-1 + (f - (s * (f - series) - k * 0x1.fdf473de6af28p-22))
}

/// The exponential function, to 2.5 × 10⁻¹⁶; exactly 1 at 0.
///
/// Arguments are clamped to −708 … 709, where the result is normal; NaN gives NaN.
@inlinable @inline(__always)
public func exponential(_ value: SIMD2<Double>) -> SIMD2<Double> {
    var x = value.replacing(with: -708, where: value .< -708)
    x.replace(with: 709, where: x .> 709)
    // x = n ln 2 + r with |r| ≤ ½ ln 2; adding 1.5 × 2^52 leaves n in the low bits.
    let shifted = x * 0x1.71547652b82fep+0 + 0x1.8p52
    let n = shifted - 0x1.8p52
    let r = (x - n * 0x1.62e42p-1) - n * 0x1.fdf473de6af28p-22
    let y = r * r
    var even = y * 0x1.1f730349868cep-29 + 0x1.27e4db646b17ep-22
    var odd = y * 0x1.af4de97ca4194p-26 + 0x1.71de0231960ebp-19
    even = even * y + 0x1.a01a01a6d889cp-16
    odd = odd * y + 0x1.a01a01abe7fe1p-13
    even = even * y + 0x1.6c16c16c162d4p-10
    odd = odd * y + 0x1.11111111100dcp-7
    even = even * y + 0x1.5555555555556p-5
    odd = odd * y + 0x1.5555555555557p-3
    even = even * y + 0.5
    let power = (r + y * (even + odd * r)) + 1
    let exponent = unsafeBitCast(shifted, to: SIMD2<UInt64>.self) &<< SIMD2(repeating: 52)
    return unsafeBitCast(unsafeBitCast(power, to: SIMD2<UInt64>.self) &+ exponent, to: SIMD2<Double>.self)
}

/// The azimuth of a point in the plane, in [−π, π], to 5 × 10⁻¹⁶; has the sign of y.
///
/// Where both coordinates are 0 it is 0. The accuracy is that of radii from 10⁻²⁹⁰ to 10³⁰⁷.
@inlinable @inline(__always)
public func azimuth(y: SIMD2<Double>, x: SIMD2<Double>) -> SIMD2<Double> {
    typealias Bits = SIMD2<UInt64>
    let sign = Bits(repeating: 1 << 63)
    let (xBits, yBits) = (unsafeBitCast(x, to: Bits.self), unsafeBitCast(y, to: Bits.self))
    let absX = unsafeBitCast(xBits & ~sign, to: SIMD2<Double>.self)
    let absY = unsafeBitCast(yBits & ~sign, to: SIMD2<Double>.self)
    let isSteep = unsafeBitCast(absY .> absX, to: Bits.self)
    let larger = absX.replacing(with: absY, where: absY .> absX)
    let smaller = absY.replacing(with: absX, where: absY .> absX)
    // Beyond an eighth of π the angle is counted from a quarter of π: arctan q = π/4 + arctan((q − 1) / (q + 1)).
    let isFar = unsafeBitCast(smaller .> larger * 0x1.a827999fcef32p-2, to: Bits.self)
    func far(_ value: SIMD2<Double>) -> SIMD2<Double> {
        unsafeBitCast(unsafeBitCast(value, to: Bits.self) & isFar, to: SIMD2<Double>.self)
    }
    // The least normal number changes no denominator but 0.
    let t = (smaller - far(larger)) / (larger + far(smaller) + 0x1p-1022)
    let z = t * t
    let w = z * z
    var even = w * 0x1.3a2b7a07caea9p-6 + 0x1.a098bb6ba4941p-5
    var odd = w * -0x1.41603647c7a7cp-5 - 0x1.dfe61e80903d2p-5
    even = even * w + 0x1.10fa75382537fp-4
    odd = odd * w - 0x1.3b1262d95579ep-4
    even = even * w + 0x1.745d0b26b83e7p-4
    odd = odd * w - 0x1.c71c7185314cbp-4
    even = even * w + 0x1.24924924360cbp-3
    odd = odd * w - 0x1.999999999934ap-3
    even = even * w + 0x1.5555555555555p-2
    var angle = far(SIMD2(repeating: 0x1.921fb54442d18p-1)) + (t - t * z * (even + odd * z))
    // Reflect at the diagonal and at x = 0: subtracting from π/2 or π is flipping the sign and adding.
    func flip(_ isFlipped: Bits, at whole: Double) {
        let flipped = unsafeBitCast(angle, to: Bits.self) ^ (isFlipped & sign)
        let base = unsafeBitCast(SIMD2(repeating: whole), to: Bits.self) & isFlipped
        angle = unsafeBitCast(base, to: SIMD2<Double>.self) + unsafeBitCast(flipped, to: SIMD2<Double>.self)
    }
    flip(isSteep, at: 0x1.921fb54442d18p+0)
    flip(unsafeBitCast(x .< 0, to: Bits.self), at: 0x1.921fb54442d18p+1)
    return unsafeBitCast(unsafeBitCast(angle, to: Bits.self) | (yBits & sign), to: SIMD2<Double>.self)
}

/// The square root of 0 and of positive normal numbers, to 2.3 × 10⁻¹⁶.
///
/// Newton's iteration without a division. The standard library's `squareRoot()` is the better one for a single number, but
/// becomes a call guarded by a branch, which tears apart whatever vectors it stands between.
@inlinable @inline(__always)
public func squareRoot(_ value: SIMD2<Double>) -> SIMD2<Double> {
    // Halving the bits of the exponent gives 1/√x to 4 %; each step squares the error.
    let half = unsafeBitCast(value, to: SIMD2<UInt64>.self) &>> SIMD2(repeating: 1)
    var inverse = unsafeBitCast(SIMD2(repeating: 0x5FE6_EB50_C7B5_37A9) &- half, to: SIMD2<Double>.self)
    let halved = value * 0.5
    inverse *= 1.5 - halved * (inverse * inverse)
    inverse *= 1.5 - halved * (inverse * inverse)
    inverse *= 1.5 - halved * (inverse * inverse)
    let root = value * inverse
    return root + (value - root * root) * (inverse * 0.5)
}

// Two halves: two lanes are the width that every 64-bit machine has.

/// `logarithm` of four numbers.
@inlinable @inline(__always)
public func logarithm(_ value: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(lowHalf: logarithm(value.lowHalf), highHalf: logarithm(value.highHalf))
}

/// `exponential` of four numbers.
@inlinable @inline(__always)
public func exponential(_ value: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(lowHalf: exponential(value.lowHalf), highHalf: exponential(value.highHalf))
}

/// `azimuth` of four points.
@inlinable @inline(__always)
public func azimuth(y: SIMD4<Double>, x: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(lowHalf: azimuth(y: y.lowHalf, x: x.lowHalf), highHalf: azimuth(y: y.highHalf, x: x.highHalf))
}

/// `squareRoot` of four numbers.
@inlinable @inline(__always)
public func squareRoot(_ value: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(lowHalf: squareRoot(value.lowHalf), highHalf: squareRoot(value.highHalf))
}
