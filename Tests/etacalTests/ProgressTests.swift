import Foundation
import Testing

struct ProgressTests {
    /// Runs `fit` with more than a second on the clock, however fast the machine: it waits for its events, which come
    /// through pipes, once to be checked and once to be summed; after that they are in a file.
    /// - Parameter signal: sent when there is progress and before the events end.
    private static func fit(
        _ options: String = "", terminal: TerminalRun.Streams = .errors, columns: Int = 80, signal: Int32? = nil
    ) throws -> Outcome {
        // A program that ends too early is for the expectations to tell.
        Foundation.signal(SIGPIPE, SIG_IGN)
        let place = try Workplace()
        let events = Data(
            ("pt1,eta1,phi1,pt2,eta2,phi2\n"
                + String(repeating: "104.5,0.25,0.1,98.5,-0.5,3.1\n", count: 10_000)).utf8)
        for pipe in ["events.csv", "second"] { try #require(mkfifo(place.path(pipe), 0o600) == 0) }
        try place.write(events, to: "file")
        let line = "fit events.csv -o out.json \(options)"
        let run = try TerminalRun(
            try #require(Program.url), line.split(separator: " ").map(String.init), in: place, terminal: terminal,
            columns: columns)
        for next in ["second", "file"] {
            // Opening for writing returns when the program has opened the other end.
            let pipe = try #require(FileHandle(forWritingAtPath: place.path("events.csv")))
            try #require(rename(place.path(next), place.path("events.csv")) == 0)
            if next == "second" { usleep(1_100_000) }
            try? pipe.write(contentsOf: events)
            if next == "file", let signal {
                run.waitForErrors()
                kill(run.process.processIdentifier, signal)
                run.process.waitUntilExit()
            }
            try pipe.close()
        }
        return try run.outcome()
    }

    @Test(arguments: [80, 50, 30, 12])
    func theMeterFitsTheTerminalAndIsGoneAtTheEnd(columns: Int) throws {
        let outcome = try Self.fit(columns: columns)
        try #require(outcome.status == Status.negativeVerdict.rawValue, "\(outcome)")
        #expect(outcome.output.contains("Constants are in out.json"))
        let shown = outcome.errors.split(separator: "\r")
        #expect(shown.contains { $0.contains("%") || $0.contains("events") }, "no meter: \(outcome)")
        #expect(shown.allSatisfy { $0.count < columns }, "\(outcome)")
        #expect(screen(after: outcome.errors) == [""], "\(outcome)")
    }

    @Test func aWideTerminalShowsAll() throws {
        let shown = try Self.fit().errors
        #expect(shown.contains(/data balance: \d+k of 10k events, \d+(\.\d)?[kM]\/s, \d+ s left/), "\(shown)")
    }

    @Test(arguments: ["quiet", "piped"])
    func elsewhereThereIsNone(manner: String) throws {
        let outcome = try manner == "quiet" ? Self.fit("--quiet") : Self.fit(terminal: .output)
        #expect(outcome.status == Status.negativeVerdict.rawValue, "\(outcome)")
        #expect(outcome.errors == "", "\(outcome)")
        if manner == "quiet" { #expect(outcome.output == "") }
    }

    @Test(arguments: [(SIGINT, Status.interrupted), (SIGTERM, .terminated)])
    func interruptionTakesTheMeterAway(signal: Int32, status: Status) throws {
        // A job in the background ignores it, and so would its children.
        Foundation.signal(SIGINT, SIG_DFL)
        let outcome = try Self.fit(signal: signal)
        #expect(outcome.status == status.rawValue, "\(outcome)")
        #expect(outcome.errors.contains("data balance"), "no meter: \(outcome)")
        #expect(screen(after: outcome.errors) == [""], "\(outcome)")
    }
}
