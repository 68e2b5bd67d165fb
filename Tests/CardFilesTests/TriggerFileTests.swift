import CardFiles
import Balance
import FileAccess
import Foundation
import Testing

struct TriggerFileTests {
    static let menu = """
        schema: etacal.triggers/1
        triggers:
          - {name: low, pt_avg_min: 40, prescale: 1000}
          - {name: middle, pt_avg_min: 100, prescale: 50}
          - {name: high, pt_avg_min: 300, prescale: 1}
          - {name: forward, pt_avg_min: 60, prescale: 80}

        """

    private static func read(_ text: String) throws -> TriggerMenu {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
        try text.write(to: url, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: url) }
        return try TriggerMenu(file: url.path)
    }

    /// The lowest prescale of those that are efficient over the whole bin.
    @Test(arguments: [
        (30.0, nil as String?), (39.9, nil), (40, "low"), (59, "low"), (60, "forward"), (100, "middle"),
        (299, "middle"),
        (300, "high"), (5000, "high"),
    ])
    func eachBinHasTheTriggerThatKeepsMost(low: Double, name: String?) throws {
        #expect(try Self.read(Self.menu).trigger(forBinFrom: low)?.name == name)
    }

    @Test(arguments: [
        ("triggers/1", "trigger/1", ":1: schema", "not known"),
        ("prescale: 50", "scale: 50", ":4: triggers.1.scale", "unknown key"),
        ("prescale: 50", "prescale: 0.5", ":4: triggers.1.prescale", "prescale of 0.5"),
        ("prescale: 50", "prescale: .nan", ":4: triggers.1.prescale", "not a number"),
        (", prescale: 50", "", ":4: triggers.1", "'prescale' is missing"),
        ("pt_avg_min: 100", "pt_avg_min: -1", ":4: triggers.1.pt_avg_min", "-1.0 GeV is out of range"),
        ("name: middle", "name: low", ":4: triggers.1.name", "two triggers"),
        ("name: middle", "name: ''", ":4: triggers.1.name", "empty"),
    ])
    func mistakesAreNamed(old: String, new: String, place: String, problem: String) throws {
        let text = Self.menu.replacing(old, with: new)
        #expect(text != Self.menu)
        let error = #expect(throws: FileError.self) { _ = try Self.read(text) }
        #expect(error?.kind == .malformed && error?.place.hasSuffix(place) == true, "\(error?.place ?? "")")
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    }

    @Test func aMenuHasTriggers() throws {
        let error = #expect(throws: FileError.self) { _ = try Self.read("schema: etacal.triggers/1\ntriggers: []\n") }
        #expect(error?.problem == "there are no triggers")
    }
}
