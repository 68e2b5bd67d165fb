import EventFiles
import FileAccess
import Foundation
import HDF5
import JetPhysics
import Testing

struct TruthWriterTests {
    /// Two slices; numbers that short decimals do not hold.
    private static let slices: [[TruthEvent]] = (0..<2).map { slice in
        (0..<5).map { row in
            var event = TruthEvent(event: UInt64(row))
            let count = 2 + row % 3
            for jet in 0..<count {
                event.pt[jet] = (100.0 + Double(50 * slice + row)) / Double(jet + 3) * 1.1
                event.eta[jet] = Double(row - 2) / 3
                event.phi[jet] = Double(jet) - 3 + 1 / 7
                event.mass[jet] = event.pt[jet] / 9
                event.flavour[jet] = [21, 5, 1, 0][jet]
            }
            (event.softX, event.softY, event.softSum) = (1 / 3, -2 / 3.0, 77.7)
            (event.invisibleX, event.invisibleY) = (0.1 + 0.2, -1e-17)
            return event
        }
    }

    private static let entries = [
        TruthWriter.SliceEntry(pHatMinimum: 60, pHatMaximum: 120, crossSection: 1.03048e7, uncertainty: 2.05e4),
        TruthWriter.SliceEntry(pHatMinimum: 120, pHatMaximum: 250.5, crossSection: 0.1 + 0.2, uncertainty: 0),
    ]

    private static func write(_ path: String, overwrite: Bool = false) throws {
        let writer = try TruthWriter(path, version: "1", origin: "radius: 0.4\n", overwrite: overwrite)
        for (slice, events) in slices.enumerated() {
            try writer.write(Array(events[..<2]), slice: slice)
            try writer.write(Array(events[2...]), slice: slice)
        }
        try writer.finish(entries)
    }

    private static func remove(_ path: String) {
        for name in [path, TruthSampleFile.crossSectionPath(for: path)] {
            try? FileManager.default.removeItem(atPath: name)
        }
    }

    @Test(arguments: ["t.csv", "t.csv.gz", "t.h5"]) func whatIsWrittenReadsBackBitForBit(name: String) throws {
        let path = scratchPath(name)
        defer { Self.remove(path) }
        try Self.write(path)
        let table = try TruthTable(path, crossSections: TruthSampleFile.crossSectionPath(for: path))
        #expect(table.slices.map(\.pHatMinimum) == [60, 120] && table.slices.map(\.pHatMaximum) == [120, 250.5])
        #expect(table.slices.map(\.crossSection) == [1.03048e7, 0.1 + 0.2])
        #expect(table.crossSectionUncertainties == [2.05e4, 0] && table.counts == [5, 5])
        let block = TruthBlock(capacity: 5)
        for slice in 0..<2 {
            table.fill(block, slice: slice, first: 0, count: 5)
            for (row, event) in Self.slices[slice].enumerated() {
                #expect(block.event[row] == event.event)
                for jet in 0..<4 {
                    let place = jet * 5 + row
                    #expect(block.pt[place] == event.pt[jet] && block.eta[place] == event.eta[jet])
                    #expect(block.phi[place] == event.phi[jet] && block.flavour[place] == event.flavour[jet])
                }
                #expect(block.softX[row] == event.softX && block.softY[row] == event.softY)
                #expect(block.invisibleX[row] == event.invisibleX && block.invisibleY[row] == event.invisibleY)
            }
        }
    }

    @Test func columnsOfHDF5SayWhatMadeThem() throws {
        let path = scratchPath("t.h5")
        defer { Self.remove(path) }
        try Self.write(path)
        let group = try HDF5File(reading: path).root.group("events")
        #expect(try group.textAttribute("schema") == "etacal.truth/1")
        #expect(try group.textAttribute("configuration") == "radius: 0.4\n")
        #expect(try group.textsAttribute("columns").count == 27)
    }

    @Test func neitherFileIsThereBeforeBothAreWhole() throws {
        let path = scratchPath("t.csv")
        defer { Self.remove(path) }
        do {
            let writer = try TruthWriter(path, version: "1", origin: "", overwrite: false)
            try writer.write(Self.slices[0], slice: 0)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: TruthSampleFile.crossSectionPath(for: path)))
        try Self.write(path)
        let error = #expect(throws: FileError.self) { try Self.write(path) }
        #expect(error?.kind == .cannotCreate)
        try Self.write(path, overwrite: true)
    }
}
