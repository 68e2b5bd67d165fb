#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What a detector measures of charged particles near the beam: how well their transverse impact parameter d0 is known, where, and
/// from which spot of the beam they come.
///
/// d0 is the signed distance of closest approach to the beam line in the transverse plane, in mm.
public struct Tracker: Sendable, Equatable {
    /// Tracks beyond this |η| are lost.
    public let absEtaMaximum: Double
    /// GeV. Below it there are no tracks.
    public let ptMinimum: Double
    /// The share of charged particles with a track.
    public let efficiency: Double
    /// mm. Tracks with a larger |d0|, and of particles made farther from the beam line, are not used.
    public let impactMaximum: Double
    public let radiusMaximum: Double
    /// By |η|, from the centre outwards.
    public let resolution: [ImpactResolution]
    /// Shares of mis-measured tracks, whose resolution is worse by a factor.
    public let tails: [(share: Double, scale: Double)]
    public let beamSpot: BeamSpot

    public static let mostRegions = 8
    public static let mostTails = 4

    public static func == (one: Tracker, other: Tracker) -> Bool {
        one.absEtaMaximum == other.absEtaMaximum && one.ptMinimum == other.ptMinimum
            && one.efficiency == other.efficiency && one.impactMaximum == other.impactMaximum
            && one.radiusMaximum == other.radiusMaximum && one.resolution == other.resolution
            && one.tails.elementsEqual(other.tails, by: ==) && one.beamSpot == other.beamSpot
    }

    public init(
        absEtaMaximum: Double, ptMinimum: Double, efficiency: Double, impactMaximum: Double, radiusMaximum: Double,
        resolution: [ImpactResolution], tails: [(share: Double, scale: Double)], beamSpot: BeamSpot, path: [String]
    ) throws(CardError) {
        self.absEtaMaximum = absEtaMaximum
        self.ptMinimum = ptMinimum
        self.efficiency = efficiency
        self.impactMaximum = impactMaximum
        self.radiusMaximum = radiusMaximum
        self.resolution = resolution
        self.tails = tails
        self.beamSpot = beamSpot
        try requireRange(absEtaMaximum, 0.1...6, path + ["abs_eta_max"])
        try requireRange(ptMinimum, 1...20, path + ["pt_min"], unit: "GeV")
        try requireRange(efficiency, 0.05...1, path + ["efficiency"])
        try requireRange(impactMaximum, 0.05...20, path + ["d0_max"], unit: "mm")
        try requireRange(radiusMaximum, 0.1...500, path + ["radius_max"], unit: "mm")
        guard resolution.count <= Self.mostRegions else {
            throw CardError(
                path + ["d0", "regions"], "there are \(resolution.count) regions", "give at most \(Self.mostRegions)")
        }
        try requireContiguous(resolution.map { ($0.low, $0.high) }, .absolute, path + ["d0", "regions"])
        guard let last = resolution.last, last.high >= absEtaMaximum else {
            throw CardError(
                path + ["d0", "regions"], "the regions do not reach the tracks' |η| < \(absEtaMaximum)",
                "extend the outermost region or lower abs_eta_max")
        }
        guard tails.count <= Self.mostTails else {
            throw CardError(path + ["tails"], "there are \(tails.count) tails", "give at most \(Self.mostTails)")
        }
        for (index, tail) in tails.enumerated() {
            try requireRange(tail.share, 0...0.5, path + ["tails", "\(index)", "share"])
            try requireRange(tail.scale, 1...100, path + ["tails", "\(index)", "scale"])
        }
        guard tails.map(\.share).reduce(0, +) <= 0.5 else {
            throw CardError(
                path + ["tails"], "more tracks are mis-measured than not", "give shares that add up to 0.5 or less")
        }
    }

    /// Standard deviation of d0 for the core of tracks, mm; without the beam spot.
    public func impactResolution(eta: Double, pt: Double) -> Double {
        let region = resolution.first { abs(eta) < $0.high } ?? resolution[resolution.count - 1]
        return region.value(pt: pt)
    }
}

/// Resolution of d0 in a region of |η|: √(constant² + (scattering / pT)²), of a row for each step of pT.
public struct ImpactResolution: Sendable, Equatable {
    /// A row holds from its pT (GeV) to that of the next; the first one's also below. mm, and mm GeV.
    public struct Step: Sendable, Equatable {
        public let pt: Double
        public let constant: Double
        public let scattering: Double
    }

    public let low: Double
    public let high: Double
    public let steps: [Step]

    public static let mostSteps = 16

    private init(low: Double, high: Double, steps: [Step], path: [String]) throws(CardError) {
        self.low = low
        self.high = high
        self.steps = steps
        for (index, step) in steps.enumerated() {
            guard index == 0 || step.pt > steps[index - 1].pt else {
                throw CardError(path + ["pt", "\(index)"], "\(step.pt) does not increase", "give increasing pT")
            }
        }
    }

    /// What is measured in steps of pT.
    public init(low: Double, high: Double, pt: [Double], values: [Double], path: [String]) throws(CardError) {
        guard pt.count == values.count, (1...Self.mostSteps).contains(pt.count) else {
            throw CardError(
                path + ["values"], "\(values.count) values for \(pt.count) steps of pT",
                "give one for each, at most \(Self.mostSteps)")
        }
        for (index, value) in values.enumerated() {
            try requireRange(value, 1e-4...10, path + ["values", "\(index)"], unit: "mm")
            try requireRange(pt[index], 0...10_000, path + ["pt", "\(index)"], unit: "GeV")
        }
        try self.init(
            low: low, high: high, steps: zip(pt, values).map { Step(pt: $0, constant: $1, scattering: 0) }, path: path)
    }

    /// What hits and multiple scattering do.
    public init(
        low: Double, high: Double, constant: Double, scattering: Double, path: [String]
    ) throws(CardError) {
        try requireRange(constant, 1e-4...10, path + ["constant"], unit: "mm")
        try requireRange(scattering, 0...10, path + ["scattering"], unit: "mm GeV")
        try self.init(
            low: low, high: high, steps: [Step(pt: 0, constant: constant, scattering: scattering)], path: path)
    }

    /// mm, for a pT in GeV.
    public func value(pt: Double) -> Double {
        let step = steps.last { pt >= $0.pt } ?? steps[0]
        return hypot(step.constant, step.scattering / pt)
    }
}

/// The transverse spread of the places where protons meet around the beam line, Gaussian, in mm.
public struct BeamSpot: Sendable, Equatable {
    public let x: Double
    public let y: Double
    /// Of x and y, in (−1, 1).
    public let correlation: Double

    public init(x: Double, y: Double, correlation: Double, path: [String]) throws(CardError) {
        self.x = x
        self.y = y
        self.correlation = correlation
        try requireRange(x, 0...10, path + ["x"], unit: "mm")
        try requireRange(y, 0...10, path + ["y"], unit: "mm")
        try requireRange(correlation, -0.99...0.99, path + ["correlation"])
    }

    /// What it adds to the variance of d0 of a track with this azimuth, mm².
    public func variance(phi: Double) -> Double {
        let (sine, cosine) = (sin(phi), cos(phi))
        return sine * sine * x * x + cosine * cosine * y * y - 2 * sine * cosine * correlation * x * y
    }
}
