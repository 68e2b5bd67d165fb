import Foundation
import Testing

/// Ways to run the program in adverse places, without sleeping for a guessed time.
enum Fault {
    /// A shell that runs the program as `"$0" "$@"`; it finds no other programs but through `tools`.
    static func shell(_ script: String) -> [String] { ["/bin/sh", "-c", script] }

    static let tools = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"

    /// The first of some programs that is there.
    static func program(_ name: String) -> String? {
        ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"].map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Waits until something is so; false after half a minute.
    static func wait(until isSo: () throws -> Bool) rethrows -> Bool {
        let began = ContinuousClock.now
        while try !isSo() {
            if began.duration(to: .now) > .seconds(30) { return false }
            usleep(500)
        }
        return true
    }

    /// Whether a command succeeds, for tests that need something of the machine.
    static func succeeds(_ words: [String]) -> Bool {
        guard FileManager.default.isExecutableFile(atPath: words[0]) else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// CPU time of a process in nanoseconds, which does not run ahead on a loaded machine; nil when it is gone.
    static func cpuTime(_ process: Int32) -> Double? {
        guard let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task") else {
            return nil
        }
        let times = threads.compactMap { thread in
            (try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/schedstat", encoding: .utf8))
                .flatMap { $0.split(separator: " ").first }.flatMap { Double($0) }
        }
        return times.isEmpty ? nil : times.reduce(0, +)
    }

    static let cpuTimeIsKnown = cpuTime(getpid()) != nil

    /// Whether a process runs; one that has ended and waits for its parent does not.
    static func isRunning(_ process: Int32) -> Bool {
        guard kill(process, 0) == 0 else { return false }
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let state = status.split(separator: ")").last?.split(separator: " ").first
        else { return FileManager.default.fileExists(atPath: "/proc/\(process)") }
        return state != "Z" && state != "X"
    }
}

extension Workplace {
    /// A program that the shell runs in place of another, in a directory for PATH.
    /// - Returns: what PATH has to be.
    func install(_ script: String, as name: String) throws -> String {
        if !FileManager.default.fileExists(atPath: path("bin")) { try makeDirectory("bin") }
        try write("#!/bin/sh\n\(script)\n", to: "bin/\(name)")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path("bin/\(name)"))
        return path("bin") + ":/usr/bin:/bin"
    }

    /// Expects one line on stderr that names a place and contains some words, and a status.
    func expect(
        _ outcome: Outcome, _ status: Status, says words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == status.rawValue, "\(outcome)", sourceLocation: sourceLocation)
        let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines.last == "", "not one line: \(outcome)", sourceLocation: sourceLocation)
        for word in words {
            #expect(outcome.errors.contains(word), "'\(word)': \(outcome)", sourceLocation: sourceLocation)
        }
    }
}

/// Small inputs that verbs take a while with, made once; they are only read.
struct FaultSample {
    static let shared = Result { try FaultSample() }

    let workplace: Workplace

    private init() throws {
        workplace = try Workplace()
        try workplace.write(Sample.binning, to: "binning.yaml")
        try workplace.succeed("simulate --detector uniform --events 30k --quiet -o events.csv")
        try workplace.succeed("simulate --detector uniform --events 2k --quiet -o few.csv.gz")
        try workplace.succeed("fit events.csv --binning binning.yaml --quiet -o calibration.json")
    }

    static func path(_ name: String) throws -> String { try shared.get().workplace.path(name) }
}
