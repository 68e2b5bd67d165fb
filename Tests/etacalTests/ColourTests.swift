import Foundation
import Testing

struct ColourTests {
    private static let escape = "\u{1B}["

    private static func closure(_ tolerance: String) -> String {
        // Among the many bins of the standard binning some are always off by more than two standard deviations.
        "closure --detector uniform \(tolerance == "1e-9" ? "--events 500k" : "--events 20k --binning binning.yaml") "
            + "--tolerance \(tolerance) --overwrite -o run"
    }

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        return place
    }

    @Test(arguments: [("0.5", "32mPASSED", Status.done), ("1e-9", "31mFAILED", .negativeVerdict)])
    func verdictsHaveColoursOnATerminal(tolerance: String, verdict: String, status: Status) throws {
        let outcome = try Self.workplace().etacal(Self.closure(tolerance), terminal: .both)
        #expect(outcome.status == status.rawValue, "\(outcome)")
        #expect(outcome.output.contains("closure \(Self.escape)\(verdict)\(Self.escape)0m"), "\(outcome)")
        #expect(outcome.output.contains("\(Self.escape)1m   pT [GeV]"), "\(outcome)")
        if tolerance == "1e-9" { #expect(outcome.output.contains("\(Self.escape)33m"), "no warning: \(outcome)") }
        // The larger sample may take long enough for a progress line.
        if status == .done { #expect(outcome.errors == "") }
    }

    struct Plain: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var terminal = TerminalRun.Streams.both
        var environment: [String: String] = [:]
        var options = ""
    }

    @Test(arguments: [
        Plain(testDescription: "to pipes", terminal: []),
        Plain(testDescription: "NO_COLOR", environment: ["NO_COLOR": "1"]),
        Plain(testDescription: "a dumb terminal", environment: ["TERM": "dumb"]),
        Plain(testDescription: "a terminal without a name", environment: ["TERM": ""]),
        Plain(testDescription: "JSON", options: " --json"),
    ])
    func elsewhereThereAreNone(plain: Plain) throws {
        let place = try Self.workplace()
        for line in [Self.closure("1e-9") + plain.options, "detector show uniform", "detector check none"] {
            let outcome = try place.etacal(line, terminal: plain.terminal, environment: plain.environment)
            // The message of a missing file, which is on stderr, has colour where nothing forbids it.
            let texts = plain.options.isEmpty ? [outcome.output, outcome.errors] : [outcome.output]
            if plain.options.isEmpty || line.hasPrefix("closure") {
                for text in texts { #expect(!text.contains("\u{1B}"), "\(outcome)") }
            }
        }
    }

    /// An empty value does not count.
    @Test func anEmptyNoColourKeepsColours() throws {
        let outcome = try Workplace().etacal("detector show uniform", terminal: .both, environment: ["NO_COLOR": ""])
        #expect(outcome.output.contains(Self.escape), "\(outcome)")
    }

    @Test func eachStreamIsDecidedForItself() throws {
        let place = try Workplace()
        let (red, end) = ("\(Self.escape)31m", "\(Self.escape)0m")
        for terminal in [TerminalRun.Streams.both, .errors] {
            let missing = try place.etacal("detector check none.yaml", terminal: terminal)
            #expect(missing.errors.hasPrefix("\(red)etacal:\(end) none.yaml: "), "\(missing)")
            let misuse = try place.etacal("closure", terminal: terminal)
            #expect(misuse.errors.hasPrefix("\(red)Error:\(end) "), "\(misuse)")
        }
        let missing = try place.etacal("detector check none.yaml", terminal: .output)
        #expect(missing.errors.hasPrefix("etacal: none.yaml: "), "\(missing)")
        let shown = try place.etacal("detector show uniform", terminal: .errors)
        #expect(shown.status == 0 && !shown.output.contains("\u{1B}"), "\(shown)")
    }

    /// Names in files must not steer the terminal.
    @Test func escapesInNamesAreNotPassedOn() throws {
        let place = try Workplace()
        try place.write(
            Sample.card.replacingOccurrences(of: "name: toy", with: "name: \"toy\\e[2J\"")
                .replacingOccurrences(of: "summary: A", with: "summary: \"\\ec\\rA\" #"), to: "card.yaml")
        for verb in ["show", "check"] {
            let outcome = try place.etacal("detector \(verb) card.yaml")
            #expect(outcome.status == Status.malformed.rawValue, "\(outcome)")
            let text = outcome.output + outcome.errors
            #expect(text.contains("name") && !text.contains("\u{1B}") && !text.contains("\r"), "\(outcome)")
        }
    }
}
