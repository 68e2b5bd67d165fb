import Balance
import Binning
import JetPhysics
import Testing

struct CutFlowTests {
    /// Two jets, the third jet, the azimuthal distance, and η of the first jet; the values of an event that passes.
    private struct Event {
        var pt2 = 100.0
        var pt3 = 10.0
        var phi = 3.1
        var eta = 0.0
        var pt1 = 110.0
    }

    private static func flow(_ events: [Event], floor: Double = 0) throws -> CutFlow {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -0.5, 0.5, 2]), ptAverage: try Axis(edges: [50, 100, 200]),
            referenceAbsEtaMaximum: 0.5, quotedPtMinimum: 50)
        let selection = try Selection(
            deltaPhiMinimum: 2.7, alphaMaximum: 0.3, thirdJetFloor: floor, absEtaMaximum: 5)
        let block = ReconstructedBlock(capacity: 8)
        block.count = events.count
        for (row, event) in events.enumerated() {
            for (jet, pt) in [event.pt1, event.pt2, event.pt3].enumerated() {
                block.pt[jet * block.capacity + row] = pt
                block.basePt[jet * block.capacity + row] = pt
                block.detectorEta[jet * block.capacity + row] = jet == 0 ? event.eta : 0
                block.phi[jet * block.capacity + row] = jet == 1 ? event.phi : 0
            }
            block.slice[row] = 0
            block.event[row] = UInt64(row)
            block.relativeWeight[row] = 1
        }
        var (flow, sums) = (
            CutFlow(binning: binning, selection: selection),
            BalanceSums(binning: binning, selection: selection, slices: 1)
        )
        flow.add(block)
        sums.add(block)
        #expect(flow.left.last == sums.rowsSelected)
        #expect(flow.left.first == sums.rowsSeen)
        return flow
    }

    @Test func aSelectedEventPassesEverything() throws {
        let flow = try Self.flow([Event()])
        #expect(flow.fatal == nil && flow.explanation == nil)
        #expect(flow.left == CutFlow.Step.allCases.map { _ in 1 })
    }

    /// Each event falls to one requirement, which is named with its value; the one before fell to an earlier one.
    @Test func whatNoEventMeetsIsNamed() throws {
        let falls: [(Event, CutFlow.Step, String)] = [
            (Event(pt2: 0), .twoJets, "of 1 events, none has two jets"), (Event(pt3: 60), .thirdJet, "alpha_max 0.3"),
            (Event(phi: 2), .azimuth, "delta_phi_min 2.7"), (Event(eta: 5.5), .absEta, "abs_eta_max 5.0"),
            (Event(pt2: 40, pt3: 0, pt1: 41), .ptBins, "from 50.0 to 200.0 GeV"),
            (Event(eta: 3), .etaBins, "from -2.0 to 2.0"),
        ]
        for (index, (event, step, words)) in falls.enumerated() {
            let alone = try Self.flow([event])
            #expect(alone.fatal?.step == step && alone.explanation?.contains(words) == true)
            guard index > 0 else { continue }
            let both = try Self.flow([falls[index - 1].0, event, event])
            #expect(both.fatal?.step == step && both.fatal?.before == 2)
            #expect(both.explanation?.hasPrefix("none of 3 events is left: of 2 ") == true)
        }
        #expect(try Self.flow([]).explanation == "there are no events")
        #expect(try Self.flow([Event(pt3: 60)], floor: 61).fatal == nil)
    }

    @Test func flowsAddUp() throws {
        var sum = try Self.flow([Event(), Event(eta: 3)])
        sum.merge(try Self.flow([Event(phi: 2)]))
        #expect(sum.left == [3, 3, 3, 2, 2, 2, 2, 1, 1])
    }
}
