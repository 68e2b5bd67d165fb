import Foundation
import Synchronization

/// Tells on a terminal how far a long computation is: events, rate and time left. Silent elsewhere, and in the first second.
final class ProgressMeter: Sendable {
    private struct State {
        var stage = ""
        var expected = 0
        var done = 0
        var began = ContinuousClock.now
        var shown = ContinuousClock.now
        var isShowing = false
    }

    private let state = Mutex(State())
    private let isTerminal: Bool

    init(quiet: Bool) { isTerminal = !quiet && isatty(STDERR_FILENO) == 1 }

    func begin(_ stage: String, expected: Int) {
        finish()
        state.withLock { $0 = State(stage: stage, expected: expected) }
    }

    func add(_ events: Int) {
        guard isTerminal else { return }
        state.withLock { state in
            state.done += events
            let now = ContinuousClock.now
            let elapsed = Self.seconds(state.began.duration(to: now))
            guard elapsed > 1, Self.seconds(state.shown.duration(to: now)) > 0.2 else { return }
            state.shown = now
            state.isShowing = true
            let rate = Double(state.done) / elapsed
            let left = Double(max(0, state.expected - state.done)) / max(rate, 1)
            let text =
                "\r\u{1B}[K\(state.stage): \(Self.millions(Double(state.done))) of "
                + "\(Self.millions(Double(state.expected))) events, \(Self.millions(rate))/s, \(Int(left.rounded(.up))) s left"
            FileHandle.standardError.write(Data(text.utf8))
        }
    }

    /// Clears the line.
    func finish() {
        state.withLock { state in
            if state.isShowing { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
            state.isShowing = false
        }
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    static func millions(_ number: Double) -> String {
        number >= 1e6 ? String(format: "%.1fM", number / 1e6) : String(format: "%.0fk", number / 1e3)
    }
}
