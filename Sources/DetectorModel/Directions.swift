#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// How well directions are known, and what displaces them.
public struct Directions: Sendable, Equatable {
    /// Resolution √((noise / pT)² + floor²) of η and of φ: GeV (radian GeV), and their floors.
    public let etaNoise: Double
    public let etaFloor: Double
    public let phiNoise: Double
    public let phiFloor: Double
    /// Lateral width of a jet in η. The centre of what is measured moves by width² d ln R/dη toward the higher response.
    public let jetWidth: Double
    /// mm: the size of showers, which adds to that width what it is in η where they are.
    public let showerRadius: Double

    public init(
        etaNoise: Double, etaFloor: Double, phiNoise: Double, phiFloor: Double, jetWidth: Double, showerRadius: Double,
        path: [String]
    ) throws(CardError) {
        self.etaNoise = etaNoise
        self.etaFloor = etaFloor
        self.phiNoise = phiNoise
        self.phiFloor = phiFloor
        self.jetWidth = jetWidth
        self.showerRadius = showerRadius
        try requireRange(etaNoise, 0...10, path + ["eta", "noise"], unit: "GeV")
        try requireRange(etaFloor, 0...0.5, path + ["eta", "floor"])
        try requireRange(phiNoise, 0...10, path + ["phi", "noise"], unit: "GeV")
        try requireRange(phiFloor, 0...0.5, path + ["phi", "floor"], unit: "radian")
        try requireRange(jetWidth, 0...0.4, path + ["jet_width"])
        try requireRange(showerRadius, 0...500, path + ["shower_radius"], unit: "mm")
    }

    /// The square of the width in η of what a jet leaves.
    public func lateralVariance(eta: Double, _ envelope: Envelope?) -> Double {
        let size = envelope.map { showerRadius * $0.etaPerLength(eta: eta) } ?? 0
        // Near the beam a shower is as wide as its distance from it, and η is no longer linear across it.
        return jetWidth * jetWidth + size * size / (1 + size * size)
    }
}

extension Directions {
    /// Of η and of φ (radian) at a true pT (GeV).
    public func etaResolution(pt: Double) -> Double { Self.inQuadrature(etaNoise / pt, etaFloor) }
    public func phiResolution(pt: Double) -> Double { Self.inQuadrature(phiNoise / pt, phiFloor) }

    private static func inQuadrature(_ one: Double, _ other: Double) -> Double {
        (one * one + other * other).squareRoot()
    }
}

/// Where collisions happen and where calorimeters stand: what separates the η that a detector sees from that of the physics.
///
/// A jet of pseudorapidity η from a vertex at z meets the barrel's front (a cylinder) where sinh η_det = sinh η + z/radius, the
/// endcap's (a plane) where sinh η_det = sinh η / (1 ∓ z/distance).
public struct Envelope: Sendable, Equatable {
    /// mm, of the vertices along the beam.
    public let vertexSpread: Double
    /// mm.
    public let barrelRadius: Double
    public let endcapDistance: Double

    public init(
        vertexSpread: Double, barrelRadius: Double, endcapDistance: Double, path: [String]
    ) throws(CardError) {
        self.vertexSpread = vertexSpread
        self.barrelRadius = barrelRadius
        self.endcapDistance = endcapDistance
        try requireRange(barrelRadius, 100...20_000, path + ["barrel_radius"], unit: "mm")
        try requireRange(endcapDistance, 500...50_000, path + ["endcap_distance"], unit: "mm")
        // A vertex never lies beyond the endcap: random numbers end at 4.9 widths.
        try requireRange(vertexSpread, 0...(endcapDistance / 10), path + ["vertex_spread"], unit: "mm")
    }

    /// What one mm along the front of the calorimeter is in η.
    func etaPerLength(eta: Double) -> Double {
        // On the barrel z = r sinh η, on the endcap r = z / sinh η.
        let slope = abs(sinh(eta))
        guard slope >= endcapDistance / barrelRadius else { return 1 / (barrelRadius * cosh(eta)) }
        return slope * tanh(abs(eta)) / endcapDistance
    }

    /// The pseudorapidity from the detector's centre of a jet that leaves `vertex` (mm along the beam) with `eta`.
    public func detectorEta(eta: Double, vertex: Double) -> Double {
        let slope = sinh(eta)
        let barrel = slope + vertex / barrelRadius
        guard abs(barrel) >= endcapDistance / barrelRadius else { return asinh(barrel) }
        return asinh(slope / (1 - (slope < 0 ? -vertex : vertex) / endcapDistance))
    }
}

/// The response of jets by what started them, relative to the card's mean response.
public struct FlavourResponses: Sendable, Equatable {
    /// Classes in the order of the tables: no known flavour, light quarks, c, b, gluons.
    public static let names = ["unknown", "light", "charm", "bottom", "gluon"]
    /// One for each of the classes but the first, which has 1.
    public let forms: [ResponseForm]

    public init(
        light: ResponseForm, charm: ResponseForm, bottom: ResponseForm, gluon: ResponseForm, path: [String]
    ) throws(CardError) {
        forms = [light, charm, bottom, gluon]
        for (name, form) in zip(Self.names.dropFirst(), forms) {
            if case .constant(let value) = form {
                try requireRange(value, 0.5...1.5, path + [name])
                continue
            }
            try form.validate(path + [name])
            let (low, high) = form.bounds(eta: 0)
            guard low >= 0.5, high <= 1.5 else {
                throw CardError(
                    path + [name], "the factor goes from \(low) to \(high) with pT",
                    "keep it between 0.5 and 1.5, also where the outermost slopes continue it")
            }
        }
    }

    /// PDG number, or 0 when unknown, to the class.
    public static func classIndex(_ flavour: Int32) -> Int {
        switch flavour {
        case 1...3: 1
        case 4: 2
        case 5: 3
        case 21: 4
        default: 0
        }
    }

    public func value(class index: Int, pt: Double) -> Double {
        index == 0 ? 1 : forms[index - 1].value(eta: 0, pt: pt)
    }
}
