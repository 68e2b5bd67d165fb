import Foundation
import Testing

struct InterruptionTests {
    /// The program waits for its events with its output begun when the signal comes.
    @Test(arguments: [(SIGINT, Status.interrupted), (SIGTERM, Status.terminated)])
    func nothingIsLeftOfAnInterruptedRun(signal: Int32, status: Status) throws {
        let place = try Workplace()
        try #require(mkfifo(place.path("events.csv"), 0o600) == 0)
        // A job in the background ignores it, and so would its children.
        Foundation.signal(SIGINT, SIG_DFL)
        let child = try Child(["fit", "events.csv", "-o", "out"], in: place)
        // Opening for writing returns when the program has opened the other end.
        let pipe = open(place.path("events.csv"), O_WRONLY)
        try #require(pipe >= 0)
        #expect(kill(child.process.processIdentifier, signal) == 0)
        let outcome = try child.outcome()
        close(pipe)
        #expect(outcome.status == status.rawValue, "\(outcome)")
        #expect(try place.snapshot().keys.sorted() == ["events.csv"])
    }
}
