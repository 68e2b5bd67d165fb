#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The cross-section of two jets in lowest-order QCD with massless partons of five flavours:
///
///     dσ/(dpT dy3 dy4) = 2 pT Σ x1 f_i(x1, μ) x2 f_j(x2, μ) · π α_s²(μ)/ŝ² · Σ̄|M_ij→kl|²/g⁴ / (1 + δ_kl),   μ = pT,
///
/// with x1 = pT/√s (e^y3 + e^y4), x2 = pT/√s (e^−y3 + e^−y4), ŝ = x1 x2 s (R. K. Ellis, W. J. Stirling, B. R. Webber, QCD and
/// Collider Physics, section 7). Parton k is at y3 and l at y4, so that each event is counted once in the whole (y3, y4) plane.
///
/// Densities below 0 count as 0.
public struct LeadingOrder: Sendable {
    /// 1 GeV⁻² in pb.
    public static let inverseSquareGeV = 0.3893794e9

    public let density: PartonDensity
    public let coupling: StrongCoupling
    /// GeV.
    public let sqrtS: Double

    public init(density: PartonDensity, coupling: StrongCoupling = StrongCoupling(), sqrtS: Double) {
        precondition(sqrtS > 0 && sqrtS.isFinite, "the protons have energy")
        self.density = density
        self.coupling = coupling
        self.sqrtS = sqrtS
    }

    /// dσ/(dpT dy3 dy4) in pb/GeV, the sum of all channels; 0 outside phase space.
    public func crossSection(pt: Double, y3: Double, y4: Double) -> Double {
        contributions(pt: pt, y3: y3, y4: y4).total
    }

    /// dσ/(dpT dy3 dy4) in pb/GeV, channel by channel.
    /// - Parameter pt: above 0, GeV.
    public func contributions(pt: Double, y3: Double, y4: Double) -> Contributions {
        let (e3, e4) = (exp(y3), exp(y4))
        let sum = e3 + e4
        let x1 = pt / sqrtS * sum
        let x2 = pt / sqrtS * (sum / (e3 * e4))
        guard x1 < 1, x2 < 1 else { return Contributions(rates: .zero) }
        let scale = density.scale(pt)
        let pairs = PartonPairs(
            BeamPartons(density.momentumDensities(x: x1, at: scale)),
            BeamPartons(density.momentumDensities(x: x2, at: scale)))

        let invariantMass = x1 * x2 * sqrtS * sqrtS
        let strength = coupling.value(pt) / invariantMass
        let common = 2 * pt * Double.pi * strength * strength * Self.inverseSquareGeV
        return Contributions(rates: common * pairs.rates(t: -e4 / sum, u: -e3 / sum))
    }

    /// Rates by channel.
    public struct Contributions: Sendable {
        /// One lane a channel, by its raw value.
        public let rates: SIMD16<Double>

        public var total: Double { rates.sum() }
        public subscript(_ channel: ScatteringChannel) -> Double { rates[channel.rawValue] }
    }
}

/// The partons of one proton, none below 0: quarks and antiquarks of one flavour in the same lane.
struct BeamPartons {
    let gluon: Double
    let quarks: SIMD8<Double>
    let antiquarks: SIMD8<Double>

    /// - Parameter densities: in the lanes of `PartonDensity`.
    @inline(__always)
    init(_ densities: SIMD16<Double>) {
        gluon = max(0, densities[PartonDensity.gluonLane])
        // Written out: a loop over lanes would go through memory.
        let quarks = SIMD8(densities[6], densities[7], densities[8], densities[9], densities[10], 0, 0, 0)
        let antiquarks = SIMD8(densities[4], densities[3], densities[2], densities[1], densities[0], 0, 0, 0)
        self.quarks = quarks.replacing(with: 0, where: quarks .< 0)
        self.antiquarks = antiquarks.replacing(with: 0, where: antiquarks .< 0)
    }
}

/// Products of the densities of two protons, summed over the flavours that a channel does not tell apart.
struct PartonPairs {
    let gluons: Double
    let quarkGluon: Double
    let gluonQuark: Double
    let unlike: Double
    let like: Double
    /// A quark and its own antiquark.
    let opposite: Double

    static let flavours = 5.0

    @inline(__always)
    init(_ first: BeamPartons, _ second: BeamPartons) {
        let sum1 = (first.quarks + first.antiquarks).sum()
        let sum2 = (second.quarks + second.antiquarks).sum()
        gluons = first.gluon * second.gluon
        quarkGluon = sum1 * second.gluon
        gluonQuark = first.gluon * sum2
        like = (first.quarks * second.quarks + first.antiquarks * second.antiquarks).sum()
        opposite = (first.quarks * second.antiquarks + first.antiquarks * second.quarks).sum()
        // A difference of the like may round below 0 where a single flavour is left.
        unlike = max(0, sum1 * sum2 - like - opposite)
    }

    /// One lane a channel, by its raw value.
    @inline(__always)
    func rates(t: Double, u: Double) -> SIMD16<Double> {
        let quarkGluonAmplitude = PartonScattering.quarkGluon(t: t, u: u)
        return SIMD16(
            0.5 * gluons * PartonScattering.gluonsToGluons(t: t, u: u),
            Self.flavours * gluons * PartonScattering.gluonsToQuarks(t: t, u: u),
            quarkGluon * quarkGluonAmplitude,
            gluonQuark * quarkGluonAmplitude,
            unlike * PartonScattering.unlikeQuarks(t: t, u: u),
            0.5 * like * PartonScattering.likeQuarks(t: t, u: u),
            opposite * PartonScattering.annihilationToSameQuarks(t: t, u: u),
            (Self.flavours - 1) * opposite * PartonScattering.annihilationToOtherQuarks(t: t, u: u),
            0.5 * opposite * PartonScattering.annihilationToGluons(t: t, u: u),
            0, 0, 0, 0, 0, 0, 0)
    }
}
