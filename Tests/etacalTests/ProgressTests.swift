import Foundation
import Testing

struct ProgressTests {
    /// Runs `closure` for a few seconds: the meter comes after the first.
    /// - Parameter signal: sent when there is progress.
    private static func closure(
        _ options: String = "", terminal: TerminalRun.Streams = .errors, columns: Int = 80, signal: Int32? = nil
    ) throws -> Outcome {
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        let line =
            "closure --detector uniform --events \(signal == nil ? "1M" : "100M") --binning binning.yaml "
            + "--tolerance 0.5 --threads 1 -o out \(options)"
        let run = try TerminalRun(
            try #require(Program.url), line.split(separator: " ").map(String.init), in: place, terminal: terminal,
            columns: columns)
        if let signal {
            run.waitForErrors()
            kill(run.process.processIdentifier, signal)
            run.process.waitUntilExit()
        }
        return try run.outcome()
    }

    @Test(arguments: [80, 50, 30, 12])
    func theMeterFitsTheTerminalAndIsGoneAtTheEnd(columns: Int) throws {
        let outcome = try Self.closure(columns: columns)
        try #require(outcome.status == Status.done.rawValue, "\(outcome)")
        #expect(outcome.output.contains("Results are in out"))
        let shown = outcome.errors.split(separator: "\r")
        #expect(shown.contains { $0.contains("%") || $0.contains("events") }, "no meter: \(outcome)")
        #expect(shown.allSatisfy { $0.count < columns }, "\(outcome)")
        #expect(screen(after: outcome.errors) == [""], "\(outcome)")
    }

    @Test func aWideTerminalShowsAll() throws {
        let shown = try Self.closure().errors
        #expect(shown.contains(/: [0-9.]+[kM] of 1\.0M events, [0-9.]+[kM]\/s, \d+ s left/), "\(shown)")
    }

    @Test(arguments: ["quiet", "piped"])
    func elsewhereThereIsNone(manner: String) throws {
        let outcome = try manner == "quiet" ? Self.closure("--quiet") : Self.closure(terminal: .output)
        #expect(outcome.status == Status.done.rawValue, "\(outcome)")
        #expect(outcome.errors == "", "\(outcome)")
        if manner == "quiet" { #expect(outcome.output == "") }
    }

    @Test(arguments: [(SIGINT, Status.interrupted), (SIGTERM, .terminated)])
    func interruptionTakesTheMeterAway(signal: Int32, status: Status) throws {
        // A job in the background ignores it, and so would its children.
        Foundation.signal(SIGINT, SIG_DFL)
        let outcome = try Self.closure(signal: signal)
        #expect(outcome.status == status.rawValue, "\(outcome)")
        #expect(outcome.errors.contains("MC-truth scale"), "no meter: \(outcome)")
        #expect(screen(after: outcome.errors) == [""], "\(outcome)")
    }
}
