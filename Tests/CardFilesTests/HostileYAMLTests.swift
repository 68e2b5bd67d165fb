import Balance
import CardFiles
import DetectorModel
import FileAccess
import Foundation
import Testing

/// Documents that are made to take a reader's time, memory or stack.
struct HostileYAMLTests {
    private static let head = "schema: etacal.detector/1\nname: x\nsummary: "

    private static func doubled(_ item: (Int) -> String) -> String {
        (1...60).map(item).joined(separator: "\n") + "\n"
    }

    private static let documents: [(name: String, text: String)] = [
        ("brackets", head + String(repeating: "[", count: 200_000)),
        ("braces", head + String(repeating: "{", count: 200_000)),
        ("closed brackets", head + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)),
        (
            "brackets within the limit of nesting",
            head + String(repeating: "[", count: 990) + String(repeating: "]", count: 990)
        ),
        (
            "braces within the limit",
            head + String(repeating: "{a: ", count: 990) + "1" + String(repeating: "}", count: 990)
        ),
        ("keys that are keys", String(repeating: "? ", count: 100_000)),
        ("keys within the limit", String(repeating: "? ", count: 900) + "a"),
        ("keys that are lists", String(repeating: "[", count: 900) + String(repeating: "]: 1", count: 900)),
        ("lists in one line", String(repeating: "- ", count: 100_000)),
        ("lists within the limit", String(repeating: "- ", count: 900) + "a"),
        ("ever deeper lines", (0..<700).map { String(repeating: " ", count: $0) + "a:\n" }.joined()),
        ("a million brackets", String(repeating: "[", count: 1_000_000)),
        ("10 MB of spaces", head + String(repeating: " ", count: 10_000_000)),
        ("200 kB of spaces", head + String(repeating: " ", count: 200_000)),
        ("a long word", head + String(repeating: "a", count: 200_000) + "\nname: y\n"),
        ("a long key", String(repeating: "a", count: 200_000) + ": 1\n"),
        ("a long quoted key", "\"" + String(repeating: "a", count: 900) + "\": 1\n"),
        ("many keys", (0..<20_000).map { "k\($0): 1\n" }.joined()),
        ("many keys in braces", "{" + (0..<40_000).map { "\($0)," }.joined() + "}"),
        ("many equal keys", String(repeating: "k: 1\n", count: 40_000)),
        ("an open quote", head + "\"" + String(repeating: "a\n", count: 100_000)),
        ("line breaks", head + String(repeating: "\n", count: 200_000)),
        ("comments", String(repeating: "#\n", count: 100_000)),
        ("colons", String(repeating: ":", count: 200_000)),
        ("questions", String(repeating: "?", count: 200_000)),
        ("empty keys", "{" + String(repeating: ":,", count: 100_000) + "}"),
        ("tags", String(repeating: "!a ", count: 60_000)),
        ("a long tag", "!" + String(repeating: "a", count: 200_000) + " x"),
        ("a long directive", "%" + String(repeating: "A", count: 200_000)),
        ("a long anchor", "&" + String(repeating: "a", count: 200_000) + " x"),
        ("a billion laughs", "a0: &a0 x\n" + doubled { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }),
        (
            "a billion laughs as a key",
            "a0: &a0 x\n" + doubled { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" } + "? *a60\n: 1\n"
        ),
        (
            "merged mappings", "a0: &a0 {x: 1}\n" + doubled { "a\($0): &a\($0) {<<: [*a\($0 - 1), *a\($0 - 1)]}" }
        ),
        ("an alias to itself", "&a [*a, *a]"),
        (
            "one long list taken often",
            "p: &p [" + String(repeating: "1,", count: 20_000) + "]\nq: [" + String(repeating: "*p,", count: 20_000)
                + "]\n"
        ),
    ]

    @Test(arguments: 0..<documents.count) func isRefusedAtOnce(index: Int) {
        let (name, text) = Self.documents[index]
        let start = ContinuousClock.now
        let error = #expect(throws: FileError.self) { _ = try DetectorCard(yaml: text, file: "card.yaml") }
        #expect(ContinuousClock.now - start < Mutants.patience, "\(name)")
        #expect(
            error?.kind == .malformed && error?.place.hasPrefix("card.yaml") == true, "\(name): \(error?.place ?? "")")
        #expect(error?.isWellPut == true, "\(name): \(error?.description.prefix(300) ?? "")")
    }

    /// What is put in the card, where the message points and what it says.
    @Test(arguments: [
        ("name: mine", "name: &mine toy", ":2", "anchors"), ("name: mine", "name: !mine toy", ":2", "tags"),
        ("name: mine", "name: !!int mine", ":2", "tags"), ("name: mine", "name: \"\"", ":2: name", "empty"),
        ("name: mine", "name: \"a\\u0007b\"", ":2: name", "control"),
        ("name: mine", "name: mine\n!!str name: yours", ":2", "twice"),
        ("name: mine", "name: mi\u{0}ne", ":2", "control characters are not allowed"),
        ("abs_eta_max: 3", "abs_eta_max: 1e-300", ":3: acceptance.abs_eta_max", "out of range"),
        ("abs_eta_max: 3", "abs_eta_max: 1e-400", ":3: acceptance.abs_eta_max", "too small"),
        ("pt: [30, 100]", "pt: [99.99999999999999, 100]", ":9: response.regions.1.pt.1", "not above"),
        ("pt: [30, 100]", "pt: [30, 1e300]", ":9: response.regions.1.pt.1", "not possible"),
        // A crack that is harmless at 100 GeV takes everything at 4 GeV, where tables of the detector begin.
        (
            "resolution:\n", "  cracks: [{eta: 0.52, width: 0.02, depth: 0.1, pt_exponent: 1}]\nresolution:\n",
            ":5: response", "the response is -0.46"
        ),
        ("c: 0.04}", "c: 0.04, d: 300}", ":13: resolution.regions.0.d", "out of range"),
        // Only the product of response and overlay leaves the range.
        ("value: 0.98", "value: 0.06", ":16: pseudo_data.response", "the response is 0.0"),
    ])
    func smallFaultsAreToldWithTheirPlace(find: String, replacement: String, place: String, problem: String) throws {
        let text = CardFileTests.card.replacing(find, with: replacement)
        let error = #expect(throws: FileError.self) { try DetectorCard(yaml: text, file: "mine.yaml") }
        #expect(
            error?.kind == .malformed && error?.place.hasPrefix("mine.yaml" + place) == true, "\(error?.place ?? "")")
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    }

    @Test func anyTextSurvivesBeingWrittenAndRead() throws {
        let name = "a \"quoted\" \\ name, &x *y: [#] \u{2028}\u{FEFF}\u{FFFE}\u{301}\u{1F600} !z %"
        let card = try DetectorCard(
            yaml: CardFileTests.card.replacing(
                "name: mine",
                with: "name: \"a \\\"quoted\\\" \\\\ name, & x *y: [#] \\u2028\\uFEFF\\uFFFE\u{301}\u{1F600} !z %\""),
            file: "mine.yaml")
        #expect(card.name == name.replacing("&x", with: "& x"))
        #expect(try DetectorCard(yaml: card.yaml, file: "again.yaml") == card)
    }

    @Test func binsThatNothingCanTellAreRefused() throws {
        for edges in ["[-1e308, -0.5, 0.5, 1e308]", "[0, 1e-320, 0.5]", "[-30, 0, 30]"] {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
                .path
            try writeText("schema: etacal.binning/1\neta_edges: \(edges)\npt_edges: [40, 80]\n", to: path)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let error = #expect(throws: FileError.self) { _ = try BalanceBinning(path) }
            #expect(error?.place == "\(path):2: eta_edges", "\(error?.place ?? "")")
        }
    }
}
