#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import JetPhysics
internal import Sampling

/// The built-in truth: back-to-back pairs from gluon–gluon scattering with a simple parton density, p̂T falling as a power
/// in each slice, and one radiated jet from the initial or the final state.
///
/// dσ/(dη1 dη2 dpT) ∝ pT α_s² F(x1) F(x2) M(η*) / ŝ² with F(x) = x^−0.4 (1−x)^4.5 and M of gg → gg. Kinematic limits,
/// steepness and rapidity correlations are those of real dijets in kind, not in detail: flavours are unknown (0), and
/// the density is constant in cells of 0.1 × 0.1 in (η1, η2).
public struct FallingSpectrum: DijetTruth {
    /// GeV; a third jet below is left to the soft recoil.
    public static let thirdJetThreshold = 8.0
    static let etaLimit = 5.2
    static let etaCells = 104

    public let sqrtS: Double
    public let slices: [Slice]
    /// −n of pT^−n between the edges of each slice.
    private let exponents: [Double]
    /// (η1, η2) at each slice edge; a draw takes the lower or the upper edge's table with linear probability in ln pT.
    private let tables: [AliasTable]

    /// - Parameters:
    ///   - edges: increasing p̂T edges in GeV; at least two, the last below √s/2.
    ///   - sqrtS: GeV.
    public init(edges: [Double] = FallingSpectrum.defaultEdges, sqrtS: Double = 13000) {
        precondition(edges.count >= 2 && edges[edges.count - 1] < sqrtS / 2, "slices below √s/2")
        self.sqrtS = sqrtS
        var tables: [AliasTable] = []
        var rates: [Double] = []
        for edge in edges {
            let weights = Self.cellWeights(pt: edge, sqrtS: sqrtS)
            tables.append(AliasTable(weights: weights))
            rates.append(weights.reduce(0, +))
        }
        var slices: [Slice] = []
        var exponents: [Double] = []
        for index in 0..<edges.count - 1 {
            let (low, high) = (edges[index], edges[index + 1])
            let exponent = log(rates[index + 1] / rates[index]) / log(high / low)
            let integral = rates[index] * low * (pow(high / low, exponent + 1) - 1) / (exponent + 1)
            slices.append(Slice(pHatMinimum: low, pHatMaximum: high, crossSection: Self.normalisation * integral))
            exponents.append(exponent)
        }
        self.tables = tables
        self.slices = slices
        self.exponents = exponents
    }

    /// GeV, from 15 to 2500 in steps of about a third: narrow, so that neighbouring slices' weights differ by less than
    /// an order of magnitude where they meet in one pT bin.
    public static let defaultEdges: [Double] = [
        15, 20, 26, 34, 45, 60, 80, 105, 140, 185, 245, 325, 430, 570, 760, 1000, 1500, 2500,
    ]

    /// Makes the cross-section from 60 to 120 GeV that of Pythia 8 (Monash 2013, HardQCD) at 13 TeV, 1.030 × 10⁷ pb.
    private static let normalisation = 2.444e9

    static func cellWeights(pt: Double, sqrtS: Double) -> [Double] {
        let width = 2 * etaLimit / Double(etaCells)
        // One-loop running from 0.130 at the Z mass with five flavours.
        let coupling = 0.130 / (1 + 0.130 * 23 / (6 * Double.pi) * log(pt / 91.19))
        var weights: [Double] = []
        weights.reserveCapacity(etaCells * etaCells)
        for first in 0..<etaCells {
            let eta1 = -etaLimit + (Double(first) + 0.5) * width
            for second in 0..<etaCells {
                let eta2 = -etaLimit + (Double(second) + 0.5) * width
                let x1 = pt / sqrtS * (exp(eta1) + exp(eta2))
                let x2 = pt / sqrtS * (exp(-eta1) + exp(-eta2))
                guard x1 < 1, x2 < 1 else {
                    weights.append(0)
                    continue
                }
                let s = x1 * x2 * sqrtS * sqrtS
                let t = -1 / (1 + exp(eta1 - eta2))
                let u = -1 - t
                let amplitude = 4.5 * (3 - t * u - u / (t * t) - t / (u * u))
                weights.append(
                    pt * coupling * coupling * partonDensity(x1) * partonDensity(x2) * amplitude / (s * s) * width
                        * width)
            }
        }
        return weights
    }

    private static func partonDensity(_ x: Double) -> Double { pow(x, -0.4) * pow(1 - x, 4.5) }

    public var closureIsIndependent: Bool { true }

    public func replicas(slice: Int, draws: Int, role: SampleRole) -> Int { 1 }

    public func fill(
        _ block: TruthBlock, slice: Int, first: Int, count: Int, replicas: Int, role: SampleRole, seed: UInt64
    ) {
        precondition(count <= block.capacity, "more draws than the block holds")
        let stream = RandomStream(seed: seed, sample: role.rawValue, slice: slice)
        let low = slices[slice].pHatMinimum
        let logRatio = log(slices[slice].pHatMaximum / low)
        let exponent = exponents[slice] + 1
        let reach = 1 - exp(exponent * logRatio)
        let width = 2 * Self.etaLimit / Double(Self.etaCells)
        block.slice = slice
        block.count = count
        for row in 0..<count {
            let event = UInt64(first + row)
            block.event[row] = event
            block.draw[row] = event
            let words = stream.words(event: event, purpose: .kinematics)
            let radiation = stream.words(event: event, purpose: .radiation)
            let recoil = stream.words(event: event, purpose: .softRecoil)

            let logPt = log(1 - uniform(words.x) * reach) / exponent
            let pt = low * exp(logPt)
            // Between the slice edges the shape in η moves from one table to the other.
            let upper = Double(recoil.w) * 0x1p-32 * logRatio < logPt
            let cell = tables[upper ? slice + 1 : slice].index(words.y)
            let (cell1, cell2) = cell.quotientAndRemainder(dividingBy: Self.etaCells)
            let eta1 = -Self.etaLimit + (Double(cell1) + uniform(words.z)) * width
            let eta2 = -Self.etaLimit + (Double(cell2) + uniform(words.w)) * width

            Radiation(pt: pt, eta1: eta1, eta2: eta2, words: radiation, recoil: recoil).write(to: block, row: row)
        }
    }
}
