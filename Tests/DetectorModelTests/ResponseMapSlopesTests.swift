import CardFiles
import DetectorModel
import Foundation
import Testing

struct ResponseMapSlopesTests {
    private func map(
        _ convention: EtaConvention = .absolute, transition: Double = 0, asymmetry: Double = 0,
        slopes: [ResponseSlope] = []
    ) throws -> ResponseMap {
        try ResponseMap(
            convention: convention, transition: transition,
            regions: [ResponseRegion(low: convention == .absolute ? 0 : -4, high: 4, form: .constant(0.8))], cracks: [],
            asymmetry: asymmetry, slopes: slopes, path: ["response"])
    }

    @Test(arguments: [EtaConvention.absolute, .signed])
    func anAsymmetryRaisesOneSideAndLowersTheOther(convention: EtaConvention) throws {
        let map = try map(convention, transition: 0.2, asymmetry: 0.1)
        #expect(abs(map.value(eta: 2, pt: 50) - 0.88) < 1e-12)
        #expect(abs(map.value(eta: -2, pt: 50) - 0.72) < 1e-12)
        #expect(abs(map.value(eta: 0.1, pt: 50) - 0.84) < 1e-12)
        #expect(map.value(eta: 0, pt: 50) == 0.8)
        let step = try self.map(convention, asymmetry: 0.1)
        #expect(abs(step.value(eta: 1e-9, pt: 50) - 0.88) < 1e-12 && step.value(eta: 0, pt: 50) == 0.8)
    }

    @Test func aSlopeStaysInItsRangeAndKeepsTheMean() throws {
        let map = try map(slopes: [ResponseSlope(low: 1, high: 3, rise: 0.1, ptExponent: 0.5)])
        for (eta, factor) in [(0.5, 1.0), (1.0, 0.95), (1.5, 0.975), (2.0, 1.0), (-2.5, 1.025), (3.0, 1.0), (3.5, 1.0)]
        {
            #expect(abs(map.value(eta: eta, pt: 100) - 0.8 * factor) < 1e-12, "\(eta)")
            #expect(abs(map.value(eta: eta, pt: 400) - 0.8 * (1 + (factor - 1) / 2)) < 1e-12, "\(eta)")
        }
    }

    @Test func slopesAreBlendedAtTheirEndsButNotAtTheEndOfTheMap() throws {
        let slopes = [ResponseSlope(low: 1, high: 3, rise: 0.1, ptExponent: 0)]
        let inside = try map(transition: 0.2, slopes: slopes)
        #expect(abs(inside.value(eta: 1, pt: 100) - 0.8 * 0.975) < 1e-12)
        #expect(inside.value(eta: 0.8, pt: 100) == 0.8 && inside.value(eta: 3.2, pt: 100) == 0.8)
        for eta in stride(from: 0.7, to: 3.3, by: 0.001) {
            #expect(abs(inside.value(eta: eta, pt: 100) - inside.value(eta: eta + 0.001, pt: 100)) < 3e-4)
        }
        let outer = try map(transition: 0.2, slopes: [ResponseSlope(low: 2, high: 4, rise: 0.1, ptExponent: 0)])
        #expect(abs(outer.value(eta: 4, pt: 100) - 0.8 * 1.05) < 1e-12)
        let central = try map(transition: 0.2, slopes: [ResponseSlope(low: 0, high: 4, rise: 0.1, ptExponent: 0)])
        #expect(abs(central.value(eta: 0, pt: 100) - 0.8 * 0.95) < 1e-12)
    }

    @Test func slopesAndAsymmetryMultiply() throws {
        let slope = ResponseSlope(low: 1, high: 3, rise: 0.2, ptExponent: 0)
        let map = try map(.signed, asymmetry: -0.05, slopes: [slope, slope])
        #expect(abs(map.value(eta: 2.5, pt: 30) - 0.8 * 1.05 * 1.05 * 0.95) < 1e-12)
        #expect(abs(map.value(eta: -2.5, pt: 30) - 0.8 * 1.05) < 1e-12)
    }

    static let faults: [(asymmetry: Double, slope: ResponseSlope, transition: Double, path: String)] = [
        (0.5, .init(low: 1, high: 3, rise: 0, ptExponent: 0), 0, "asymmetry"),
        (-0.5, .init(low: 1, high: 3, rise: 0, ptExponent: 0), 0, "asymmetry"),
        (.nan, .init(low: 1, high: 3, rise: 0, ptExponent: 0), 0, "asymmetry"),
        (0, .init(low: 3, high: 1, rise: 0, ptExponent: 0), 0, "slopes.0.eta"),
        (0, .init(low: -1, high: 1, rise: 0, ptExponent: 0), 0, "slopes.0.eta"),
        (0, .init(low: 1, high: 4.1, rise: 0, ptExponent: 0), 0, "slopes.0.eta"),
        (0, .init(low: 1, high: .nan, rise: 0, ptExponent: 0), 0, "slopes.0.eta"),
        (0, .init(low: 1, high: 1.3, rise: 0, ptExponent: 0), 0.2, "slopes.0.eta"),
        (0, .init(low: 1, high: 3, rise: 1, ptExponent: 0), 0, "slopes.0.rise"),
        (0, .init(low: 1, high: 3, rise: .nan, ptExponent: 0), 0, "slopes.0.rise"),
        (0, .init(low: 1, high: 3, rise: 0.1, ptExponent: 3), 0, "slopes.0.pt_exponent"),
    ]

    @Test(arguments: 0..<faults.count) func faultsAreToldWithTheirPath(index: Int) {
        let fault = Self.faults[index]
        let error = #expect(throws: CardError.self) {
            try map(transition: fault.transition, asymmetry: fault.asymmetry, slopes: [fault.slope])
        }
        #expect(error?.path.joined(separator: ".") == "response." + fault.path)
        #expect(error?.remedy.isEmpty == false)
    }

    /// A steep exponent makes 1 − rise/2 · 25^2 negative at 4 GeV, which a look at each number does not show.
    @Test(arguments: [
        (0.4, ResponseSlope(low: 1, high: 3, rise: 0.1, ptExponent: 2)),
        (0.49, ResponseSlope(low: 1, high: 3, rise: 0.1, ptExponent: 0)),
    ])
    func whatTheyComeToIsCheckedInTheCard(asymmetry: Double, slope: ResponseSlope) throws {
        let regions = [ResponseRegion(low: 0, high: 4, form: .constant(slope.ptExponent == 0 ? 4.9 : 0.8))]
        let response = try ResponseMap(
            convention: .absolute, transition: 0, regions: regions, cracks: [], asymmetry: asymmetry, slopes: [slope],
            path: ["response"])
        let resolution = try ResolutionMap(
            convention: .absolute,
            regions: [ResolutionRegion(low: 0, high: 4, noise: 1, stochastic: 1, constant: 0, exponent: -1)], path: [])
        let error = #expect(throws: CardError.self) {
            try DetectorCard(
                name: "x", summary: "", acceptance: Acceptance(absEtaMaximum: 4), response: MeanResponse(map: response),
                resolution: CoreResolution(map: resolution), pseudoData: nil)
        }
        #expect(error?.path == ["response"] && error?.problem.contains("the response is") == true)
    }
}
