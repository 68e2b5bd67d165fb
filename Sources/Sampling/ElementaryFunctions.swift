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

/// The square root of positive normal numbers, to 2.3 × 10⁻¹⁶; that of 0 is outside the domain.
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

/// `squareRoot` of four numbers.
@inlinable @inline(__always)
public func squareRoot(_ value: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(lowHalf: squareRoot(value.lowHalf), highHalf: squareRoot(value.highHalf))
}
