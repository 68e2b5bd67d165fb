import Foundation
import HDF5
import Testing

struct HDF5FaultTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func kind(_ body: () throws -> Void) throws -> HDF5Error.Kind? {
        do {
            try body()
            return nil
        } catch let error as HDF5Error {
            #expect(!error.problem.isEmpty && error.description.hasPrefix(folder.url.path))
            return error.kind
        }
    }

    @Test func whatIsNotHDF5IsRefused() throws {
        let text = try folder.write(Array("pt1,eta1\n30,0.1\n".utf8), to: "table.h5")
        #expect(try kind { _ = try HDF5File(reading: text) } == .notHDF5)
        let empty = try folder.write([], to: "empty.h5")
        #expect(try kind { _ = try HDF5File(reading: empty) } == .notHDF5)
        #expect(try kind { _ = try HDF5File(reading: folder.path("none.h5")) } == .failed)
        #expect(try kind { _ = try HDF5File(creating: folder.path("none/file.h5")) } == .failed)
    }

    @Test func whatIsNotThereIsNamed() throws {
        try Sample.write(folder.path("sample.h5"))
        let root = try HDF5File(reading: folder.path("sample.h5")).root
        let events = try root.group("events")
        #expect(try kind { _ = try root.group("none") } == .missing)
        #expect(try kind { _ = try events.dataset("none") } == .missing)
        #expect(try kind { _ = try events.dataset("pt1/deeper") } == .missing)
        #expect(try kind { _ = try events.intAttribute("none") } == .missing)
        #expect(try kind { _ = try root.dataset("events") } == .type)
        #expect(try kind { _ = try root.group("events/pt1") } == .type)
        do {
            _ = try events.dataset("pt9")
            Issue.record("there is no such dataset")
        } catch { #expect(error.description == "\(folder.path("sample.h5")): /events/pt9: there is no such dataset") }
    }

    @Test func otherTypesAndLengthsAreRefused() throws {
        try Sample.write(folder.path("sample.h5"))
        let root = try HDF5File(reading: folder.path("sample.h5")).root
        let pt = try root.dataset("events/pt1")
        #expect(try kind { _ = try pt.read(Float.self) } == .type)
        #expect(try kind { _ = try pt.read(Int64.self) } == .type)
        #expect(try kind { _ = try root.dataset("events/event").read(Int64.self) } == .type)
        #expect(try kind { _ = try pt.read(Double.self, rows: 99..<101) } == .shape)
        #expect(try kind { _ = try root.dataset("matrix").read(Float.self, rows: 0..<11) } == .shape)
        let events = try root.group("events")
        #expect(try kind { _ = try events.intAttribute("schema") } == .type)
        #expect(try kind { _ = try events.intsAttribute("weights") } == .type)
        #expect(try kind { _ = try events.textAttribute("weights") } == .type)
        #expect(try kind { _ = try events.doubleAttribute("weights") } == .shape)
    }

    @Test func whatIsThereIsNotMadeTwice() throws {
        let file = try HDF5File(creating: folder.path("twice.h5"))
        let group = try file.root.makeGroup("group")
        try group.setAttribute("one", 1)
        try group.write([1.0], to: "data")
        #expect(try kind { _ = try file.root.makeGroup("group") } == .failed)
        #expect(try kind { try group.setAttribute("one", 1) } == .failed)
        #expect(try kind { try group.write([1.0], to: "data") } == .failed)
        try file.close()
        #expect(try kind { try group.write([1.0], to: "more") } == .failed)
    }

    /// A download that broke off, wherever it did.
    @Test func filesThatWereCutAreRefused() throws {
        try Sample.write(folder.path("sample.h5"))
        let whole = try folder.bytes("sample.h5")
        for length in 0..<whole.count where length < 1200 || length % 37 == 0 || length > whole.count - 50 {
            let path = try folder.write(Array(whole[..<length]), to: "cut.h5")
            #expect(try kind { _ = try HDF5File(reading: path) } == .notHDF5, "\(length) of \(whole.count) bytes")
        }
    }

    /// Everything that describes the data has a checksum, and so have compressed data: a file that was changed anywhere is
    /// refused, or gives what was written.
    @Test(arguments: 0..<4)
    func damageIsNoticed(part: Int) throws {
        try Sample.write(folder.path("sample\(part).h5"))
        let (whole, expected) = (
            try folder.bytes("sample\(part).h5"), try Sample.content(folder.path("sample\(part).h5"))
        )
        var generator = Knuth(state: UInt64(part) + 1)
        var refused = 0
        let asked = ProcessInfo.processInfo.environment["ETACAL_MUTANTS"].flatMap(Int.init) ?? 10_000
        let count = max(1, asked / 4)
        for number in 0..<count {
            var bytes = whole
            for _ in 0...generator.below(3) { generator.damage(&bytes) }
            let path = try folder.write(bytes, to: "mutant\(part).h5")
            do throws(HDF5Error) {
                let content = try Sample.content(path)
                #expect(content == expected, "mutant \(number) of part \(part) was read, and differently")
            } catch { refused += 1 }
        }
        #expect(refused > count / 2, "\(refused) of \(count)")
    }
}

/// The generator of MMIX, by Knuth.
private struct Knuth {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = below(bytes.count)
        switch below(6) {
        case 0, 1: bytes[place] ^= 1 << UInt8(below(8))
        case 2: bytes[place] = UInt8(below(256))
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(20)))
        case 4: bytes.swapAt(place, below(bytes.count))
        default: for index in place..<min(bytes.count, place + 1 + below(16)) { bytes[index] = 0xFF }
        }
    }
}
