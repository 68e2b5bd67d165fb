/// The sine and cosine of an angle given in turns, |`turn`| ≤ 2^49, to 3 × 10⁻¹⁶ absolutely.
///
/// Both at once and without a call, for angles side by side: polynomials on an eighth of a turn to either side of the
/// nearest quarter, which interpolate at Chebyshev nodes to below 2 × 10⁻¹⁷. Deterministic like `logarithm`.
@inlinable @inline(__always)
public func sineCosine(turn: SIMD2<Double>) -> (sine: SIMD2<Double>, cosine: SIMD2<Double>) {
    typealias Bits = SIMD2<UInt64>
    // Adding 1.5 × 2^52 rounds to the nearest integer, which is left in the low bits: the number of the quarter.
    let shifted = turn * 4 + 0x1.8p52
    let quarter = unsafeBitCast(shifted, to: Bits.self)
    let x = (turn - (shifted - 0x1.8p52) * 0.25) * (2 * Double.pi)
    let y = x * x
    var sine = y * 0x1.5e0b05bff20f2p-33 - 0x1.ae600aca92c64p-26
    sine = sine * y + 0x1.71de379654304p-19
    sine = sine * y - 0x1.a01a019e83816p-13
    sine = sine * y + 0x1.1111111110bb2p-7
    sine = sine * y - 0x1.5555555555555p-3
    sine = x + x * y * sine
    var cosine = y * -0x1.907d8f29fe831p-37 + 0x1.1eeb68cd22f56p-29
    cosine = cosine * y - 0x1.27e4fa17bf139p-22
    cosine = cosine * y + 0x1.a01a019f4e9b4p-16
    cosine = cosine * y - 0x1.6c16c16c16967p-10
    cosine = cosine * y + 0x1.5555555555555p-5
    cosine = cosine * y - 0.5
    cosine = cosine * y + 1
    // Odd quarters exchange the two; 2 and 3 turn the sine's sign, 1 and 2 the cosine's.
    let one = Bits(repeating: 1)
    let isOdd = Bits.zero &- (quarter & one)
    let (sineBits, cosineBits) = (unsafeBitCast(sine, to: Bits.self), unsafeBitCast(cosine, to: Bits.self))
    let exchange = (sineBits ^ cosineBits) & isOdd
    let sign = Bits(repeating: 1 << 63)
    let sineSign = (quarter &<< Bits(repeating: 62)) & sign
    let cosineSign = ((quarter &+ one) &<< Bits(repeating: 62)) & sign
    return (
        unsafeBitCast(sineBits ^ exchange ^ sineSign, to: SIMD2<Double>.self),
        unsafeBitCast(cosineBits ^ exchange ^ cosineSign, to: SIMD2<Double>.self)
    )
}

/// `sineCosine` of four angles.
@inlinable @inline(__always)
public func sineCosine(turn: SIMD4<Double>) -> (sine: SIMD4<Double>, cosine: SIMD4<Double>) {
    let (low, high) = (sineCosine(turn: turn.lowHalf), sineCosine(turn: turn.highHalf))
    return (SIMD4(lowHalf: low.sine, highHalf: high.sine), SIMD4(lowHalf: low.cosine, highHalf: high.cosine))
}
