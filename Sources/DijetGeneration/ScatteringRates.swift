/// The rates of all channels of a pair of beams at one scattering angle, both jets' places counted together: a channel's two
/// orientations are told apart afterwards.
struct ScatteringRates {
    private let first: PartonTable.Lanes
    private let second: PartonTable.Lanes
    private let t: Double
    private let u: Double
    /// By `ScatteringChannel`: without the orientation, and with the first final parton at t.
    private let both: SIMD16<Float>
    private let direct: SIMD16<Float>
    let total: Float

    /// Leaves the lanes of quarks and antiquarks.
    private static let quarkMask = SIMD16<Float>(1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0)

    /// - Parameter t: of the parton that is the first jet, in units of ŝ.
    @inline(__always)
    init(_ first: PartonTable.Lanes, _ second: PartonTable.Lanes, t: Double) {
        let u = -1 - t
        self.first = first
        self.second = second
        self.t = t
        self.u = u
        let (gluon1, gluon2) = (first[PartonTable.gluonLane], second[PartonTable.gluonLane])
        let (sum1, sum2) = (first[PartonTable.sumLane], second[PartonTable.sumLane])
        let quarks = second * Self.quarkMask
        let like = sum(first * quarks)
        let opposite = sum(first.lowHalf * quarks.highHalf + first.highHalf * quarks.lowHalf)
        let unlike = max(0, sum1 * sum2 - like - opposite)
        let gluons = gluon1 * gluon2

        typealias Amplitude = PartonScattering
        let allGluons = gluons * Float(Amplitude.gluonsToGluons(t: t, u: u))
        let toQuarks = gluons * Float(5 * Amplitude.gluonsToQuarks(t: t, u: u))
        let (scattered, exchanged) = (
            Float(Amplitude.quarkGluon(t: t, u: u)), Float(Amplitude.quarkGluon(t: u, u: t))
        )
        let (apart, apartExchanged) = (
            Float(Amplitude.unlikeQuarks(t: t, u: u)), Float(Amplitude.unlikeQuarks(t: u, u: t))
        )
        let alike = like * Float(Amplitude.likeQuarks(t: t, u: u))
        let (same, sameExchanged) = (
            Float(Amplitude.annihilationToSameQuarks(t: t, u: u)), Float(Amplitude.annihilationToSameQuarks(t: u, u: t))
        )
        let other = opposite * Float(4 * Amplitude.annihilationToOtherQuarks(t: t, u: u))
        let toGluons = opposite * Float(Amplitude.annihilationToGluons(t: t, u: u))
        let direct = SIMD16<Float>(
            0.5 * allGluons, toQuarks, sum1 * gluon2 * scattered, gluon1 * sum2 * scattered, unlike * apart,
            0.5 * alike,
            opposite * same, other, 0.5 * toGluons, 0, 0, 0, 0, 0, 0, 0)
        let exchange = SIMD16<Float>(
            0.5 * allGluons, toQuarks, sum1 * gluon2 * exchanged, gluon1 * sum2 * exchanged, unlike * apartExchanged,
            0.5 * alike, opposite * sameExchanged, other, 0.5 * toGluons, 0, 0, 0, 0, 0, 0, 0)
        self.direct = direct
        both = direct + exchange
        total = sum(both)
    }

    /// What scattered into what: PDG numbers of the incoming partons, and of those at t and at u of the first beam.
    struct Partons {
        var first: Int32
        var second: Int32
        var jetA: Int32
        var jetB: Int32
    }

    /// - Parameters: two uniform numbers in [0, 1).
    @inline(__always)
    func choose(_ channelNumber: Float, _ flavourNumber: Float) -> Partons {
        var rest = channelNumber * total
        var index = 0
        // Rounding may leave a little beyond the last channel: the last one with a rate takes it.
        while index < 8, rest >= both[index] {
            rest -= both[index]
            index += 1
        }
        let isDirect = rest < direct[index]
        var result: Partons
        switch ScatteringChannel(rawValue: index).unsafelyUnwrapped {
        case .gluonsToGluons: return Partons(first: 21, second: 21, jetA: 21, jetB: 21)
        case .gluonsToQuarks:
            let quark = Int32(min(flavourNumber * 5, 4)) + 1
            result = Partons(first: 21, second: 21, jetA: quark, jetB: -quark)
        case .quarkGluon:
            let quark = Self.pick(first, flavourNumber)
            result = Partons(first: quark, second: 21, jetA: quark, jetB: 21)
        case .gluonQuark:
            let quark = Self.pick(second, flavourNumber)
            result = Partons(first: 21, second: quark, jetA: 21, jetB: quark)
        case .unlikeQuarks:
            let (quark, other) = pickUnlike(flavourNumber)
            result = Partons(first: quark, second: other, jetA: quark, jetB: other)
        case .likeQuarks:
            let quark = Self.pick(first * second, flavourNumber)
            return Partons(first: quark, second: quark, jetA: quark, jetB: quark)
        case .annihilationToSameQuarks:
            let quark = pickOpposite(flavourNumber)
            result = Partons(first: quark, second: -quark, jetA: quark, jetB: -quark)
        case .annihilationToOtherQuarks:
            // Four others, all alike: the remainder of the channel's number decides.
            let quark = pickOpposite(flavourNumber)
            let share = max(0, isDirect ? rest / direct[index] : (rest - direct[index]) / (both[index] - direct[index]))
            let skip = Int32(min(share * 4, 3)) + 1
            let other = skip < abs(quark) ? skip : skip + 1
            result = Partons(
                first: quark, second: -quark, jetA: quark > 0 ? other : -other, jetB: quark > 0 ? -other : other)
        case .annihilationToGluons:
            let quark = pickOpposite(flavourNumber)
            return Partons(first: quark, second: -quark, jetA: 21, jetB: 21)
        }
        if !isDirect { swap(&result.jetA, &result.jetB) }
        return result
    }

    /// A quark or antiquark in proportion to the lanes.
    @inline(__always)
    private static func pick(_ weights: PartonTable.Lanes, _ number: Float) -> Int32 {
        let masked = weights * quarkMask
        return pick(masked, rest: number * sum(masked)).parton
    }

    @inline(__always)
    private static func pick(_ weights: PartonTable.Lanes, rest: Float) -> (parton: Int32, rest: Float) {
        var rest = rest
        var last = (parton: Int32(2), rest: Float(0))
        for lane in 0..<13 where weights[lane] > 0 {
            let parton = lane < 8 ? Int32(lane + 1) : Int32(7 - lane)
            if rest < weights[lane] { return (parton, rest / weights[lane]) }
            rest -= weights[lane]
            last = (parton, 0.5)
        }
        return last
    }

    @inline(__always)
    private func pickOpposite(_ number: Float) -> Int32 {
        let reversed = PartonTable.Lanes(lowHalf: second.highHalf, highHalf: second.lowHalf)
        return Self.pick(first * reversed, number)
    }

    /// A quark of the first beam and one of another flavour of the second.
    private func pickUnlike(_ number: Float) -> (Int32, Int32) {
        let (near, far) = (first * Self.quarkMask, second * Self.quarkMask)
        let own = far + PartonTable.Lanes(lowHalf: far.highHalf, highHalf: far.lowHalf)
        let others = PartonTable.Lanes(repeating: sum(far)) - own
        let weights = (near * others).replacing(with: 0, where: others .< 0)
        let (quark, rest) = Self.pick(weights, rest: number * sum(weights))
        var left = far
        let lane = Int(abs(quark)) - 1
        left[lane] = 0
        left[lane + 8] = 0
        return (quark, Self.pick(left, rest: min(rest, 1) * sum(left)).parton)
    }
}

/// Written out: the library's sum is a loop over lanes.
@inline(__always)
private func sum(_ lanes: SIMD16<Float>) -> Float { sum(lanes.lowHalf + lanes.highHalf) }

@inline(__always)
private func sum(_ lanes: SIMD8<Float>) -> Float {
    let four = lanes.lowHalf + lanes.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
}
