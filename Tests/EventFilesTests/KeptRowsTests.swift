import EventFiles
import FileAccess
import Foundation
import JetPhysics
import Testing

/// Rows that stay in memory after the first look, and those for which there is no room.
struct KeptRowsTests {
    /// Columns that are the same in all rows, of single and of double precision, absent here and there, and of NaN with a sign.
    private static func write(_ name: String, rows: Int) throws -> String {
        let path = scratchPath(name)
        let block = ReconstructedBlock(capacity: rows)
        block.count = rows
        for row in 0..<rows {
            block.event[row] = UInt64(row / 3)
            block.slice[row] = Int32(row * 5 / rows)
            block.relativeWeight[row] = 1 / Double(1 + row % 50)
            for jet in 0..<3 {
                let position = jet * rows + row
                let isThere = jet < 2 || (row / 700) % 2 == 0
                block.pt[position] = isThere ? Double(Float(100 / Double(3 + jet + row % 97))) : 0
                block.eta[position] = row < 1024 ? Double(Float(sin(Double(row)))) : cos(Double(row))
                block.detectorEta[position] = block.eta[position] + 0.125
                block.phi[position] = jet == 0 ? 1 : 3 * cos(Double(row))
                block.truePt[position] = row % 10 == 0 ? 0 : 95 / Double(3 + jet + row % 97)
                block.trueEta[position] = -block.eta[position]
            }
        }
        let writer = try EventWriter(path, sliceWeights: [1, 2, 0.3, 4, 5e-7], overwrite: false)
        try writer.write(block)
        try writer.finish()
        return path
    }

    /// From no row in memory to all of them.
    @Test(arguments: ["e.csv", "e.csv.gz", "e.h5"]) func memoryDoesNotMatter(name: String) throws {
        let path = try Self.write(name, rows: 10_000)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let whole = try EventFile(path)
        let expected = try Passed.rows(whole)
        #expect(expected.count == 10_000)
        for memory in [0, 1, 100_000, 700_000] {
            let file = try EventFile(path, memory: memory)
            #expect(file.events == whole.events && file.sliceWeights == whole.sliceWeights)
            #expect(file.pieces == whole.pieces && file.pieces > 1)
            // Twice, as methods go through events more than once.
            for _ in 0..<2 { #expect(try Passed.rows(file) == expected, "\(memory) bytes") }
            let parts = try (0..<file.pieces).map { piece in
                try file.reduce(Passed(), over: piece..<piece + 1) { Passed.add($0, &$1, whole.sliceWeights) }.rows
            }
            #expect(parts.flatMap { $0 } == expected, "\(memory) bytes")
        }
    }

    /// Blank lines are no rows, and a NaN keeps its sign.
    @Test func whatIsKeptIsWhatStandsThere() throws {
        var text = "note,pt1,eta1,phi1,pt2,eta2,phi2,pt3,eta3,phi3\r\n"
        for row in 0..<3000 {
            text +=
                "a,\(80.1 + Double(row)),1,0,70,-1,3,\(row % 2 == 0 ? "nan" : "-nan"),\(row % 3 == 0 ? "-nan" : ""),\r\n"
            if row % 100 == 0 { text += "\r\n\n" }
        }
        try withFile("e.csv", text) { path in
            let anew = try Passed.rows(EventFile(path, memory: 0))
            #expect(anew.count == 3000 && Set(anew.map { $0.jets[2][1].bitPattern }).count == 2)
            for memory in [60_000, 1 << 20] { #expect(try Passed.rows(EventFile(path, memory: memory)) == anew) }
        }
    }

    /// Rows in memory do not hide that the file is another one now, or is gone.
    @Test(arguments: [0, 60_000, 1 << 20]) func filesThatChangedAreNoticed(memory: Int) throws {
        let header = "pt1,eta1,phi1,pt2,eta2,phi2\n"
        let rows = (0..<3000).map { "\(80.1 + Double($0)),1,0,70,-1,3\n" }
        func write(_ rows: [String], to path: String, later seconds: Double) throws {
            try Data((header + rows.joined()).utf8).write(to: URL(fileURLWithPath: path))
            // Clocks of file systems may stand still for some milliseconds.
            let date = Date(timeIntervalSince1970: 1e9 + seconds)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
        try withFile("e.csv", header + rows.joined()) { path in
            for changed in [
                rows + [rows[0]], rows.dropLast(), rows.reversed(), rows.dropLast() + ["80,1,0,70,-1,x\n"],
            ] {
                try write(rows, to: path, later: 0)
                let file = try EventFile(path, memory: memory)
                #expect(try Passed.rows(file).count == 3000)
                try write(changed, to: path, later: 0.001)
                let error = #expect(throws: FileError.self) { _ = try Passed.rows(file) }
                #expect(error?.kind == .failed && error?.place == path, "\(error?.place ?? "")")
                #expect(error?.problem == "the file changed while it was read" && error?.isWellPut == true)
            }
            try write(rows, to: path, later: 0)
            let file = try EventFile(path, memory: memory)
            try FileManager.default.removeItem(atPath: path)
            let error = #expect(throws: FileError.self) { _ = try Passed.rows(file) }
            #expect(error?.kind == .unreadable && error?.place == path)
        }
    }
}
