import CardFiles
import DetectorModel
import DijetGeneration
import DijetSimulation
import Foundation
import JetPhysics
import Testing

struct JetSmearingTests {
    /// One jet pair of the same kinematics again and again.
    private func truth(pt: Double, eta: Double, count: Int, first: Int) -> TruthBlock {
        let block = TruthBlock(capacity: count)
        block.count = count
        for row in 0..<count {
            for jet in 0..<4 { block.pt[jet * count + row] = 0 }
            (block.pt[row], block.eta[row], block.phi[row]) = (pt, eta, 0.5)
            (block.event[row], block.draw[row]) = (UInt64(first + row), UInt64(first + row))
        }
        return block
    }

    /// Mean and width of the response are the card's, also where the resolution is so poor that fluctuations are
    /// reflected; 4 σ of their errors (p = 6e-5 each).
    @Test(arguments: [("cms-like", 0.3, 100), ("cms-like", 2.9, 25), ("cms-like", -4.0, 60), ("stress", 2.9, 20)])
    func responseAndResolutionAreTheCards(name: String, eta: Double, pt: Double) throws {
        let detector = Detector(try LoadedCard(name).card, pseudoData: false)
        let smearing = JetSmearing(detector: detector, role: .simulation, seed: 3)
        let (blocks, size) = (50, 4096)
        let block = ReconstructedBlock(capacity: size)
        var (sum, squares, smallest) = (0.0, 0.0, 1.0)
        for index in 0..<blocks {
            smearing.simulate(truth(pt: pt, eta: eta, count: size, first: index * size), into: block)
            for row in 0..<size {
                let response = block.pt[row] / pt
                sum += response
                squares += response * response
                smallest = min(smallest, response)
                #expect(block.truePt[row] == pt && block.eta[row] == eta && block.pt[size + row] == 0)
            }
        }
        let count = Double(blocks * size)
        let mean = sum / count
        let width = (squares / count - mean * mean).squareRoot()
        let response = detector.response.value(eta: eta, pt: pt)
        let resolution = detector.resolution.value(eta: eta, pt: pt)
        #expect(abs(mean - response) < 4 * width / count.squareRoot())
        // The width of a Gaussian reflected at ±0.95, by the trapezium rule.
        var variance = 0.0
        for step in -8000...8000 {
            let z = Double(step) / 1000
            let size = abs(z) * resolution
            let kept = size > 0.95 ? max(1.9 - size, -0.95) : size
            variance += kept * kept * exp(-z * z / 2) / 1000 / (2 * Double.pi).squareRoot()
        }
        #expect(abs(width / response / variance.squareRoot() - 1) < 4 / (2 * count).squareRoot())
        #expect(smallest > 0)
    }

    @Test func jetsComeByFallingPtWithTheirTruth() throws {
        let detector = Detector(try LoadedCard("cms-like").card, pseudoData: true)
        let smearing = JetSmearing(detector: detector, role: .pseudoData, seed: 1)
        let truth = TruthBlock(capacity: 4096)
        QCDDijets.builtIn.fill(truth, slice: 1, first: 0, count: 4096, replicas: 1, role: .pseudoData, seed: 1)
        let block = ReconstructedBlock(capacity: 4096)
        smearing.simulate(truth, into: block)
        var exchanged = 0
        for row in 0..<4096 {
            let momenta = (0..<3).map { block.pt[$0 * 4096 + row] }
            #expect(momenta == momenta.sorted(by: >))
            for jet in 0..<3 where momenta[jet] > 0 {
                let match = (0..<TruthBlock.jetCount).first {
                    truth.pt[$0 * 4096 + row] == block.truePt[jet * 4096 + row]
                }
                #expect(match != nil)
                if let match {
                    #expect(truth.phi[match * 4096 + row] == block.phi[jet * 4096 + row])
                    if match != jet { exchanged += 1 }
                }
            }
        }
        #expect(exchanged > 100)
    }

    @Test func jetsBeyondTheAcceptanceAreLost() throws {
        let detector = Detector(try LoadedCard("atlas-like").card, pseudoData: false)
        let block = ReconstructedBlock(capacity: 8)
        JetSmearing(detector: detector, role: .simulation, seed: 1)
            .simulate(truth(pt: 50, eta: 4.95, count: 8, first: 0), into: block)
        for row in 0..<8 { #expect(block.pt[row] == 0) }
    }

    /// The same events whatever the mis-response: common random numbers make differences free of noise.
    @Test func theSameDrawFluctuatesAlikeInEveryDetector() throws {
        let card = try LoadedCard("cms-like").card
        let truth = truth(pt: 80, eta: 2.7, count: 100, first: 0)
        let (plain, overlaid) = (ReconstructedBlock(capacity: 100), ReconstructedBlock(capacity: 100))
        JetSmearing(detector: Detector(card, pseudoData: false), role: .simulation, seed: 1).simulate(
            truth, into: plain)
        JetSmearing(detector: Detector(card, pseudoData: true), role: .simulation, seed: 1).simulate(
            truth, into: overlaid)
        let ratio = overlaid.pt[0] / plain.pt[0]
        #expect(ratio < 0.95)
        for row in 1..<100 { #expect(abs(overlaid.pt[row] / plain.pt[row] - ratio) < 1e-12) }
    }
}
