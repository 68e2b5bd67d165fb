/// Elementary functions of four single-precision numbers side by side, for models whose own accuracy is far below 10⁻⁷.
///
/// Made like those of double precision: plain IEEE operations in a fixed order, polynomials through Chebyshev nodes of the
/// reduced range (`Scripts/polynomials`), the same bits on every machine. Twice as many lanes to a register, and polynomials
/// half as long.

/// The natural logarithm of positive normal numbers, to 2 × 10⁻⁷ relative to the larger of |result| and 0.3; exactly 0 at 1.
@inlinable @inline(__always)
public func logarithm(_ value: SIMD4<Float>) -> SIMD4<Float> {
    typealias Bits = SIMD4<UInt32>
    // value = 2^k m with √½ ≤ m < √2.
    let bits = unsafeBitCast(value, to: Bits.self)
    let offset = bits &- Bits(repeating: 0x3F35_04F3)
    let mantissa = bits &- (offset & Bits(repeating: 0xFF80_0000))
    // An integer added to the bits of 1.5 × 2^23 becomes a number without a conversion.
    let exponent = unsafeBitCast(offset, to: SIMD4<Int32>.self) &>> SIMD4(repeating: 23)
    let k = unsafeBitCast(exponent &+ SIMD4(repeating: 0x4B40_0000), to: SIMD4<Float>.self) - 12_582_912
    let f = unsafeBitCast(mantissa, to: SIMD4<Float>.self) - 1
    let s = f / (f + 2)
    let z = s * s
    let series = ((z * 0.295_800_54 + 0.399_887_77) * z + 0.666_666_87) * z
    return k * 0.693_359_375 + (f - (s * (f - series) - k * -2.121_944_4e-4))
}

/// The exponential function, to 2 × 10⁻⁷; exactly 1 at 0. Arguments are clamped to −87 … 88.
@inlinable @inline(__always)
public func exponential(_ value: SIMD4<Float>) -> SIMD4<Float> {
    var x = value.replacing(with: -87, where: value .< -87)
    x.replace(with: 88, where: x .> 88)
    // Adding 1.5 × 2^23 leaves the nearest integer in the low bits.
    let shifted = x * 1.442_695 + 12_582_912
    let n = shifted - 12_582_912
    let r = (x - n * 0.693_359_375) - n * -2.121_944_4e-4
    var series = r * 0.001_392_618_4 + 0.008_363_179
    series = series * r + 0.041_666_556
    series = series * r + 0.166_665_76
    series = series * r + 0.5
    let power = (r + r * r * series) + 1
    let exponent = unsafeBitCast(shifted, to: SIMD4<UInt32>.self) &<< SIMD4(repeating: 23)
    return unsafeBitCast(unsafeBitCast(power, to: SIMD4<UInt32>.self) &+ exponent, to: SIMD4<Float>.self)
}

/// The sine and cosine of an angle given in turns, |`turn`| ≤ 2^20, to 2 × 10⁻⁷ absolutely.
@inlinable @inline(__always)
public func sineCosine(turn: SIMD4<Float>) -> (sine: SIMD4<Float>, cosine: SIMD4<Float>) {
    typealias Bits = SIMD4<UInt32>
    let shifted = turn * 4 + 12_582_912
    let quarter = unsafeBitCast(shifted, to: Bits.self)
    let x = (turn - (shifted - 12_582_912) * 0.25) * (2 * Float.pi)
    let y = x * x
    var sine = y * -1.958_786_8e-4 + 0.008_332_748
    sine = sine * y - 0.166_666_64
    sine = x + x * y * sine
    var cosine = y * 2.454_791_7e-5 - 0.001_388_830_2
    cosine = cosine * y + 0.041_666_664
    cosine = (cosine * y - 0.5) * y + 1
    let one = Bits(repeating: 1)
    let isOdd = Bits.zero &- (quarter & one)
    let (sineBits, cosineBits) = (unsafeBitCast(sine, to: Bits.self), unsafeBitCast(cosine, to: Bits.self))
    let exchange = (sineBits ^ cosineBits) & isOdd
    let sign = Bits(repeating: 1 << 31)
    let sineSign = (quarter &<< Bits(repeating: 30)) & sign
    let cosineSign = ((quarter &+ one) &<< Bits(repeating: 30)) & sign
    return (
        unsafeBitCast(sineBits ^ exchange ^ sineSign, to: SIMD4<Float>.self),
        unsafeBitCast(cosineBits ^ exchange ^ cosineSign, to: SIMD4<Float>.self)
    )
}

/// The azimuth of a point in the plane, in [−π, π], to 3 × 10⁻⁷; 0 where both coordinates are 0.
@inlinable @inline(__always)
public func azimuth(y: SIMD4<Float>, x: SIMD4<Float>) -> SIMD4<Float> {
    typealias Bits = SIMD4<UInt32>
    let sign = Bits(repeating: 1 << 31)
    let (xBits, yBits) = (unsafeBitCast(x, to: Bits.self), unsafeBitCast(y, to: Bits.self))
    let absX = unsafeBitCast(xBits & ~sign, to: SIMD4<Float>.self)
    let absY = unsafeBitCast(yBits & ~sign, to: SIMD4<Float>.self)
    let isSteep = absY .> absX
    let larger = absX.replacing(with: absY, where: isSteep)
    let smaller = absY.replacing(with: absX, where: isSteep)
    let isFar = smaller .> larger * 0.414_213_56
    let zero = SIMD4<Float>.zero
    let t =
        (smaller - zero.replacing(with: larger, where: isFar))
        / (larger + zero.replacing(with: smaller, where: isFar) + Float.leastNormalMagnitude)
    let z = t * t
    var series = z * -0.064_517_185 + 0.107_436_687
    series = series * z - 0.142_639_5
    series = series * z + 0.199_995_4
    series = series * z - 0.333_333_31
    var angle = zero.replacing(with: Float.pi / 4, where: isFar) + (t + t * z * series)
    angle.replace(with: Float.pi / 2 - angle, where: isSteep)
    angle.replace(with: Float.pi - angle, where: x .< 0)
    return unsafeBitCast(unsafeBitCast(angle, to: Bits.self) | (yBits & sign), to: SIMD4<Float>.self)
}

/// The square root of 0 and of positive normal numbers, to 1.3 × 10⁻⁷: Newton's iteration without a division or a branch.
@inlinable @inline(__always)
public func squareRoot(_ value: SIMD4<Float>) -> SIMD4<Float> {
    // Halving the bits of the exponent gives 1/√x to 4 %; each step squares the error.
    // That of 0 would overflow when squared.
    let least = value.replacing(with: .leastNormalMagnitude, where: value .< .leastNormalMagnitude)
    let half = unsafeBitCast(least, to: SIMD4<UInt32>.self) &>> SIMD4(repeating: 1)
    var inverse = unsafeBitCast(SIMD4(repeating: 0x5F37_5A86) &- half, to: SIMD4<Float>.self)
    let halved = value * 0.5
    inverse *= 1.5 - halved * (inverse * inverse)
    inverse *= 1.5 - halved * (inverse * inverse)
    let root = value * inverse
    return root + (value - root * root) * (inverse * 0.5)
}

/// The low halves of the lanes.
@inlinable @inline(__always)
func lowHalves(_ words: SIMD4<UInt64>) -> SIMD4<UInt32> {
    let halves = unsafeBitCast(words, to: SIMD8<UInt32>.self)
    return halves.evenHalf
}

/// Integers below 2^23 as numbers: in the low bits of 2^23 they need no conversion.
@inlinable @inline(__always)
func number(_ small: SIMD4<UInt32>) -> SIMD4<Float> {
    unsafeBitCast(small | SIMD4(repeating: 0x4B00_0000), to: SIMD4<Float>.self) - 8_388_608
}

/// A uniform number in (0, 1] from each word, the low half of a lane: fine near 0, where logarithms look.
@inlinable @inline(__always)
public func singleUniform(_ words: SIMD4<UInt64>) -> SIMD4<Float> {
    let bits = lowHalves(words)
    let (low, high) = (bits & SIMD4(repeating: 0xFFFF), bits &>> SIMD4(repeating: 16))
    return number(high) * 0x1p-16 + (number(low) + 0.5) * 0x1p-32
}

/// Two independent uniform numbers in (0, 1) from each word, 2^16 values each, centred in their cells.
@inlinable @inline(__always)
public func singleUniforms(_ words: SIMD4<UInt64>) -> (first: SIMD4<Float>, second: SIMD4<Float>) {
    let bits = lowHalves(words)
    let (low, high) = (bits & SIMD4(repeating: 0xFFFF), bits &>> SIMD4(repeating: 16))
    return ((number(low) + 0.5) * 0x1p-16, (number(high) + 0.5) * 0x1p-16)
}

/// A uniform number in (0, 1) of the lowest eight bits of each word, which `singleUniform` hardly knows of.
@inlinable @inline(__always)
public func singleUniformOfLowByte(_ words: SIMD4<UInt64>) -> SIMD4<Float> {
    (number(lowHalves(words) & SIMD4(repeating: 0xFF)) + 0.5) * 0x1p-8
}

/// Two independent standard normal numbers from each word; |z| < 4.9, because half a word makes the size.
@inlinable @inline(__always)
public func singleNormalPair(_ words: SIMD4<UInt64>) -> (first: SIMD4<Float>, second: SIMD4<Float>) {
    let (size, turn) = singleUniforms(words)
    let radius = squareRoot(logarithm(size) * -2)
    let (sine, cosine) = sineCosine(turn: turn)
    return (radius * cosine, radius * sine)
}
