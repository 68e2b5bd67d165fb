import ArgumentParser
import Foundation

/// What goes to standard error when something is wrong.
enum Complaint {
    /// Ends with ArgumentParser's message and status; help and versions go to standard output.
    static func exit(usage error: any Error) -> Never {
        ProgressMeter.clear()
        let status = Etacal.exitCode(for: error)
        let text = Etacal.fullMessage(for: error)
        let prefix = "Error:"
        guard !status.isSuccess, text.hasPrefix(prefix) else { Etacal.exit(withError: error) }
        write(prefix, String(text.dropFirst(prefix.count)))
        Foundation.exit(status.rawValue)
    }

    static func write(_ prefix: String, _ message: String) {
        ProgressMeter.clear()
        FileHandle.standardError.write(Data("\(TerminalStyle.errors.paint(prefix, .bad))\(message)\n".utf8))
    }
}
