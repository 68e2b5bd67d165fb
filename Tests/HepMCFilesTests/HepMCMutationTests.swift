import FileAccess
import Foundation
import HepMCFiles
import JetPhysics
import Testing

/// Whatever is done to a file of events: it is refused with its place, or taken at its word, as a plain reading finds it.
///
/// At its word means: as many events as lines begin with E, the last cross-section, and in each event jets, soft momentum and
/// neutrinos that add up to the stable particles that are written there. A digit that moves a momentum by less than the checks of
/// mass and of the beams' momentum can tell is another event, as good as the one before; the rows then say that event.
struct HepMCMutationTests {
    private static let signs = [
        " ", "  ", "\n", "\n\n", "\r", "E ", "P ", "V ", "\nE 1 2 3", "[", "]", ",", "@", "-", ".", "e", "1", "9",
        "nan", "U MEV MM",
        "HepMC::Asciiv3-END_EVENT_LISTING\n",
    ]

    /// Of two events, of which few are left out by chance, and of events by hand.
    private static let texts: Result<[[UInt8]], any Error> = Result {
        let text = try Fixture.text.get()
        let lines = String(decoding: text, as: UTF8.self).components(separatedBy: "\nE ")
        let two = [lines[0], lines[7], lines[8]].joined(separator: "\nE ")
        let bottom = MadeEvent.Particle(code: 511, momentum: (20, 1, 2), mass: 5.28, status: 2)
        return [Array(two.utf8), MadeEvent.file([.dijet(), .dijet([bottom]), .dijet()])]
    }

    @Test func theFilesAreValid() throws {
        for text in try Self.texts.get() { #expect(try Self.examine(text)) }
    }

    @Test(arguments: 0..<Mutants.parts) func mutantsAreRefusedOrTakenAtTheirWord(part: Int) throws {
        var mutator = Mutator(random: Mutants.generator(part: 700 + part), signs: Self.signs)
        let texts = try Self.texts.get()
        var accepted = 0
        let count = Mutants.count(4_000)
        for number in 0..<count where try Self.examine(mutator.mutated(texts[number % 4 == 0 ? 0 : 1])) {
            accepted += 1
        }
        if count > 100 { #expect(accepted * 50 > count) }
    }

    /// Compressed bytes carry a checksum: what is accepted has lost nothing.
    @Test(arguments: 0..<Mutants.parts) func damagedCompressionIsRefusedOrHarmless(part: Int) throws {
        var mutator = Mutator(random: Mutants.generator(part: 800 + part), signs: ["\u{1f}", "abc"])
        let whole = try [UInt8](readFile(Fixture.paths[0]))
        let events = try HepMCSample.read(Fixture.paths[0]).events
        for _ in 0..<Mutants.count(400) {
            do {
                let read = try HepMCSample.read(mutator.mutated(whole), name: "e.hepmc.gz").events
                #expect(read == events)
            } catch let error as FileError { #expect(error.kind == .malformed && !error.remedy.isEmpty, "\(error)") }
        }
    }

    /// - Returns: whether the file was accepted.
    @discardableResult
    private static func examine(_ text: [UInt8]) throws -> Bool {
        let path = scratchPath("e.hepmc")
        try writeBytes(text, to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let start = ContinuousClock.now
        let shown = Comment(rawValue: text.count < 6000 ? String(decoding: text, as: UTF8.self) : "\(text.count) bytes")
        defer { #expect(ContinuousClock.now - start < Mutants.patience, shown) }
        let (sample, events): (HepMCSample, [TruthEvent])
        do {
            (sample, events) = try HepMCSample.read(path)
        } catch let error as FileError {
            let rest = error.place.dropFirst(path.count)
            #expect(error.kind == .malformed && error.place.hasPrefix(path), "\(error) \(shown)")
            #expect(rest.isEmpty || rest.first == ":" && Int(rest.dropFirst()) != nil, "\(error) \(shown)")
            #expect(!error.problem.isEmpty && !error.remedy.isEmpty && error.description.utf8.count < 2500)
            #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 || 0x7F..<0xA0 ~= $0.value })
            return false
        }
        let plain = PlainEvents(text)
        try #require(plain.events.count == events.count && sample.events == events.count, shown)
        #expect(plain.crossSection == sample.crossSection.value, shown)
        for (said, event) in zip(plain.events, events) {
            var (x, y, sum) = (event.softX, event.softY, event.softSum)
            for jet in 0..<4 where event.pt[jet] > 0 {
                #expect(jet == 0 || event.pt[jet] <= event.pt[jet - 1])
                #expect([0, 1, 2, 3, 4, 5, 21].contains(event.flavour[jet]))
                x += event.pt[jet] * cos(event.phi[jet])
                y += event.pt[jet] * sin(event.phi[jet])
                sum += event.pt[jet]
            }
            let tolerance = 1e-9 * (1 + said.sum)
            #expect(abs(x - said.x) < tolerance && abs(y - said.y) < tolerance, shown)
            // Particles of a jet are not quite parallel.
            #expect(sum < said.sum + tolerance, shown)
            #expect(
                abs(event.invisibleX - said.invisibleX) + abs(event.invisibleY - said.invisibleY) < tolerance, shown)
        }
        return true
    }
}

/// The same file read in the plainest way.
private struct PlainEvents {
    struct Event {
        var (x, y, sum, invisibleX, invisibleY) = (0.0, 0.0, 0.0, 0.0, 0.0)
    }

    var events: [Event] = []
    var crossSection: Double?

    init(_ text: [UInt8]) {
        var scale = 1.0
        for line in text.split(separator: 10) {
            let words = line.split(separator: 32).map { String(decoding: $0, as: UTF8.self) }
            switch words.first {
            case "E": events.append(Event())
            case "U": scale = words[1] == "MEV" ? 1e-3 : 1
            case "A" where words[1] == "0" && words[2] == "GenCrossSection": crossSection = Double(words[3])
            case "P" where words.last == "1": add(words, scale)
            default: break
            }
        }
    }

    private mutating func add(_ words: [String], _ scale: Double) {
        let numbers = words[4...6].map { scale * (Double($0) ?? .nan) }
        let pt = hypot(numbers[0], numbers[1])
        let last = events.count - 1
        if [12, 14, 16, 51, 52, 53, 1_000_022, 1_000_039].contains(abs(Int(words[3]) ?? 0)) {
            events[last].invisibleX += numbers[0]
            events[last].invisibleY += numbers[1]
        } else if abs(asinh(numbers[2] / pt)) < 5.2 {
            events[last].x += numbers[0]
            events[last].y += numbers[1]
            events[last].sum += pt
        }
    }
}
