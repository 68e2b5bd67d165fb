import Dispatch
import FileAccess
import Foundation

/// Ends the process on SIGHUP, SIGINT and SIGTERM with their exit statuses, nothing half-written left behind.
enum Interruption {
    /// Kept alive for as long as the process; written once, before there is a second thread.
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

    static func install() {
        // A reader that has seen enough, such as head, ends the process in silence, however that was started.
        signal(SIGPIPE, SIG_DFL)
        // A file that gets larger than the process may make it is a failure to write like others.
        signal(SIGXFSZ, SIG_IGN)
        // One queue for all, that computing on every other queue does not hold up.
        let queue = DispatchQueue(label: "interruption", qos: .userInteractive)
        for (number, status) in [(SIGHUP, ExitStatus.hungUp), (SIGINT, .interrupted), (SIGTERM, .terminated)] {
            // The source sees the signal only when its default action is off.
            let earlier = signal(number, SIG_IGN)
            // Whoever started the process with the signal ignored, such as nohup, wants it so.
            if unsafeBitCast(earlier, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { @Sendable in
                abandonUnfinished {
                    ProgressMeter.clearIfFree()
                    _exit(status.rawValue)
                }
            }
            source.resume()
            sources.append(source)
        }
    }
}
