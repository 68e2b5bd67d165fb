import EventFiles
import FileAccess
import Foundation
import HDF5
import Testing

/// Calibrated jets from and to columns of HDF5.
struct ColumnRewriterTests {
    private static func rewritten(_ path: String, as name: String) throws -> String {
        let output = scratchPath(name)
        // Jets change their order.
        _ = try EventRewriter.rewrite(path, to: output, calibration: .toy, overwrite: false) { eta, pt in
            eta > 0 ? 1.5 * pt : pt
        }
        return output
    }

    /// Whatever a table is, and whatever it becomes, its numbers are the same, bit for bit.
    @Test func allWaysAgree() throws {
        let (text, columns) = (
            try EventColumnsTests.write("e.csv", rows: 17_000), try EventColumnsTests.write("e.h5", rows: 17_000)
        )
        let outputs = [
            try Self.rewritten(text, as: "tt.csv"), try Self.rewritten(columns, as: "cc.h5"),
            try Self.rewritten(text, as: "tc.h5"), try Self.rewritten(columns, as: "ct.csv.gz"),
        ]
        defer { for path in outputs + [text, columns] { try? FileManager.default.removeItem(atPath: path) } }
        let expected = try Passed.rows(EventFile(outputs[0]))
        #expect(try expected != Passed.rows(EventFile(text)))
        for output in outputs.dropFirst() { #expect(try Passed.rows(EventFile(output)) == expected, "\(output)") }

        let table = try #require(PlainTable([UInt8](try readFile(outputs[0]))))
        for output in outputs[1...2] {
            let group = try HDF5File(reading: output).root.group("events")
            #expect(try group.names == table.names.sorted())
            for name in ["met_x", "met_y", "sum_et", "run", "true_pt1", "phi3"] {
                let dataset = try group.dataset(name)
                let (said, read) = (try #require(table.column(name)), try dataset.readDoubles(rows: 0..<dataset.rows))
                #expect(zip(said, read).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(name) of \(output)")
            }
        }
    }

    @Test func otherColumnsKeepTypesAndAttributes() throws {
        let columns = try EventColumnsTests.write("e.h5")
        let output = try Self.rewritten(columns, as: "out.h5")
        defer { for path in [columns, output] { try? FileManager.default.removeItem(atPath: path) } }
        let (old, new) = (
            try HDF5File(reading: columns).root.group("events"), try HDF5File(reading: output).root.group("events")
        )
        #expect(try new.names == old.names && new.textAttribute("schema") == "etacal.events/1")
        for name in try old.names { #expect(try new.dataset(name).elementType == old.dataset(name).elementType) }
        #expect(try new.dataset("pt1").textAttribute("unit") == "GeV")
        #expect(try new.dataset("event").read(UInt64.self) == old.dataset("event").read(UInt64.self))
    }

    /// Booleans and texts as well, and those that belong to a jet move with it.
    @Test func columnsOfOthersAreKept() throws {
        let output = try Self.rewritten(EventColumnsTests.others, as: "out.h5")
        defer { try? FileManager.default.removeItem(atPath: output) }
        let group = try HDF5File(reading: output).root.group("events")
        #expect(try group.dataset("period").readBytes(rows: 0..<3) == Array("A\0B2C\0".utf8))
        // The third jet of the last event becomes the second one, whose tag is what differs.
        #expect(try group.dataset("tagged2").readBytes(rows: 0..<3) == [0, 1, 1])
        #expect(try group.dataset("pt2").read(Double.self) == [70.5, 85.25, 90])
        #expect(try group.dataset("pt1").read(Double.self)[0] == 1.5 * Double(Float(80.1)))
        #expect(try group.textAttribute("sample") == "toy")
        let error = #expect(throws: FileError.self) {
            _ = try Self.rewritten(EventColumnsTests.others, as: "out.csv")
        }
        #expect(error?.place == EventColumnsTests.others + ": /events/period" && error?.kind == .malformed)
    }

    @Test func textWithWordsBecomesNoColumns() throws {
        try withFile("e.csv", "note,pt1,eta1,phi1,pt2,eta2,phi2\nabc,80,1,0,70,-1,3\n") { path in
            let error = #expect(throws: FileError.self) { _ = try Self.rewritten(path, as: "out.h5") }
            #expect(error?.place == path + ":2" && error?.problem.contains("'note' holds 'abc'") == true)
        }
    }
}
