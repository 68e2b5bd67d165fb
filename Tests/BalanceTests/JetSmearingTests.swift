import Balance
import Binning
import Foundation
import JetPhysics
import Testing

/// Jets that are made to fluctuate more than they do.
struct JetSmearingTests {
    private let smearing: JetSmearing

    init() throws {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -0.8, 0.8, 2]), ptAverage: try Axis(edges: [50, 100]),
            referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 50)
        smearing = JetSmearing(
            regions: AbsEtaRegions(binning),
            nodes: [[], [(logPt: log(0.5), width: 0.10), (logPt: 0, width: 0.06), (logPt: log(2), width: 0.04)]],
            sample: .simulation, seed: 7)
    }

    /// Rows of three jets at |η| = 0.4, 1.2 and 1.5; each truth event twice.
    private func block(_ rows: Range<Int>) -> ReconstructedBlock {
        let block = ReconstructedBlock(capacity: rows.count)
        block.count = rows.count
        for (place, row) in rows.enumerated() {
            block.event[place] = UInt64(row / 2)
            for (jet, pt) in [400.0, 100, 30].enumerated() {
                let position = jet * block.capacity + place
                block.pt[position] = pt
                block.basePt[position] = pt / 1.02
                block.detectorEta[position] = [0.4, -1.2, 1.5][jet]
            }
        }
        return block
    }

    @Test func widthIsLinearBetweenNodesAndFlatBeyond() {
        #expect(smearing.width(eta: 0.4, pt: 100) == 0 && smearing.width(eta: 3, pt: 100) == 0)
        #expect(smearing.width(eta: -1.2, pt: 20) == 0.10 && smearing.width(eta: 1.2, pt: 900) == 0.04)
        #expect(abs(smearing.width(eta: 1.2, pt: 100) - 0.06) < 1e-12)
        #expect(abs(smearing.width(eta: 1.2, pt: 100 * 2.0.squareRoot()) - 0.05) < 1e-12)
    }

    /// 20 000 jets: the width of a normal sample is known to 0.5 %, its mean to width/141.
    @Test func jetsAreAsWideAsAskedFor() {
        let rows = 20_000
        let block = block(0..<rows)
        smearing.apply(to: block)
        for (jet, pt, width) in [(1, 100.0, 0.06), (2, 30, 0.10)] {
            let ratios = (0..<rows).map { block.pt[jet * rows + $0] / pt }
            let mean = ratios.reduce(0, +) / Double(rows)
            let spread = (ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)).squareRoot()
            #expect(abs(mean - 1) < 4 * width / 141 && abs(spread / width - 1) < 0.02)
        }
        // Jets fluctuate apart from each other, and the ones of the other region not at all.
        let product = (0..<rows).reduce(0.0) {
            $0 + (block.pt[rows + $1] / 100 - 1) * (block.pt[2 * rows + $1] / 30 - 1)
        }
        #expect(abs(product / Double(rows)) < 4 * 0.06 * 0.10 / 141)
        for row in 0..<rows {
            #expect(block.pt[row] == 400)
            #expect(abs(block.pt[rows + row] / block.basePt[rows + row] - 1.02) < 1e-12)
        }
    }

    /// What a jet gets does not depend on what else is in its block; another use of the same truth event gets something else.
    @Test func anyDivisionIntoBlocksGivesTheSameBits() {
        let whole = block(0..<400)
        smearing.apply(to: whole)
        for part in [0..<100, 100..<102, 102..<400] {
            let own = block(part)
            smearing.apply(to: own)
            for (place, row) in part.enumerated() {
                for jet in 0..<3 { #expect(own.pt[jet * own.capacity + place] == whole.pt[jet * 400 + row]) }
            }
        }
        #expect((0..<200).allSatisfy { whole.pt[400 + 2 * $0] != whole.pt[401 + 2 * $0] })
    }
}
