#if canImport(Glibc)
    public import Glibc
#else
    public import Foundation
#endif

/// What a random number is for. Two purposes never share numbers; the raw value is part of the counter and must not
/// change, or every seed would mean other events.
public enum RandomPurpose: UInt32, Sendable {
    case kinematics = 1
    case radiation = 2
    case softRecoil = 3
    case jetResponse = 4
}

/// Random numbers as a function of (seed, sample, slice, event, purpose).
public struct RandomStream: Sendable {
    @usableFromInline let key: SIMD2<UInt32>
    @usableFromInline let sliceWord: UInt32

    /// - Parameters:
    ///   - sample: below 2^16; distinguishes samples of one run, such as simulation and pseudo-data.
    ///   - slice: below 2^16; the p̂T slice.
    public init(seed: UInt64, sample: Int, slice: Int) {
        precondition(sample >= 0 && sample < 1 << 16 && slice >= 0 && slice < 1 << 16, "sample and slice below 65536")
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        sliceWord = UInt32(sample) << 16 | UInt32(slice)
    }

    /// Four independent uniform words.
    @inlinable @inline(__always)
    public func words(event: UInt64, purpose: RandomPurpose) -> SIMD4<UInt32> {
        philox4x32(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: event), UInt32(truncatingIfNeeded: event >> 32), sliceWord, purpose.rawValue),
            key: key)
    }
}

/// A uniform number in the open interval (0, 1), one of 2^32 values centred in their cells.
@inlinable @inline(__always)
public func uniform(_ word: UInt32) -> Double { (Double(word) + 0.5) * 0x1p-32 }

/// Four independent standard normal numbers by the Box–Muller transform; |z| < 6.77 because the words have 32 bits.
@inlinable @inline(__always)
public func normals(_ words: SIMD4<UInt32>) -> SIMD4<Double> {
    let squares = SIMD2(-2 * log(uniform(words.x)), -2 * log(uniform(words.z)))
    let radius = squares.squareRoot()
    let (sine, cosine) = sineCosine(turn: SIMD2(uniform(words.y), uniform(words.w)))
    return SIMD4(radius.x * cosine.x, radius.x * sine.x, radius.y * cosine.y, radius.y * sine.y)
}
