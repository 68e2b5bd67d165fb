internal import FileAccess
internal import Foundation
internal import Threads

/// gnuplot, run as a program of its own.
public enum Gnuplot {
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case missing
        /// The script that failed and what gnuplot said.
        case failed(script: String, message: String)

        public var description: String {
            switch self {
            case .missing: "gnuplot is not installed (Debian package: gnuplot-nox)"
            case .failed(let script, let message): "gnuplot failed on \(script): \(message)"
            }
        }
    }

    /// Runs scripts of a directory, a few at a time.
    /// - Returns: those that failed, in the order given.
    static func run(_ scripts: [String], in directory: String) -> [(script: String, failure: Failure)] {
        let outcomes = concurrentMap(scripts.count, threads: 4) { index in
            Result { () throws(Failure) in try run(scripts[index], in: directory) }
        }
        return zip(scripts, outcomes).compactMap { script, outcome in
            guard case .failure(let failure) = outcome else { return nil }
            return (script, failure)
        }
    }

    private static func run(_ script: String, in directory: String) throws(Failure) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gnuplot", script]
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let messages = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = messages
        let child: Int32
        do {
            // Killed when this process is interrupted: it would draw on into files that are being removed.
            child = try startChild {
                try process.run()
                return process.processIdentifier
            }
        } catch { throw Failure.failed(script: script, message: "it cannot be started: \(error)") }
        let text = String(decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        childEnded(child)
        if process.terminationReason == .exit, process.terminationStatus == 127 { throw Failure.missing }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            throw Failure.failed(
                script: script, message: lines.filter { !$0.isEmpty && $0 != "^" }.joined(separator: " "))
        }
    }
}
