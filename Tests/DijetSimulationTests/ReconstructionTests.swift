import CardFiles
import DetectorModel
import DijetGeneration
import DijetSimulation
import Foundation
import InstructionSets
import JetPhysics
import Testing

struct ReconstructionTests {
    /// One jet of the same kinematics again and again.
    private func truth(pt: Double, eta: Double, phi: Double = 0.5, count: Int, first: Int = 0) -> TruthBlock {
        let block = TruthBlock(capacity: count)
        block.count = count
        for row in 0..<count {
            (block.pt[row], block.eta[row], block.phi[row]) = (pt, eta, phi)
            (block.event[row], block.draw[row]) = (UInt64(first + row), UInt64(first + row))
        }
        return block
    }

    /// A card with a response of 0.8, a resolution of 10 % and whatever else is added.
    private func detector(_ more: String = "", pseudoData: Bool = false) throws -> Detector {
        let acceptance = more.contains("acceptance:") ? "" : "acceptance: {abs_eta_max: 5}\n"
        let text = """
            schema: etacal.detector/2
            name: toy
            \(acceptance)response: {eta: absolute, regions: [{eta: [0, 5], value: 0.8}]}
            resolution: {eta: absolute, regions: [{eta: [0, 5], n: 0, s: 0, c: 0.1}]}
            \(more)
            """
        return Detector(try DetectorCard(yaml: text, file: "toy.yaml"), pseudoData: pseudoData)
    }

    private func reconstructed(
        _ truth: TruthBlock, _ detector: Detector, measured: MeasuredJets? = nil, role: SampleRole = .simulation
    ) -> ReconstructedBlock {
        let block = ReconstructedBlock(capacity: truth.capacity)
        Reconstruction(detector: detector, role: role, seed: 1).simulate(truth, into: block, measured: measured)
        return block
    }

    @Test func jetsComeByFallingPtWithTheirTruth() throws {
        let detector = Detector(try LoadedCard("cms-like").card, pseudoData: true)
        let truth = TruthBlock(capacity: 4096)
        QCDDijets.builtIn.fill(truth, slice: 1, first: 0, count: 4096, replicas: 1, role: .pseudoData, seed: 1)
        let block = reconstructed(truth, detector, role: .pseudoData)
        var (exchanged, pileUp) = (0, 0)
        for row in 0..<4096 {
            let momenta = (0..<3).map { block.pt[$0 * 4096 + row] }
            #expect(momenta == momenta.sorted(by: >))
            for jet in 0..<3 where momenta[jet] > 0 {
                let place = jet * 4096 + row
                guard !block.truePt[place].isNaN else {
                    pileUp += 1
                    continue
                }
                let match = (0..<TruthBlock.jetCount).first { truth.pt[$0 * 4096 + row] == block.truePt[place] }
                let found = try #require(match)
                #expect(truth.eta[found * 4096 + row] == block.trueEta[place])
                #expect(abs(azimuthalDistance(truth.phi[found * 4096 + row], block.phi[place])) < 0.6)
                if found != jet { exchanged += 1 }
            }
        }
        #expect(exchanged > 100 && pileUp > 10)
    }

    /// Rows that are not a multiple of eight, and those after them, are what they are alone.
    @Test func eachEventIsAFunctionOfItsNumber() throws {
        let detector = Detector(try LoadedCard("cms-like").card, pseudoData: true)
        func bits(first: Int, count: Int) -> [[UInt64]] {
            let truth = TruthBlock(capacity: count)
            QCDDijets.builtIn.fill(truth, slice: 2, first: first, count: count, replicas: 1, role: .simulation, seed: 1)
            let block = reconstructed(truth, detector)
            return (0..<count).map { row in
                let jets = (0..<3).map { $0 * count + row }
                return jets.flatMap {
                    [block.pt[$0], block.eta[$0], block.detectorEta[$0], block.phi[$0], block.truePt[$0]].map(
                        \.bitPattern)
                } + [block.softX[row], block.softY[row], block.mu[row], block.sumEt[row]].map(\.bitPattern)
                    + [UInt64(block.run[row])]
            }
        }
        let whole = bits(first: 0, count: 100)
        #expect(bits(first: 13, count: 27) == Array(whole[13..<40]))
        #expect(Set(whole.map { $0[$0.count - 1] }) == [1, 2])
    }

    /// All that this processor has, against the one that every processor has: every column, every built-in card.
    @Test(arguments: InstructionSet.available.dropFirst(), LoadedCard.builtInNames)
    func instructionSetsGiveTheSameBits(set: InstructionSet, card: String) throws {
        let rows = 1003
        let detector = Detector(try LoadedCard(card).card, pseudoData: true)
        let truth = TruthBlock(capacity: rows)
        QCDDijets.builtIn.fill(truth, slice: 3, first: 0, count: rows, replicas: 1, role: .simulation, seed: 2)
        func made(_ set: InstructionSet) -> (ReconstructedBlock, MeasuredJets) {
            let (block, measured) = (ReconstructedBlock(capacity: rows), MeasuredJets(capacity: rows))
            Reconstruction(detector: detector, role: .simulation, seed: 2, instructionSet: set).simulate(
                truth, into: block, measured: measured)
            return (block, measured)
        }
        func bits(_ block: ReconstructedBlock, _ measured: MeasuredJets) -> [[UInt64]] {
            func doubles(_ columns: [UnsafeMutablePointer<Double>], _ count: Int) -> [[UInt64]] {
                columns.map { column in (0..<count).map { column[$0].bitPattern } }
            }
            let jets = [block.pt, block.eta, block.detectorEta, block.phi, block.truePt, block.trueEta]
            let events = [block.softX, block.softY, block.sumEt, block.mu, block.relativeWeight]
            let seen = [measured.pt, measured.eta, measured.phi, measured.offset]
            return doubles(jets, 3 * rows) + doubles(events, rows) + doubles(seen, TruthBlock.jetCount * rows)
                + [(0..<3 * rows).map { UInt64(block.flavour[$0]) }, (0..<rows).map { UInt64(block.run[$0]) }]
        }
        let (fast, fastJets) = made(set)
        let (slow, slowJets) = made(.portable)
        #expect(bits(fast, fastJets) == bits(slow, slowJets))
    }

    /// Whatever is listed.
    @Test func trueJetsAreNeitherLostNorRanked() throws {
        let rows = 2000
        let detector = try detector("acceptance: {abs_eta_max: 4.9, pt_min: 40}\n")
        let truth = TruthBlock(capacity: rows)
        QCDDijets.builtIn.fill(truth, slice: 3, first: 0, count: rows, replicas: 1, role: .simulation, seed: 2)
        let (block, measured) = (ReconstructedBlock(capacity: rows), MeasuredJets(capacity: rows))
        block.trueJets = ReconstructedBlock(capacity: rows)
        Reconstruction(detector: detector, role: .simulation, seed: 1).simulate(truth, into: block, measured: measured)
        let jets = try #require(block.trueJets)
        #expect(jets.count == rows)
        var low = 0
        for row in 0..<rows {
            #expect(jets.relativeWeight[row] == block.relativeWeight[row] && jets.slice[row] == block.slice[row])
            for jet in 0..<3 {
                let place = jet * rows + row
                #expect(jets.pt[place] == measured.pt[place] && jets.truePt[place] == truth.pt[place])
                guard truth.pt[place] > 0 else { continue }
                #expect(jets.trueDetectorEta(place) == truth.eta[place] + (jets.detectorEta[place] - jets.eta[place]))
                if jets.pt[place] < 40 { low += 1 }
                let listed = (0..<3).map { $0 * rows + row }.first { block.truePt[$0] == truth.pt[place] }
                if let listed { #expect(block.pt[listed] == jets.pt[place]) }
            }
        }
        #expect(low > 1000)
    }

    @Test func jetsBeyondTheAcceptanceOrTheThresholdAreLost() throws {
        let far = reconstructed(truth(pt: 50, eta: 4.95, count: 8), try detector("acceptance: {abs_eta_max: 4.9}\n"))
        for row in 0..<8 { #expect(far.pt[row] == 0 && far.truePt[row].isNaN && far.softX[row] == 0) }
        // 40 GeV on average, and 10 % around it.
        let low = reconstructed(
            truth(pt: 50, eta: 1, count: 800), try detector("acceptance: {abs_eta_max: 4.9, pt_min: 40}\n"))
        let kept = (0..<800).filter { low.pt[$0] > 0 }
        #expect(kept.allSatisfy { low.pt[$0] >= 40 } && abs(kept.count - 400) < 60)
        // What is no jet belongs to the soft term.
        for row in 0..<800 where low.pt[row] == 0 {
            #expect(hypot(low.softX[row], low.softY[row]) > 20)
        }
    }

    @Test func vetoedJetsAreDiscarded() throws {
        let card = "acceptance: {abs_eta_max: 4.9, veto: [{eta: [0.9, 1.1], phi: [3, -3]}]}\n"
        let inside = reconstructed(truth(pt: 50, eta: 1, phi: -3.1, count: 8), try detector(card))
        let outside = reconstructed(truth(pt: 50, eta: 1, phi: 2.9, count: 8), try detector(card))
        for row in 0..<8 { #expect(inside.pt[row] == 0 && outside.pt[row] > 0) }
    }

    /// The same events whatever the mis-response: common random numbers make differences free of noise.
    @Test func theSameDrawFluctuatesAlikeInEveryDetector() throws {
        let truth = truth(pt: 80, eta: 2.7, count: 100)
        let overlay = "pseudo_data: {response: {eta: absolute, regions: [{eta: [0, 5], value: 0.9}]}}"
        let plain = reconstructed(truth, try detector(overlay))
        let overlaid = reconstructed(truth, try detector(overlay, pseudoData: true))
        for row in 0..<100 { #expect(abs(overlaid.pt[row] / plain.pt[row] - 0.9) < 1e-6) }
    }

    /// The missing momentum is minus the sum of what is listed and the soft term, and moves with the jets.
    @Test func missingMomentumIsWhatIsMissing() throws {
        let truth = TruthBlock(capacity: 512)
        QCDDijets.builtIn.fill(truth, slice: 6, first: 0, count: 512, replicas: 1, role: .simulation, seed: 1)
        let ideal = try detector(
            "acceptance: {abs_eta_max: 5}\nsoft_terms: [{name: as it is, response: 1}]\n"
                + "pseudo_data: {response: {eta: absolute, regions: [{eta: [0, 5], value: 1.25}]}, resolution_scale: 0.001}\n",
            pseudoData: true)
        let block = reconstructed(truth, ideal)
        for row in 0..<512 {
            let missing = block.missingMomentum(row: row)
            // Jets are measured to 0.01 %, so that neutrinos are what is missing; jets at the edge may be lost.
            let inside = (0..<4).allSatisfy { abs(truth.eta[$0 * 512 + row]) < 4.99 }
            guard inside else { continue }
            #expect(abs(missing.x - truth.invisibleX[row]) < 0.3 && abs(missing.y - truth.invisibleY[row]) < 0.3)
        }
    }

    /// In the centre of the barrel a vertex at z is seen at asinh(z/r), far forward at sinh η / (1 − z/d).
    @Test(arguments: [0, 1, -2, 4.0]) func theVertexMovesDetectorEta(eta: Double) throws {
        let envelope = "envelope: {vertex_spread: 40, barrel_radius: 1500, endcap_distance: 3170}"
        let block = reconstructed(truth(pt: 80, eta: eta, count: 20_000), try detector(envelope))
        var squares = 0.0
        for row in 0..<20_000 {
            let shift = block.detectorEta[row] - block.eta[row]
            squares += shift * shift
            #expect(abs(block.eta[row] - eta) < 1e-6)
        }
        let geometry = try Envelope(vertexSpread: 40, barrelRadius: 1500, endcapDistance: 3170, path: [])
        // Linear to 3 %; the width of a width of 20 000 is 0.5 %.
        let expected = 0.5 * (geometry.detectorEta(eta: eta, vertex: 40) - geometry.detectorEta(eta: eta, vertex: -40))
        #expect(abs((squares / 20_000).squareRoot() / expected - 1) < 0.03)
    }

    /// Jets in the tracker below a pT are lost at the card's rate; 4 σ of the binomial (p = 6e-5).
    @Test func rejectionOfPileUpLosesJets() throws {
        let card = """
            pile_up:
              mu: {mean: 20}
              jets: {rate: 0, power: 4, abs_eta_max: 4.7, tracker_abs_eta_max: 2.4, pt_max: 60, rejection: 0.9, hard_loss: 0.05}
            """
        let rows = 40_000
        func lost(pt: Double, eta: Double) throws -> Int {
            let block = reconstructed(truth(pt: pt, eta: eta, count: rows), try detector(card))
            return (0..<rows).count { block.pt[$0] == 0 }
        }
        let expected = 0.05 * Double(rows)
        #expect(abs(Double(try lost(pt: 40, eta: 1)) - expected) < 4 * (expected * 0.95).squareRoot())
        #expect(try lost(pt: 200, eta: 1) == 0)
        #expect(try lost(pt: 40, eta: 3) == 0)
    }
}
