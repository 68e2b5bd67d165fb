import FileAccess
import Foundation
import HepMCFiles
import JetPhysics
import Testing

/// Events of Pythia with the jets that FastJet gives in Python: Fixtures/make_events.py made both.
enum Fixture {
    static let folder = Bundle.module.resourceURL!.appendingPathComponent("Fixtures")
    static let paths = ["dijets-0.hepmc.gz", "dijets-1.hepmc.gz"].map { folder.appendingPathComponent($0).path }

    /// The first of them, decompressed.
    static let text: Result<[UInt8], any Error> = Result { try bytes(paths[0]) }

    static func bytes(_ path: String) throws -> [UInt8] {
        let source = try ByteSource(path)
        var text: [UInt8] = []
        while true {
            let count = try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { memory in
                let count = try source.read(into: memory)
                text.append(contentsOf: memory[..<count])
                return count
            }
            if count == 0 { return text }
        }
    }

    /// Rows as in a table of a truth sample; nil where there is no jet.
    static func rows(_ label: FlavourLabel) throws -> [[Double?]] {
        let data = try Data(contentsOf: folder.appendingPathComponent("jets.json"))
        return try #require(try JSONDecoder().decode([String: [[Double?]]].self, from: data)[label.rawValue])
    }
}

extension HepMCSample {
    /// A file with all its events.
    static func read(
        _ path: String, rules: JetRules = JetRules(), threads: Int = 1, pieceSize: Int? = nil
    ) throws -> (sample: HepMCSample, events: [TruthEvent]) {
        var events: [TruthEvent] = []
        let sample = try HepMCSample(path, rules: rules, threads: threads, pieceSize: pieceSize) { block, share in
            #expect(share >= 0 && share <= 1)
            events += block
        }
        return (sample, events)
    }

    /// The same of a text.
    static func read(
        _ text: [UInt8], rules: JetRules = JetRules(), threads: Int = 1, pieceSize: Int? = nil, name: String = "e.hepmc"
    ) throws -> (sample: HepMCSample, events: [TruthEvent]) {
        let path = scratchPath(name)
        try writeBytes(text, to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try read(path, rules: rules, threads: threads, pieceSize: pieceSize)
    }
}

func scratchPath(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString)-\(name)").path
}

/// Without waiting for the disk each time, as Foundation does.
func writeBytes(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "wb"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count && fclose(file) == 0)
}
