import CalibrationFiles
import FileAccess
import Foundation
import Testing

struct CalibrationOriginTests {
    private static let card = "detector:\n  name: x\n  response: {value: 1}\n"

    private static func run(
        _ seed: String? = "1", _ configuration: String = card + "events: 100\nmethod: matrix\n",
        _ inputs: [(String, Int?)] = []
    ) -> CalibrationOrigin {
        CalibrationOrigin(
            seed: seed, configuration: configuration,
            inputs: inputs.map { Provenance.Input(name: "\($0.0).csv", sha256: "sha of \($0.0)", events: $0.1) })
    }

    /// Simulated events follow from the seed and from what is simulated, not from what becomes of them.
    @Test func seedsAndDetectorsMakeEvents() {
        let one = Self.run()
        #expect(one.relation(to: Self.run()) == .sameEvents)
        #expect(one.relation(to: Self.run("1", Self.card + "events: 50\nmethod: central\npasses: 1\n")) == .sameEvents)
        #expect(one.relation(to: Self.run("2")) == .apart)
        let other = Self.card.replacingOccurrences(of: "value: 1", with: "value: 2")
        #expect(one.relation(to: Self.run("1", other)) == .shared("the random numbers of seed 1"))
        for key in ["generator", "data_generator", "triggers", "data_truth"] {
            let more = Self.run("1", Self.card + "\(key):\n  x: 1\n")
            #expect(one.relation(to: more) == .shared("the random numbers of seed 1"), "\(key)")
            #expect(more.relation(to: one) == .shared("the random numbers of seed 1"), "\(key)")
        }
    }

    /// A truth sample is smeared anew with another seed, but its scatter is the same.
    @Test func truthSamplesAreShared() {
        func sampled(_ seed: String, _ name: String) -> CalibrationOrigin {
            Self.run(seed, Self.card + "truth: t\n", [(name, 100), ("xsec", nil)])
        }
        #expect(sampled("1", "a").relation(to: sampled("1", "a")) == .sameEvents)
        #expect(sampled("1", "a").relation(to: sampled("2", "a")) == .shared("a.csv"))
        // Cross-sections are no events.
        #expect(sampled("1", "a").relation(to: sampled("2", "b")) == .apart)
        // The same name, another content.
        #expect(sampled("1", "a").relation(to: sampled("1", "b")) == .shared("the random numbers of seed 1"))
    }

    @Test func tablesAreTheirChecksums() {
        func fitted(_ names: [String], _ configuration: String = "method: matrix\n") -> CalibrationOrigin {
            Self.run(nil, configuration, names.map { ($0, 100) })
        }
        #expect(fitted(["data", "mc"]).relation(to: fitted(["data", "mc"], "method: central\n")) == .sameEvents)
        #expect(fitted(["data", "mc"]).relation(to: fitted(["other", "mc"])) == .shared("mc.csv"))
        #expect(fitted(["data", "mc"]).relation(to: fitted(["data"])) == .shared("data.csv"))
        #expect(fitted(["data"]).relation(to: fitted(["other"])) == .apart)
        #expect(
            fitted(["data"]).relation(to: fitted(["data"], "triggers:\n  - {name: x}\n")) == .shared("data.csv"))
        // Nothing is known of what has no inputs; a seed is not known to be that of a table.
        #expect(fitted([]).relation(to: fitted([])) == .apart)
        #expect(fitted(["data"]).relation(to: Self.run()) == .apart)
    }

    private func read(_ text: String) throws -> CalibrationOrigin? {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).json")
            .path
        try writeText(text, to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try CalibrationOrigin.read(path)
    }

    @Test func filesMaySaySomethingOrNothing() throws {
        #expect(try read("{}") == nil)
        let origin = try #require(
            try read(
                #"{"provenance": {"version": "9", "seed": "7", "config": "a: 1\n", "config_sha256": "x", "inputs": [{"name": "n", "sha256": "s", "events": null}]}}"#
            ))
        #expect(origin.seed == "7" && origin.configuration == "a: 1\n")
        #expect(origin.inputs.map(\.name) == ["n"] && origin.inputs[0].events == nil)
        for text in [#"{"provenance": 3}"#, #"{"provenance": {"seed": 3}}"#, #"{"provenance": {"inputs": [{}]}}"#] {
            let error = #expect(throws: FileError.self) { _ = try read(text) }
            #expect(error?.kind == .malformed && error?.place.hasSuffix(": provenance") == true)
        }
    }
}
