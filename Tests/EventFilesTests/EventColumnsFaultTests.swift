import EventFiles
import FileAccess
import Foundation
import HDF5
import Testing

/// Files of HDF5 that hold no table of events.
struct EventColumnsFaultTests {
    private static let needed = ["pt1", "eta1", "phi1", "pt2", "eta2", "phi2"]
    private static let row = [80.0, 1, 0, 70, -1, 3]

    /// A file with three good rows, changed by `edit`, which gets the values of each column.
    private static func write(
        _ edit: (inout [String: [Double]]) -> Void, more: (HDF5Group) throws -> Void = { _ in }
    ) throws -> String {
        let path = scratchPath("e.h5")
        var columns = Dictionary(uniqueKeysWithValues: zip(needed, row.map { [$0, $0, $0] }))
        edit(&columns)
        let file = try HDF5File(creating: path)
        let group = try file.root.makeGroup("events")
        for (name, values) in columns.sorted(by: { $0.key < $1.key }) { try group.write(values, to: name) }
        try more(group)
        try file.close()
        return path
    }

    private static func expect(_ path: String, at place: String, _ problem: String) {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: FileError.self) { _ = try EventFile(path) }
        #expect(error?.kind == .malformed && error?.place == path + place, "\(error?.description ?? "")")
        #expect(error?.problem.contains(problem) == true && error?.isWellPut == true, "\(error?.description ?? "")")
    }

    @Test func otherFilesAreRefused() throws {
        let text = scratchPath("text.h5")
        try writeText("pt1,eta1,phi1,pt2,eta2,phi2\n80,1,0,70,-1,3\n", to: text)
        Self.expect(text, at: "", "no HDF5 file")
        let cut = try EventColumnsTests.write("cut.h5")
        try Data(readFile(cut).dropLast(100)).write(to: URL(fileURLWithPath: cut))
        Self.expect(cut, at: "", "cut or damaged")
        let without = scratchPath("without.h5")
        let file = try HDF5File(creating: without)
        try file.root.write([80.0], to: "pt1")
        try file.close()
        Self.expect(without, at: ": /events", "no such group")
    }

    @Test(arguments: needed)
    func columnsThatAreMissingAreNamed(column: String) throws {
        Self.expect(try Self.write { $0[column] = nil }, at: ": /events", "the column '\(column)' is missing")
    }

    @Test func columnsOfAnotherShapeAreRefused() throws {
        Self.expect(try Self.write { $0["phi2"]?.append(3) }, at: ": /events/phi2", "4 rows, others have 3")
        Self.expect(try Self.write { $0["weight"] = [1] }, at: ": /events/pt1", "3 rows, others have 1")
        let table = try Self.write({ $0["pt2"] = nil }, more: { try $0.write([1.0, 2, 3], to: "pt2", columns: 1) })
        Self.expect(table, at: ": /events/pt2", "2 dimensions")
        let group = try Self.write({ $0["eta2"] = nil }, more: { _ = try $0.makeGroup("eta2") })
        Self.expect(group, at: ": /events/eta2", "no dataset")
        Self.expect(try Self.write { for name in Self.needed { $0[name] = [] } }, at: "", "no events")
        let large = try Self.write(
            { $0["pt1"] = nil },
            more: { _ = try $0.makeColumn("pt1", of: Double.self, HDF5Storage(chunkRows: 1 << 24)) })
        Self.expect(large, at: ": /events/pt1", "chunk of the column has 128 MB")
    }

    @Test func columnsOfTextAreRefused() throws {
        let others = try HDF5File(reading: EventColumnsTests.others).root.dataset("events/period")
        let path = try Self.write(
            { $0["phi1"] = nil },
            more: {
                let column = try $0.makeColumn("phi1", like: others)
                try column.append(others.readBytes(rows: 0..<3))
                try column.flush()
            })
        Self.expect(path, at: ": /events/phi1", "no numbers")
    }

    @Test(arguments: [
        ("pt1", Double.infinity, "/events/pt1 is inf"), ("pt2", -1, "jet 2 has pT -1"), ("eta1", 25, "η 25"),
        ("slice", 0.5, "slice is 0.5"), ("event", 1e17, "event number"), ("weight", 1e200, "weight is 1e+200"),
        ("triggers", 0x1p32, "triggers are"), ("true_pt1", 0.1, "true pT of 0.1"),
    ])
    func impossibleNumbersAreToldWithTheirRow(column: String, value: Double, problem: String) throws {
        let path = try Self.write {
            $0[column] = $0[column] ?? [.nan, .nan, .nan]
            $0[column]?[1] = value
        }
        Self.expect(path, at: ": /events[1]", problem)
    }

    /// All of what describes the data has a checksum, and so have compressed columns.
    @Test(arguments: 0..<Mutants.parts)
    func mutantsAreRefusedOrHarmless(part: Int) throws {
        let whole = try EventColumnsTests.write("whole.h5", rows: 40)
        defer { try? FileManager.default.removeItem(atPath: whole) }
        let (bytes, rows) = ([UInt8](try readFile(whole)), try Passed.rows(EventFile(whole)))
        var mutator = Mutator(
            random: Mutants.generator(part: 300 + part), signs: ["\u{89}HDF", "OHDR", "TREE", "\u{0}"])
        var refused = 0
        let count = Mutants.count(2_000)
        for _ in 0..<count {
            let path = scratchPath("mutant.h5")
            defer { try? FileManager.default.removeItem(atPath: path) }
            try writeBytes(mutator.mutated(bytes), to: path)
            do {
                #expect(try Passed.rows(EventFile(path)) == rows)
            } catch let error as FileError {
                #expect(error.kind == .malformed && error.place.hasPrefix(path) && error.isWellPut, "\(error)")
                refused += 1
            }
        }
        if count > 100 { #expect(refused * 2 > count) }
    }

    /// The oldest format, in which h5py writes, has no checksums: numbers may have changed, and the table may be another one.
    @Test(arguments: 0..<Mutants.parts)
    func mutantsWithoutChecksumsAreReadOrRefused(part: Int) throws {
        let bytes = [UInt8](try readFile(EventColumnsTests.others))
        var mutator = Mutator(random: Mutants.generator(part: 400 + part), signs: ["HEAP", "SNOD", "TREE", "\u{0}"])
        for _ in 0..<Mutants.count(2_000) {
            let path = scratchPath("mutant.h5")
            defer { try? FileManager.default.removeItem(atPath: path) }
            try writeBytes(mutator.mutated(bytes), to: path)
            do { _ = try Passed.rows(EventFile(path)) } catch let error as FileError {
                #expect(error.place.hasPrefix(path) && error.isWellPut, "\(error)")
            }
        }
    }
}
