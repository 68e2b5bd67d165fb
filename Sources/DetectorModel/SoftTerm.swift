internal import Binning

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// How what is in no jet enters the missing transverse momentum: a working point.
///
/// The true soft recoil of length s becomes R(s) s along its direction, with a width of `parallel` s along and
/// `perpendicular` s across it, both in quadrature with a noise of a + b √ΣE_T in each component. ΣE_T is that of the jets and
/// `energy` + `energyPerInteraction` μ.
public struct SoftTerm: Sendable, Equatable {
    public let name: String
    /// Mean response by the pT of the soft recoil (GeV).
    public let response: ResponseForm
    public let parallel: Double
    public let perpendicular: Double
    /// GeV, and GeV^½.
    public let noise: Double
    public let noiseGrowth: Double
    /// GeV.
    public let energy: Double
    public let energyPerInteraction: Double

    public init(
        name: String, response: ResponseForm, parallel: Double, perpendicular: Double, noise: Double,
        noiseGrowth: Double, energy: Double, energyPerInteraction: Double, path: [String]
    ) throws(CardError) {
        self.name = name
        self.response = response
        self.parallel = parallel
        self.perpendicular = perpendicular
        self.noise = noise
        self.noiseGrowth = noiseGrowth
        self.energy = energy
        self.energyPerInteraction = energyPerInteraction
        guard !name.isEmpty else { throw CardError(path + ["name"], "the name is empty", "name the working point") }
        switch response {
        case .constant(let value): try requireRange(value, 0...5, path + ["response"])
        default:
            try response.validate(path + ["response"])
            for node in 0..<OctaveAxis.count {
                let pt = OctaveAxis.value(node) / DetectorTables.softScale
                let value = response.value(eta: 0, pt: pt)
                guard value >= 0, value <= 5 else {
                    throw CardError(
                        path + ["response"], "the response is \(value) at \(pt) GeV",
                        "give the table another pT node: its outermost slopes go on for one unit of ln pT")
                }
            }
        }
        try requireRange(parallel, 0...2, path + ["parallel"])
        try requireRange(perpendicular, 0...2, path + ["perpendicular"])
        try requireRange(noise, 0...100, path + ["noise"], unit: "GeV")
        try requireRange(noiseGrowth, 0...10, path + ["noise_growth"], unit: "GeV^½")
        try requireRange(energy, 0...10_000, path + ["energy"], unit: "GeV")
        try requireRange(energyPerInteraction, 0...500, path + ["energy_per_mu"], unit: "GeV")
    }

    private init(transparent: Void) {
        name = "true"
        response = .constant(1)
        (parallel, perpendicular, noise, noiseGrowth, energy, energyPerInteraction) = (0, 0, 0, 0, 0, 0)
    }

    /// How many working points a card may have.
    static let most = 16

    /// As it is in truth.
    public static let transparent = SoftTerm(transparent: ())

    /// The same with a response of 1, which calibrated jets have.
    public var respondingLikeJets: SoftTerm { SoftTerm(self, response: .constant(1)) }

    private init(_ other: SoftTerm, response: ResponseForm) {
        self.response = response
        (name, parallel, perpendicular) = (other.name, other.parallel, other.perpendicular)
        (noise, noiseGrowth) = (other.noise, other.noiseGrowth)
        (energy, energyPerInteraction) = (other.energy, other.energyPerInteraction)
    }

    /// The width of each component without a recoil, GeV.
    public func noiseWidth(sumEt: Double) -> Double { noise + noiseGrowth * sumEt.squareRoot() }

    public func meanResponse(soft: Double) -> Double { response.value(eta: 0, pt: soft) }
}
