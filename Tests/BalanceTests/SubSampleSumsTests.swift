import Balance
import Binning
import JetPhysics
import Testing

struct SubSampleSumsTests {
    private let binning: BalanceBinning
    /// Eleven orders of magnitude apart, in two classes of weights.
    private let weights = [1e3, 1e-8]

    init() throws {
        binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -0.5, 0.5, 2]), ptAverage: try Axis(edges: [50, 100, 200]),
            referenceAbsEtaMaximum: 0.5, quotedPtMinimum: 50)
    }

    /// Two rows an event; events with even numbers are of the heavy slice and of low pT.
    private func block(_ events: Range<Int>) -> ReconstructedBlock {
        let block = ReconstructedBlock(capacity: 2 * events.count)
        block.count = 2 * events.count
        for (index, event) in events.enumerated() {
            for row in 2 * index...2 * index + 1 {
                let heavy = event % 2 == 0
                block.event[row] = UInt64(event)
                block.slice[row] = heavy ? 0 : 1
                block.relativeWeight[row] = 0.5 + 0.01 * Double(event % 50)
                let tilt = 0.3 * (Double(event * 37 % 101) / 101 - 0.5) + 0.05 * Double(row % 2)
                for jet in 0..<3 {
                    let position = jet * block.capacity + row
                    block.pt[position] = jet == 2 ? 0 : (heavy ? 75 : 150) * (jet == 0 ? 1 + tilt / 2 : 1 - tilt / 2)
                    block.basePt[position] = block.pt[position]
                    block.detectorEta[position] =
                        jet == 0 ? -1.9 + 1.27 * Double(event % 3) : 1.9 - 1.1 * Double(event % 4)
                    block.phi[position] = jet == 0 ? 0 : 3.1
                }
            }
        }
        return block
    }

    private func sums(_ ranges: [Range<Int>]) throws -> (BalanceSums, SubSampleSums) {
        var whole = BalanceSums(binning: binning, selection: .standard, slices: 2)
        var parts = try SubSampleSums(binning: binning, selection: .standard, weights: weights)
        for range in ranges {
            let block = block(range)
            Selection.standard.withDijets(of: block, binning: binning) {
                whole.add($0)
                parts.add($0)
            }
        }
        return (whole, parts)
    }

    private func projections(_ ranges: [Range<Int>]) throws -> (MissingMomentumSums, SubSampleSums) {
        var whole = MissingMomentumSums(binning: binning, selection: .standard, slices: 2)
        var parts = try SubSampleSums(
            binning: binning, selection: .standard, content: .missingMomentum, weights: weights)
        for range in ranges {
            let block = block(range)
            for row in 0..<block.count {
                let number = 2 * Int(block.event[row]) + row % 2
                if number % 10 < 2 { block.detectorEta[row] = 0.2 }
                if number % 14 < 2 { block.detectorEta[block.capacity + row] = -0.1 }
                (block.softX[row], block.softY[row]) = (0.3 * Double(number % 40), 9 - 0.4 * Double(number % 37))
                let third = 2 * block.capacity + row
                (block.pt[third], block.basePt[third]) = (Double(number % 11), Double(number % 11))
                block.phi[third] = Double(number % 6)
            }
            Selection.standard.withDijets(of: block, binning: binning) {
                whole.add($0)
                parts.add($0)
            }
        }
        return (whole, parts)
    }

    private func replicas(_ sums: SubSampleSums, ptBin: Int, count: (_ subSample: Int) -> Double) -> ReplicaCells {
        let counts = (0..<sums.count * 16).map { count($0 / 16) }
        return counts.withUnsafeBufferPointer {
            sums.replicas(ptBin: ptBin, cells: Array(0..<sums.cellCount), counts: $0, replicas: 16)
        }
    }

    /// Also of the light slice alone, beside one that weighs 10¹¹ times as much.
    @Test func countedOnceTheyAreTheWhole() throws {
        let (whole, parts) = try sums([0..<4000])
        var used = 0
        for ptBin in 0..<2 {
            let replicas = replicas(parts, ptBin: ptBin) { _ in 1 }
            for pair in 0..<binning.pairCount {
                guard let cell = whole.moments(ptBin: ptBin, pair: pair, weights: weights) else {
                    #expect(replicas.cells[pair] == nil)
                    continue
                }
                used += 1
                let replica = try #require(replicas.cells[pair])
                #expect(abs(replica.weights[3] / cell.weight - 1) < 1e-6)
                #expect(abs(replica.sums[0][3] / replica.weights[3] - cell.asymmetry) < 1e-6)
            }
        }
        #expect(used >= 6)
    }

    /// Of both slices, and of probes outside and inside of the reference region, some of which meet a tag of their own bin.
    @Test func projectionsCountedOnceAreTheWhole() throws {
        let (whole, parts) = try projections([0..<1500, 1500..<4000])
        var (used, inside) = (0, 0)
        for ptBin in 0..<2 {
            let replicas = replicas(parts, ptBin: ptBin) { _ in 1 }
            for probe in 0..<binning.eta.count {
                let cells = whole.cells(ptBin: ptBin, probe: probe, weights: weights)
                let found = whole.cellNumbers(probe: probe).compactMap { replicas.cells[$0] }
                #expect(found.count == cells.count)
                for (cell, replica) in zip(cells, found) {
                    used += 1
                    inside += cell.tag == probe ? 1 : 0
                    // Two tags of one bin have opposite B.
                    #expect(cell.tag == probe || cell.means.map(abs).min() ?? 0 > 1e-5, "\(cell.means)")
                    #expect(abs(replica.weights[5] / cell.weight - 1) < 1e-6)
                    for part in 0..<3 {
                        #expect(abs(replica.mean(part, replica: 5) - cell.means[part]) < 1e-6)
                    }
                }
            }
        }
        #expect(used == 6 && inside == 2)
    }

    /// A replica that has one event twice and the others once sees what the sums of all and of that one say.
    @Test func aReplicaOfProjectionsIsItsEvents() throws {
        let (all, parts) = try projections([0..<300])
        let (one, own) = try projections([21..<22])
        let subSample = try #require(
            (0..<own.count).first { subSample in
                replicas(own, ptBin: 1) { $0 == subSample ? 1 : 0 }.cells.contains { ($0?.weights[0] ?? 0) > 0 }
            })
        let twice = replicas(parts, ptBin: 1) { $0 == subSample ? 2 : 1 }
        var used = 0
        for probe in 0..<binning.eta.count {
            let cells = all.cells(ptBin: 1, probe: probe, weights: weights)
            for (cell, number) in zip(cells, all.cellNumbers(probe: probe)) {
                guard
                    let more = one.cells(ptBin: 1, probe: probe, weights: weights).first(where: { $0.tag == cell.tag })
                else { continue }
                used += 1
                let replica = try #require(twice.cells[number])
                // None of the other events is in its sub-sample.
                #expect(abs(replica.weights[0] / (cell.weight + more.weight) - 1) < 1e-6)
                for part in 0..<3 {
                    let expected =
                        (cell.weight * cell.means[part] + more.weight * more.means[part]) / (cell.weight + more.weight)
                    #expect(abs(replica.mean(part, replica: 0) - expected) < 1e-6)
                }
            }
        }
        #expect(used >= 1)
    }

    @Test func rowsOfATruthEventStayTogether() throws {
        // One event in a block of its own: its two rows come and go as one.
        let (_, parts) = try sums([7..<8])
        let present = (0..<parts.count).filter { subSample in
            replicas(parts, ptBin: 1) { $0 == subSample ? 1 : 0 }.cells.contains { ($0?.weights[0] ?? 0) > 0 }
        }
        #expect(present.count == 1)
    }

    @Test func partsMergeInAnyOrderAndThroughRecords() throws {
        let whole = try sums([0..<3000]).1.record
        var (first, second) = (try sums([0..<1000]).1, try sums([1000..<2000, 2000..<3000]).1)
        #expect(first.record != whole)
        second.merge(first)
        #expect(second.record == whole)
        // A copy is of the same memory: there is nothing to add.
        let copy = second
        second.merge(copy)
        #expect(second.record == whole)
        var again = try SubSampleSums(binning: binning, selection: .standard, weights: weights)
        try again.restore(try sums([1000..<3000]).1.record)
        again.merge(first)
        #expect(again.record == whole)
        try first.restore(whole)
        #expect(first.record == whole)
    }

    @Test func recordsOfOthersAreRefused() throws {
        var first = try sums([0..<10]).1
        #expect(throws: SumsRecordError.self) {
            try first.restore(SumsRecord(["0": try .init(columns: 4, cells: [0], values: [1, 2, 3, 4])]))
        }
        #expect(throws: SumsRecordError.self) { try first.restore(SumsRecord(["5": .init(numbers: [1])])) }
    }

    @Test func largeBinningsHaveFewerSubSamples() throws {
        let fine = try BalanceBinning(
            eta: try Axis(edges: (0...200).map { -5 + 0.05 * Double($0) }),
            ptAverage: try Axis(edges: (0...20).map { 50 + 10 * Double($0) }), referenceAbsEtaMaximum: 0.8,
            quotedPtMinimum: 50)
        let sums = try SubSampleSums(binning: fine, selection: .standard, weights: [1])
        // 20 100 pairs in 20 bins, 16 bytes for each of 128 sub-samples: 0.8 GB of address space, taken where there are events.
        #expect(sums.count == 128)
        #expect(try SubSampleSums(binning: fine, selection: .standard, weights: weights).count == 64)
        let finer = try BalanceBinning(
            eta: fine.eta, ptAverage: try Axis(edges: (0...80).map { 50 + 10 * Double($0) }),
            referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 50)
        #expect(throws: SelectionError.self) {
            try SubSampleSums(binning: finer, selection: .standard, weights: [1])
        }
    }

    /// One event of ten in a cell: a replica without it sees the mean of the events.
    @Test func aReplicaWithoutEventsSeesTheWhole() throws {
        let (whole, parts) = try sums([7..<8])
        let none = replicas(parts, ptBin: 1) { _ in 0 }
        let cell = try #require(none.cells.compactMap { $0 }.first)
        let pair = try #require(none.cells.firstIndex { $0 != nil })
        let mean = try #require(whole.moments(ptBin: 1, pair: pair, weights: weights)).asymmetry
        #expect(cell.weights[0] == 0 && abs(cell.mean(replica: 0) - mean) < 1e-6)
    }
}
