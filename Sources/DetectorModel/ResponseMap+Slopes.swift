#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A response that is tilted over a range of η: multiplies by 1 + rise · t · (pT / 100 GeV)^(−ptExponent), with t linear
/// from −1/2 at `low` to +1/2 at `high` and 0 outside.
///
/// The slope stays in its range and leaves the mean response there, so that a calorimeter can be tilted without moving
/// those beside it. At the ends, where t jumps, it is blended over ± the map's transition like the edges of regions;
/// not at the ends of the map, nor at η = 0 where η is absolute. A ramp that held its value beyond would move all that
/// lies outside of it, which is what the regions' values are for.
public struct ResponseSlope: Sendable, Equatable {
    public let low: Double
    public let high: Double
    /// The response at `high` minus that at `low`, at 100 GeV, over their mean; between −1 and 1.
    public let rise: Double
    public let ptExponent: Double

    public init(low: Double, high: Double, rise: Double, ptExponent: Double) {
        self.low = low
        self.high = high
        self.rise = rise
        self.ptExponent = ptExponent
    }
}

extension ResponseMap {
    /// - Parameter eta: absolute where the map is.
    func factor(_ slope: ResponseSlope, eta: Double, pt: Double) -> Double {
        let weight = window(slope, eta: eta)
        guard weight > 0 else { return 1 }
        let position = min(max((eta - slope.low) / (slope.high - slope.low), 0), 1) - 0.5
        return 1 + slope.rise * position * weight * pow(pt / 100, -slope.ptExponent)
    }

    /// 1 inside a slope, 0 outside, linear over ± transition around its ends.
    private func window(_ slope: ResponseSlope, eta: Double) -> Double {
        // Beyond the map a region goes on, and so does a slope that reaches its end.
        let fromLow = slope.low > regions[0].low ? eta - slope.low : .infinity
        let fromHigh = slope.high < regions[regions.count - 1].high ? slope.high - eta : .infinity
        let nearest = min(fromLow, fromHigh)
        // Half-open, as regions are.
        guard transition > 0 else { return fromLow >= 0 && fromHigh > 0 ? 1 : 0 }
        return min(max(0.5 + 0.5 * nearest / transition, 0), 1)
    }

    /// 1 ± asymmetry, linear over ± transition around η = 0.
    func asymmetryFactor(eta: Double) -> Double {
        guard transition > 0 else { return eta == 0 ? 1 : 1 + (eta > 0 ? asymmetry : -asymmetry) }
        return 1 + asymmetry * min(max(eta / transition, -1), 1)
    }

    func requireAsymmetry(_ path: [String]) throws(CardError) {
        guard asymmetry.isFinite, abs(asymmetry) < 0.5 else {
            throw CardError(
                path + ["asymmetry"], "an asymmetry of \(asymmetry) is out of range", "give −0.5 < asymmetry < 0.5")
        }
    }

    func requireSlopes(_ path: [String]) throws(CardError) {
        guard slopes.count <= largestList else { throw tooLong(slopes.count, "slopes", path) }
        let (lowest, highest) = (regions[0].low, regions[regions.count - 1].high)
        for (index, slope) in slopes.enumerated() {
            let place = path + ["\(index)"]
            guard slope.low >= lowest, slope.high <= highest, slope.high > slope.low else {
                throw CardError(
                    place + ["eta"], "the edges \(slope.low), \(slope.high) do not increase within the regions",
                    "give the lower edge first, from \(lowest) to \(highest)")
            }
            guard 2 * transition <= slope.high - slope.low else {
                throw CardError(
                    place + ["eta"],
                    "the transition of ±\(transition) does not fit in a slope of \(slope.high - slope.low)",
                    "make the slope wider or the transition narrower")
            }
            guard slope.rise.isFinite, abs(slope.rise) < 1 else {
                throw CardError(place + ["rise"], "a rise of \(slope.rise) is out of range", "give −1 < rise < 1")
            }
            guard slope.ptExponent.isFinite, abs(slope.ptExponent) <= 2 else {
                throw CardError(
                    place + ["pt_exponent"], "an exponent of \(slope.ptExponent) is out of range", "give −2 to 2")
            }
        }
    }
}
