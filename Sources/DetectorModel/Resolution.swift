#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The relative resolution σ(pT)/pT of a region: √(N|N|/pT² + S² pT^d + C²), pT in GeV.
///
/// N may be negative and d differ from −1, as in the tables that CMS publishes (JRDatabase).
public struct ResolutionRegion: Sendable, Equatable {
    public let low: Double
    public let high: Double
    public let noise: Double
    public let stochastic: Double
    public let constant: Double
    public let exponent: Double

    public init(low: Double, high: Double, noise: Double, stochastic: Double, constant: Double, exponent: Double) {
        self.low = low
        self.high = high
        self.noise = noise
        self.stochastic = stochastic
        self.constant = constant
        self.exponent = exponent
    }

    func variance(pt: Double) -> Double {
        noise * abs(noise) / (pt * pt) + stochastic * stochastic * pow(pt, exponent) + constant * constant
    }
}

/// Resolution by region; constant below and above the pT it is meant for.
public struct ResolutionMap: Sendable, Equatable {
    public static let validPt = 8.0...8000.0
    public let convention: EtaConvention
    public let regions: [ResolutionRegion]

    public init(convention: EtaConvention, regions: [ResolutionRegion], path: [String]) throws(CardError) {
        self.convention = convention
        self.regions = regions
        try requireContiguous(regions.map { ($0.low, $0.high) }, convention, path + ["regions"])
        for (index, region) in regions.enumerated() {
            let place = path + ["regions", "\(index)"]
            guard region.noise.isFinite else {
                throw CardError(place + ["n"], "\(region.noise) is not a number", "give a finite number")
            }
            guard region.exponent >= -4, region.exponent <= 1 else {
                throw CardError(place + ["d"], "an exponent of \(region.exponent) is out of range", "give −4 to 1")
            }
            for (key, value) in [("s", region.stochastic), ("c", region.constant)] {
                guard value.isFinite, value >= 0 else {
                    throw CardError(place + [key], "a resolution term of \(value) is negative", "give a number ≥ 0")
                }
            }
            var pt = Self.validPt.lowerBound
            while true {
                let variance = region.variance(pt: pt)
                guard variance >= 0, variance <= 4 else {
                    let value = variance < 0 ? "negative" : "above 200 %"
                    throw CardError(
                        place, "the resolution is \(value) at pT = \(pt) GeV",
                        "check n, s, c and d: σ²/pT² = n|n|/pT² + s² pT^d + c²")
                }
                if pt == Self.validPt.upperBound { break }
                pt = min(pt * 1.1, Self.validPt.upperBound)
            }
        }
    }

    /// σ(pT)/pT at (η, true pT in GeV).
    public func value(eta signedEta: Double, pt: Double) -> Double {
        let eta = convention == .absolute ? abs(signedEta) : signedEta
        var index = 0
        while index < regions.count - 1, eta >= regions[index].high { index += 1 }
        let bounded = max(Self.validPt.lowerBound, min(pt, Self.validPt.upperBound))
        return regions[index].variance(pt: bounded).squareRoot()
    }
}
