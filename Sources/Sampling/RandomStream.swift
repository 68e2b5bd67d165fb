/// What a random number is for. Two purposes never share numbers; the raw value is part of the counter and must not
/// change, or every seed would mean other events.
public enum RandomPurpose: UInt32, Sendable {
    case kinematics = 1
    case softRecoil = 3
    case jetResponse = 4
    case scattering = 5
    case finalEmission = 6
    case initialEmission = 7
    case fragmentation = 8
    /// Vertex, interactions, soft term and period of an event.
    case surroundings = 9
    case pileUp = 10
    case trigger = 11
    case bootstrap = 12
    /// Resolution that is added to jets after their calibration.
    case smearing = 13
    /// Of each track, of what decays in a jet, and of the place of the vertex across the beam.
    case tracks = 14
    case jetTracks = 15
    case beamSpot = 16
}

/// Random numbers as a function of (seed, sample, slice, event, purpose).
public struct RandomStream: Sendable {
    /// Philox's key: the seed's low and high half.
    public let key: SIMD2<UInt32>
    /// The third word of each counter: sample and slice. The first two are the event's number, the last is the purpose.
    public let sliceWord: UInt32

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

    /// `words(event:purpose:)` of four events at once.
    @inlinable @inline(__always)
    public func words(events: SIMD4<UInt64>, purpose: RandomPurpose) -> QuadWords {
        philox4x32(
            counters: QuadWords(
                x: events, y: events &>> SIMD4(repeating: 32), z: SIMD4(repeating: UInt64(sliceWord)),
                w: SIMD4(repeating: UInt64(purpose.rawValue))),
            key: key)
    }
}

/// A uniform number in the open interval (0, 1), one of 2^32 values centred in their cells.
@inlinable @inline(__always)
public func uniform(_ word: UInt32) -> Double { (Double(word) + 0.5) * 0x1p-32 }

/// `uniform` of four words, each the low half of a lane.
@inlinable @inline(__always)
public func uniform(_ words: SIMD4<UInt64>) -> SIMD4<Double> {
    // A word in the low bits of 2^52 becomes a number without a conversion; the sum with ½ is exact.
    let bits = (words & SIMD4(repeating: 0xFFFF_FFFF)) | SIMD4(repeating: 0x4330_0000_0000_0000)
    return (unsafeBitCast(bits, to: SIMD4<Double>.self) - (0x1p52 - 0.5)) * 0x1p-32
}

/// Four independent standard normal numbers by the Box–Muller transform; |z| < 6.77 because the words have 32 bits.
@inlinable @inline(__always)
public func normals(_ words: SIMD4<UInt32>) -> SIMD4<Double> {
    let radius = squareRoot(logarithm(SIMD2(uniform(words.x), uniform(words.z))) * -2)
    let (sine, cosine) = sineCosine(turn: SIMD2(uniform(words.y), uniform(words.w)))
    return SIMD4(radius.x * cosine.x, radius.x * sine.x, radius.y * cosine.y, radius.y * sine.y)
}

/// Two independent standard normal numbers from each of four pairs of words, each the low half of a lane: what `normals`
/// makes of `x` and `y`, or of `z` and `w`, to the same bits.
@inlinable @inline(__always)
public func normalPair(_ size: SIMD4<UInt64>, _ turn: SIMD4<UInt64>) -> (first: SIMD4<Double>, second: SIMD4<Double>) {
    let radius = squareRoot(logarithm(uniform(size)) * -2)
    let (sine, cosine) = sineCosine(turn: uniform(turn))
    return (radius * cosine, radius * sine)
}
