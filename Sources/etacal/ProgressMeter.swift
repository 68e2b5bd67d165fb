import Foundation
import Threads

/// Tells on a terminal how far a long computation is: events, rate and time left. Silent elsewhere, in the background and
/// in the first second.
final class ProgressMeter: Sendable {
    private struct State {
        var stage = ""
        var expected = 0
        var done = 0
        var began = ContinuousClock.now
        var shown = ContinuousClock.now
    }

    /// How many columns of the terminal's line are written on.
    private static let written = Guarded(0)

    private let state = Guarded(State())
    private let created = ContinuousClock.now
    private let isTerminal: Bool

    init(quiet: Bool) { isTerminal = !quiet && isatty(STDERR_FILENO) == 1 }

    func begin(_ stage: String, expected: Int) {
        state.withLock { $0 = State(stage: stage, expected: expected, shown: $0.shown) }
    }

    /// Corrects how many events there will be.
    func expect(_ events: Int) { state.withLock { $0.expected = events } }

    func add(_ events: Int) {
        guard isTerminal else { return }
        state.withLock { state in
            state.done += events
            let now = ContinuousClock.now
            guard Self.seconds(created.duration(to: now)) > 1, Self.seconds(state.shown.duration(to: now)) > 0.2,
                Self.isInForeground
            else { return }
            state.shown = now
            Self.show(Self.text(state, seconds: Self.seconds(state.began.duration(to: now)), columns: Self.columns - 1))
        }
    }

    func finish() { Self.clear() }

    /// Takes the line away, so that whatever is printed next stands alone.
    static func clear() { written.withLock { erase(&$0) } }

    /// The same when the process is interrupted, perhaps in the middle of a write that blocks.
    static func clearIfFree() { _ = written.withLockIfFree { erase(&$0) } }

    // Spaces rather than escape sequences: every terminal knows them.
    private static func erase(_ columns: inout Int) {
        if columns > 0 { write("\r" + String(repeating: " ", count: columns) + "\r") }
        columns = 0
    }

    private static func show(_ text: String) {
        written.withLock { columns in
            write("\r" + text + String(repeating: " ", count: max(0, columns - text.count)))
            columns = max(columns, text.count)
        }
    }

    private static func write(_ text: String) { StandardStreams.writeError(text) }

    /// The most telling text that fits.
    private static func text(_ state: State, seconds: Double, columns: Int) -> String {
        let rate = Double(state.done) / max(seconds, 1e-3)
        let left = Double(max(0, state.expected - state.done)) / max(rate, 1)
        let time = left < 180 ? "\(Int(left.rounded(.up))) s left" : "\(Int(min(left / 60, 1e6).rounded(.up))) min left"
        let share = "\(min(100, 100 * state.done / max(1, state.expected))) %"
        let counts = "\(millions(Double(state.done))) of \(millions(Double(state.expected))) events"
        let texts = [
            "\(state.stage): \(counts), \(millions(rate))/s, \(time)", "\(state.stage): \(share), \(time)",
            "\(share), \(time)",
        ]
        return texts.first { $0.count <= columns } ?? String(share.prefix(max(0, columns)))
    }

    /// Asked for each time: windows change their size.
    private static var columns: Int {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// A job in the background would write into what the user is typing. A terminal that does not control the process has
    /// no foreground.
    private static var isInForeground: Bool {
        let group = tcgetpgrp(STDERR_FILENO)
        return group == -1 || group == getpgrp()
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    static func millions(_ number: Double) -> String {
        number >= 1e6
            ? String(format: "%.1fM", number / 1e6)
            : number >= 1e4 ? String(format: "%.0fk", number / 1e3) : String(format: "%.0f", number)
    }
}
