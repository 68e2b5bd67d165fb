#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The relative resolution σ(pT)/pT as a function of the true pT (GeV).
public enum ResolutionForm: Sendable, Equatable {
    /// √(N|N|/pT² + S² pT^d + C²). N may be negative and d differ from −1, as in the tables that CMS publishes
    /// (JRDatabase).
    case terms(noise: Double, stochastic: Double, constant: Double, exponent: Double)
    /// A formula of `Formula.cardVariables`.
    case formula(Formula)

    /// At (η as the regions give it, true pT); NaN where there is none.
    public func value(eta: Double, pt: Double) -> Double {
        switch self {
        case .terms(let noise, let stochastic, let constant, let exponent):
            (noise * abs(noise) / (pt * pt) + stochastic * stochastic * pow(pt, exponent) + constant * constant)
                .squareRoot()
        case .formula(let formula): formula.value(eta, pt, pt * cosh(eta))
        }
    }
}

/// A range of η with one relative resolution.
public struct ResolutionRegion: Sendable, Equatable {
    public let low: Double
    public let high: Double
    public let form: ResolutionForm

    public init(low: Double, high: Double, form: ResolutionForm) {
        self.low = low
        self.high = high
        self.form = form
    }

    public init(low: Double, high: Double, noise: Double, stochastic: Double, constant: Double, exponent: Double) {
        self.init(
            low: low, high: high,
            form: .terms(noise: noise, stochastic: stochastic, constant: constant, exponent: exponent))
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
            switch region.form {
            case .terms(let noise, let stochastic, let constant, let exponent):
                guard noise.isFinite else {
                    throw CardError(place + ["n"], "\(noise) is not a number", "give a finite number")
                }
                guard exponent >= -4, exponent <= 1 else {
                    throw CardError(place + ["d"], "an exponent of \(exponent) is out of range", "give −4 to 1")
                }
                for (key, value) in [("s", stochastic), ("c", constant)] {
                    guard value.isFinite, value >= 0 else {
                        throw CardError(
                            place + [key], "a resolution term of \(value) is negative", "give a number ≥ 0")
                    }
                }
                try Self.requirePossible(region.form, place)
            // Its values are looked at where the acceptance is known.
            case .formula(let formula): try formula.requireCardVariables(place + ["formula"])
            }
        }
    }

    private static func requirePossible(_ terms: ResolutionForm, _ place: [String]) throws(CardError) {
        var pt = validPt.lowerBound
        while true {
            let value = terms.value(eta: 0, pt: pt)
            guard value <= 2 else {
                let word = value.isNaN ? "negative" : "above 200 %"
                throw CardError(
                    place, "the resolution is \(word) at pT = \(pt) GeV",
                    "check n, s, c and d: σ²/pT² = n|n|/pT² + s² pT^d + c²")
            }
            if pt == validPt.upperBound { break }
            pt = min(pt * 1.1, validPt.upperBound)
        }
    }

    /// σ(pT)/pT at (η, true pT in GeV).
    public func value(eta signedEta: Double, pt: Double) -> Double {
        let eta = convention == .absolute ? abs(signedEta) : signedEta
        let bounded = max(Self.validPt.lowerBound, min(pt, Self.validPt.upperBound))
        return regions[index(ofEta: eta)].form.value(eta: eta, pt: bounded)
    }

    /// The region of η, which is |η| when regions are given for it.
    func index(ofEta eta: Double) -> Int {
        var index = 0
        while index < regions.count - 1, eta >= regions[index].high { index += 1 }
        return index
    }
}
