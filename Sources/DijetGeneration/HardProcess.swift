#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import GSL
internal import Threads

/// A hard process that can be generated: lowest-order dijets at a collision energy, in p̂T slices that follow one another.
public struct HardProcess: Sendable {
    /// √s in GeV that are taken.
    public static let energies = 900.0...100_000.0
    /// The lowest p̂T in GeV: below, neither α_s nor massless partons mean much.
    public static let smallestPt = 1.0

    public let leadingOrder: LeadingOrder
    /// Of the weights inside one slice.
    private static let largestWeightRatio = 256.0
    /// p̂T in GeV where slices begin and end.
    public let edges: [Double]

    public var sqrtS: Double { leadingOrder.sqrtS }
    public var density: PartonDensity { leadingOrder.density }

    /// - Parameters:
    ///   - sqrtS: GeV, in `energies`.
    ///   - edges: at least two, increasing, from `smallestPt` to √s/2; nil for the standard ones.
    public init(
        density: PartonDensity, coupling: StrongCoupling = StrongCoupling(), sqrtS: Double, edges: [Double]? = nil
    ) throws(HardProcessError) {
        guard Self.energies.contains(sqrtS) else {
            throw HardProcessError(
                key: "sqrt_s", problem: "a collision energy of \(sqrtS) GeV is out of range",
                remedy: "give \(Int(Self.energies.lowerBound)) to \(Int(Self.energies.upperBound)) GeV")
        }
        let edges = edges ?? Self.standardEdges(sqrtS: sqrtS)
        guard edges.count >= 2 else {
            throw HardProcessError(key: "slices", problem: "there are no slices", remedy: "give at least one")
        }
        for (index, edge) in edges.enumerated() {
            guard edge >= Self.smallestPt, edge <= sqrtS / 2, index == 0 || edge >= edges[index - 1] * (1 + 1e-6) else {
                throw HardProcessError(
                    key: "slices", problem: "slices cannot have an edge at \(edge) GeV",
                    remedy:
                        "give increasing edges from \(Self.smallestPt) GeV to \(sqrtS / 2), half the collision energy")
            }
        }
        leadingOrder = LeadingOrder(density: density, coupling: coupling, sqrtS: sqrtS)
        self.edges = edges
    }

    /// p̂T in GeV, from 15 to 2500 in steps of about a third: narrow, so that neighbouring slices' weights differ by less
    /// than an order of magnitude where they meet in one pT bin. Those at or above √s/2 are left out; beyond 2500 GeV there are
    /// more, up to a fifth of √s.
    public static func standardEdges(sqrtS: Double) -> [Double] {
        [15, 20, 26, 34, 45, 60, 80, 105, 140, 185, 245, 325, 430, 570, 760, 1000, 1500, 2500].filter { $0 < sqrtS / 2 }
            + [4000, 6500, 10_000, 16_000].filter { $0 <= sqrtS / 5 }
    }

    func emptySlice(_ slice: Int) -> HardProcessError {
        HardProcessError(
            key: "slices",
            problem: "the slice of \(edges[slice])–\(edges[slice + 1]) GeV has no cross-section with \(density.name)",
            remedy: "end the slices lower or give other parton densities")
    }

    /// Throws where a bias makes the weights of a slice too different for sums that keep their squares in steps of about 10⁻⁶
    /// (`BalanceSums`): small weights would lose their uncertainty.
    public func checkWeights(bias: Double) throws(HardProcessError) {
        for (low, high) in zip(edges, edges.dropFirst()) where pow(high / low, abs(bias)) > Self.largestWeightRatio {
            throw HardProcessError(
                key: "bias",
                problem:
                    "weights of p̂T^\(-bias) would differ by more than a factor of \(Int(Self.largestWeightRatio)) in the "
                    + "slice of \(low)–\(high) GeV",
                remedy: "make the slices narrower or the bias smaller")
        }
    }

    func sparseSlice(_ slice: Int) -> HardProcessError {
        HardProcessError(
            key: "slices",
            problem:
                "events of \(edges[slice])–\(edges[slice + 1]) GeV cannot be drawn: the cross-section of the slice fills "
                + "too little of it",
            remedy: "end the slices lower")
    }

    /// The cross-sections of all slices, none of them 0.
    /// - Parameters:
    ///   - seed: of the first slice; the others have the ones that follow.
    ///   - threads: no result depends on them.
    public func crossSections(seed: Int = 1, threads: Int = 1) throws -> [SliceCrossSection] {
        let count = edges.count - 1
        let results = concurrentMap(count, threads: threads) { slice in
            Result { () throws(GSLError) in
                try SliceCrossSection(
                    from: edges[slice], to: edges[slice + 1], process: leadingOrder, seed: seed &+ slice)
            }
        }
        return try results.enumerated().map { slice, result in
            let section = try result.get()
            guard section.value > 0 else { throw emptySlice(slice) }
            return section
        }
    }
}

/// A hard process that cannot be: which setting, the problem and the remedy.
public struct HardProcessError: Error, Equatable, CustomStringConvertible {
    public let key: String
    public let problem: String
    public let remedy: String

    public init(key: String, problem: String, remedy: String) {
        self.key = key
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(key): \(problem); \(remedy)" }
}
