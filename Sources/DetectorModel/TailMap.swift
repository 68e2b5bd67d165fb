#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The shape of the fluctuations in a range of η, at increasing pT (GeV).
public struct TailRegion: Sendable, Equatable {
    public let low: Double
    public let high: Double
    public let pt: [Double]
    /// One at each pT; α and n are linear in ln pT between them and constant outside.
    public let shapes: [CrystalBall]

    public init(low: Double, high: Double, pt: [Double], shapes: [CrystalBall]) {
        self.low = low
        self.high = high
        self.pt = pt
        self.shapes = shapes
    }

    public func shape(pt value: Double) -> CrystalBall {
        guard pt.count > 1 else { return shapes[0] }
        var upper = 1
        while upper < pt.count - 1, value > pt[upper] { upper += 1 }
        let step = log(pt[upper] / pt[upper - 1])
        let fraction = max(0, min(1, log(value / pt[upper - 1]) / step))
        func between(_ side: KeyPath<CrystalBall, CrystalBall.Side>) -> CrystalBall.Side {
            let (one, other) = (shapes[upper - 1][keyPath: side], shapes[upper][keyPath: side])
            return CrystalBall.Side(
                alpha: one.alpha + fraction * (other.alpha - one.alpha),
                power: one.power + fraction * (other.power - one.power))
        }
        return CrystalBall(low: between(\.low), high: between(\.high))
    }
}

/// The shape of the fluctuations over the whole acceptance. The response stays the mean and the resolution the width of the
/// core, whatever the tails.
public struct TailMap: Sendable, Equatable {
    /// More would cost the loop over jets.
    static let mostRegions = 16
    /// Largest distance of mean and peak, in widths of the core.
    static let largestShift = 0.5
    /// Random numbers of 32 bits end where the mean of a heavier tail is not yet reached: of the shift of half a width, which
    /// n = 2.5 may have, they miss 0.05 % of a width.
    static let leastPower = 2.5

    public let convention: EtaConvention
    public let regions: [TailRegion]

    /// Gaussian everywhere.
    public static let gaussian = TailMap(
        unchecked: .absolute, [TailRegion(low: 0, high: 20, pt: [100], shapes: [.gaussian])])

    private init(unchecked convention: EtaConvention, _ regions: [TailRegion]) {
        self.convention = convention
        self.regions = regions
    }

    /// - Throws: tails that have no mean or move it too far, α and n out of range, regions that do not tile η.
    public init(convention: EtaConvention, regions: [TailRegion], path: [String]) throws(CardError) {
        self.init(unchecked: convention, regions)
        try requireContiguous(regions.map { ($0.low, $0.high) }, convention, path + ["regions"])
        guard regions.count <= Self.mostRegions else {
            throw CardError(
                path + ["regions"], "there are \(regions.count) regions", "give at most \(Self.mostRegions)")
        }
        for (index, region) in regions.enumerated() {
            let place = path + ["regions", "\(index)"]
            guard !region.pt.isEmpty, region.pt.count <= largestList, region.pt.count == region.shapes.count else {
                throw CardError(
                    place + ["pt"], "\(region.shapes.count) shapes for \(region.pt.count) pT nodes",
                    "give one α and n for each node")
            }
            for (node, pt) in region.pt.enumerated() {
                guard pt > 0, pt < 1e6, node == 0 || pt > region.pt[node - 1] * (1 + 1e-9) else {
                    throw CardError(
                        place + ["pt", "\(node)"], "a pT node of \(pt) GeV is out of order",
                        "list increasing positive pT in GeV")
                }
                try Self.validate(region.shapes[node], node, place)
            }
        }
    }

    private static func validate(_ shape: CrystalBall, _ node: Int, _ place: [String]) throws(CardError) {
        for (key, side) in [("low", shape.low), ("high", shape.high)] {
            guard side.alpha >= 0.5, side.alpha <= 8 else {
                throw CardError(
                    place + ["\(key)_alpha", "\(node)"], "a tail cannot begin at \(side.alpha) widths",
                    "give 0.5 to 8 (8 is Gaussian)")
            }
            guard side.power >= leastPower, side.power <= 100 else {
                throw CardError(
                    place + ["\(key)_n", "\(node)"],
                    side.power <= 2
                        ? "a tail with n = \(side.power) is heavier than a mean allows"
                        : "a power of \(side.power) is out of range", "give n from \(leastPower) to 100")
            }
        }
        let shift = shape.mean
        guard abs(shift) <= largestShift else {
            throw CardError(
                place, "the tails move the mean by \((shift * 100).rounded() / 100) widths, more than \(largestShift)",
                "make the two sides more alike: larger α or n on the heavier one")
        }
    }

    public func regionIndex(eta signedEta: Double) -> Int {
        let eta = convention == .absolute ? abs(signedEta) : signedEta
        var index = 0
        while index < regions.count - 1, eta >= regions[index].high { index += 1 }
        return index
    }

    /// The shape at (η, true pT in GeV).
    public func shape(eta: Double, pt: Double) -> CrystalBall { regions[regionIndex(eta: eta)].shape(pt: pt) }
}
