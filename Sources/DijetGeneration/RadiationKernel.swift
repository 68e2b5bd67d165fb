#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Sampling

/// Four events' worth of one number, side by side. Single precision: the model is good to a percent.
typealias Quad = SIMD4<Float>

/// A `RadiationModel` made ready for the loop over events, four of them at a time.
struct RadiationKernel: Sendable {
    /// The two scattered partons, two emissions from each, three from the initial state, and a pair of another interaction.
    static let candidates = 11
    static let legs = 2
    static let coneRadius: Float = 0.4

    let model: RadiationModel
    let initialRate, initialRateFall, gapRate, gapBend, gapGrowth, initialSteepening, initialReach: Float
    let logInitialReach: Float
    let rapidityMargin, rapidityBlur: Float
    let finalRate, quarkEmission, finalRateFall, finalSteepening, finalReach, logFinalDistance: Float
    let underlyingRate, underlyingPower, underlyingGrowth, underlyingRapidity: Float
    let softRecoil, softRecoilGrowth, jetOffset, jetOffsetGrowth, jetColourLoss, jetNoise, jetNoiseGrowth: Float
    let logSqrtS: Float
    /// Rate of an initial state of two gluons, of a gluon and a quark, and of two quarks, relative to the first.
    let initialColours: SIMD4<Float>

    init(_ model: RadiationModel, sqrtS: Double) {
        self.model = model
        func value(_ parameter: RadiationParameter) -> Float { Float(model[parameter]) }
        initialRate = value(.initialRate)
        initialRateFall = value(.initialRateFall)
        gapRate = value(.gapRate)
        gapBend = value(.gapBend)
        gapGrowth = value(.gapGrowth)
        initialSteepening = value(.initialSteepening)
        initialReach = value(.initialReach)
        logInitialReach = Float(log(model[.initialReach]))
        rapidityMargin = value(.rapidityMargin)
        rapidityBlur = value(.rapidityBlur)
        finalRate = value(.finalRate)
        // C_F / C_A = 4/9, to a power.
        quarkEmission = Float(pow(4.0 / 9, model[.finalColour]))
        finalRateFall = value(.finalRateFall)
        finalSteepening = value(.finalSteepening)
        finalReach = value(.finalReach)
        logFinalDistance = Float(log(model[.finalDistance] / Double(Self.coneRadius)))
        underlyingRate = value(.underlyingRate)
        underlyingPower = Float(1 / model[.underlyingFall])
        underlyingGrowth = value(.underlyingGrowth)
        underlyingRapidity = value(.underlyingRapidity)
        softRecoil = value(.softRecoil)
        softRecoilGrowth = value(.softRecoilGrowth)
        jetOffset = value(.jetOffset)
        jetOffsetGrowth = value(.jetOffsetGrowth)
        jetColourLoss = value(.jetColourLoss)
        jetNoise = value(.jetNoise)
        jetNoiseGrowth = value(.jetNoiseGrowth)
        logSqrtS = Float(log(sqrtS))
        let power = model[.initialColour]
        initialColours = SIMD4(1, Float(pow(13.0 / 18, power)), Float(pow(4.0 / 9, power)), 0)
    }

    /// Columns of the candidates' momenta (GeV) and pseudorapidities for four events.
    struct Candidates {
        let x: UnsafeMutablePointer<Quad>
        let y: UnsafeMutablePointer<Quad>
        let eta: UnsafeMutablePointer<Quad>
    }

    /// What is known of four events before they radiate.
    struct Inputs {
        /// GeV.
        var pt: Quad
        /// ln(pT / 100 GeV).
        var logPt: Quad
        var y3: Quad
        var y4: Quad
        var x1: Quad
        var x2: Quad
        /// 1 for a gluon, less for a quark, of the two legs.
        var colour3: Quad
        var colour4: Quad
        var initialColour: Quad
        /// What neutrinos take from each leg, as a share of its momentum.
        var invisible3: Quad
        var invisible4: Quad
    }

    /// Momenta of the candidates in a frame where the first parton flies along +x, and of the neutrinos.
    @inline(__always)
    func radiate(
        _ event: Inputs, final first: QuadWords, _ second: QuadWords, initial third: QuadWords, _ fourth: QuadWords,
        soft: QuadWords, into jets: Candidates
    ) -> (invisibleX: Quad, invisibleY: Quad) {
        // Final state: the hardest two emissions that leave each cone.
        let rate = finalRate * exponential(event.logPt * -finalRateFall)
        let leg3 = leg(event, rate: rate, colour: event.colour3, rapidity: event.y3, sign: 1, words: first, jets, 0)
        let leg4 = leg(event, rate: rate, colour: event.colour4, rapidity: event.y4, sign: -1, words: second, jets, 1)
        // Initial state and what is too soft for jets: the legs share the recoil.
        var recoil = initialState(event, third, fourth, jets)
        let kick = singleNormalPair(soft.y)
        let width = softRecoil + softRecoilGrowth * event.pt
        recoil.x += width * kick.first
        recoil.y += width * kick.second
        boost(event, mass2: leg3 + leg4, recoil, jets)

        let noise = singleNormalPair(soft.x)
        let invisible3 = fragment(event, event.colour3, noise.first, event.invisible3, jets, 0)
        let invisible4 = fragment(event, event.colour4, noise.second, event.invisible4, jets, 1)
        underlying(event, fourth, soft, jets)
        mergeIntoLegs(jets)
        return (invisible3.x + invisible4.x, invisible3.y + invisible4.y)
    }

    /// What an emission makes of both legs, and the initial state of all that came of them.
    ///
    /// A leg that radiates has a mass m; at fixed ŝ = 4 pT² cosh² y* both legs' momenta shrink by 1 − m²/ŝ. Then the pair is
    /// boosted to the transverse momentum Q: with γ² = 1 + Q²/ŝ a leg gets ½ Q + (γ − 1)(p·Q̂) Q̂, its share of which goes to
    /// each part of it. Along the beam nothing changes, so that pT sinh y* stays: the leg that is lifted moves inward.
    @inline(__always)
    private func boost(_ event: Inputs, mass2: Quad, _ recoil: (x: Quad, y: Quad), _ jets: Candidates) {
        let growth = exponential(0.5 * (event.y3 - event.y4))
        let cosh2 = (growth * growth + 1 / (growth * growth)) * 0.25 + 0.5
        let sinh = 0.5 * (growth - 1 / growth)
        let pt2 = event.pt * event.pt
        let shrink = atLeast(1 - mass2 / (4 * cosh2), 0.3)
        let square = recoil.x * recoil.x + recoil.y * recoil.y
        let ratio = square / (4 * cosh2 * pt2)
        // (γ − 1)/Q² without a difference of two numbers near 1.
        let gain = event.pt / (4 * cosh2 * pt2 * (squareRoot(1 + ratio) + 1))
        let lift = (x: gain * recoil.x * recoil.x, y: gain * recoil.x * recoil.y)
        for leg in 0..<Self.legs {
            let sign: Float = leg == 0 ? 1 : -1
            let (x, y) = (0.5 * recoil.x + sign * lift.x, 0.5 * recoil.y + sign * lift.y)
            let (alongX, alongY) = (sign * event.pt + x, y)
            let slope = sign * sinh * event.pt / squareRoot(alongX * alongX + alongY * alongY)
            // asinh, odd, of the absolute value.
            let size = squareRoot(slope * slope)
            let inward = logarithm(size + squareRoot(size * size + 1))
            let shift = inward.replacing(with: -inward, where: slope .< 0) - sign * 0.5 * (event.y3 - event.y4)
            for part in 0..<3 {
                let candidate = part == 0 ? leg : Self.legs + 2 * leg + part - 1
                let share = sign * jets.x[candidate] / event.pt
                jets.x[candidate] = shrink * jets.x[candidate] + share * x
                jets.y[candidate] = shrink * jets.y[candidate] + share * y
                jets.eta[candidate] += shift
            }
        }
    }

    /// From the parton that is left in the cone to the jet: what hadronisation and the underlying event change, and what the
    /// neutrinos take.
    @inline(__always)
    private func fragment(
        _ event: Inputs, _ colour: Quad, _ noise: Quad, _ invisible: Quad, _ jets: Candidates, _ index: Int
    ) -> (x: Quad, y: Quad) {
        let (x, y) = (jets.x[index], jets.y[index])
        let parton = atLeast(squareRoot(x * x + y * y), 0.1)
        let change =
            jetOffset + jetOffsetGrowth * event.logPt - jetColourLoss * colour
            + (jetNoise + jetNoiseGrowth * parton) * colour * noise
        let factor = atLeast(1 + change / parton, 0.2)
        let visible = factor * (1 - invisible)
        jets.x[index] = visible * x
        jets.y[index] = visible * y
        let taken = factor * invisible
        return (taken * x, taken * y)
    }

    /// L of Λ L + Q L² = n: what an emission rate Λ + 2 Q L in the logarithm of its size makes of its number n.
    @inline(__always)
    private func logarithmicSize(_ number: Quad, linear: Quad, square: Quad) -> Quad {
        // The form that stays whole where `square` is 0.
        2 * number / (linear + squareRoot(linear * linear + 4 * square * number))
    }

    /// A leg's core and its two emissions, which share its momentum and its direction.
    /// - Returns: the leg's mass squared in units of pT².
    @inline(__always)
    private func leg(
        _ event: Inputs, rate: Quad, colour: Quad, rapidity: Quad, sign: Float, words: QuadWords, _ jets: Candidates,
        _ index: Int
    ) -> Quad {
        let strength = rate * colour
        let shape = finalSteepening * strength
        var number = -logarithm(singleUniform(words.x))
        var kept = Quad(repeating: 1)
        var (shiftEta, shiftPhi, mass2) = (Quad.zero, Quad.zero, Quad.zero)
        for emission in 0..<2 {
            if emission == 1 { number -= logarithm(singleUniform(words.y)) }
            let share =
                finalReach * exponential(-logarithmicSize(number, linear: strength, square: shape))
            let (far, turn) = singleUniforms(emission == 0 ? words.z : words.w)
            let distance = Self.coneRadius * exponential(logFinalDistance * far)
            let (sine, cosine) = sineCosine(turn: turn)
            let (eta, phi) = (distance * cosine, distance * sine)
            let rest = 1 - share
            let candidate = Self.legs + 2 * index + emission
            let pt = sign * share * kept * event.pt
            let direction = rotation(rest * phi)
            jets.x[candidate] = pt * direction.cosine
            jets.y[candidate] = pt * direction.sine
            jets.eta[candidate] = rapidity + rest * eta
            // The core recoils, so that the parton's direction is kept.
            shiftEta -= share * eta
            shiftPhi -= share * phi
            mass2 += share * rest * kept * distance * distance
            kept *= rest
        }
        let direction = rotation(shiftPhi)
        jets.x[index] = sign * kept * event.pt * direction.cosine
        jets.y[index] = sign * kept * event.pt * direction.sine
        jets.eta[index] = rapidity + shiftEta
        return mass2
    }

    @inline(__always)
    private func initialState(
        _ event: Inputs, _ sizes: QuadWords, _ angles: QuadWords, _ jets: Candidates
    ) -> (x: Quad, y: Quad) {
        let (free1, free2) = (atLeast(1 - event.x1, 1e-3), atLeast(1 - event.x2, 1e-3))
        let (logFree1, logFree2) = (logarithm(free1), logarithm(free2))
        let hardest = initialReach * event.pt
        let logPtGeV = event.logPt + 4.605_170_2
        let room = 2 * (logSqrtS - logPtGeV - logInitialReach) - 2 * rapidityMargin + logFree1 + logFree2
        let gap = event.y3 - event.y4
        let gap2 = gap * gap
        let width = squareRoot(gap2)
        let wide = gapRate * exponential(event.logPt * gapGrowth)
        let scale = initialRate * event.initialColour * exponential(event.logPt * -initialRateFall)
        let linear = scale * (atLeast(room, 0.1) + wide * gap2 / (1 + gapBend * width))
        let square = scale * initialSteepening
        var number = Quad.zero
        var (sumX, sumY) = (Quad.zero, Quad.zero)
        for emission in 0..<3 {
            let size = emission == 0 ? sizes.x : emission == 1 ? sizes.y : sizes.z
            let angle = emission == 0 ? sizes.w : emission == 1 ? angles.x : angles.y
            number -= logarithm(singleUniform(size))
            let depth = logarithmicSize(number, linear: linear, square: square)
            let pt = hardest * exponential(-depth)
            let (turn, along) = singleUniforms(angle)
            let (sine, cosine) = sineCosine(turn: turn)
            let candidate = 6 + emission
            jets.x[candidate] = pt * cosine
            jets.y[candidate] = pt * sine
            // Uniform between the rapidities that the beams have energy for, with blurred ends.
            let logPt = logPtGeV + logInitialReach - depth
            let upper = logFree1 + logSqrtS - logPt - rapidityMargin
            let lower = rapidityMargin - (logFree2 + logSqrtS - logPt)
            let blur = (singleUniformOfLowByte(size) - 0.5) * rapidityBlur
            jets.eta[candidate] = 0.5 * (upper + lower) + (along - 0.5) * atLeast(upper - lower, 0.5) + blur
            sumX -= pt * cosine
            sumY -= pt * sine
        }
        return (sumX, sumY)
    }

    /// The hardest pair of jets of the other interactions, about balanced in itself.
    @inline(__always)
    private func underlying(_ event: Inputs, _ words: QuadWords, _ soft: QuadWords, _ jets: Candidates) {
        let number = -logarithm(singleUniform(words.z)) + 1e-6
        let rate = underlyingRate * exponential(event.logPt * underlyingGrowth)
        var pt = 8 * exponential(logarithm(rate / number) * underlyingPower)
        pt.replace(with: event.pt, where: pt .> event.pt)
        let (turn, first) = singleUniforms(words.w)
        let (second, _) = singleUniforms(soft.z)
        // Their own soft radiation leaves the two a little apart.
        let (_, apart) = singleUniforms(soft.w)
        let other = pt * (0.75 + 0.5 * apart)
        let (sine, cosine) = sineCosine(turn: turn)
        jets.x[9] = pt * cosine
        jets.y[9] = pt * sine
        jets.eta[9] = (2 * first - 1) * underlyingRapidity
        let bend = rotation(0.8 * (singleUniformOfLowByte(soft.z) - 0.5))
        jets.x[10] = -other * (cosine * bend.cosine - sine * bend.sine)
        jets.y[10] = -other * (sine * bend.cosine + cosine * bend.sine)
        jets.eta[10] = (2 * second - 1) * underlyingRapidity
    }

    /// What lies within the cone of a leg is part of it.
    @inline(__always)
    private func mergeIntoLegs(_ jets: Candidates) {
        for candidate in Self.legs..<Self.candidates {
            for leg in 0..<Self.legs {
                let dot = jets.x[candidate] * jets.x[leg] + jets.y[candidate] * jets.y[leg]
                let cross = jets.y[candidate] * jets.x[leg] - jets.x[candidate] * jets.y[leg]
                let eta = jets.eta[candidate] - jets.eta[leg]
                // tan² Δφ for Δφ²; inside the cone they differ by a tenth at most.
                let isInside =
                    (cross * cross .< (Self.coneRadius * Self.coneRadius - eta * eta) * dot * dot) .& (dot .> 0)
                let (x, y) = (
                    Quad.zero.replacing(with: jets.x[candidate], where: isInside),
                    Quad.zero.replacing(with: jets.y[candidate], where: isInside)
                )
                jets.x[leg] += x
                jets.y[leg] += y
                jets.x[candidate] -= x
                jets.y[candidate] -= y
            }
        }
    }
}

@inline(__always)
func atLeast(_ value: Quad, _ least: Float) -> Quad {
    value.replacing(with: least, where: value .< least)
}

@inline(__always)
private func rotation(_ angle: Quad) -> (sine: Quad, cosine: Quad) { sineCosine(turn: angle * (0.5 / Float.pi)) }
