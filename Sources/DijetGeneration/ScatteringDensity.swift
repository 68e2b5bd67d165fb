internal import CDijets

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

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
    let kernels: Kernels
    /// ln(high/low).
    let logWidth: Double
    /// ln low, and ln of the momentum fraction at pT = low and rapidities 0.
    private let logLow: Double
    private let logFraction: Double
    /// α_s² and all that is constant, in pb, at equal steps of ξ.
    private let strengths: [Float]

    init(
        from low: Double, to high: Double, sqrtS: Double, table: PartonTable, coupling: StrongCoupling, bias: Double,
        kernels: Kernels
    ) {
        self.low = low
        self.high = high
        self.sqrtS = sqrtS
        self.table = table
        self.coupling = coupling
        self.bias = bias
        self.kernels = kernels
        let logWidth = log(high / low)
        self.logWidth = logWidth
        logLow = log(low)
        logFraction = log(2 * low / sqrtS)
        // α_s² is nearly straight over a hundredth of ln pT.
        let steps = max(32, Int(logWidth * 100))
        // dσ = 4 · 2 pT · π α_s²/ŝ² · (dpT/dξ) dξ dy* dY with ŝ = 4 pT² cosh² y* and dpT/dξ = pT ln(high/low).
        let scale = 0.5 * Double.pi * LeadingOrder.inverseSquareGeV * logWidth / (low * low)
        strengths = (0...steps).map { step in
            let alpha = coupling.value(low * exp(logWidth * Double(step) / Double(steps)))
            return Float(scale * alpha * alpha)
        }
    }

    /// Largest y* and Y inside phase space.
    var rapidityLimit: Double { acosh(max(1, sqrtS / (2 * low))) }

    /// Runs `body` with what the kernels need to know of the slice; the lattice is left out.
    func withSlice<Result>(_ body: (inout EtaCalSlice) -> Result) -> Result {
        strengths.withUnsafeBufferPointer { strengths in
            table.withSlice { slice in
                slice.low = low
                slice.high = high
                slice.log_width = Float(logWidth)
                slice.log_low = Float(logLow - log(100))
                slice.log_fraction = Float(logFraction)
                slice.bias = Float(bias)
                slice.strengths = strengths.baseAddress
                slice.strength_steps = Int32(strengths.count - 1)
                slice.q_offset = Float(logLow - table.qLowest)
                return body(&slice)
            }
        }
    }

    /// dσ/(dξ dy* dY) in pb, times the bias, at eight points.
    func value(xi: SIMD8<Float>, star: SIMD8<Float>, boost: SIMD8<Float>) -> SIMD8<Float> {
        withSlice { slice in
            var (xi, star, boost, result) = (xi, star, boost, SIMD8<Float>.zero)
            withUnsafeMutableBytes(of: &xi) { xi in
                withUnsafeMutableBytes(of: &star) { star in
                    withUnsafeMutableBytes(of: &boost) { boost in
                        withUnsafeMutableBytes(of: &result) { result in
                            func floats(_ bytes: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<Float>? {
                                bytes.bindMemory(to: Float.self).baseAddress
                            }
                            kernels.density(&slice, floats(xi), floats(star), floats(boost), floats(result))
                        }
                    }
                }
            }
            return result
        }
    }

    /// dσ/(dpT dy3 dy4) in pb/GeV, times the bias: what `LeadingOrder.crossSection` says, from the table and averaged over
    /// the exchange of the jets.
    func crossSection(pt: Double, y3: Double, y4: Double) -> Double {
        let logRatio = log(pt / low)
        let value = value(
            xi: SIMD8(repeating: Float(logRatio / logWidth)), star: SIMD8(repeating: Float(0.5 * abs(y3 - y4))),
            boost: SIMD8(repeating: Float(0.5 * abs(y3 + y4))))
        // One of four places, and dpT dy3 dy4 for dξ dy* dY.
        return Double(value[0]) / (8 * pt * logWidth)
    }
}
