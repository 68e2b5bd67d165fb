import CardFiles
import DetectorModel
import DijetSimulation
import Foundation
import JetPhysics
import Testing

/// Measured jets against the integral of the card's density: the loop draws by inverse functions, the density knows none of them.
struct FluctuationTests {
    private static let shapes = [
        CrystalBall.gaussian,
        CrystalBall(low: .init(alpha: 2, power: 10), high: .init(alpha: 2.1, power: 12)),
        CrystalBall(low: .init(alpha: 1.2, power: 5), high: .init(alpha: 1.9, power: 40)),
        CrystalBall(low: .init(alpha: 0.9, power: 3.1), high: .init(alpha: 0.8, power: 4.5)),
    ]

    /// The distribution function of a density at increasing places: by trapezia in t with z = sinh t, whose steps grow with the tails.
    private func distribution(_ shape: CrystalBall, at places: [Double]) -> [Double] {
        let (start, steps) = (asinh(-1e6), 400_000)
        let step = -2 * start / Double(steps)
        func density(_ t: Double) -> Double { shape.density(sinh(t)) * cosh(t) }
        var (index, sum, left) = (0, 0.0, density(start))
        return places.map { place in
            let end = asinh(place)
            while index < steps, start + step * Double(index + 1) <= end {
                index += 1
                let right = density(start + step * Double(index))
                sum += 0.5 * (left + right) * step
                left = right
            }
            return sum + (end - start - step * Double(index)) * 0.5 * (left + density(end))
        }
    }

    /// Fluctuations of jets at a node of the shapes, in widths, increasing.
    private func simulated(_ shape: CrystalBall, width: Double, count: Int) throws -> [Double] {
        // What the bound takes off all jets for the few that reach it is added again.
        let (pt, least) = (128.0, 0.02)
        let deficit = shape.deficit(width: width, least: least)
        func side(_ name: String, _ side: CrystalBall.Side) -> String {
            "\(name)_alpha: [\(side.alpha)], \(name)_n: [\(side.power)]"
        }
        let text = """
            schema: etacal.detector/2
            name: toy
            acceptance: {abs_eta_max: 5}
            response: {eta: absolute, regions: [{eta: [0, 5], value: 1}]}
            resolution: {eta: absolute, regions: [{eta: [0, 5], n: 0, s: 0, c: \(width)}]}
            tails: {eta: absolute, regions: [{eta: [0, 5], pt: [\(pt)], \(side("low", shape.low)), \(side("high", shape.high))}]}
            """
        let detector = Detector(try DetectorCard(yaml: text, file: "toy.yaml"), pseudoData: false)
        let block = 10_000
        let (truth, seen) = (TruthBlock(capacity: block), ReconstructedBlock(capacity: block))
        let reconstruction = Reconstruction(detector: detector, role: .simulation, seed: 3)
        var values: [Double] = []
        for first in stride(from: 0, to: count, by: block) {
            truth.count = block
            for row in 0..<block {
                (truth.pt[row], truth.eta[row], truth.phi[row]) = (pt, 1, 0.5)
                (truth.event[row], truth.draw[row]) = (UInt64(first + row), UInt64(first + row))
            }
            reconstruction.simulate(truth, into: seen)
            values += (0..<block).map { (seen.pt[$0] / pt - 1 + deficit) / width }
        }
        return values.sorted()
    }

    @Test(arguments: shapes) func fluctuationsHaveTheDensityOfTheCard(shape: CrystalBall) throws {
        let count = 1_000_000
        let values = try simulated(shape, width: 0.02, count: count)
        let expected = distribution(shape, at: values)
        // Kolmogorov's distance, exceeded once in 1000.
        let distance = expected.indices.reduce(0.0) {
            max($0, abs(expected[$1] - Double($1) / Double(count)), abs(expected[$1] - Double($1 + 1) / Double(count)))
        }
        #expect(distance < 1.95 / Double(count).squareRoot(), "\(distance * Double(count).squareRoot())")
        // It does not see the ends of the tails.
        for reach in [2.5, 4, 6, 10, 20] {
            let ends = distribution(shape, at: [-reach, reach])
            for (share, found) in [
                (ends[0], values.count { $0 < -reach }), (1 - ends[1], values.count { $0 > reach }),
            ] {
                let mean = share * Double(count)
                #expect(abs(Double(found) - mean) < 4 * mean.squareRoot() + 1, "beyond \(reach): \(found) of \(mean)")
            }
        }
    }

    /// Where the table of what the bound takes off is read between its nodes: the mean stays what it is.
    @Test(arguments: shapes, [0.02, 0.05, 0.11, 0.2, 0.36])
    func theBoundLeavesTheMeanOfSteepTails(shape: CrystalBall, width: Double) throws {
        let count = 1_000_000
        let deficit = shape.deficit(width: width, least: 0.02)
        let ratios = try simulated(shape, width: width, count: count).map { 1 + width * $0 - deficit }
        let mean = ratios.reduce(0, +) / Double(count)
        let variance = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        #expect(abs(mean - 1) < 2e-4 + 3.5 * (variance / Double(count)).squareRoot(), "\(mean)")
    }
}
