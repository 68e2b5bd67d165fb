import Foundation
import HDF5
import Testing

struct RoundTripTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func extremes<Element: FixedWidthInteger>(_: Element.Type) -> [Element] {
        [.min, .max, 0, 1] + (0..<40).map { Element(truncatingIfNeeded: 0x0123_4567_89AB_CDEF << $0) }
    }

    private static let doubles: [Double] = [
        0, -0.0, 1, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi, 0.1,
        -.leastNormalMagnitude / 8,
    ]

    @Test(arguments: [0, 1, 9])
    func everyTypeKeepsItsBits(deflateLevel: Int) throws {
        let path = folder.path("types.h5")
        let storage = HDF5Storage(chunkRows: 7, deflateLevel: deflateLevel)
        let file = try HDF5File(creating: path)
        let root = try file.root
        try root.write(extremes(Int32.self), to: "int32", storage)
        try root.write(extremes(UInt32.self), to: "uint32", storage)
        try root.write(extremes(Int64.self), to: "int64", storage)
        try root.write(extremes(UInt64.self), to: "uint64", storage)
        try root.write(Self.doubles.map { Float($0) } + [.nan], to: "float32", storage)
        try root.write(Self.doubles + [.nan], to: "float64", storage)
        try file.close()

        let read = try HDF5File(reading: path).root
        #expect(try read.names == ["float32", "float64", "int32", "int64", "uint32", "uint64"])
        #expect(try read.dataset("int32").read(Int32.self) == extremes(Int32.self))
        #expect(try read.dataset("uint32").read(UInt32.self) == extremes(UInt32.self))
        #expect(try read.dataset("int64").read(Int64.self) == extremes(Int64.self))
        #expect(try read.dataset("uint64").read(UInt64.self) == extremes(UInt64.self))
        let floats = try read.dataset("float32").read(Float.self)
        #expect(floats.map(\.bitPattern) == (Self.doubles.map { Float($0) } + [.nan]).map(\.bitPattern))
        let doubles = try read.dataset("float64").read(Double.self)
        #expect(doubles.map(\.bitPattern) == (Self.doubles + [.nan]).map(\.bitPattern))
        for type in HDF5ElementType.allCases {
            let dataset = try read.dataset(type.rawValue)
            #expect(dataset.elementType == type && dataset.isNumeric && dataset.chunkRows == 7)
        }
    }

    @Test func rangesOfRowsAreRead() throws {
        let path = folder.path("ranges.h5")
        let file = try HDF5File(creating: path)
        let values = (0..<60).map { Double($0) }
        try file.root.write(values, to: "line", HDF5Storage(chunkRows: 7))
        try file.root.write(values, to: "table", columns: 3, HDF5Storage(chunkRows: 7))
        try file.root.write([Int64](), to: "empty")
        try file.close()

        let root = try HDF5File(reading: path).root
        let (line, table) = (try root.dataset("line"), try root.dataset("table"))
        #expect(line.shape == [60] && line.rows == 60 && line.columns == 1)
        #expect(table.shape == [20, 3] && table.rows == 20 && table.columns == 3)
        for first in 0..<20 {
            for last in first...20 {
                #expect(try line.read(Double.self, rows: first..<last) == Array(values[first..<last]))
                #expect(try table.read(Double.self, rows: first..<last) == Array(values[3 * first..<3 * last]))
            }
        }
        #expect(try root.dataset("empty").read(Int64.self).isEmpty)
    }

    /// Pieces of any size, of chunks of any size.
    @Test(arguments: [1, 2, 7, 64, 1000])
    func columnsGrowAcrossChunks(chunk: Int) throws {
        let path = folder.path("columns.h5")
        let file = try HDF5File(creating: path)
        let column = try file.root.makeColumn("column", of: Int64.self, HDF5Storage(chunkRows: chunk))
        var expected: [Int64] = []
        for piece in [0, 1, 5, 7, 64, 3, 128, 2, 301] {
            let values = (0..<piece).map { Int64(expected.count + $0) * 3 - 100 }
            try column.append(values)
            expected += values
            #expect(column.count == expected.count)
            // What was flushed may be followed by more.
            if piece == 3 { try column.flush() }
        }
        try column.flush()
        try file.close()
        let dataset = try HDF5File(reading: path).root.dataset("column")
        #expect(try dataset.read(Int64.self) == expected)
        #expect(dataset.chunkRows == chunk && dataset.chunkBytes == 8 * chunk)
    }

    @Test func anyNumbersAreReadAsDoubles() throws {
        let path = folder.path("doubles.h5")
        let file = try HDF5File(creating: path)
        try file.root.write([Int32](-3..<5), to: "int32")
        try file.root.write([Float](arrayLiteral: 0.1, -2.5, .nan), to: "float32")
        try file.root.write([UInt64.max], to: "uint64")
        try file.close()
        let root = try HDF5File(reading: path).root
        func doubles(_ name: String) throws -> [Double] {
            let dataset = try root.dataset(name)
            var values = [Double](repeating: 0, count: dataset.rows)
            try values.withUnsafeMutableBufferPointer { try dataset.readDoubles(into: $0, firstRow: 0) }
            return values
        }
        #expect(try doubles("int32") == (-3..<5).map { Double($0) })
        let floats = try doubles("float32")
        #expect(floats[0] == Double(Float(0.1)) && floats[1] == -2.5 && floats[2].isNaN)
        #expect(try doubles("uint64") == [0x1p64])
    }

    @Test func groupsNest() throws {
        let path = folder.path("groups.h5")
        let file = try HDF5File(creating: path)
        let inner = try file.root.makeGroup("outer").makeGroup("inner")
        try inner.write([1.5], to: "value")
        // More links than a group holds without an index.
        for index in 0..<40 { _ = try inner.makeGroup("group \(index)") }
        try file.close()
        let root = try HDF5File(reading: path).root
        #expect(try root.dataset("outer/inner/value").read(Double.self) == [1.5])
        #expect(
            try root.group("outer").group("inner").dataset("/outer/inner/value").place.object == "/outer/inner/value")
        #expect(try root.group("outer/inner").names == ((0..<40).map { "group \($0)" } + ["value"]).sorted())
        #expect(try root.contains("outer/inner") && !root.contains("outer/value") && !root.contains("none/inner"))
    }

    @Test func attributesComeBack() throws {
        let path = folder.path("attributes.h5")
        let file = try HDF5File(creating: path)
        let root = try file.root
        // Larger than what fits beside the description of a group.
        let many = (0..<20_000).map { Double($0) / 7 }
        for object in [root, try root.makeGroup("group"), try root.write([1.0], to: "data")] as [HDF5Object] {
            try object.setAttribute("int", Int.min)
            try object.setAttribute("double", 0.1)
            try object.setAttribute("ints", [3, -1, .max])
            try object.setAttribute("doubles", many)
            try object.setAttribute("text", "pT > 30 GeV, |η| < 2.5")
            try object.setAttribute("texts", ["μ", "", "longest of them"])
            try object.setAttribute("empty", "")
            try object.setAttribute("nothing", [Int]())
            try object.setAttribute("no texts", [String]())
        }
        try file.close()
        let read = try HDF5File(reading: path).root
        for object in [read, try read.group("group"), try read.dataset("data")] as [HDF5Object] {
            #expect(try object.intAttribute("int") == .min && object.doubleAttribute("double") == 0.1)
            #expect(try object.intsAttribute("ints") == [3, -1, .max] && object.doublesAttribute("doubles") == many)
            #expect(try object.textAttribute("text") == "pT > 30 GeV, |η| < 2.5")
            #expect(try object.textsAttribute("texts") == ["μ", "", "longest of them"])
            #expect(try object.textAttribute("empty") == "" && object.intsAttribute("nothing").isEmpty)
            #expect(try object.textsAttribute("no texts").isEmpty && object.doublesAttribute("ints")[1] == -1)
            #expect(try object.hasAttribute("int") && !object.hasAttribute("none"))
            #expect(try object.attributeNames.count == 9)
        }
    }

    @Test func attributesAreCopiedAndCompared() throws {
        let file = try HDF5File(creating: folder.path("compared.h5"))
        let (one, two) = (try file.root.makeGroup("one"), try file.root.makeGroup("two"))
        for group in [one, two] {
            try group.setAttribute("same", "μ")
            try group.setAttribute("list", [1.5, .nan])
        }
        try one.setAttribute("number", 1)
        try two.setAttribute("number", 2)
        try one.setAttribute("length", [1, 2])
        try two.setAttribute("length", [1, 2, 3])
        try one.setAttribute("type", 1)
        try two.setAttribute("type", 1.0)
        try one.setAttribute("mine", "a")
        for (name, isSame) in [
            ("same", true), ("list", true), ("none", true), ("number", false), ("length", false), ("type", false),
            ("mine", false),
        ] {
            #expect(try one.hasSameAttribute(name, as: two) == isSame, "\(name)")
            #expect(try two.hasSameAttribute(name, as: one) == isSame, "\(name)")
        }
        try one.copyAttribute("mine", to: two)
        #expect(try one.hasSameAttribute("mine", as: two) && two.textAttribute("mine") == "a")
    }

    /// Neither the time nor what stood in memory gets into a file.
    @Test func theSameContentGivesTheSameBytes() async throws {
        try Sample.write(folder.path("one.h5"))
        try await Task.sleep(for: .milliseconds(1100))
        let garbage = (1...64).map { [UInt8](repeating: 0xA5, count: $0 * 1000) }
        #expect(garbage.count == 64)
        try Sample.write(folder.path("two.h5"))
        #expect(try folder.bytes("one.h5") == folder.bytes("two.h5"))
        #expect(try folder.bytes("one.h5").count > 1000)
    }

    /// The library itself may know nothing of threads.
    @Test func threadsTakeTurns() throws {
        try Sample.write(folder.path("sample.h5"))
        let expected = try Sample.content(folder.path("sample.h5"))
        let folder = folder.url
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            let path = folder.appendingPathComponent("\(index).h5").path
            for _ in 0..<10 {
                #expect(throws: Never.self) { try Sample.write(path) }
                #expect((try? Sample.content(path)) == expected)
                #expect(throws: HDF5Error.self) { _ = try HDF5File(reading: path).root.dataset("none") }
            }
        }
    }
}
