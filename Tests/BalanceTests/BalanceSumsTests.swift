import Balance
import Binning
import Foundation
import JetPhysics
import Testing

/// Events by hand, and the sums computed from them without any cleverness.
struct BalanceSumsTests {
    struct Event {
        var id: UInt64
        var slice = 0
        var weight = 1.0
        var pt: [Double]
        var eta: [Double]
        var phi: [Double] = [0, 3.1, 1]
    }

    private let binning: BalanceBinning
    private let selection: Selection

    init() throws {
        binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -0.5, 0.5, 2]), ptAverage: try Axis(edges: [50, 100, 200]),
            referenceAbsEtaMaximum: 0.5, quotedPtMinimum: 50)
        selection = try Selection(deltaPhiMinimum: 2.7, alphaMaximum: 0.3, thirdJetFloor: 0, absEtaMaximum: 5)
    }

    private func block(_ events: [Event]) -> ReconstructedBlock {
        let block = ReconstructedBlock(capacity: max(events.count, 1))
        block.count = events.count
        for (row, event) in events.enumerated() {
            block.event[row] = event.id
            block.slice[row] = Int32(event.slice)
            block.relativeWeight[row] = event.weight
            for jet in 0..<3 {
                let position = jet * block.capacity + row
                block.pt[position] = event.pt[jet]
                block.basePt[position] = event.pt[jet]
                block.detectorEta[position] = event.eta[jet]
                block.phi[position] = event.phi[jet]
            }
        }
        return block
    }

    private func sums(_ events: [Event], slices: Int = 2) -> BalanceSums {
        var sums = BalanceSums(binning: binning, selection: selection, slices: slices)
        sums.add(block(events))
        return sums
    }

    /// Pseudo-random events that fall everywhere, each truth event in `reuse` consecutive rows.
    private func events(count: Int, reuse: Int) -> [Event] {
        (0..<count).map { index in
            let truth = index / reuse
            func number(_ salt: Int) -> Double { scattered(index, salt) }
            func shared(_ salt: Int) -> Double { scattered(truth, salt) }
            let base = 60 + 60 * shared(1)
            return Event(
                id: UInt64(truth), slice: truth % 2, weight: 0.25 + 0.75 * number(2),
                pt: [base * (0.9 + 0.4 * number(3)), base * (0.9 + 0.4 * number(4)), 8 * number(5)],
                eta: [4 * shared(6) - 2, 4 * shared(7) - 2, 0])
        }
    }

    private func asymmetry(_ event: Event) -> Double {
        let first = event.eta[0] < event.eta[1] ? 0 : 1
        return (event.pt[first] - event.pt[1 - first]) / (0.5 * (event.pt[0] + event.pt[1]))
    }

    @Test(arguments: [1, 7]) func momentsAreThoseOfAPlainLoop(reuse: Int) throws {
        let events = events(count: 4200, reuse: reuse)
        let sums = sums(events)
        let weights = [3.0, 0.01]
        for ptBin in 0..<2 {
            for low in 0..<3 {
                for high in low..<3 {
                    let inside = events.filter { event in
                        let bins = [binning.eta.index(of: event.eta[0]), binning.eta.index(of: event.eta[1])].sorted()
                        return bins == [low, high]
                            && binning.ptAverage.index(of: 0.5 * (event.pt[0] + event.pt[1])) == ptBin
                    }
                    let cell = try #require(sums.moments(ptBin: ptBin, pair: binning.pair(low, high), weights: weights))
                    let total = inside.reduce(0) { $0 + weights[$1.slice] * $1.weight }
                    let mean = inside.reduce(0) { $0 + weights[$1.slice] * $1.weight * asymmetry($1) } / total
                    var (spread, squares) = (0.0, 0.0)
                    for (_, rows) in Dictionary(grouping: inside, by: \.id) {
                        let a = rows.reduce(0) { $0 + weights[$1.slice] * $1.weight }
                        let b = rows.reduce(0) { $0 + weights[$1.slice] * $1.weight * asymmetry($1) }
                        spread += (b - a * mean) * (b - a * mean)
                        squares += a * a
                    }
                    let effective = total * total / squares
                    #expect(cell.rows == inside.count)
                    #expect(cell.truthEvents == Set(inside.map(\.id)).count)
                    #expect(abs(cell.asymmetry - mean) < 1e-8)
                    #expect(abs(cell.effectiveEvents / effective - 1) < 1e-4)
                    let variance = spread / (total * total) * effective / (effective - 1)
                    #expect(abs(cell.asymmetryVariance / variance - 1) < 1e-3)
                    let ptLow = inside.reduce(0) {
                        $0 + weights[$1.slice] * $1.weight * $1.pt[$1.eta[0] < $1.eta[1] ? 0 : 1]
                    }
                    #expect(abs(cell.ptLow - ptLow / total) < 1e-4)
                }
            }
        }
    }

    /// The published warning with numbers: in a bin that mixes slices RMS/√N_eff misses the error of the mean.
    @Test func theVarianceIsNotTheWidthOverTheEffectiveNumber() throws {
        // A heavy slice with a narrow asymmetry, a light one with a wide one.
        let events = (0..<2000).map { index -> Event in
            let heavy = index % 2 == 0
            let tilt = (index / 2 % 2 == 0 ? 1.0 : -1.0) * (heavy ? 0.01 : 0.3)
            return Event(
                id: UInt64(index), slice: heavy ? 0 : 1, pt: [75 * (1 + tilt / 2), 75 * (1 - tilt / 2), 0],
                eta: [-1, 1, 0])
        }
        let cell = try #require(sums(events).moments(ptBin: 0, pair: binning.pair(0, 2), weights: [10, 1]))
        let naive = cell.asymmetryWidth / cell.effectiveEvents.squareRoot()
        #expect(abs(cell.asymmetryVariance.squareRoot() / naive - 1) > 0.1)
        // √(10² · 1000 · 0.01² + 1000 · 0.3²) over a sum of weights of 11,000.
        let exact = 10 / 11_000.0
        #expect(abs(cell.asymmetryVariance.squareRoot() / exact - 1) < 1e-2)
    }

    @Test func anyOrderAndAnyDivisionGivesTheSameBits() throws {
        let events = events(count: 3000, reuse: 1)
        let whole = sums(events)
        var parts = BalanceSums(binning: binning, selection: selection, slices: 2)
        for part in 0..<7 {
            var own = BalanceSums(binning: binning, selection: selection, slices: 2)
            own.add(block(events.enumerated().filter { $0.offset % 7 == part }.map(\.element).reversed()))
            parts.merge(own)
        }
        #expect(parts == whole)
    }

    /// One look for both sums gives what each finds alone.
    @Test(arguments: [1, 5]) func dijetsFoundOnceServeAllSums(reuse: Int) {
        let block = block(events(count: 900, reuse: reuse))
        let cells = [BalanceHistograms.Cell(etaBin: 2, ptBin: 0)]
        var sums = BalanceSums(binning: binning, selection: selection, slices: 2)
        var histograms = BalanceHistograms(binning: binning, selection: selection, cells: cells, slices: 2)
        var (aloneSums, aloneHistograms) = (sums, histograms)
        selection.withDijets(of: block, binning: binning) { dijets in
            sums.add(dijets)
            histograms.add(dijets)
        }
        aloneSums.add(block)
        aloneHistograms.add(block)
        #expect(sums == aloneSums && sums.rowsSelected > 500)
        #expect(histograms == aloneHistograms)
    }

    @Test func exchangingTheJetsChangesNothing() {
        var exchanged = events(count: 500, reuse: 1)
        for index in exchanged.indices {
            exchanged[index].pt.swapAt(0, 1)
            exchanged[index].eta.swapAt(0, 1)
            exchanged[index].phi.swapAt(0, 1)
        }
        #expect(sums(exchanged).table == sums(events(count: 500, reuse: 1)).table)
    }

    @Test func cutsAreWhereTheySay() {
        let good = Event(id: 1, pt: [80, 70, 22.5], eta: [-1, 1, 0])
        func selected(_ change: (inout Event) -> Void) -> Int {
            var event = good
            change(&event)
            return sums([event]).rowsSelected
        }
        #expect(selected { _ in } == 1)
        #expect(selected { $0.pt[2] = 22.5.nextUp } == 0)
        #expect(selected { $0.phi[1] = 2.7 } == 0)
        #expect(selected { $0.phi[1] = 2.7.nextUp } == 1)
        #expect(selected { $0.phi = [-3.1, 0.5, 0] } == 0)
        #expect(selected { $0.phi = [-3.0, 0.1, 0] } == 1)
        #expect(selected { $0.eta[1] = 2 } == 0)
        #expect(selected { $0.eta[1] = 2.0.nextDown } == 1)
        #expect(selected { $0.pt = [240, 170, 0] } == 0)
        #expect(selected { $0.pt[1] = 0 } == 0)
        #expect(selected { $0.eta[0] = .nan } == 0)
    }

    @Test func anEmptyCellHasNoMoments() {
        #expect(sums([]).moments(ptBin: 0, pair: 0, weights: [1, 1]) == nil)
    }

    /// Spectrum and asymmetry by a loop over the same events, and parts that merge to the whole.
    @Test func histogramsCountTheSameEvents() throws {
        let events = events(count: 4000, reuse: 1)
        let cells = [(2, 0), (1, 1)].map { BalanceHistograms.Cell(etaBin: $0.0, ptBin: $0.1) }
        let empty = BalanceHistograms(binning: binning, selection: selection, cells: cells, slices: 2)
        var whole = empty
        whole.add(block(events))
        var (one, other) = (empty, empty)
        one.add(block(Array(events.prefix(1500))))
        other.add(block(Array(events.dropFirst(1500))))
        other.merge(one)
        #expect(whole == other)

        let weights = [10.0, 1.0]
        let (spectrum, asymmetry) = (BalanceHistograms.spectrumAxis, BalanceHistograms.asymmetryAxis)
        var rates = [Double](repeating: 0, count: spectrum.count)
        var counts = cells.map { _ in [Double](repeating: 0, count: asymmetry.count) }
        for event in events {
            let average = 0.5 * (event.pt[0] + event.pt[1])
            guard event.pt[2] <= 0.3 * average else { continue }
            let weight = weights[event.slice] * event.weight
            rates[spectrum.index(of: average)] += weight
            for (probe, reference) in [(0, 1), (1, 0)] where abs(event.eta[reference]) < 0.5 {
                let value = (event.pt[probe] - event.pt[reference]) / average
                let place = (binning.eta.index(of: event.eta[probe]), binning.ptAverage.index(of: average))
                for (index, cell) in cells.enumerated() where place == (cell.etaBin, cell.ptBin) {
                    counts[index][asymmetry.index(of: value)] += weight
                }
            }
        }
        for bin in 0..<spectrum.count {
            let found = (0...1).reduce(0.0) { $0 + whole.spectrum(slice: $1, weights: weights)[bin].weight }
            #expect(abs(found - rates[bin]) < 1e-4)
        }
        for (index, expected) in counts.enumerated() {
            let found = whole.asymmetry(cell: index, weights: weights)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
            #expect(expected.reduce(0, +) > 100)
        }
    }
}
