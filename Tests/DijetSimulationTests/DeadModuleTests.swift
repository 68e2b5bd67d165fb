import CardFiles
import DetectorModel
import DijetGeneration
import DijetSimulation
import Foundation
import JetPhysics
import Testing

struct DeadModuleTests {
    /// A detector that is perfect but for a module that takes half of what is in it; jets are 0.2 wide.
    private func reconstruction(eta: String, phi: String) throws -> Reconstruction {
        let card = try DetectorCard(
            yaml: """
                schema: etacal.detector/2
                name: module
                acceptance: {abs_eta_max: 3}
                response: {eta: absolute, regions: [{eta: [0, 3], value: 1}]}
                resolution: {eta: absolute, regions: [{eta: [0, 3], n: 0, s: 0, c: 0}]}
                directions: {jet_width: 0.1}
                dead_modules: [{eta: \(eta), phi: \(phi), loss: 0.5}]

                """, file: "module.yaml")
        return Reconstruction(detector: Detector(card, pseudoData: false), role: .simulation, seed: 1)
    }

    /// What jets of 100 GeV at these places lose.
    private func losses(_ places: [(eta: Double, phi: Double)], _ reconstruction: Reconstruction) -> [Double] {
        let count = places.count
        let (truth, block) = (TruthBlock(capacity: count), ReconstructedBlock(capacity: count))
        truth.count = count
        for (row, place) in places.enumerated() {
            for jet in 0..<TruthBlock.jetCount { truth.pt[jet * count + row] = 0 }
            (truth.pt[row], truth.eta[row], truth.phi[row]) = (100, place.eta, place.phi)
            (truth.event[row], truth.draw[row]) = (UInt64(row), UInt64(row))
        }
        reconstruction.simulate(truth, into: block)
        return (0..<count).map { 1 - block.pt[$0] / 100 }
    }

    /// Integrated over η and φ a jet loses the module's share times its area, whether it is wider or narrower than the module,
    /// to single precision and 0.2 % of the steps; also where the module runs over π.
    @Test(arguments: [
        ("[0, 0.6]", "[-0.3, 0.3]", 0.36), ("[0.3, 0.35]", "[-0.3, 0.3]", 0.03), ("[0.3, 0.4]", "[0.1, 0.15]", 0.005),
        ("[0, 0.6]", "[3, -3.1]", 0.6 * (2 * Double.pi - 6.1)), ("[0, 0.6]", "[-3.1, 3.1]", 0.6 * 6.2),
        ("[0, 0.6]", "[-2, 2]", 0.6 * 4),
    ]) func aJetLosesTheModulesArea(eta: String, phi: String, area: Double) throws {
        let reconstruction = try reconstruction(eta: eta, phi: phi)
        let (steps, turn) = (160, 2 * Double.pi)
        var sum = 0.0
        for column in 0..<steps {
            let eta = -0.3 + 1.2 * (Double(column) + 0.5) / Double(steps)
            let places = (0..<8 * steps).map { row in
                (eta: eta, phi: turn * ((Double(row) + 0.5) / Double(8 * steps) - 0.5))
            }
            sum += losses(places, reconstruction).reduce(0, +)
        }
        let found = sum * 1.2 / Double(steps) * turn / Double(8 * steps)
        #expect(abs(found / (0.5 * area) - 1) < 0.002, "\(found) \(0.5 * area)")
    }

    @Test func aRingHasNoSeam() throws {
        let reconstruction = try reconstruction(eta: "[0, 0.8]", phi: "[-3.1415926536, 3.1415926536]")
        let places = (0...64).map { (eta: 0.4, phi: Double.pi * (Double($0) / 32 - 1)) }
        for loss in losses(places, reconstruction) { #expect(abs(loss - 0.5) < 1e-6) }
    }

    @Test func edgesAreHalfWay() throws {
        let reconstruction = try reconstruction(eta: "[0, 0.8]", phi: "[-1, 1]")
        let found = losses([(0.4, 0), (0, 0), (0.4, 1), (0, 1), (-0.11, 0), (0.05, 0)], reconstruction)
        for (loss, expected) in zip(found, [0.5, 0.25, 0.25, 0.125, 0, 0.375]) { #expect(abs(loss - expected) < 1e-5) }
    }
}
