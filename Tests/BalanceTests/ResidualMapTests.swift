import Balance
import Binning
import Foundation
import JetPhysics
import Testing

struct ResidualMapTests {
    private func map() throws -> ResidualMap {
        ResidualMap(
            eta: try Axis(edges: [-1, 0, 1, 2]), constants: [[1.1, 1.2, nil], [nil, nil, nil], [0.9, nil, 1.3]],
            ptMean: [[50, 100, 300], [nil, nil, nil], [60, 100, 240]])
    }

    @Test func constantsAreLinearInTheLogarithmAndFrozenOutside() throws {
        let map = try map()
        #expect(map.constant(eta: -0.5, pt: 10) == 1.1)
        #expect(map.constant(eta: -0.5, pt: 1000) == 1.2)
        #expect(abs(map.constant(eta: -0.5, pt: 50 * 2.0.squareRoot()) - 1.15) < 1e-12)
        // The node without a constant is passed over.
        #expect(abs(map.constant(eta: 1.5, pt: 120) - 1.1) < 1e-12)
    }

    @Test func sharesSayWhichConstantsActed() throws {
        let place = try #require(try map().position(eta: 1.5, pt: 120))
        #expect(place.low == 0 && place.high == 2)
        #expect(abs(place.fraction - 0.5) < 1e-12)
    }

    @Test func jetsWithoutAConstantKeepTheirMomentum() throws {
        let map = try map()
        for eta in [0.5, 5, -5, .nan] {
            #expect(map.position(eta: eta, pt: 100) == nil)
            #expect(map.constant(eta: eta, pt: 100) == 1)
        }
    }

    @Test func correctedJetsComeByFallingPtAndKeepTheirBase() throws {
        let block = ReconstructedBlock(capacity: 1)
        block.count = 1
        for (jet, (pt, eta)) in [(100.0, 1.5), (95, -0.5), (90, 0.5)].enumerated() {
            (block.pt[jet], block.detectorEta[jet], block.truePt[jet]) = (pt, eta, pt + 1)
        }
        JetCorrection(scale: nil, residual: .steps(try map())).apply(to: block)
        let momenta = (0..<3).map { block.pt[$0] }
        #expect(momenta == momenta.sorted(by: >))
        #expect((0..<3).map { block.basePt[$0] } == [95, 100, 90])
        #expect((0..<3).map { block.truePt[$0] } == [96, 101, 91])
        #expect(abs(block.pt[0] - 95 * (1.1 + 0.1 * log(95 / 50) / log(2))) < 1e-9)
    }
}

struct BinningAndSelectionTests {
    @Test func referenceBinsLieWhollyInside() throws {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -0.8, 0, 0.8, 1]), ptAverage: try Axis(edges: [10, 20]),
            referenceAbsEtaMaximum: 0.8,
            quotedPtMinimum: 10)
        #expect(binning.referenceBins == [1, 2])
        #expect(Set((0..<4).flatMap { high in (0...high).map { binning.pair($0, high) } }).count == binning.pairCount)
    }

    @Test func impossibleBinningsAreRefused() throws {
        let (eta, pt) = (try Axis(edges: [-1, 0, 1]), try Axis(edges: [10, 20, 30]))
        for (reference, quoted, key) in [
            (0.5, 10.0, "reference_abs_eta_max"), (1, 15, "quoted_pt_min"), (1, 30, "quoted_pt_min"),
        ] {
            let refusal = #expect(throws: SelectionError.self) {
                try BalanceBinning(eta: eta, ptAverage: pt, referenceAbsEtaMaximum: reference, quotedPtMinimum: quoted)
            }
            #expect(refusal?.key == key)
        }
    }

    @Test(arguments: [
        (4.0, 0.3, 0.0, 5.0), (2.7, 0, 0, 5), (2.7, 1.1, 0, 5), (2.7, 0.3, -1, 5), (2.7, 0.3, 0, 0), (.nan, 0.3, 0, 5),
    ])
    func impossibleSelectionsAreRefused(deltaPhi: Double, alpha: Double, floor: Double, eta: Double) {
        #expect(throws: SelectionError.self) {
            try Selection(deltaPhiMinimum: deltaPhi, alphaMaximum: alpha, thirdJetFloor: floor, absEtaMaximum: eta)
        }
    }
}
