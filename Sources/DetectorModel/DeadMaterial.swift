#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Material in front of a calorimeter, or a gap in it, that takes part of a jet's energy.
public struct DeadMaterial: Sendable, Equatable {
    /// The loss along η, 1 at the centre.
    public enum Profile: String, Sendable {
        /// exp(−(η − centre)² / (2 width²)).
        case gaussian
        /// 1 within ± width.
        case box
    }

    /// The share of the energy that is lost at the centre.
    public enum Loss: Sendable, Equatable {
        /// What a shower leaves in so many nuclear interaction lengths: falls with energy, as showers reach deeper.
        case interactionLengths(Double)
        /// `fraction` · (pT / 100 GeV)^(−ptExponent), at most 1.
        case fraction(Double, ptExponent: Double)
    }

    /// Centre in η, or in |η| of a calorimeter that is given so.
    public let eta: Double
    public let width: Double
    public let profile: Profile
    public let loss: Loss

    public init(eta: Double, width: Double, profile: Profile = .gaussian, loss: Loss) {
        self.eta = eta
        self.width = width
        self.profile = profile
        self.loss = loss
    }

    /// The profile as a jet sees it that is a Gaussian of width `jetWidth` in η: their convolution, from 0 to 1.
    func coverage(eta position: Double, jetWidth: Double) -> Double {
        let distance = position - eta
        switch profile {
        case .gaussian:
            let variance = width * width + jetWidth * jetWidth
            return width / variance.squareRoot() * exp(-0.5 * distance * distance / variance)
        case .box:
            return normalIntegral((distance + width) / jetWidth) - normalIntegral((distance - width) / jetWidth)
        }
    }

    /// The share lost at the centre.
    /// - Parameters:
    ///   - pt: of the jet, in GeV.
    ///   - hadronEnergy: in GeV.
    func lost(pt: Double, hadronEnergy: Double) -> Double {
        switch loss {
        case .interactionLengths(let depth): 1 - HadronShower.share(beyond: depth, energy: hadronEnergy)
        case .fraction(let fraction, let exponent): min(1, fraction * pow(pt / 100, -exponent))
        }
    }
}

/// The integral of the normal distribution up to `x`.
func normalIntegral(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }
