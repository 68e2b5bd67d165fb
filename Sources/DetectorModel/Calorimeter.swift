/// A calorimeter described physically, from which the mean response and the resolution of jets follow.
///
/// A jet of energy E = pT cosh η is photons, a share f of its energy, and hadrons with momentum shares z distributed as
/// z D(z) ∝ (1 − z)^n. So the energy-weighted mean of z is S = 1/(n + 2), which is also ⟨Σ z²⟩, and that of z^(m−1) is
/// κ = Γ(m) Γ(n+2) / Γ(n+1+m).
///
/// **Response.** A sub-calorimeter i of electromagnetic scale s, h/e and depth D shows
///
///     r_i = s [f + (1 − f) ρ],   ρ = (1 − ℓ) π,   π = 1 − (1 − h/e) κ (E/E0)^(m−1),   ℓ = share(beyond D, energy S E)
///
/// of a jet (non-linearity: Groom, NIM A 572 (2007) 633; leakage: `HadronShower`). The jet is a Gaussian of width w in η
/// and has the share w_i of its energy in i; nothing is measured outside of all. Dead materials and gaps lose q_j at
/// their centres, times the convolution p_j of their profile with the jet:
///
///     R = Σ w_i r_i · Π (1 − p_j q_j)
///
/// **Resolution.** (σ/pT)² relative to the measured pT is the sum of
///
///     Σ w_i (s ρ)² (1 − f) a²/E / C²             stochastic term of the hadrons, which adds up like energy
///     Σ w_i (s ρ)² (1 − f) b² S / C²             their constant term: each hadron for itself
///     Σ w_i N_i² / (pT R)²                       noise
///     (Σ w_i s (1 − ρ))² f (1 − f) S / C²        a particle is a photon with probability f, Var f = f (1 − f) Σ z²
///     Σ w_i (s π)² (1 − f) v ℓ (1 − ℓ) S / C²    leakage, v = `HadronShower.spread`
///     Σ_j v p q / (1 − p q) S                    dead material and gaps
///     (Σ w_i r_i² − C²) S / C²                   which particle hits which sub-calorimeter, or none
///
/// with C = Σ w_i r_i. Neglected: photons' own resolution, which is small beside the hadrons'; that material in front
/// makes the rest deeper; fluctuations of the electromagnetic share of one hadron's shower, which a and b contain.
/// Photons lose the same share in dead material as hadrons do.
public struct Calorimeter: Sendable, Equatable {
    public let convention: EtaConvention
    /// The width of a jet's lateral profile in η.
    public let jetWidth: Double
    /// The photons' share of a jet's energy.
    public let photonFraction: Double
    /// n of the fragmentation function z D(z) ∝ (1 − z)^n.
    public let fragmentation: Double
    /// In order of η.
    public let subCalorimeters: [SubCalorimeter]
    public let deadMaterial: [DeadMaterial]
    /// κ of each sub-calorimeter.
    let moments: [Double]

    public static let standardJetWidth = 0.1
    public static let standardPhotonFraction = 0.27
    public static let standardFragmentation = 4.0

    /// - Parameters:
    ///   - convention: whether ranges and positions are of |η| and mirrored.
    ///   - jetWidth: 0.02 to 0.5 in η; about 0.1 for jets of R = 0.4.
    ///   - photonFraction: 0 to below 1; 0.25 to 0.3 of a jet are photons.
    ///   - fragmentation: 0 to 30. 4 makes Σ z² a sixth (√Σ z² = 0.41; about 0.3 for jets of gluons, 0.45 of quarks).
    ///   - subCalorimeters: in order of η, without overlap; holes between them up to 0.3 wide are gaps.
    ///   - path: of the calorimeter in its card, for messages.
    /// - Throws: where a number is out of its range, or response or resolution of the whole is not possible.
    public init(
        convention: EtaConvention, jetWidth: Double = standardJetWidth,
        photonFraction: Double = standardPhotonFraction, fragmentation: Double = standardFragmentation,
        subCalorimeters: [SubCalorimeter], deadMaterial: [DeadMaterial] = [], path: [String]
    ) throws(CardError) {
        self.convention = convention
        self.jetWidth = jetWidth
        self.photonFraction = photonFraction
        self.fragmentation = fragmentation
        self.subCalorimeters = subCalorimeters
        self.deadMaterial = deadMaterial
        try Self.require(jetWidth, 0.02...0.5, "a jet width", "give 0.02 to 0.5 in η", path + ["jet_width"])
        guard photonFraction >= 0, photonFraction < 1 else {
            throw CardError(
                path + ["photon_fraction"], "a photon fraction of \(photonFraction) is out of range",
                "give 0 ≤ fraction < 1; jets have 0.25 to 0.3")
        }
        try Self.require(fragmentation, 0...30, "a power", "give 0 to 30", path + ["fragmentation"])
        moments = subCalorimeters.map { $0.fragmentationMoment(fragmentation) }
        try requireSubCalorimeters(path + ["sub_calorimeters"])
        try requireDeadMaterial(path + ["dead_material"])
        try requirePossible(path)
    }

    /// The |η| up to which something measures on both sides.
    public var coveredAbsEta: Double {
        guard let first = subCalorimeters.first, let last = subCalorimeters.last else { return 0 }
        return max(0, convention == .absolute ? last.high : min(-first.low, last.high))
    }
}
