internal import Binning
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A range of η with one response form.
public struct ResponseRegion: Sendable, Equatable {
    public let low: Double
    public let high: Double
    public let form: ResponseForm

    public init(low: Double, high: Double, form: ResponseForm) {
        self.low = low
        self.high = high
        self.form = form
    }
}

/// A narrow loss: a gap, cables or dead material. It multiplies the response by
/// 1 − depth · (pT / 100 GeV)^(−ptExponent) · exp(−(η − centre)² / (2 width²)).
public struct Crack: Sendable, Equatable {
    public let eta: Double
    public let width: Double
    /// Fraction lost at 100 GeV; negative for a region that responds too high.
    public let depth: Double
    public let ptExponent: Double

    public init(eta: Double, width: Double, depth: Double, ptExponent: Double) {
        self.eta = eta
        self.width = width
        self.depth = depth
        self.ptExponent = ptExponent
    }

    func factor(eta position: Double, pt: Double) -> Double {
        let distance = (position - eta) / width
        return 1 - depth * pow(pt / 100, -ptExponent) * exp(-0.5 * distance * distance)
    }
}

/// How a list of regions speaks of η.
public enum EtaConvention: String, Sendable {
    /// Regions are given for |η| from 0 and mirrored.
    case absolute
    case signed
}

/// The mean response over the whole acceptance: contiguous regions, blended linearly over ± `transition` around their
/// common edges because a jet is wider than an edge, times the cracks, the slopes and the asymmetry.
public struct ResponseMap: Sendable, Equatable {
    public let convention: EtaConvention
    public let transition: Double
    public let regions: [ResponseRegion]
    public let cracks: [Crack]
    /// Multiplies by 1 + asymmetry at positive and 1 − asymmetry at negative η, whatever the convention.
    public let asymmetry: Double
    public let slopes: [ResponseSlope]

    public init(
        convention: EtaConvention, transition: Double, regions: [ResponseRegion], cracks: [Crack],
        asymmetry: Double = 0, slopes: [ResponseSlope] = [], path: [String]
    ) throws(CardError) {
        self.convention = convention
        self.transition = transition
        self.regions = regions
        self.cracks = cracks
        self.asymmetry = asymmetry
        self.slopes = slopes
        try requireContiguous(regions.map { ($0.low, $0.high) }, convention, path + ["regions"])
        let narrowest = regions.map { $0.high - $0.low }.min() ?? 0
        guard transition.isFinite, transition >= 0, 2 * transition <= narrowest else {
            throw CardError(
                path + ["transition"],
                "a transition of ±\(transition) does not fit in the narrowest region (\(narrowest))",
                "give at most half the width of the narrowest region")
        }
        for (index, region) in regions.enumerated() {
            try region.form.validate(path + ["regions", "\(index)"])
        }
        guard cracks.count <= largestList else { throw tooLong(cracks.count, "cracks", path + ["cracks"]) }
        for (index, crack) in cracks.enumerated() {
            let place = path + ["cracks", "\(index)"]
            guard crack.eta.isFinite, convention == .signed || crack.eta >= 0 else {
                throw CardError(
                    place + ["eta"], "\(crack.eta) is not a position", "give a finite η (|η| when absolute)")
            }
            guard crack.width.isFinite, crack.width >= 0.01 else {
                throw CardError(place + ["width"], "a width of \(crack.width) is too small", "give at least 0.01 in η")
            }
            guard crack.depth.isFinite, crack.depth > -1, crack.depth < 1 else {
                throw CardError(place + ["depth"], "a depth of \(crack.depth) is out of range", "give −1 < depth < 1")
            }
            guard crack.ptExponent.isFinite, abs(crack.ptExponent) <= 2 else {
                throw CardError(
                    place + ["pt_exponent"], "an exponent of \(crack.ptExponent) is out of range", "give −2 to 2")
            }
        }
        try requireAsymmetry(path)
        try requireSlopes(path + ["slopes"])
    }

    /// The mean response at (η, true pT in GeV).
    public func value(eta signedEta: Double, pt: Double) -> Double {
        let eta = convention == .absolute ? abs(signedEta) : signedEta
        var index = 0
        while index < regions.count - 1, eta >= regions[index].high { index += 1 }
        var value = regions[index].form.value(eta: eta, pt: pt)
        if transition > 0 {
            let region = regions[index]
            if index > 0, eta - region.low < transition {
                let share = 0.5 - 0.5 * (eta - region.low) / transition
                value += share * (regions[index - 1].form.value(eta: eta, pt: pt) - value)
            } else if index < regions.count - 1, region.high - eta < transition {
                let share = 0.5 - 0.5 * (region.high - eta) / transition
                value += share * (regions[index + 1].form.value(eta: eta, pt: pt) - value)
            }
        }
        for crack in cracks { value *= crack.factor(eta: eta, pt: pt) }
        for slope in slopes { value *= factor(slope, eta: eta, pt: pt) }
        return value * asymmetryFactor(eta: signedEta)
    }
}

extension ResponseMap {
    /// Numbers that the mean response lies between at any pT of the grid; infinite where a crack or slope leaves
    /// nothing.
    func bounds(eta signedEta: Double) -> (low: Double, high: Double) {
        let eta = convention == .absolute ? abs(signedEta) : signedEta
        var index = 0
        while index < regions.count - 1, eta >= regions[index].high { index += 1 }
        var (low, high) = regions[index].form.bounds(eta: eta)
        if transition > 0 {
            let region = regions[index]
            for neighbour in [
                index > 0 && eta - region.low < transition ? index - 1 : index,
                index < regions.count - 1 && region.high - eta < transition ? index + 1 : index,
            ] where neighbour != index {
                let other = regions[neighbour].form.bounds(eta: eta)
                (low, high) = (min(low, other.low), max(high, other.high))
            }
        }
        // Each factor is monotonic in pT.
        let ends = [OctaveAxis.value(0), OctaveAxis.value(OctaveAxis.count - 1)]
        for factors in cracks.map({ crack in ends.map { crack.factor(eta: eta, pt: $0) } })
            + slopes.map({ slope in ends.map { factor(slope, eta: eta, pt: $0) } })
        {
            guard factors[0] > 0, factors[1] > 0 else { return (-.infinity, .infinity) }
            low *= min(factors[0], factors[1])
            high *= max(factors[0], factors[1])
        }
        let asymmetry = asymmetryFactor(eta: signedEta)
        return (low * asymmetry, high * asymmetry)
    }
}

/// Regions must tile η without gap or overlap.
func requireContiguous(
    _ ranges: [(low: Double, high: Double)], _ convention: EtaConvention, _ path: [String]
) throws(CardError) {
    guard let first = ranges.first else { throw CardError(path, "there are no regions", "give at least one") }
    guard ranges.count <= largestList else { throw tooLong(ranges.count, "regions", path) }
    if convention == .absolute, first.low != 0 {
        throw CardError(
            path + ["0", "eta"], "the first region starts at \(first.low)", "start at 0 when eta is absolute")
    }
    for (index, range) in ranges.enumerated() {
        guard range.low.isFinite, range.high.isFinite, range.high > range.low else {
            throw CardError(
                path + ["\(index)", "eta"], "the edges \(range.low), \(range.high) do not increase",
                "give the lower edge first")
        }
        if index > 0, range.low != ranges[index - 1].high {
            let kind = range.low > ranges[index - 1].high ? "gap" : "overlap"
            throw CardError(
                path + ["\(index)", "eta"], "there is a \(kind) between \(ranges[index - 1].high) and \(range.low)",
                "start a region where the one before it ends")
        }
    }
}
