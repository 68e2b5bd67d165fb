/// The value that SplitMix64 gives in a state: a bijection of 64 bits that scatters states which differ in few of them.
///
/// A generator adds `splitMixStep` to its state before each value. G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014,
/// doi:10.1145/2660193.2660195.
@inlinable @inline(__always)
public func splitMix(_ state: UInt64) -> UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

/// 2⁶⁴ over the golden ratio, made odd.
public let splitMixStep: UInt64 = 0x9E37_79B9_7F4A_7C15
