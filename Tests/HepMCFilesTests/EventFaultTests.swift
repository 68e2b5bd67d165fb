import FileAccess
import Foundation
import HepMCFiles
import Testing

/// A text that is no sample of events, with what is said of it.
struct EventFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: [UInt8]
    /// Behind the name of the file.
    let place: String
    let problem: String

    init(_ name: String, _ text: String, at place: String, _ problem: String) {
        self.init(name, bytes: Array(text.utf8), at: place, problem)
    }

    init(_ name: String, bytes: [UInt8], at place: String, _ problem: String) {
        (testDescription, text, self.place, self.problem) = (name, bytes, place, problem)
    }

    /// Two events of ten lines: the second one begins in line 16.
    static let valid = String(decoding: MadeEvent.file([.dijet(), .dijet()]), as: UTF8.self)

    /// One line replaced; nil takes it away.
    init(_ name: String, line: Int, _ new: String?, at place: Int? = nil, _ problem: String) {
        var lines = Self.valid.components(separatedBy: "\n")
        if let new { lines[line - 1] = new } else { lines.remove(at: line - 1) }
        self.init(name, lines.joined(separator: "\n"), at: ":\(place ?? line)", problem)
    }
}

struct EventFaultTests {
    private static let lines = EventFault.valid.components(separatedBy: "\n")

    private static func changed(_ line: Int, _ old: String, _ new: String) -> String {
        lines[line - 1].replacingOccurrences(of: old, with: new)
    }

    private static let ofFiles: [EventFault] = [
        EventFault("nothing", "", at: ":1", "the file is empty"),
        EventFault("blank lines", "\n\n\n", at: ":1", "the file is empty"),
        EventFault(
            "binary", bytes: (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 73 ^ 0xA5) }, at: ":1", "begins with"),
        EventFault("a table", "slice,event,pt1\n0,0,1\n", at: ":1", "begins with"),
        EventFault("LHEF", "<LesHouchesEvents version=\"3.0\">\n", at: ":1", "begins with"),
        EventFault(
            "HepMC2", "\nHepMC::Version 2.06.09\nHepMC::IO_GenEvent-START_EVENT_LISTING\nE 0 -1 1 0 0 0\n", at: ":3",
            "these are events of HepMC2"),
        EventFault(
            "lines of Windows", EventFault.valid.replacingOccurrences(of: "\n", with: "\r\n"), at: ":1",
            "a carriage return"),
        EventFault("a first line alone", "HepMC::Version 3.02.05\n", at: ":1", "there are no events"),
        EventFault(
            "no events", lines[..<5].joined(separator: "\n") + "\nHepMC::Asciiv3-END_EVENT_LISTING\n", at: "",
            "there are no events"),
        EventFault("cut in an event", lines[..<22].joined(separator: "\n"), at: ":22", "it is cut short"),
        EventFault(
            "cut in a line", lines[..<15].joined(separator: "\n") + "\nE 1 1", at: ":16", "no beginning of an event"),
        EventFault("cut behind an event", lines[..<15].joined(separator: "\n") + "\n", at: ":15", "it is cut short"),
        EventFault("another file behind it", EventFault.valid + EventFault.valid, at: ":28", "something follows"),
    ]

    private static let ofEvents: [EventFault] = [
        EventFault("another opening", line: 2, "HepMC::Asciiv4-START_EVENT_LISTING", "is missing"),
        EventFault("an unknown line", line: 4, "X 0", "no line of HepMC3"),
        EventFault("an unknown line of an event", line: 9, "B 0", "no line of HepMC3"),
        EventFault("an event without numbers", line: 16, "E 1", "no beginning of an event"),
        EventFault("an event with half a number", line: 16, "E 1 1 4.5", "no beginning of an event"),
        EventFault("2000000000 particles", line: 16, "E 1 1 2000000000", "cannot be in this text"),
        EventFault("10^30 particles", line: 16, "E 1 1 1000000000000000000000000000000", "no beginning of an event"),
        EventFault("more vertices than particles", line: 16, "E 1 2000000000 4", "cannot be in this text"),
        EventFault("negative counts", line: 16, "E 1 -1 4", "cannot be in this text"),
        EventFault("too many particles", line: 16, "E 1 1 3", at: 25, "stands where number 4 of 3 is expected"),
        EventFault("too few particles", line: 16, "E 1 1 5", "has 4 particles, and its first line says 5"),
        EventFault("a particle less", line: 24, nil, at: 24, "stands where"),
        EventFault("the last particle less", line: 25, nil, at: 16, "has 3 particles"),
        EventFault("a particle twice", line: 25, lines[23], "particle 3 stands where number 4 of 4 is expected"),
        EventFault("fewer vertices than there are", line: 16, "E 1 0 4", at: 23, "vertex -1 stands in an event with 0"),
        EventFault("no units", line: 17, nil, at: 20, "before the units"),
        EventFault("other units", line: 17, "U TEV MM", "no units of HepMC3"),
        EventFault("units twice", line: 18, "U GEV MM", "units stand once"),
        EventFault("no weight", line: 18, "W", "no line of HepMC3"),
        EventFault("a weight that is none", line: 18, "W one", "weights stand once"),
        EventFault("a weight of nan", line: 18, "W nan", "weights stand once"),
        EventFault("a second weight that is none", line: 18, "W 1.0 x", "a weight is no number"),
        EventFault("another weight", line: 18, "W 2.0", at: 16, "the weight 2.0, the first one 1.0"),
        EventFault("a negative weight", line: 18, "W -1.0", at: 16, "the weight -1.0"),
        EventFault("an attribute of nothing", line: 19, "A x y 1", "this is no attribute"),
        EventFault(
            "a cross-section that is none", line: 19, "A 0 GenCrossSection much 1", "the cross-section is no number"),
        EventFault(
            "a negative cross-section", line: 19, "A 0 GenCrossSection -1 1", at: 16, "the last cross-section is -1.0"),
        EventFault("a scale that is none", line: 20, "A 0 event_scale high", "the scale of the event is no number"),
        EventFault("a momentum of nan", line: 24, changed(24, " 80.0 ", " nan "), "this is no particle"),
        EventFault("an infinite momentum", line: 24, changed(24, " 80.0 ", " inf "), "this is no particle"),
        EventFault("a momentum of 1e400", line: 24, changed(24, " 80.0 ", " 1e400 "), "this is no particle"),
        EventFault("a momentum of 1e300", line: 24, changed(24, " 80.0 ", " 1e300 "), at: 16, "more than 1000000 GeV"),
        EventFault("a field less", line: 24, changed(24, " 80.0 ", " "), "this is no particle"),
        EventFault("a field more", line: 24, lines[23] + " 1", "this is no particle"),
        EventFault("two blanks", line: 24, changed(24, " 80.0 ", "  80.0 "), "this is no particle"),
        EventFault("a comma", line: 24, changed(24, " 80.0 ", " 80,0 "), "this is no particle"),
        EventFault("hexadecimal", line: 24, changed(24, " 80.0 ", " 0x50 "), "this is no particle"),
        EventFault("other digits", line: 24, changed(24, " 80.0 ", " 70.0 "), at: 16, "do not fit together"),
        EventFault(
            "swapped fields", line: 24, changed(24, " 80.0 0.0 10.0 ", " 10.0 0.0 80.0 "), at: 16, "miss the beams'"),
        EventFault("a status that changed", line: 24, String(lines[23].dropLast()) + "2", at: 16, "miss the beams'"),
        EventFault(
            "a parent that is not there", line: 24, changed(24, " -1 ", " 7 "), at: 16, "particle 7, which is not there"
        ),
        EventFault("a parent beyond all", line: 24, changed(24, " -1 ", " 9000000000 "), at: 16, "which is not there"),
        EventFault("a vertex that is not there", line: 23, "A 0 none 1", at: 16, "vertex -1, which is not there"),
        EventFault(
            "a vertex beyond all", line: 24, changed(24, " -1 ", " -9223372036854775808 "), at: 16, "which is not there"
        ),
        EventFault(
            "its own parent", line: 24, changed(24, " -1 ", " 3 "), at: 16, "stable (status 1) and has a vertex"),
        EventFault(
            "a stable parent", line: 25, changed(25, " -1 ", " 3 "), at: 16, "stable (status 1) and has a vertex"),
        EventFault(
            "a parent that ends elsewhere", line: 25, changed(25, " -1 ", " 2 "), at: 16, "which ends at a vertex"),
        EventFault("an open list", line: 23, "V -1 0 [1,2", "this is no vertex"),
        EventFault("a list of words", line: 23, "V -1 0 [one]", "this is no vertex"),
        EventFault("a vertex with half a position", line: 23, "V -1 0 [1,2] @ 1 2 3", "this is no vertex"),
        EventFault("a positive vertex", line: 23, "V 1 0 [1,2]", "vertex 1 stands in an event"),
        EventFault("a particle of a vertex beyond all", line: 23, "V -1 0 [1,5]", "this is no vertex"),
        EventFault("a particle that ends twice", line: 23, "V -1 0 [1,1]", at: 16, "it ends at two vertices"),
    ]

    @Test(arguments: ofFiles + ofEvents) func isRefusedWithItsPlace(fault: EventFault) throws {
        for size in [1 << 20, 64] {
            let path = scratchPath("e.hepmc")
            try writeBytes(fault.text, to: path)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let error = #expect(throws: FileError.self) { try HepMCSample.read(path, threads: 2, pieceSize: size) }
            #expect(error?.kind == .malformed && error?.remedy.isEmpty == false)
            #expect(error?.place == path + fault.place, "\(error.map(\.description) ?? "")")
            #expect(error?.problem.contains(fault.problem) == true, "\(error.map(\.description) ?? "")")
        }
    }

    @Test func theEventsWithoutFaultAreRead() throws {
        #expect(try HepMCSample.read(Array(EventFault.valid.utf8)).events.count == 2)
    }

    /// Of particles that come from each other, however many there are, and in whatever order.
    @Test(arguments: [2, 100_000]) func cyclesAreRefusedAtOnce(length: Int) throws {
        func event(_ closed: Bool) -> MadeEvent {
            var particles: [MadeEvent.Particle] = []
            for place in 0..<length {
                // Each comes from the next one.
                let parent = place + 1 < length ? place + 4 + 2 : closed ? 3 + 2 : -1
                particles.append(.init(code: 22, momentum: (1, 0, 0), status: 2, parent: parent))
            }
            var event = MadeEvent.dijet(particles)
            event.vertexCount = length + 1
            return event
        }
        let error = #expect(throws: FileError.self) { try HepMCSample.read(MadeEvent.file([event(true)])) }
        #expect(error?.problem.contains("it comes from itself") == true, "\(error.map(\.description) ?? "")")
        #expect(try HepMCSample.read(MadeEvent.file([event(false)])).events.count == 1)
    }

    /// A vertex with many mothers and many daughters has more pairs of them than time allows.
    @Test func largeVerticesTakeNoLonger() throws {
        let count = 100_000
        var particles = (0..<count).map { _ in
            MadeEvent.Particle(code: 511, momentum: (1, 0, 0), mass: 5, status: 2)
        }
        particles += (0..<count).map { _ in
            MadeEvent.Particle(code: 511, momentum: (1, 0, 0), mass: 5, status: 2, parent: -2)
        }
        var event = MadeEvent.dijet(particles)
        event.vertexCount = 2
        event.vertices.append("V -2 0 [\((5..<5 + count).map(String.init).joined(separator: ","))]")
        let text = MadeEvent.file([event])
        let start = ContinuousClock.now
        #expect(try HepMCSample.read(text).events.count == 1)
        #expect(ContinuousClock.now - start < Mutants.patience)
    }

    @Test func compressedFilesThatAreCutAreRefused() throws {
        let whole = try [UInt8](readFile(Fixture.paths[0]))
        for cut in [1, 5, 9, 100, 50_000, whole.count - 9, whole.count - 1] {
            let path = scratchPath("e.hepmc.gz")
            try writeBytes(Array(whole[..<cut]), to: path)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let error = #expect(throws: FileError.self) { try HepMCSample.read(path, threads: 2) }
            #expect(error?.kind == .malformed && error?.place.hasPrefix(path) == true)
        }
    }

    @Test func anEventThatLacksMomentumIsTakenWhenAskedFor() throws {
        var event = MadeEvent.dijet()
        event.particles[1].momentum.x = -60
        let text = MadeEvent.file([event])
        let error = #expect(throws: FileError.self) { try HepMCSample.read(text) }
        #expect(error?.remedy.contains("--imbalance") == true)
        var rules = JetRules()
        rules.imbalance = 1
        #expect(try HepMCSample.read(text, rules: rules).events[0].pt[1] == 60)
    }
}
