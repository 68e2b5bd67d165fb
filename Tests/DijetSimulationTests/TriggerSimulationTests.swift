import Balance
import CardFiles
import DetectorModel
import DijetGeneration
import DijetSimulation
import JetPhysics
import Testing

struct TriggerSimulationTests {
    private static func menu(_ triggers: [TriggerMenu.Trigger]) throws -> TriggerMenu {
        try TriggerMenu(triggers, forwardAbsEta: 2.8)
    }

    /// Dijets of a slice with what the triggers of a menu did with them.
    private static func events(_ menu: TriggerMenu, slice: Int, count: Int = 40_960) throws -> [ReconstructedBlock] {
        let detector = Detector(try LoadedCard("uniform").card, pseudoData: false)
        let triggers = TriggerSimulation(menu, response: detector.response, role: .pseudoData, seed: 3)
        let reconstruction = Reconstruction(detector: detector, role: .pseudoData, seed: 3)
        return stride(from: 0, to: count, by: 4096).map { first in
            let (truth, block) = (TruthBlock(capacity: 4096), ReconstructedBlock(capacity: 4096))
            QCDDijets.builtIn.fill(
                truth, slice: slice, first: first, count: 4096, replicas: 1, role: .pseudoData, seed: 3)
            reconstruction.simulate(truth, into: block)
            triggers.simulate(truth, block)
            return block
        }
    }

    /// A trigger is used from where 99 % fire, and half fire at its threshold; 4 σ of the binomial.
    @Test func turnOnsAreThoseOfTheMenu() throws {
        let turnOn = TriggerMenu.TurnOn(threshold: 60, width: 0.1)
        let from = turnOn.ptAverage(efficiency: TriggerMenu.Trigger.plateau)
        #expect(abs(turnOn.efficiency(ptAverage: from) - 0.99) < 1e-6 && turnOn.efficiency(ptAverage: 60) == 0.5)
        let menu = try Self.menu([
            .init(name: "j60", ptAverageMinimum: from, prescale: 1, turnOn: turnOn)
        ])
        var (near, fired, expected, variance) = (0, 0, 0.0, 0.0)
        var (efficient, missed) = (0, 0)
        for block in try Self.events(menu, slice: 5, count: 204_800) {
            for row in 0..<block.count where block.pt[block.capacity + row] > 0 {
                let average = 0.5 * (block.pt[row] + block.pt[block.capacity + row])
                let keeps = block.triggers[row] & 1 == 1
                if abs(average - 60) < 20 {
                    let chance = turnOn.efficiency(ptAverage: average)
                    near += 1
                    fired += keeps ? 1 : 0
                    expected += chance
                    variance += chance * (1 - chance)
                }
                if average > from {
                    efficient += 1
                    missed += keeps ? 0 : 1
                }
            }
        }
        #expect(near > 10_000 && abs(Double(fired) - expected) < 4 * variance.squareRoot())
        #expect(efficient > 10_000 && Double(missed) < 0.01 * Double(efficient))
    }

    /// Kept events with their weights stand for all, in each combination of central and forward jets.
    @Test func weightsUndoPrescales() throws {
        let menu = try Self.menu([
            .init(name: "central", ptAverageMinimum: 0, prescale: 5, region: .central),
            .init(name: "forward", ptAverageMinimum: 0, prescale: 2, region: .forward),
        ])
        var (all, kept, squares) = ([0.0, 0, 0], [0.0, 0, 0], [0.0, 0, 0])
        let weights = [5, 1 / (1 - 0.8 * 0.5), 2.0]
        let masks: [UInt32] = [1, 3, 2]
        for block in try Self.events(menu, slice: 2, count: 204_800) {
            for row in 0..<block.count where block.pt[block.capacity + row] > 0 {
                let forward = [row, block.capacity + row].count { abs(block.detectorEta[$0]) >= 2.8 }
                all[forward] += 1
                guard block.triggers[row] & masks[forward] != 0 else { continue }
                kept[forward] += weights[forward]
                squares[forward] += weights[forward] * weights[forward]
            }
            // A trigger does not look where its jets are not.
            for row in 0..<block.count where block.triggers[row] & 2 != 0 {
                #expect([row, block.capacity + row].contains { abs(block.detectorEta[$0]) >= 2.8 })
            }
        }
        for forward in 0...2 {
            let width = (squares[forward] - all[forward]).squareRoot()
            #expect(all[forward] > 1000 && abs(kept[forward] - all[forward]) < 4 * width, "\(forward)")
        }
    }

    /// Balance sums of triggered events are those of all, within their errors: weight and mean asymmetry of the largest cells.
    @Test func sumsOfTriggeredEventsAreThoseOfAll() throws {
        let menu = try Self.menu([
            .init(name: "central", ptAverageMinimum: 30, prescale: 4, region: .central),
            .init(name: "forward", ptAverageMinimum: 30, prescale: 2, region: .forward),
        ])
        let binning = try BalanceBinning("coarse")
        let selection = Selection.standard.with(
            triggers: TriggerAssignment(menu, binning: binning))
        var (all, some) = (
            BalanceSums(binning: binning, selection: .standard, slices: 20),
            BalanceSums(binning: binning, selection: selection, slices: 20)
        )
        for block in try Self.events(menu, slice: 5, count: 204_800) {
            all.add(block)
            some.add(block)
        }
        var tested = 0
        let weights = Array(repeating: 1.0, count: 20)
        for pair in 0..<binning.pairCount {
            guard let whole = all.moments(ptBin: 0, pair: pair, weights: weights), whole.rows > 500,
                let part = some.moments(ptBin: 0, pair: pair, weights: weights)
            else { continue }
            tested += 1
            // Weights of at most 4: the sum scatters by less than √(3 N).
            #expect(abs(part.weight - whole.weight) < 4.5 * (3 * whole.weight).squareRoot())
            #expect(abs(part.asymmetry - whole.asymmetry) < 4.5 * part.asymmetryVariance.squareRoot())
        }
        #expect(tested > 20)
    }
}
