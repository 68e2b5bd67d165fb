import FileAccess
import Foundation
import HepMCFiles
import JetPhysics
import Testing

struct HepMCSampleTests {
    /// Against pyhepmc and FastJet in Python: another reader, another version of FastJet, labels written anew.
    @Test(arguments: FlavourLabel.allCases) func jetsAreThoseOfFastJetInPython(label: FlavourLabel) throws {
        var rules = JetRules()
        rules.label = label
        let expected = try Fixture.rows(label)
        var events: [(slice: Int, event: TruthEvent)] = []
        for (slice, path) in Fixture.paths.enumerated() {
            events += try HepMCSample.read(path, rules: rules).events.map { (slice, $0) }
        }
        try #require(events.count == expected.count && events.count == 16)
        var labels: Set<Int32> = []
        for ((slice, event), row) in zip(events, expected) {
            #expect(row[0] == Double(slice) && row[1] == Double(event.event))
            for jet in 0..<4 {
                let said = row[(2 + 5 * jet)..<(7 + 5 * jet)].map { $0 ?? 0 }
                #expect(abs(event.pt[jet] - said[0]) <= 1e-10 * said[0])
                #expect(abs(event.eta[jet] - said[1]) <= 1e-9)
                #expect(abs(event.phi[jet] - said[2]) <= 1e-9)
                #expect(abs(event.mass[jet] - said[3]) <= 1e-6)
                #expect(Double(event.flavour[jet]) == said[4])
                labels.insert(event.flavour[jet])
            }
            let rest = [event.softX, event.softY, event.softSum, event.invisibleX, event.invisibleY]
            for (value, said) in zip(rest, row[22...]) { #expect(abs(value - (said ?? .nan)) < 1e-9) }
        }
        #expect(labels.contains(21) && labels.count > 3)
    }

    @Test(arguments: [2, 3, 16], [1 << 12, 1 << 16, 1 << 24]) func threadsAndPiecesChangeNothing(
        threads: Int, size: Int
    ) throws {
        let (sample, events) = try HepMCSample.read(Fixture.paths[1])
        let (other, same) = try HepMCSample.read(Fixture.paths[1], threads: threads, pieceSize: size)
        #expect(events == same && sample.scales == other.scales && sample.crossSection == other.crossSection)
    }

    @Test func crossSectionAndScalesAreOfTheWholeFile() throws {
        var events = [MadeEvent.dijet(), .dijet(), .dijet()]
        (events[0].scale, events[1].scale, events[2].scale) = (75.5, 60.25, 99)
        events[2].crossSection = "1.25e-03 2e-05"
        let (sample, rows) = try HepMCSample.read(MadeEvent.file(events))
        #expect(sample.events == 3 && rows.map(\.event) == [0, 1, 2])
        #expect(sample.crossSection.value == 1.25e-3 && sample.crossSection.uncertainty == 2e-5)
        #expect(sample.scales == 60.25...99)
        events[1].scale = nil
        #expect(try HepMCSample.read(MadeEvent.file(events)).sample.scales == nil)
    }

    @Test func momentaAreInTheUnitsOfTheFile() throws {
        var event = MadeEvent.dijet()
        let inGeV = try HepMCSample.read(MadeEvent.file([event])).events
        event.units = "MEV"
        let inMeV = try HepMCSample.read(MadeEvent.file([event])).events
        for jet in 0..<2 {
            #expect(abs(inGeV[0].pt[jet] - 80) < 1e-12 && abs(inMeV[0].pt[jet] - 80) < 1e-10)
            #expect(abs(inGeV[0].mass[jet] - 0.13957) < 1e-9)
        }
    }

    @Test func neutrinosAreNotSeenAndForwardParticlesAreNotClustered() throws {
        let event = MadeEvent.dijet([
            .init(code: 14, momentum: (3, 4, 1)), .init(code: 1_000_022, momentum: (-1, -1, 5), mass: 100),
            .init(code: 13, momentum: (-2, -3, 0), mass: 0.10566),
            // |η| 5.3 and 5.1.
            .init(code: 22, momentum: (0.5, 0, 0.5 * sinh(5.3))), .init(code: 22, momentum: (-0.5, 0, 0.5 * sinh(5.1))),
        ])
        let row = try HepMCSample.read(MadeEvent.file([event])).events[0]
        #expect(row.pt[0] > 79.9 && row.pt[1] > 79.9 && row.pt[2] == 0)
        #expect(abs(row.invisibleX - 2) < 1e-12 && abs(row.invisibleY - 3) < 1e-12)
        #expect(abs(row.softX + 2.5) < 1e-12 && abs(row.softY + 3) < 1e-12)
        #expect(abs(row.softSum - (13.0.squareRoot() + 0.5)) < 1e-12)
    }

    @Test func rulesOfJetsAreObeyed() throws {
        // 0.5 beside the first jet, and one of 9 GeV that stands alone.
        let event = MadeEvent.dijet([
            .init(code: 22, momentum: (5 * cos(0.5), 5 * sin(0.5), 0.6)), .init(code: 22, momentum: (0, -9, 0)),
            .init(code: 22, momentum: (-5 * cos(0.5), 9 - 5 * sin(0.5), 0)),
        ])
        func row(_ change: (inout JetRules) -> Void) throws -> TruthEvent {
            var rules = JetRules()
            change(&rules)
            return try HepMCSample.read(MadeEvent.file([event]), rules: rules).events[0]
        }
        #expect(try row { _ in }.pt[0] < 80.1)
        #expect(try row { $0.radius = 0.6 }.pt[0] > 84)
        #expect(try row { _ in }.pt[2] == 9)
        #expect(try row { $0.ptMinimum = 9.5 }.pt[2] == 0)
        #expect(try row { $0.absEtaMaximum = 0.2 }.pt[0] > 79)
    }

    @Test(arguments: FlavourLabel.allCases) func hadronsComeBeforePartonsAndBottomBeforeCharm(label: FlavourLabel)
        throws
    {
        typealias Particle = MadeEvent.Particle
        func flavour(_ more: [Particle]) throws -> Int32? {
            var rules = JetRules()
            rules.label = label
            return try HepMCSample.read(MadeEvent.file([.dijet(more)]), rules: rules).events[0].flavourAhead
        }
        let gluon = Particle(code: 21, momentum: (70, 1, 9), status: 51)
        let strange = Particle(code: -3, momentum: (75, 1, 9), status: 51)
        let charm = Particle(code: 411, momentum: (20, 1, 2.5), mass: 1.87, status: 2)
        let bottom = Particle(code: -521, momentum: (15, 1, 2), mass: 5.28, status: 2)
        #expect(try flavour([]) == 0)
        #expect(try flavour([gluon]) == 21)
        #expect(try flavour([gluon, strange]) == 3)
        #expect(try flavour([strange, charm]) == 4)
        #expect(try flavour([strange, charm, bottom]) == 5)
        // Too soft.
        #expect(try flavour([gluon, Particle(code: 511, momentum: (4.9, 0, 1), mass: 5.28, status: 2)]) == 21)
        // In the other jet.
        #expect(try flavour([gluon, Particle(code: 511, momentum: (-40, 0, -10), mass: 5.28, status: 2)]) == 21)
        // Heavy quarks, diquarks and leptons give no label.
        #expect(try flavour([Particle(code: 5, momentum: (70, 0, 9), mass: 4.8, status: 51)]) == 0)
        #expect(try flavour([Particle(code: 2101, momentum: (70, 0, 9), status: 63)]) == 0)
    }

    @Test func theLastHadronOfAChainCounts() throws {
        typealias Particle = MadeEvent.Particle
        // A B* that points at the jet, and its daughter, which does not.
        var event = MadeEvent.dijet([
            Particle(code: 513, momentum: (40, 0, 5), mass: 5.32, status: 2),
            Particle(code: 511, momentum: (0, 30, 5), mass: 5.28, status: 2, parent: 5),
        ])
        event.vertexCount = 2
        #expect(try HepMCSample.read(MadeEvent.file([event])).events[0].flavourAhead == 0)
        event.particles[3].parent = -1
        #expect(try HepMCSample.read(MadeEvent.file([event])).events[0].flavourAhead == 5)
    }

    @Test func aGhostBelongsToOneJet() throws {
        // Between a hard jet and a softer one 0.6 beside it, a parton is in the cones of both.
        var rules = JetRules()
        rules.label = .ghost
        let event = MadeEvent.dijet([
            .init(code: 2, momentum: (70 * cos(0.35), 70 * sin(0.35), 9), status: 51),
            .init(code: 22, momentum: (50 * cos(0.6), 50 * sin(0.6), 6)),
            .init(code: 22, momentum: (-50 * cos(0.6), -50 * sin(0.6), -6)),
        ])
        let ghost = try HepMCSample.read(MadeEvent.file([event]), rules: rules).events[0]
        let cone = try HepMCSample.read(MadeEvent.file([event])).events[0]
        #expect(ghost.pt == cone.pt && ghost.mass == cone.mass && ghost.eta == cone.eta)
        let near = (0..<4).filter { cone.pt[$0] > 0 && abs(cone.phi[$0]) < 1 }
        #expect(near.map { cone.flavour[$0] } == [2, 2] && near.map { ghost.flavour[$0] } == [2, 0])
    }

    @Test func weightsMayBeMissingOrEqual() throws {
        for weight in [nil, "W 3.5", "W 3.5000001 0.2"] {
            var event = MadeEvent.dijet()
            event.weight = "W 3.5"
            var other = event
            if weight == nil { event.weight = nil }
            other.weight = weight
            #expect(try HepMCSample.read(MadeEvent.file([event, other])).events.count == 2)
        }
    }

    @Test func positionsAndOtherAttributesAreAllowed() throws {
        var event = MadeEvent.dijet()
        event.vertices = ["V -1 4 [1,2] @ 1.0e-01 -2 3 4.5", "A 3 flow1 501", "A -1 note some words, E and P"]
        event.crossSection = "2.5e3 15 7 9 2.5e3 15"
        #expect(try HepMCSample.read(MadeEvent.file([event])).events.count == 1)
    }

    @Test func compressedMembersAreOneFile() throws {
        let text = MadeEvent.file([.dijet(), .dijet()])
        let path = scratchPath("e.hepmc")
        try writeBytes(text, to: path)
        defer { for name in [path, path + ".gz"] { try? FileManager.default.removeItem(atPath: name) } }
        let process = try Process.run(
            URL(fileURLWithPath: "/bin/sh"),
            arguments: ["-c", "(head -c 700 \"$0\" | gzip; tail -c +701 \"$0\" | gzip) > \"$0.gz\"", path])
        process.waitUntilExit()
        #expect(try HepMCSample.read(path + ".gz").events == HepMCSample.read(path).events)
    }
}

extension TruthEvent {
    /// Of the jet along +x; two jets back to back are equally hard.
    fileprivate var flavourAhead: Int32? { (0..<4).first { pt[$0] > 0 && abs(phi[$0]) < 0.3 }.map { flavour[$0] } }
}
