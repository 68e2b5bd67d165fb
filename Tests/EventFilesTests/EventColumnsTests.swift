import Balance
import EventFiles
import FileAccess
import Foundation
import HDF5
import JetPhysics
import Testing

/// Events in columns of HDF5.
struct EventColumnsTests {
    static var others: String {
        Bundle.module.resourceURL!.appendingPathComponent("Fixtures/h5py_events.h5").path
    }

    /// Writes some events, more than a chunk of them when asked to, as a file of the name.
    static func write(_ name: String, rows: Int = 100, hasTriggers: Bool = true) throws -> String {
        let path = scratchPath(name)
        let block = ReconstructedBlock(capacity: 500)
        let writer = try EventWriter(path, sliceWeights: [1 / 3.0, 1e-9], hasTriggers: hasTriggers, overwrite: false)
        for first in stride(from: 0, to: rows, by: block.capacity) {
            block.count = min(block.capacity, rows - first)
            for index in 0..<block.count {
                let row = first + index
                block.event[index] = UInt64(row / 2)
                block.slice[index] = Int32(row % 2)
                block.relativeWeight[index] = 1 / Double(1 + row % 7)
                (block.softX[index], block.softY[index]) = (sin(Double(row)), -cos(Double(row)))
                (block.sumEt[index], block.mu[index], block.run[index]) = (Double(row) / 3, 30.1, Int32(-row))
                block.triggers[index] = UInt32(truncatingIfNeeded: row &* 0x9E37_79B9)
                for jet in 0..<3 {
                    let position = jet * block.capacity + index
                    block.pt[position] = jet == 2 && row % 4 == 0 ? 0 : 100 / Double(3 + jet + row % 50)
                    block.eta[position] = 2 * sin(Double(position + row))
                    block.detectorEta[position] = block.eta[position] + 0.01
                    block.phi[position] = 3 * cos(Double(position + row))
                    block.truePt[position] = row % 5 == jet ? 0 : 99 / Double(3 + jet + row % 50)
                    block.trueEta[position] = block.eta[position]
                    block.flavour[position] = Int32(jet - 1)
                }
            }
            try writer.write(block)
        }
        try writer.finish()
        return path
    }

    /// Every number of a table of text is in the columns of the same name, bit for bit, over several chunks.
    @Test func columnsHoldWhatTextHolds() throws {
        let (text, columns) = (try Self.write("e.csv", rows: 20_000), try Self.write("e.h5", rows: 20_000))
        defer { for path in [text, columns] { try? FileManager.default.removeItem(atPath: path) } }
        let table = try #require(PlainTable([UInt8](try readFile(text))))
        let group = try HDF5File(reading: columns).root.group("events")
        #expect(try group.names == table.names.sorted())
        #expect(try group.textAttribute("schema") == "etacal.events/1")
        #expect(try group.doublesAttribute("slice_weights") == [1 / 3.0, 1e-9])
        #expect(try group.dataset("pt1").textAttribute("unit") == "GeV")
        #expect(try group.dataset("phi3").textAttribute("unit") == "rad")
        let types = ["event": HDF5ElementType.uint64, "triggers": .uint32, "slice": .int32, "run": .int32]
        for name in table.names {
            let dataset = try group.dataset(name)
            #expect(dataset.elementType == types[name] ?? (name.hasPrefix("flavour") ? .int32 : .float64), "\(name)")
            let (said, read) = (try #require(table.column(name)), try dataset.readDoubles(rows: 0..<dataset.rows))
            #expect(said.count == read.count)
            let differing = zip(said, read).filter { said, read in
                said != read && !(said.isNaN && (read.isNaN || name.hasPrefix("flavour") && read == 0))
            }
            #expect(differing.isEmpty, "\(name): \(differing.prefix(3))")
        }
        let without = try Self.write("e.h5", hasTriggers: false)
        defer { try? FileManager.default.removeItem(atPath: without) }
        #expect(try !HDF5File(reading: without).root.group("events").contains("triggers"))
    }

    @Test func passesOverTextAndColumnsAreTheSame() throws {
        let (text, columns) = (try Self.write("e.csv.gz", rows: 20_000), try Self.write("e.h5", rows: 20_000))
        defer { for path in [text, columns] { try? FileManager.default.removeItem(atPath: path) } }
        let (one, other) = (try EventFile(text), try EventFile(columns))
        #expect(one.events == other.events && one.sliceWeights == other.sliceWeights)
        #expect(other.hasTruth && other.hasTriggers)
        #expect(try Passed.rows(one) == Passed.rows(other))
    }

    @Test func theSameEventsAreTheSameBytes() throws {
        let paths = try (0..<2).map { _ in try Self.write("e.h5", rows: 17_000) }
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        #expect(try readFile(paths[0]) == readFile(paths[1]))
    }

    /// Integers of other sizes, single precision, other byte orders, columns that nobody knows.
    @Test func tablesOfOthersAreRead() throws {
        let file = try EventFile(Self.others)
        #expect(file.events == 3 && !file.hasTruth && !file.hasTriggers && file.sliceWeights == [2, 0.5])
        let rows = try Passed.rows(file)
        #expect(rows.map(\.event) == [5, 6, 7] && rows.map(\.weight) == [0.5, 2, 0.25])
        #expect(rows[0].jets[0][0] == Double(Float(80.1)) && rows[0].jets[2][0] == 0 && rows[1].jets[2][0] == 10)
        #expect(rows[2].jets[1][0] == 65.125 && rows[2].jets[1][1] == -1)
    }

    /// A truth sample is the same as columns.
    @Test func truthMayBeColumns() throws {
        let names = ["slice", "event", "pt1", "eta1", "phi1", "flavour1", "pt2", "eta2", "phi2", "flavour2"]
        let rows = (0..<4).map { row in [1, Double(row), 70 + Double(row) / 3, 0.5, 0, 21, 60, 1, 3, 2] }
        let folder = scratchPath("truth")
        try makeDirectory(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/toy_dijets.h5"
        #expect(TruthSampleFile.crossSectionPath(for: path) == folder + "/toy_xsec.csv")
        try writeText(TruthSampleFileTests.slices, to: folder + "/toy_xsec.csv")
        let file = try HDF5File(creating: path)
        let group = try file.root.makeGroup("events")
        for (index, name) in names.enumerated() { try group.write(rows.map { $0[index] }, to: name) }
        try file.close()
        let sample = try TruthSampleFile(path, crossSections: folder + "/toy_xsec.csv")
        #expect(sample.events == 4 && sample.sample.slices.count == 1)
        let block = TruthBlock(capacity: 4)
        sample.sample.fill(block, slice: 0, first: 0, count: 2, replicas: 1, role: .simulation, seed: 1)
        // Half of the events are of simulation.
        for index in 0..<2 { #expect(block.pt[index] == 70 + Double(block.event[index]) / 3) }
        #expect(block.flavour[0] == 21)
    }
}
