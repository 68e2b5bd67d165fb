/// The counter-based generator Philox4x32-10: a bijection of 128 bits, keyed by 64.
///
/// Chosen because a value is a function of its counter, not of how many were drawn before: any event can be made
/// anywhere, in any order, on any thread. Salmon et al., SC'11, doi:10.1145/2063384.2063405; checked against the
/// known-answer vectors published with it.
@inlinable @inline(__always)
public func philox4x32(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
        let first = UInt64(0xD251_1F53) &* UInt64(c0)
        let second = UInt64(0xCD9E_8D57) &* UInt64(c2)
        (c0, c1, c2, c3) = (
            UInt32(truncatingIfNeeded: second >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: second),
            UInt32(truncatingIfNeeded: first >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: first)
        )
        k0 &+= 0x9E37_79B9
        k1 &+= 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
}
