import Balance
import Binning
import Foundation
import Intercalibration
import JetPhysics
import Testing

/// The score of dijets whose distribution is known.
struct BalanceScoreTests {
    private static let selection = Result {
        try Selection(deltaPhiMinimum: 2.7, alphaMaximum: 0.3, thirdJetFloor: 0, absEtaMaximum: 5)
    }
    private static let binning = Result {
        try BalanceBinning(
            eta: Axis(edges: [-2, -0.9, 0, 0.9, 2]), ptAverage: Axis(edges: [100, 200]), referenceAbsEtaMaximum: 0.9,
            quotedPtMinimum: 100)
    }

    /// ln(pT at smaller |η| over the other) = 0.03 − 0.9 q − 0.7 u + 0.1 x, as seen from the jet at smaller |η|.
    private struct Event {
        let average: Double
        let third: Double
        let angle: Double
        let soft: Double
        var ratio: Double
        /// Of the jets at smaller and at larger |η|.
        let eta: (Double, Double)

        /// Mirror image: both jets have changed places.
        var mirrored: Event {
            Event(
                average: average, third: third, angle: .pi - angle, soft: -soft, ratio: -ratio, eta: (eta.1, eta.0))
        }
    }

    /// - Parameter wide: share of the events whose x is 3 times as wide.
    private static func events(_ count: Int, wide: Double, eta: (Double, Double) = (0.1, 1.5)) -> [Event] {
        var numbers = Numbers(seed: 5)
        return (0..<count).map { _ in
            let (average, third, angle) = (
                110 + 80 * numbers.uniform(), 0.2 * numbers.uniform(), 2 * .pi * numbers.uniform()
            )
            let soft = 0.05 * numbers.normal()
            let x = numbers.normal() * (numbers.uniform() < wide ? 3 : 1)
            let ratio = 0.03 - 0.9 * third * cos(angle) - 0.7 * soft + 0.1 * x
            return Event(average: average, third: third, angle: angle, soft: soft, ratio: ratio, eta: eta)
        }
    }

    private static func block(_ events: [Event]) -> ReconstructedBlock {
        let block = ReconstructedBlock(capacity: events.count)
        block.count = events.count
        for (row, event) in events.enumerated() {
            block.event[row] = UInt64(row)
            block.relativeWeight[row] = 1
            // tanh(y/2) is half the asymmetry; the harder jet is the first.
            let half = event.average * tanh(event.ratio / 2)
            let isFirst = half > 0
            let jets = [
                (event.average + half, isFirst ? 0 : 1, event.eta.0),
                (event.average - half, isFirst ? 1 : 0, event.eta.1),
            ]
            for (pt, place, eta) in jets {
                block.pt[place * block.capacity + row] = pt
                block.detectorEta[place * block.capacity + row] = eta
            }
            // The jet at smaller |η| flies along x.
            block.phi[row] = isFirst ? 0 : .pi
            block.phi[block.capacity + row] = isFirst ? .pi : 0
            block.pt[2 * block.capacity + row] = event.third * event.average
            block.phi[2 * block.capacity + row] = event.angle
            block.softX[row] = event.soft * event.average
        }
        JetCorrection(scale: nil, residual: nil).apply(to: block)
        return block
    }

    private static func moments(_ events: [Event]) throws -> [[RecoilMoments]] {
        let (selection, binning) = (try selection.get(), try binning.get())
        var sums = RecoilSums(binning: binning, selection: selection, slices: 1)
        selection.withDijets(of: block(events), binning: binning) { sums.add($0) }
        return sums.moments(weights: [1])
    }

    private static func score(_ events: [Event]) throws -> BalanceScore {
        let (selection, binning) = (try selection.get(), try binning.get())
        let moments = try moments(events)
        let lines = try BalanceScore.lines(moments, ptBins: 1)
        var shapes = ShapeSums(binning: binning, selection: selection, lines: lines, slices: 1)
        selection.withDijets(of: block(events), binning: binning) { shapes.add($0) }
        return BalanceScore(binning: binning, moments: moments, lines: lines, shapes: shapes.shapes(weights: [1]))
    }

    /// Of the pair of the η bins 0 to 0.9 and 0.9 to 2.
    private static func mean(_ events: [Event], _ score: BalanceScore) throws -> CellMoments {
        let (selection, binning) = (try selection.get(), try binning.get())
        var sums = BalanceSums(binning: binning, selection: selection, slices: 1)
        selection.withDijets(of: block(events), binning: binning) { $0.scored(by: score) { sums.add($0) } }
        return try #require(sums.moments(ptBin: 0, pair: binning.pair(2, 3), weights: [1]))
    }

    @Test func linesAreFound() throws {
        let events = Self.events(60_000, wide: 0)
        let lines = try BalanceScore.lines(Self.moments(events), ptBins: 1)
        let filled = try Self.moments(events).indices.first { try Self.moments(events)[$0].contains { $0.weight > 0 } }
        for line in lines[try #require(filled)].prefix(4) {
            // 15 000 events and more a class, in which q scatters by 0.02 at least: 4 standard deviations.
            #expect(abs(line.constant - 0.03) < 0.004)
            #expect(abs(line.third + 0.9) < 0.16)
            #expect(abs(line.soft + 0.7) < 0.07)
            #expect(abs(line.width / 0.1 - 1) < 0.03)
        }
    }

    /// A selection without a cut on the angle takes jets that fly the same way; nothing recoils along their axis, which they do not have.
    @Test func jetsWithoutAnAxisHaveNoRecoil() throws {
        let selection = try Selection(deltaPhiMinimum: 0, alphaMaximum: 0.3, thirdJetFloor: 0, absEtaMaximum: 5)
        let block = Self.block(Self.events(100, wide: 0))
        for place in 0..<2 * block.capacity { block.phi[place] = 0.5 }
        for row in 0..<50 { block.phi[row] = 0.5 + 1e-3 * Double(row + 1) }
        var sums = RecoilSums(binning: try Self.binning.get(), selection: selection, slices: 1)
        selection.withDijets(of: block, binning: try Self.binning.get()) { sums.add($0) }
        let moments = sums.moments(weights: [1]).joined().filter { $0.weight > 0 }
        #expect(moments.reduce(0) { $0 + $1.weight } > 40)
        for cell in moments { #expect(cell.mean(1).isFinite && cell.covariance(1, 2).isFinite) }
    }

    /// Where nobody has measured the soft term nothing depends on it.
    @Test func aSoftTermThatIsNotThereHasNoSlope() throws {
        let events = Self.events(5000, wide: 0).map { event in
            Event(
                average: event.average, third: event.third, angle: event.angle, soft: 0,
                ratio: event.ratio + 0.7 * event.soft, eta: event.eta)
        }
        for line in try BalanceScore.lines(Self.moments(events), ptBins: 1).joined() {
            #expect(line.soft == 0 && line.width.isFinite && line.width > 0)
        }
    }

    /// J of x: ∫ g′²/g, by sums of small steps.
    private static func information(wide: Double) -> Double {
        func density(_ x: Double) -> (value: Double, slope: Double) {
            let parts = [(1 - wide, 1.0), (wide, 3.0)].map { share, width in
                share / width * exp(-0.5 * x * x / (width * width)) / (2 * .pi).squareRoot()
            }
            return (parts[0] + parts[1], -x * parts[0] - x / 9 * parts[1])
        }
        return (-4000...4000).reduce(0) { sum, step in
            let (value, slope) = density(Double(step) * 0.005)
            return sum + 0.005 * slope * slope / value
        }
    }

    /// The score follows the ratio of responses one to one, and scatters as little as the distribution's Fisher information allows: less
    /// than the asymmetry by what recoils and by the tails.
    @Test(arguments: [0, 0.2]) func scoresScatterAsLittleAsPossible(wide: Double) throws {
        let events = Self.events(200_000, wide: wide)
        let score = try Self.score(events)
        let moved = events.map { event in
            var event = event
            event.ratio += 0.02
            return event
        }
        let (before, after) = (try Self.mean(events, score), try Self.mean(moved, score))
        let expected = Self.information(wide: wide) / 0.01
        #expect(abs(expected * 0.01 - (wide == 0 ? 1 : 0.667)) < 0.02)
        #expect(abs((after.asymmetry - before.asymmetry) / 0.02 - 1) < 0.02)
        #expect(abs(before.asymmetryVariance * before.effectiveEvents * expected - 1) < 0.03)
        let stated = try #require(score.information(ptBin: 0, absEta: (0.1, 1.5)))
        #expect(abs(stated / expected - 1) < 0.03)
        // Its mean is that of the asymmetry.
        #expect(abs(before.asymmetry - 0.03) < 0.002)
    }

    /// An event and its mirror image have opposite scores: in one class of |η| as in two.
    @Test(arguments: [0.1, 1.5]) func exchangingTheJetsChangesTheSign(eta: Double) throws {
        let events = Self.events(5000, wide: 0.2, eta: (-0.1, eta))
        let score = try Self.score(events)
        let binning = try Self.binning.get()
        var sums = BalanceSums(binning: binning, selection: try Self.selection.get(), slices: 1)
        let pair = eta < 0.9 ? binning.pair(1, 2) : binning.pair(1, 3)
        func mean(_ events: [Event]) throws -> Double {
            sums = BalanceSums(binning: binning, selection: try Self.selection.get(), slices: 1)
            try Self.selection.get().withDijets(of: Self.block(events), binning: binning) {
                $0.scored(by: score) { sums.add($0) }
            }
            return try #require(sums.moments(ptBin: 0, pair: pair, weights: [1])).asymmetry
        }
        let single = Array(events.prefix(1))
        let swapped = single.map { event in
            Event(
                average: event.average, third: event.third, angle: .pi - event.angle, soft: -event.soft,
                ratio: -event.ratio, eta: event.eta)
        }
        if eta < 0.9 {
            #expect(abs(try mean(single) + mean(swapped)) < 1e-7)
        }
        // The same event with its jets listed the other way round is the same event.
        let (one, other) = (try mean(single), try mean(single.map(\.mirrored)))
        #expect(abs(one - other) < 1e-7 && abs(one) > 1e-6)
    }
}
