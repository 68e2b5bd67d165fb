import Dispatch
import FileAccess
import Foundation
import Reporting

/// Ends the process on SIGINT and SIGTERM with their exit statuses, nothing half-written left behind.
enum Interruption {
    /// Kept alive for as long as the process; written once, before there is a second thread.
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

    static func install() {
        for (number, status) in [(SIGINT, ExitStatus.interrupted), (SIGTERM, .terminated)] {
            // The source sees the signal only when its default action is off.
            let earlier = signal(number, SIG_IGN)
            // Whoever started the process with the signal ignored, such as nohup, wants it so.
            if unsafeBitCast(earlier, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable in
                Gnuplot.stopAll()
                removePartialOutputs()
                ProgressMeter.clearIfFree()
                _exit(status.rawValue)
            }
            source.resume()
            sources.append(source)
        }
    }
}
