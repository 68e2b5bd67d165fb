/// Σ̄|M|²/g⁴ of massless 2→2 scattering in lowest-order QCD, averaged over the spins and colours of the initial and summed over
/// those of the final partons (B. L. Combridge, J. Kripfganz, J. Ranft, Phys. Lett. B 70 (1977) 234).
///
/// Arguments are t = t̂/ŝ and u = û/ŝ, with t + u = −1; t is the momentum transfer from the first initial to the first final
/// parton. Two of the amplitudes of final quarks have no pole at u = 0: there the first final parton is the quark that the
/// first initial one became. The factor ½ of identical final partons is left to the integration.
public enum PartonScattering {
    /// gg → gg.
    @inlinable @inline(__always)
    public static func gluonsToGluons(t: Double, u: Double) -> Double {
        4.5 * (3 - t * u - u / (t * t) - t / (u * u))
    }

    /// gg → qq̄, one flavour.
    @inlinable @inline(__always)
    public static func gluonsToQuarks(t: Double, u: Double) -> Double {
        let squares = t * t + u * u
        return squares * (1 / (6 * t * u) - 0.375)
    }

    /// qg → qg and gq → gq: the first final parton is of the kind of the first initial one.
    @inlinable @inline(__always)
    public static func quarkGluon(t: Double, u: Double) -> Double {
        (1 + u * u) * (1 / (t * t) - 4 / (9 * u))
    }

    /// qq′ → qq′ and qq̄′ → qq̄′.
    @inlinable @inline(__always)
    public static func unlikeQuarks(t: Double, u: Double) -> Double { 4.0 / 9 * (1 + u * u) / (t * t) }

    /// qq → qq.
    @inlinable @inline(__always)
    public static func likeQuarks(t: Double, u: Double) -> Double {
        4.0 / 9 * ((1 + u * u) / (t * t) + (1 + t * t) / (u * u)) - 8 / (27 * u * t)
    }

    /// qq̄ → qq̄ of the same flavour.
    @inlinable @inline(__always)
    public static func annihilationToSameQuarks(t: Double, u: Double) -> Double {
        4.0 / 9 * ((1 + u * u) / (t * t) + t * t + u * u) - 8 * u * u / (27 * t)
    }

    /// qq̄ → q′q̄′, one flavour.
    @inlinable @inline(__always)
    public static func annihilationToOtherQuarks(t: Double, u: Double) -> Double { 4.0 / 9 * (t * t + u * u) }

    /// qq̄ → gg.
    @inlinable @inline(__always)
    public static func annihilationToGluons(t: Double, u: Double) -> Double {
        (t * t + u * u) * (32 / (27 * t * u) - 8.0 / 3)
    }
}

/// The processes that a pair of partons may take part in, told apart by what is at the rapidity of the first jet.
public enum ScatteringChannel: Int, CaseIterable, Sendable {
    case gluonsToGluons
    /// The quark is the first jet.
    case gluonsToQuarks
    /// The quark comes from the first proton and is the first jet.
    case quarkGluon
    /// The gluon comes from the first proton and is the first jet.
    case gluonQuark
    /// Two quarks, two antiquarks or one of each, of different flavours; the one of the first proton is the first jet.
    case unlikeQuarks
    /// Two quarks or two antiquarks of one flavour.
    case likeQuarks
    /// A quark and its antiquark, which scatter or annihilate to the same pair; that of the first proton is the first jet.
    case annihilationToSameQuarks
    /// A quark and its antiquark to another pair; what is the first jet is a quark where that of the first proton was one.
    case annihilationToOtherQuarks
    case annihilationToGluons
}
