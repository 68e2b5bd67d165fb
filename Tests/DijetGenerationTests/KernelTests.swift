import CardFiles
import DijetGeneration
import InstructionSets
import JetPhysics
import Testing

/// The loops over events: whatever processor, batch or range they run on, events are the same to the bit.
struct KernelTests {
    private static let process = Result {
        try HardProcess(density: .builtIn, sqrtS: 13000, edges: [15, 20, 60, 120, 2500])
    }

    private static func fill(_ truth: QCDDijets, slice: Int, first: Int, count: Int) -> TruthBlock {
        let block = TruthBlock(capacity: count)
        truth.fill(block, slice: slice, first: first, count: count, replicas: 1, role: .simulation, seed: 11)
        return block
    }

    /// All columns of a row.
    private static func row(_ block: TruthBlock, _ row: Int) -> [UInt64] {
        var bits = [block.event[row], block.draw[row], block.weight[row].bitPattern]
        for column in [block.softX, block.softY, block.invisibleX, block.invisibleY] {
            bits.append(column[row].bitPattern)
        }
        bits += [
            UInt64(bitPattern: Int64(block.partonForward[row])), UInt64(bitPattern: Int64(block.partonBackward[row])),
        ]
        for jet in 0..<TruthBlock.jetCount {
            let place = jet * block.capacity + row
            bits += [block.pt[place].bitPattern, block.eta[place].bitPattern, block.phi[place].bitPattern]
            bits.append(UInt64(bitPattern: Int64(block.flavour[place])))
        }
        return bits
    }

    /// All that this processor has, against the one that every processor has.
    @Test(arguments: InstructionSet.available.dropFirst())
    func instructionSetsGiveTheSameBits(set: InstructionSet) throws {
        let (process, model) = (try Self.process.get(), RadiationTune.builtIn.model)
        let truth = try QCDDijets(process, radiation: model, instructionSet: set)
        let portable = try QCDDijets(process, radiation: model, instructionSet: .portable)
        #expect(truth.crossSections.map(\.value) == portable.crossSections.map(\.value))
        for slice in 0..<4 {
            let fast = Self.fill(truth, slice: slice, first: 5, count: 3001)
            let slow = Self.fill(portable, slice: slice, first: 5, count: 3001)
            #expect((0..<3001).allSatisfy { Self.row(fast, $0) == Self.row(slow, $0) })
        }
    }

    @Test(arguments: [1, 7, 8, 9, 255, 256, 257]) func anyRangeGivesTheSameEvents(count: Int) throws {
        let truth = try QCDDijets(try Self.process.get(), radiation: RadiationTune.builtIn.model)
        let whole = Self.fill(truth, slice: 1, first: 0, count: 600)
        for first in [0, 3, 300] {
            let part = Self.fill(truth, slice: 1, first: first, count: count)
            #expect((0..<count).allSatisfy { Self.row(part, $0) == Self.row(whole, first + $0) })
        }
    }

    /// Close to half the collision energy phase space is small in all directions.
    @Test(arguments: [[448.0, 450], [449.9, 450], [430, 450], [300, 450]])
    func slicesMayEndAtTheKinematicLimit(edges: [Double]) throws {
        let process = try HardProcess(density: .builtIn, sqrtS: 900, edges: edges)
        let truth: QCDDijets
        do { truth = try QCDDijets(process, radiation: RadiationTune.builtIn.model) } catch let error
            as HardProcessError
        {
            #expect(error.problem.contains("cannot be drawn") && edges[0] > 449)
            return
        }
        let events = truth.scatterings(slice: 0, first: 0, count: 2000)
        #expect(events.allSatisfy { $0.pt >= edges[0] && $0.pt <= edges[1] && abs($0.y3) < 1.1 && abs($0.y4) < 1.1 })
    }

    @Test func weightsThatDifferTooMuchAreRefused() throws {
        let process = try HardProcess(density: .builtIn, sqrtS: 13000, edges: [30, 300])
        let error = #expect(throws: HardProcessError.self) { try process.checkWeights(bias: 4) }
        #expect(error?.key == "bias")
        #expect(throws: Never.self) { try process.checkWeights(bias: -2) }
    }
}
