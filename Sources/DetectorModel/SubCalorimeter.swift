#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A part of a calorimeter that is alike over a range of η.
public struct SubCalorimeter: Sendable, Equatable {
    public let name: String
    /// Edges in η, or in |η| of a calorimeter that is given so.
    public let low: Double
    public let high: Double
    /// Depth in nuclear interaction lengths at the lower edge; linear in η to `depthEnd` at the upper one.
    public let depth: Double
    public let depthEnd: Double
    /// What the calorimeter shows for an electromagnetic shower, over its energy.
    public let emScale: Double
    /// Response to the hadronic part of a shower over that to the electromagnetic one.
    public let hOverE: Double
    /// The share of the hadronic part of a hadron's shower is (E/E0)^(m−1): E0 in GeV, about 1 for pions; m 0.80 to 0.87.
    public let e0: Double
    public let m: Double
    /// Resolution of single hadrons, σ_E = √(a² E + b² E²): a in √GeV and b.
    public let stochastic: Double
    public let constant: Double
    /// Noise in a jet's area, in GeV of measured pT.
    public let noise: Double

    /// - Parameter depthEnd: nil for the same depth everywhere.
    public init(
        name: String, low: Double, high: Double, depth: Double, depthEnd: Double? = nil, emScale: Double = 1,
        hOverE: Double, e0: Double = 1, m: Double = 0.82, stochastic: Double, constant: Double, noise: Double
    ) {
        self.name = name
        self.low = low
        self.high = high
        self.depth = depth
        self.depthEnd = depthEnd ?? depth
        self.emScale = emScale
        self.hOverE = hOverE
        self.e0 = e0
        self.m = m
        self.stochastic = stochastic
        self.constant = constant
        self.noise = noise
    }

    /// The depth in λ at η, that of the nearer edge outside.
    func depth(eta: Double) -> Double {
        depth + (depthEnd - depth) * (min(max(eta, low), high) - low) / (high - low)
    }

    /// κ: what ⟨E_h^(m−1)⟩ is, weighted with the energy of the hadrons, in units of E_jet^(m−1).
    /// - Parameter fragmentation: n of z D(z) ∝ (1 − z)^n.
    func fragmentationMoment(_ fragmentation: Double) -> Double {
        tgamma(m) * tgamma(fragmentation + 2) / tgamma(fragmentation + 1 + m)
    }

    /// Mean response to the hadrons of a jet over the electromagnetic scale, in a calorimeter without end:
    /// 1 − (1 − h/e) κ (E/E0)^(m−1), and h/e where E is so low that there is no electromagnetic part.
    /// - Parameters:
    ///   - energy: of the jet, in GeV.
    ///   - moment: κ.
    func hadronResponse(energy: Double, moment: Double) -> Double {
        1 - (1 - hOverE) * min(1, moment * pow(energy / e0, m - 1))
    }
}
