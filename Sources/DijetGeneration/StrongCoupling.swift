#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The strong coupling at first order: d(1/α_s)/d ln Q² = (33 − 2 n_f) / 12π, with n_f active flavours between the masses of
/// c (1.5 GeV), b (4.8 GeV) and t (171 GeV), where α_s is continuous.
///
/// Near Λ the series means nothing: α_s is held at 1 where it would be larger.
public struct StrongCoupling: Sendable, Equatable {
    /// GeV.
    public static let zMass = 91.188
    static let charmMass = 1.5
    static let bottomMass = 4.8
    static let topMass = 171.0

    public let atZMass: Double
    /// 1/α_s at the thresholds of c, b and t.
    private let inverseAtCharm: Double
    private let inverseAtBottom: Double
    private let inverseAtTop: Double

    /// - Parameter atZMass: α_s(M_Z), above 0 and at most 1; 0.130 belongs to the built-in parton density.
    public init(atZMass: Double = 0.130) {
        precondition(atZMass > 0 && atZMass <= 1, "α_s(M_Z) lies between 0 and 1")
        self.atZMass = atZMass
        inverseAtTop = 1 / atZMass + Self.slope(5) * log(Self.topMass / Self.zMass)
        inverseAtBottom = 1 / atZMass + Self.slope(5) * log(Self.bottomMass / Self.zMass)
        inverseAtCharm = inverseAtBottom + Self.slope(4) * log(Self.charmMass / Self.bottomMass)
    }

    /// d(1/α_s)/d ln Q, twice that in ln Q².
    private static func slope(_ flavours: Double) -> Double { (33 - 2 * flavours) / (6 * Double.pi) }

    /// α_s at a scale Q > 0 in GeV.
    public func value(_ q: Double) -> Double {
        let inverse: Double
        if q >= Self.topMass {
            inverse = inverseAtTop + Self.slope(6) * log(q / Self.topMass)
        } else if q >= Self.bottomMass {
            inverse = inverseAtBottom + Self.slope(5) * log(q / Self.bottomMass)
        } else if q >= Self.charmMass {
            inverse = inverseAtCharm + Self.slope(4) * log(q / Self.charmMass)
        } else {
            inverse = inverseAtCharm + Self.slope(3) * log(q / Self.charmMass)
        }
        return 1 / max(1, inverse)
    }
}
