#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Sampling

/// The cross-section of a p̂T slice in the coordinates that it is sampled in: ξ from 0 to 1, linear in ln pT, y* = |y3 − y4|/2
/// and Y = |y3 + y4|/2. Both orientations and both signs of Y are counted together.
struct ScatteringDensity: Sendable {
    let low: Double
    let high: Double
    let sqrtS: Double
    let table: PartonTable
    let coupling: StrongCoupling
    /// Events are made in proportion to dσ · (pT/low)^bias.
    let bias: Double
    /// ln(high/low).
    let logWidth: Double
    /// ln low, and ln of the momentum fraction at pT = low and rapidities 0.
    private let logLow: Double
    private let logFraction: Double
    /// α_s² and all that is constant, in pb, at equal steps of ξ.
    private let strengths: [Double]
    private let strengthSteps: Double

    init(
        from low: Double, to high: Double, sqrtS: Double, table: PartonTable, coupling: StrongCoupling, bias: Double
    ) {
        self.low = low
        self.high = high
        self.sqrtS = sqrtS
        self.table = table
        self.coupling = coupling
        self.bias = bias
        let logWidth = log(high / low)
        self.logWidth = logWidth
        logLow = log(low)
        logFraction = log(2 * low / sqrtS)
        // α_s² is nearly straight over a hundredth of ln pT.
        let steps = max(32, Int(logWidth * 100))
        strengthSteps = Double(steps)
        // dσ = 4 · 2 pT · π α_s²/ŝ² · (dpT/dξ) dξ dy* dY with ŝ = 4 pT² cosh² y* and dpT/dξ = pT ln(high/low).
        let scale = 0.5 * Double.pi * LeadingOrder.inverseSquareGeV * logWidth / (low * low)
        strengths = (0...steps).map { step in
            let alpha = coupling.value(low * exp(logWidth * Double(step) / Double(steps)))
            return scale * alpha * alpha
        }
    }

    /// Largest y* and Y inside phase space.
    var rapidityLimit: Double { acosh(max(1, sqrtS / (2 * low))) }

    /// Kinematics of four points.
    struct Points {
        var pt: SIMD4<Double>
        var logPt: SIMD4<Double>
        var x1: SIMD4<Double>
        var x2: SIMD4<Double>
        var logX1: SIMD4<Double>
        var logX2: SIMD4<Double>
        /// t̂/ŝ of the parton at Y + y*.
        var t: SIMD4<Double>
        /// What the rate of partons is multiplied by, pb.
        var strength: SIMD4<Double>
    }

    @inline(__always)
    func points(xi: SIMD4<Double>, star: SIMD4<Double>, boost: SIMD4<Double>) -> Points {
        let logRatio = xi * logWidth
        let pt = low * exponential(logRatio)
        let (growth, lift) = (exponential(star), exponential(boost))
        let cosh = 0.5 * (growth + 1 / growth)
        let logCosh = logarithm(cosh)
        let fraction = (2 / sqrtS) * pt * cosh
        let logFraction = logRatio + logCosh + logFraction
        let cosh2 = cosh * cosh
        var strength = exponential(logRatio * (bias - 2)) / (cosh2 * cosh2)
        for lane in 0..<4 {
            let place = xi[lane] * strengthSteps
            let step = min(Int(place), strengths.count - 2)
            let part = place - Double(step)
            strength[lane] *= strengths[step] + part * (strengths[step + 1] - strengths[step])
        }
        return Points(
            pt: pt, logPt: logRatio + logLow, x1: fraction * lift, x2: fraction / lift, logX1: logFraction + boost,
            logX2: logFraction - boost, t: -1 / (1 + growth * growth), strength: strength)
    }

    /// Rates of the channels at one of the points; nil outside phase space.
    @inline(__always)
    func rates(_ points: Points, _ lane: Int) -> ScatteringRates? {
        guard points.x1[lane] < 1, points.x2[lane] < 1 else { return nil }
        let place = table.place(logQ: points.logPt[lane])
        return ScatteringRates(
            table.densities(x: points.x1[lane], logX: points.logX1[lane], at: place),
            table.densities(x: points.x2[lane], logX: points.logX2[lane], at: place), t: points.t[lane])
    }

    /// dσ/(dξ dy* dY) in pb, times the bias.
    func value(xi: SIMD4<Double>, star: SIMD4<Double>, boost: SIMD4<Double>) -> SIMD4<Double> {
        let points = points(xi: xi, star: star, boost: boost)
        var result = SIMD4<Double>.zero
        for lane in 0..<4 {
            if let rates = rates(points, lane) { result[lane] = points.strength[lane] * Double(rates.total) }
        }
        return result
    }

    /// dσ/(dpT dy3 dy4) in pb/GeV, times the bias: what `LeadingOrder.crossSection` says, from the table and averaged over
    /// the exchange of the jets.
    func crossSection(pt: Double, y3: Double, y4: Double) -> Double {
        let (star, boost) = (0.5 * abs(y3 - y4), 0.5 * abs(y3 + y4))
        let cosh = cosh(star)
        let fraction = 2 * pt / sqrtS * cosh
        let logFraction = log(fraction)
        let (x1, x2) = (fraction * exp(boost), fraction * exp(-boost))
        guard x1 < 1, x2 < 1 else { return 0 }
        let place = table.place(logQ: log(pt))
        let rates = ScatteringRates(
            table.densities(x: x1, logX: logFraction + boost, at: place),
            table.densities(x: x2, logX: logFraction - boost, at: place), t: -1 / (1 + exp(2 * star)))
        let strength = coupling.value(pt) / (4 * pt * pt * cosh * cosh)
        return Double.pi * pt * strength * strength * LeadingOrder.inverseSquareGeV * Double(rates.total)
            * pow(pt / low, bias)
    }
}
