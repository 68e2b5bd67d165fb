import ArgumentParser
import Foundation

/// What goes to standard error when something is wrong.
enum Complaint {
    /// Tells ArgumentParser's message; help and versions go to standard output.
    /// - Returns: the status that the process ends with.
    static func tell(usage error: any Error) -> Int32 {
        let status = Etacal.exitCode(for: error)
        let text = Etacal.fullMessage(for: error)
        let prefix = "Error:"
        if status.isSuccess {
            print(text)
        } else if text.hasPrefix(prefix) {
            write(prefix, String(text.dropFirst(prefix.count)))
        } else if !text.isEmpty {
            write("", text)
        }
        return status.rawValue
    }

    static func write(_ prefix: String, _ message: String) {
        ProgressMeter.clear()
        StandardStreams.writeError("\(TerminalStyle.errors.paint(prefix, .bad))\(message)\n")
    }
}
