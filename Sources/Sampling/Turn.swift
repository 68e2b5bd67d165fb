/// The sine and cosine of an angle given in turns, 0 ≤ `turn` ≤ 1, to 3 × 10⁻¹⁶.
///
/// Both at once and without a call, for one or several angles side by side: the Taylor series on an eighth of a turn
/// to either side of the nearest quarter.
@inlinable @inline(__always)
public func sineCosine(turn: SIMD2<Double>) -> (sine: SIMD2<Double>, cosine: SIMD2<Double>) {
    // Adding and taking away 1.5 × 2^52 rounds to the nearest integer without a call.
    let quarter = (turn * 4 + 0x1.8p52) - 0x1.8p52
    let x = (turn - quarter * 0.25) * (2 * Double.pi)
    let y = x * x
    var sine = y * (-1 / 1_307_674_368_000) + 1 / 6_227_020_800
    sine = sine * y - 1 / 39_916_800
    sine = sine * y + 1 / 362_880
    sine = sine * y - 1 / 5_040
    sine = sine * y + 1 / 120
    sine = sine * y - 1 / 6
    sine = x + x * y * sine
    var cosine = y * (1 / 20_922_789_888_000) - 1 / 87_178_291_200
    cosine = cosine * y + 1 / 479_001_600
    cosine = cosine * y - 1 / 3_628_800
    cosine = cosine * y + 1 / 40_320
    cosine = cosine * y - 1 / 720
    cosine = cosine * y + 1 / 24
    cosine = cosine * y - 0.5
    cosine = cosine * y + 1
    // Quarters 1 and 3 exchange the two; 2 and 3 turn the sine's sign, 1 and 2 the cosine's.
    let isOdd = (quarter .== 1) .| (quarter .== 3)
    let swappedSine = sine.replacing(with: cosine, where: isOdd)
    let swappedCosine = cosine.replacing(with: sine, where: isOdd)
    return (
        swappedSine.replacing(with: -swappedSine, where: (quarter .== 2) .| (quarter .== 3)),
        swappedCosine.replacing(with: -swappedCosine, where: (quarter .== 1) .| (quarter .== 2))
    )
}
