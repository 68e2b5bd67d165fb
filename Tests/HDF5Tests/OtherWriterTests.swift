import Foundation
import HDF5
import Testing

/// What h5py writes (Fixtures/h5py_made.py), in the oldest format, and what files may hold to lead a reader astray.
struct OtherWriterTests {
    private static func root() throws -> HDF5Group {
        let url = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/h5py_made.h5")
        return try HDF5File(reading: url.path).root
    }

    @Test func numbersOfOtherKindsAreRead() throws {
        let root = try Self.root()
        #expect(try root.dataset("plain").read(Double.self) == (0..<12).map { Double($0) })
        #expect(try root.dataset("link").read(Double.self, rows: 1..<2) == [3, 4, 5])
        #expect(try root.dataset("gzip").read(Int64.self) == (0..<100).map { Int64($0) })
        let bytes = try root.dataset("bytes")
        #expect(bytes.elementType == nil && bytes.isNumeric && bytes.elementBytes == 1)
        #expect(try bytes.readDoubles(rows: 1..<4) == [1, 2, 3])
        #expect(try bytes.readBytes(rows: 1..<4) == [1, 2, 3])
        let scalar = try root.dataset("scalar")
        #expect(scalar.shape.isEmpty && scalar.rows == 1)
        #expect(try scalar.read(Double.self) == [2.5])
    }

    @Test func textsAreToldFromNumbers() throws {
        let root = try Self.root()
        #expect(try root.textAttribute("title") == "text of variable length, μ")
        #expect(try root.textsAttribute("list") == ["one", "two"])
        #expect(try root.intAttribute("small") == -3)
        let names = try root.dataset("names")
        #expect(!names.isNumeric && names.elementBytes == 3)
        #expect(try names.readBytes(rows: 0..<2) == Array("jetmet".utf8))
        #expect(throws: HDF5Error.self) { _ = try names.readDoubles(rows: 0..<2) }
        let texts = try root.dataset("texts")
        #expect(throws: HDF5Error.self) { _ = try texts.readBytes(rows: 0..<2) }
    }

    @Test(arguments: [
        ("claimed", HDF5Error.Kind.shape), ("external", .type), ("virtual", .type), ("outside", .missing),
        ("behind", .missing), ("broken", .missing),
    ])
    func whatIsNotInTheFileIsRefused(name: String, kind: HDF5Error.Kind) throws {
        let root = try Self.root()
        let error = #expect(throws: HDF5Error.self) { _ = try root.dataset(name) }
        #expect(error?.kind == kind, "\(error?.problem ?? "")")
    }

    /// h5py brings one of its own.
    @Test func unknownFiltersAreNamed() throws {
        let error = #expect(throws: HDF5Error.self) { _ = try Self.root().dataset("lzf") }
        #expect(error?.kind == .filter && error?.problem.contains("'lzf'") == true, "\(error?.problem ?? "")")
    }

    /// Any type, with its attributes, byte by byte.
    @Test func columnsOfAnyTypeAreCopied() throws {
        let folder = try ScratchFolder()
        let root = try Self.root()
        let file = try HDF5File(creating: folder.path("copy.h5"))
        for name in ["names", "bytes"] {
            let dataset = try root.dataset(name)
            let column = try file.root.makeColumn(name, like: dataset, HDF5Storage(chunkRows: 2))
            try column.append(dataset.readBytes(rows: 0..<dataset.rows))
            try column.flush()
        }
        try root.copyAttributes(to: file.root)
        try file.close()
        let copy = try HDF5File(reading: folder.path("copy.h5")).root
        for name in ["names", "bytes"] {
            let (one, other) = (try root.dataset(name), try copy.dataset(name))
            #expect(try one.hasSameType(as: other) && one.readBytes(rows: 0..<2) == other.readBytes(rows: 0..<2))
        }
        #expect(try copy.intAttribute("small") == -3 && copy.textsAttribute("list") == ["one", "two"])
        #expect(try copy.textAttribute("title") == "text of variable length, μ")
        #expect(throws: HDF5Error.self) { _ = try file.root.makeColumn("texts", like: root.dataset("texts")) }
    }
}
