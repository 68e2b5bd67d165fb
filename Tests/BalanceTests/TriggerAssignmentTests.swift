import Balance
import Binning
import JetPhysics
import Testing

/// Central and forward triggers on events by hand, against sums without any cleverness.
struct TriggerAssignmentTests {
    private struct Event {
        let pt: (Double, Double)
        let eta: (Double, Double)
        let triggers: UInt32

        var average: Double { 0.5 * (pt.0 + pt.1) }
        /// With the jet at lower η first.
        var asymmetry: Double { (eta.0 < eta.1 ? pt.0 - pt.1 : pt.1 - pt.0) / average }
    }

    /// What is known of a cell, in plain numbers.
    private struct Plain {
        var (rows, weight, asymmetry) = (0, 0.0, 0.0)
        var (a2, ab, b2) = (0.0, 0.0, 0.0)

        mutating func add(_ event: Event, _ weight: Double) {
            let (a, b) = (weight, weight * event.asymmetry)
            rows += 1
            self.weight += a
            asymmetry += b
            a2 += a * a
            ab += a * b
            b2 += b * b
        }

        var mean: Double { asymmetry / weight }
        var effective: Double { weight * weight / a2 }
        var variance: Double {
            (b2 - 2 * mean * ab + mean * mean * a2) / (weight * weight) * effective / (effective - 1)
        }
    }

    private static func menu(central: Double, forward: Double, from: Double) throws -> TriggerMenu {
        try TriggerMenu(
            [
                .init(name: "central", ptAverageMinimum: 50, prescale: central, region: .central),
                .init(name: "forward", ptAverageMinimum: 50, prescale: forward, region: .forward),
            ], forwardAbsEta: from)
    }

    private static func binning() throws -> BalanceBinning {
        try BalanceBinning(
            eta: try Axis(edges: [-2, -0.5, 0.5, 2]), ptAverage: try Axis(edges: [50, 100, 200]),
            referenceAbsEtaMaximum: 0.5, quotedPtMinimum: 50)
    }

    /// Pseudo-random events that fall everywhere.
    private static let events: [Event] = (0..<30_000).map { index in
        func hash(_ salt: Int) -> Double { scattered(index, salt) }
        let pt = 55 + 130 * hash(0)
        return Event(
            pt: (pt * (1 + 0.2 * hash(1)), pt * (1 - 0.1 * hash(2))), eta: (4 * hash(3) - 2, 4 * hash(4) - 2),
            triggers: UInt32(4 * hash(5)))
    }

    private static func block(_ events: [Event]) -> ReconstructedBlock {
        let block = ReconstructedBlock(capacity: events.count)
        block.count = events.count
        for (row, event) in events.enumerated() {
            block.event[row] = UInt64(row)
            block.relativeWeight[row] = 1
            block.triggers[row] = event.triggers
            let jets = [(event.pt.0, event.eta.0, 0), (event.pt.1, event.eta.1, 3.1)]
            for (jet, (pt, eta, phi)) in jets.enumerated() {
                let position = jet * block.capacity + row
                (block.pt[position], block.basePt[position]) = (pt, pt)
                (block.detectorEta[position], block.phi[position]) = (eta, phi)
            }
        }
        return block
    }

    /// The weight of an event that its triggers kept.
    private static func weight(_ event: Event, central: Double, forward: Double, from: Double) -> Double? {
        switch [event.eta.0, event.eta.1].count(where: { abs($0) >= from }) {
        case 0: event.triggers & 1 != 0 ? central : nil
        case 2: event.triggers & 2 != 0 ? forward : nil
        default: event.triggers != 0 ? 1 / (1 / central + 1 / forward - 1 / central / forward) : nil
        }
    }

    struct Menu: Sendable {
        let central: Double
        let forward: Double
        let from: Double
    }

    /// Forward jets begin at an edge of the η bins, or inside of bins, where prescales may differ by 10⁵ in one cell.
    @Test(arguments: [
        Menu(central: 20, forward: 3, from: 0.5), Menu(central: 1e5, forward: 80, from: 0.5),
        Menu(central: 7, forward: 1e9, from: 0.5), Menu(central: 1e14, forward: 1e14, from: 0.5),
        Menu(central: 900, forward: 1, from: 0.3), Menu(central: 1e7, forward: 1e4, from: 1.2),
        Menu(central: 1e5, forward: 1, from: 0.3),
    ])
    func sumsHoldPrescalesOfAnySize(menu: Menu) throws {
        let binning = try Self.binning()
        let triggers = TriggerAssignment(
            try Self.menu(central: menu.central, forward: menu.forward, from: menu.from), binning: binning)
        let selection = Selection.standard.with(triggers: triggers)
        var sums = BalanceSums(binning: binning, selection: selection, slices: 1)
        var histograms = BalanceHistograms(
            binning: binning, selection: selection, cells: [.init(etaBin: 2, ptBin: 0)], slices: 1)
        let block = Self.block(Self.events)
        sums.add(block)
        histograms.add(block)

        var plain = Array(repeating: Plain(), count: 2 * binning.pairCount)
        var spectrum = Array(repeating: 0.0, count: BalanceHistograms.spectrumAxis.count)
        for event in Self.events {
            let ptBin = binning.ptAverage.index(of: event.average)
            guard ptBin >= 0,
                let weight = Self.weight(event, central: menu.central, forward: menu.forward, from: menu.from)
            else { continue }
            let bins = [event.eta.0, event.eta.1].map { binning.eta.index(of: $0) }.sorted()
            plain[ptBin * binning.pairCount + binning.pair(bins[0], bins[1])].add(event, weight)
            spectrum[BalanceHistograms.spectrumAxis.index(of: event.average)] += weight
        }
        #expect(sums.rowsSelected == plain.reduce(0) { $0 + $1.rows })
        for (cell, expected) in plain.enumerated() {
            let found = try #require(
                sums.moments(ptBin: cell / binning.pairCount, pair: cell % binning.pairCount, weights: [1]))
            #expect(found.rows == expected.rows && expected.rows > 200)
            #expect(abs(found.weight / expected.weight - 1) < 1e-6, "\(cell)")
            #expect(abs(found.asymmetry - expected.mean) < 1e-6, "\(cell)")
            #expect(abs(found.effectiveEvents / expected.effective - 1) < 1e-3, "\(cell)")
            #expect(abs(found.asymmetryVariance / expected.variance - 1) < 1e-3, "\(cell)")
        }
        // Weights are counted in 2⁻³⁰ of the largest.
        let largest = max(menu.central, menu.forward)
        for (bin, entry) in histograms.spectrum(slice: 0, weights: [1]).enumerated() {
            #expect(abs(entry.weight - spectrum[bin]) < 1e-9 * largest * Double(max(entry.rows, 1)), "\(bin)")
        }
        #expect(histograms.asymmetry(cell: 0, weights: [1]).reduce(0, +) > 0)
    }

    /// An event that no trigger kept, and one whose trigger does not decide about its bin, are told from those outside the bins.
    @Test func eventsThatNoTriggerKeptAreNamed() throws {
        let binning = try Self.binning()
        let menu = try TriggerMenu([
            .init(name: "low", ptAverageMinimum: 50, prescale: 10),
            .init(name: "high", ptAverageMinimum: 100, prescale: 1),
        ])
        let selection = Selection.standard.with(triggers: TriggerAssignment(menu, binning: binning))
        func flow(_ events: [Event]) -> CutFlow {
            var (flow, sums) = (
                CutFlow(binning: binning, selection: selection),
                BalanceSums(binning: binning, selection: selection, slices: 1)
            )
            flow.add(Self.block(events))
            sums.add(Self.block(events))
            #expect(flow.left.last == sums.rowsSelected)
            return flow
        }
        func event(_ pt: Double, _ triggers: UInt32) -> Event {
            Event(pt: (pt, pt), eta: (0, 1), triggers: triggers)
        }
        let lost = flow([event(80, 0), event(80, 2), event(150, 1)])
        #expect(lost.fatal?.step == .triggers && lost.fatal?.before == 3)
        #expect(lost.explanation?.contains("of 3 that passed what comes before, none has a trigger") == true)
        #expect(flow([event(80, 1), event(150, 2)]).fatal == nil)
        #expect(flow([event(40, 1)]).fatal?.step == .ptBins)
    }
}
