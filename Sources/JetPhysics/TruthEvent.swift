/// A dijet event of a generator with its four leading jets, as a row of a truth sample: GeV and radian.
///
/// Jets, soft momentum and neutrinos add up to zero in the transverse plane, but for what goes along the beams.
public struct TruthEvent: Sendable, Equatable {
    /// Number inside its slice.
    public var event: UInt64
    /// By falling pT; an absent jet has pT 0.
    public var pt = SIMD4<Double>.zero
    /// Pseudorapidity.
    public var eta = SIMD4<Double>.zero
    public var phi = SIMD4<Double>.zero
    /// At least 0.
    public var mass = SIMD4<Double>.zero
    /// 21, 1 to 5, or 0 when unknown.
    public var flavour = SIMD4<Int32>.zero
    /// Vector and scalar sum of the transverse momenta of what is visible and in none of the jets.
    public var softX = 0.0
    public var softY = 0.0
    public var softSum = 0.0
    /// Vector sum of what is not visible.
    public var invisibleX = 0.0
    public var invisibleY = 0.0

    public init(event: UInt64) { self.event = event }
}
