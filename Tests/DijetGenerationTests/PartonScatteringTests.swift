import DijetGeneration
import Testing

/// Amplitudes are checked against laws of field theory, not against the formulas again.
struct PartonScatteringTests {
    typealias Amplitude = @Sendable (Double, Double) -> Double

    private static let gluonsToGluons: Amplitude = { PartonScattering.gluonsToGluons(t: $0, u: $1) }
    private static let gluonsToQuarks: Amplitude = { PartonScattering.gluonsToQuarks(t: $0, u: $1) }
    private static let quarkGluon: Amplitude = { PartonScattering.quarkGluon(t: $0, u: $1) }
    private static let unlikeQuarks: Amplitude = { PartonScattering.unlikeQuarks(t: $0, u: $1) }
    private static let likeQuarks: Amplitude = { PartonScattering.likeQuarks(t: $0, u: $1) }
    private static let same: Amplitude = { PartonScattering.annihilationToSameQuarks(t: $0, u: $1) }
    private static let other: Amplitude = { PartonScattering.annihilationToOtherQuarks(t: $0, u: $1) }
    private static let annihilation: Amplitude = { PartonScattering.annihilationToGluons(t: $0, u: $1) }
    private static let all = [
        gluonsToGluons, gluonsToQuarks, quarkGluon, unlikeQuarks, likeQuarks, same, other, annihilation,
    ]

    private static let angles = stride(from: -0.98, through: -0.02, by: 0.04).map { (t: $0, u: -1 - $0) }

    private func expectEqual(_ first: Amplitude, _ second: Amplitude) {
        for (t, u) in Self.angles {
            let (left, right) = (first(t, u), second(t, u))
            #expect(abs(left - right) < 1e-11 * max(abs(left), abs(right)), "t = \(t): \(left), \(right)")
        }
    }

    @Test func ratesArePositive() {
        for amplitude in Self.all { for (t, u) in Self.angles { #expect(amplitude(t, u) > 0) } }
    }

    /// Identical partons, or a parton and its antiparton, on one side: forward and backward are the same.
    @Test func forwardIsBackwardWhereNothingTellsThemApart() {
        for amplitude in [
            Self.gluonsToGluons, Self.gluonsToQuarks, Self.likeQuarks, Self.other, Self.annihilation,
        ] { expectEqual(amplitude) { amplitude($1, $0) } }
        for amplitude in [Self.quarkGluon, Self.unlikeQuarks, Self.same] {
            #expect(amplitude(-0.1, -0.9) > 2 * amplitude(-0.9, -0.1))
        }
    }

    /// Σ|M|² is one function of s, t and u in all crossings. Amplitudes do not depend on the scale, so M(s, t, u) with
    /// s ↔ t is M(t/t, s/t, u/t). Averages differ by the colours (3 or 8) and spins (2) of the initial partons; each fermion
    /// that changes sides changes the sign.
    @Test func crossingsAreOneFunction() {
        func exchangingST(_ amplitude: @escaping Amplitude) -> Amplitude { { amplitude(1 / $0, $1 / $0) } }
        func exchangingSU(_ amplitude: @escaping Amplitude) -> Amplitude { { amplitude($0 / $1, 1 / $1) } }
        expectEqual(Self.gluonsToGluons, exchangingST(Self.gluonsToGluons))
        // gg → qq̄ and qq̄ → gg: 8 · 8 against 3 · 3 colours.
        expectEqual(Self.annihilation) { 64.0 / 9 * Self.gluonsToQuarks($0, $1) }
        // qg → qg: one fermion changes sides, and 3 · 8 colours.
        let crossed = exchangingST(Self.gluonsToQuarks)
        expectEqual(Self.quarkGluon) { -64.0 / 24 * crossed($0, $1) }
        expectEqual(Self.other, exchangingST(Self.unlikeQuarks))
        expectEqual(Self.same, exchangingSU(Self.likeQuarks))
        expectEqual(Self.same, exchangingST(Self.same))
    }

    /// Quarks of one flavour scatter like those of two where the interference may be neglected.
    @Test func quarksForgetTheirFlavourForward() {
        let (t, u) = (-1e-6, -1 + 1e-6)
        #expect(abs(Self.likeQuarks(t, u) / Self.unlikeQuarks(t, u) - 1) < 1e-5)
        #expect(abs(Self.same(t, u) / Self.unlikeQuarks(t, u) - 1) < 1e-5)
    }

    /// The exchange of a gluon at t → 0 couples to the charges: gg : qg : qq′ = C_A² : C_A C_F : C_F², and C_A/C_F = 9/4. The
    /// pole of quarks is 2 C_F/C_A · s²/t² = 8/9 s²/t².
    @Test func polesAreThoseOfTheColourCharges() {
        let (t, u) = (-1e-7, -1 + 1e-7)
        let quarks = Self.unlikeQuarks(t, u)
        #expect(abs(quarks * t * t - 8.0 / 9) < 1e-6)
        #expect(abs(Self.quarkGluon(t, u) / quarks - 9.0 / 4) < 1e-5)
        #expect(abs(Self.gluonsToGluons(t, u) / quarks - 81.0 / 16) < 1e-5)
    }

    /// Without an exchanged gluon there is no double pole.
    @Test func annihilationHasNoDoublePole() {
        let (t, u) = (-1e-7, -1 + 1e-7)
        for amplitude in [Self.gluonsToQuarks, Self.other, Self.annihilation] {
            #expect(abs(amplitude(t, u) * t * t) < 1e-5)
        }
    }

    /// At 90° in the centre of mass, as tabulated by Ellis, Stirling and Webber (table 7.1) to three digits.
    @Test func valuesAt90DegreesAreThoseOfTheLiterature() {
        let table: [(Amplitude, Double)] = [
            (Self.unlikeQuarks, 2.22), (Self.likeQuarks, 3.26), (Self.other, 0.222), (Self.same, 2.59),
            (Self.annihilation, 1.04), (Self.gluonsToQuarks, 0.147), (Self.quarkGluon, 6.11),
            (Self.gluonsToGluons, 30.4),
        ]
        for (amplitude, value) in table {
            let ours = amplitude(-0.5, -0.5)
            #expect(abs(ours / value - 1) < 0.01, "\(ours), \(value)")
        }
    }
}
