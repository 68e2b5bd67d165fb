import Balance
import Binning
import Foundation
import JetPhysics
import Testing

/// Sums of the projected missing momentum against a loop over the same events without any cleverness.
struct MissingMomentumSumsTests {
    private struct Event {
        var id: UInt64
        var slice = 0
        var weight = 1.0
        var pt: [Double]
        var eta: [Double]
        var phi: [Double]
        var soft = (x: 0.0, y: 0.0)
        var triggers: UInt32 = 0
        var row = 0

        var average: Double { 0.5 * (pt[0] + pt[1]) }

        /// B of the leading jets, the third and the soft term.
        func parts(tag: Int) -> [Double] {
            func along(_ jet: Int) -> Double { pt[jet] * cos(phi[jet] - phi[tag]) }
            let softAlong = soft.x * cos(phi[tag]) + soft.y * sin(phi[tag])
            return [along(0) + along(1), along(2), softAlong].map { -$0 / (2 * average) }
        }
    }

    private let binning: BalanceBinning
    private let selection: Selection
    private let weights = [3.0, 0.01]

    init() throws {
        binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -0.5, 0, 0.5, 2]), ptAverage: try Axis(edges: [50, 100, 200]),
            referenceAbsEtaMaximum: 0.5, quotedPtMinimum: 50)
        selection = try Selection(deltaPhiMinimum: 2.7, alphaMaximum: 0.3, thirdJetFloor: 0, absEtaMaximum: 5)
    }

    /// Pseudo-random events that fall everywhere, each truth event in `reuse` consecutive rows.
    private static func events(count: Int, reuse: Int) -> [Event] {
        (0..<count).map { index in
            let truth = index / reuse
            let base = 60 + 60 * scattered(truth, 1)
            let phi = 6 * scattered(truth, 2) - 3
            return Event(
                id: UInt64(truth), slice: truth % 2, weight: 0.25 + 0.75 * scattered(index, 2),
                pt: [
                    base * (0.9 + 0.4 * scattered(index, 3)), base * (0.9 + 0.4 * scattered(index, 4)),
                    8 * scattered(index, 5),
                ],
                eta: [4 * scattered(truth, 6) - 2, 4 * scattered(truth, 7) - 2, 0],
                phi: [phi, wrappedAzimuth(phi + 3), 6 * scattered(index, 8) - 3],
                soft: (20 * scattered(index, 9) - 10, 20 * scattered(index, 10) - 10),
                triggers: UInt32(4 * scattered(index, 11)),
                row: index)
        }
    }

    private func block(_ events: [Event]) -> ReconstructedBlock {
        let block = ReconstructedBlock(capacity: max(events.count, 1))
        block.count = events.count
        for (row, event) in events.enumerated() {
            block.event[row] = event.id
            block.slice[row] = Int32(event.slice)
            block.relativeWeight[row] = event.weight
            (block.softX[row], block.softY[row]) = event.soft
            block.triggers[row] = event.triggers
            for jet in 0..<3 {
                let position = jet * block.capacity + row
                block.pt[position] = event.pt[jet]
                // Corrected by 2 % where η is positive.
                block.basePt[position] = event.eta[jet] > 0 ? event.pt[jet] / 1.02 : event.pt[jet]
                block.detectorEta[position] = event.eta[jet]
                block.phi[position] = event.phi[jet]
            }
        }
        return block
    }

    private func sums(_ events: [Event], _ selection: Selection? = nil) -> MissingMomentumSums {
        var sums = MissingMomentumSums(binning: binning, selection: selection ?? self.selection, slices: 2)
        sums.add(block(events))
        return sums
    }

    /// The rows of a cell, with the jet that is the probe: with its tag in the reference region, each of the two in turn.
    private func rows(
        _ events: [Event], ptBin: Int, probe: Int, tag: Int?, _ weight: (Event) -> Double
    ) -> [(event: Event, parts: [Double], probe: Int)] {
        events.filter { binning.ptAverage.index(of: $0.average) == ptBin && weight($0) > 0 }.flatMap { event in
            [0, 1].compactMap { jet in
                let (own, other) = (binning.eta.index(of: event.eta[jet]), binning.eta.index(of: event.eta[1 - jet]))
                guard own == probe, tag.map({ $0 == other }) ?? [1, 2].contains(other) else { return nil }
                return (event, event.parts(tag: 1 - jet), jet)
            }
        }
    }

    private func expectMoments(
        _ sums: MissingMomentumSums, of events: [Event], weight: (Event) -> Double, accuracy: Double
    ) throws {
        for ptBin in 0..<2 {
            for (probe, tags) in [(0, [nil]), (1, [1, 2]), (2, [1, 2]), (3, [nil])] as [(Int, [Int?])] {
                let cells = sums.cells(ptBin: ptBin, probe: probe, weights: weights)
                #expect(cells.map(\.tag) == tags)
                for cell in cells {
                    let inside = rows(events, ptBin: ptBin, probe: probe, tag: cell.tag, weight)
                    try expect(cell, of: inside, weight: weight, accuracy: accuracy)
                }
            }
        }
    }

    private func expect(
        _ cell: MissingMomentumMoments, of inside: [(event: Event, parts: [Double], probe: Int)],
        weight: (Event) -> Double, accuracy: Double
    ) throws {
        let total = inside.reduce(0) { $0 + weight($1.event) }
        let means = (0..<3).map { part in inside.reduce(0) { $0 + weight($1.event) * $1.parts[part] } / total }
        var (spread, squares) = (Array(repeating: Array(repeating: 0.0, count: 3), count: 3), 0.0)
        let truthEvents = Dictionary(grouping: inside, by: \.event.id)
        for (_, rows) in truthEvents {
            let a = rows.reduce(0) { $0 + weight($1.event) }
            let b = (0..<3).map { part in rows.reduce(0) { $0 + weight($1.event) * $1.parts[part] } - a * means[part] }
            for one in 0..<3 { for other in 0..<3 { spread[one][other] += b[one] * b[other] } }
            squares += a * a
        }
        let effective = total * total / squares
        #expect(cell.rows == Set(inside.map(\.event.row)).count && cell.rows > 20)
        #expect(cell.truthEvents == truthEvents.count)
        #expect(abs(cell.weight / total - 1) < 1e-6)
        #expect(abs(cell.effectiveEvents / effective - 1) < 1e-3)
        for (found, expected) in zip(cell.means, means) { #expect(abs(found - expected) < accuracy) }
        let factor = effective / (effective - 1) / (total * total)
        for one in 0..<3 {
            for other in 0..<3 {
                let scale = factor * (spread[one][one] * spread[other][other]).squareRoot()
                // Of two tags in one bin parts cancel to the rounding of the sums.
                #expect(
                    abs(cell.covariance[one][other] - factor * spread[one][other]) < 2e-3 * scale + 1e-6 / effective)
            }
        }
        func corrected(_ row: (event: Event, parts: [Double], probe: Int)) -> Bool { row.event.eta[row.probe] > 0 }
        let pt = inside.reduce(0) { $0 + weight($1.event) * $1.event.pt[$1.probe] / (corrected($1) ? 1.02 : 1) }
        #expect(abs(cell.pt - pt / total) < 1e-3)
        #expect(abs(cell.residual - (inside.allSatisfy(corrected) ? log(1.02) : 0)) < 1e-6)
    }

    @Test(arguments: [1, 7]) func momentsAreThoseOfAPlainLoop(reuse: Int) throws {
        let events = Self.events(count: 16_800, reuse: reuse)
        try expectMoments(
            sums(events), of: events, weight: { weights[$0.slice] * $0.weight }, accuracy: 1e-8)
    }

    /// Rows that were not selected stand between rows of one truth event, and two of the same number with others between are two.
    @Test func truthEventsAreRunsOfRows() throws {
        func event(_ id: UInt64, alpha: Double = 0) -> Event {
            Event(id: id, pt: [80, 70, 75 * alpha], eta: [0.2, 1, 0], phi: [0, 3.1, 1])
        }
        func found(_ events: [Event]) -> Int? {
            sums(events).cells(ptBin: 0, probe: 3, weights: weights).first?.truthEvents
        }
        #expect(found([event(1), event(1, alpha: 0.9), event(1)]) == 1)
        #expect(found([event(1), event(2, alpha: 0.9), event(1)]) == 2)
        #expect(found([event(1), event(2), event(3)]) == 3)
        #expect(found([]) == nil)
    }

    /// Back to back, two tags have opposite B0, which leave nothing where both are of one bin.
    @Test func twoTagsAreProbesInTurn() throws {
        func event(_ eta: Double, _ id: UInt64) -> Event {
            Event(
                id: id, pt: [80, 70, 0], eta: [-0.2, eta, 0], phi: [0.5, wrappedAzimuth(0.5 + Double.pi), 0],
                soft: (3, -2))
        }
        let sums = sums((0..<100).map { event($0 < 60 ? 0.2 : -0.3, $0) })
        func cells(_ probe: Int) -> [MissingMomentumMoments] { sums.cells(ptBin: 0, probe: probe, weights: weights) }
        #expect(cells(0).isEmpty && cells(3).isEmpty)
        #expect(cells(1).map(\.tag) == [1, 2] && cells(2).map(\.tag) == [1])
        #expect(cells(1).map(\.rows) == [40, 60] && cells(2).map(\.rows) == [60])
        for part in 0..<3 {
            #expect(abs(cells(1)[0].means[part]) < 1e-9)
            #expect(abs(cells(1)[1].means[part] + cells(2)[0].means[part]) < 1e-9)
        }
        #expect(abs(cells(1)[1].means[0] - 10 / 150.0) < 1e-9)
    }

    /// Prescales of any size, in a bin that has central and forward probes as well.
    @Test(arguments: [0.5, 1.2]) func triggersWeigh(forwardFrom: Double) throws {
        let menu = try TriggerMenu(
            [
                .init(name: "central", ptAverageMinimum: 50, prescale: 1e7, region: .central),
                .init(name: "forward", ptAverageMinimum: 50, prescale: 1e4, region: .forward),
            ], forwardAbsEta: forwardFrom)
        let events = Self.events(count: 16_800, reuse: 1)
        let selected = selection.with(triggers: TriggerAssignment(menu, binning: binning))
        func weight(_ event: Event) -> Double {
            let isForward = event.eta[0...1].contains { abs($0) >= forwardFrom }
            guard event.triggers & (isForward ? 3 : 1) != 0 else { return 0 }
            return weights[event.slice] * event.weight * (isForward ? 1 / (1e-7 + 1e-4 - 1e-11) : 1e7)
        }
        try expectMoments(sums(events, selected), of: events, weight: weight, accuracy: 1e-5)
    }

    @Test func anyOrderAndAnyDivisionGivesTheSameBits() throws {
        let events = Self.events(count: 3000, reuse: 1)
        let whole = sums(events)
        let empty = MissingMomentumSums(binning: binning, selection: selection, slices: 2)
        var parts = empty
        for part in 0..<7 {
            parts.merge(sums(events.enumerated().filter { $0.offset % 7 == part }.map(\.element).reversed()))
        }
        #expect(parts == whole && whole != empty)
        var kept = empty
        try kept.restore(whole.record)
        #expect(kept == whole)
    }
}
