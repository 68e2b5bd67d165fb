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

/// Four words of each of four counters: lane `i` of the four members belongs to counter `i`.
///
/// A word is the low half of its 64-bit lane. What stands in the high half is unspecified; `uniform` and the subscript leave
/// it out.
public struct QuadWords: Sendable {
    public var x: SIMD4<UInt64>
    public var y: SIMD4<UInt64>
    public var z: SIMD4<UInt64>
    public var w: SIMD4<UInt64>

    @inlinable @inline(__always)
    public init(x: SIMD4<UInt64>, y: SIMD4<UInt64>, z: SIMD4<UInt64>, w: SIMD4<UInt64>) {
        (self.x, self.y, self.z, self.w) = (x, y, z, w)
    }

    /// The words of one of the counters.
    @inlinable @inline(__always)
    public subscript(counter: Int) -> SIMD4<UInt32> {
        SIMD4(
            UInt32(truncatingIfNeeded: x[counter]), UInt32(truncatingIfNeeded: y[counter]),
            UInt32(truncatingIfNeeded: z[counter]), UInt32(truncatingIfNeeded: w[counter]))
    }
}

/// `philox4x32` of four counters at once: the same words, faster, since one instruction multiplies two pairs.
@inlinable @inline(__always)
public func philox4x32(counters: QuadWords, key: SIMD2<UInt32>) -> QuadWords {
    var words = counters
    // Written out: the compiler leaves a loop of ten rounds a loop and sets up the round's key in each.
    words.mix(key, round: 0)
    words.mix(key, round: 1)
    words.mix(key, round: 2)
    words.mix(key, round: 3)
    words.mix(key, round: 4)
    words.mix(key, round: 5)
    words.mix(key, round: 6)
    words.mix(key, round: 7)
    words.mix(key, round: 8)
    words.mix(key, round: 9)
    return words
}

extension QuadWords {
    /// One round of `philox4x32`. Only factors need clean words, and the multiplication takes low halves, so that nothing
    /// is masked in between.
    @inlinable @inline(__always)
    mutating func mix(_ key: SIMD2<UInt32>, round: UInt32) {
        typealias Lanes = SIMD4<UInt64>
        let word = Lanes(repeating: 0xFFFF_FFFF)
        let first = (x & word) &* Lanes(repeating: 0xD251_1F53)
        let second = (z & word) &* Lanes(repeating: 0xCD9E_8D57)
        x = (second &>> Lanes(repeating: 32)) ^ (y ^ Lanes(repeating: UInt64(key.x &+ round &* 0x9E37_79B9)))
        z = (first &>> Lanes(repeating: 32)) ^ (w ^ Lanes(repeating: UInt64(key.y &+ round &* 0xBB67_AE85)))
        y = second
        w = first
    }
}
