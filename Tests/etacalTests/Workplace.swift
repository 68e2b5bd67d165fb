import Foundation
import Testing

/// What is promised to other programs, after sysexits.h.
enum Status: Int32 {
    case done = 0
    case negativeVerdict = 1
    case usage = 64
    case malformed = 65
    case unreadable = 66
    case unavailable = 69
    case cannotCreate = 73
    case inputOutput = 74
    case hungUp = 129
    case interrupted = 130
    case terminated = 143
}

/// What a run of `etacal` gave.
struct Outcome: CustomStringConvertible {
    let command: String
    /// 128 + the signal when one ended it, as shells count.
    let status: Int32
    let output: String
    let errors: String

    var description: String {
        "\(command)\nstatus \(status)\nstdout: \(output.prefix(400))\nstderr: \(errors.prefix(800))"
    }
}

/// The program under test.
enum Program {
    /// `etacal` stands beside the test bundle, wherever the build put both.
    static let url: URL? = {
        let starts =
            [try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), Bundle.main.executablePath]
            + Bundle.allBundles.map(\.bundlePath) + CommandLine.arguments.map(Optional.some)
        for start in starts.compactMap(\.self) where start.hasPrefix("/") {
            var directory = URL(fileURLWithPath: start)
            // On macOS the executable lies three levels inside the bundle.
            for _ in 0..<4 {
                directory.deleteLastPathComponent()
                let candidate = directory.appendingPathComponent("etacal")
                var isDirectory: ObjCBool = false
                if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isDirectory),
                    !isDirectory.boolValue, FileManager.default.isExecutableFile(atPath: candidate.path)
                {
                    return candidate
                }
            }
        }
        return nil
    }()
}

/// Where all workplaces of this test run are; removed when the process ends.
private let scratch: URL? = {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("etacalTests-\(UUID().uuidString)")
    guard (try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)) != nil else {
        return nil
    }
    atexit { if let scratch { try? FileManager.default.removeItem(at: scratch) } }
    return url
}()

/// A directory of its own that the program runs in.
final class Workplace: Sendable {
    let directory: URL

    init() throws {
        directory = try #require(scratch, "the temporary directory cannot be written to")
            .appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    func write(_ data: Data, to name: String) throws { try data.write(to: directory.appendingPathComponent(name)) }

    func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: false)
    }

    func data(_ name: String) throws -> Data { try Data(contentsOf: directory.appendingPathComponent(name)) }

    func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }

    func json(_ name: String) throws -> JSON { try JSON(data(name)) }

    /// Lines of a table, the header first.
    func rows(_ name: String) throws -> [[String]] {
        try text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Everything below the directory; nil for a directory.
    func snapshot() throws -> [String: Data?] {
        var found: [String: Data?] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
            found.updateValue(try? data(name), forKey: name)
        }
        return found
    }

    /// Names that came, went or changed since a snapshot.
    func changes(since before: [String: Data?]) throws -> [String] {
        let after = try snapshot()
        return Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    }

    /// Runs the program here.
    /// - Parameters:
    ///   - drawing: whether it finds gnuplot; pictures take longer than small samples.
    ///   - environment: what is set besides; nil for what is not set at all.
    ///   - wrapper: a command that runs the program, which follows as its last arguments.
    @discardableResult
    func etacal(
        _ arguments: [String], drawing: Bool = false, environment: [String: String?] = [:],
        through wrapper: [String] = []
    ) throws -> Outcome {
        try Child(arguments, in: self, drawing: drawing, environment: environment, through: wrapper).outcome()
    }

    @discardableResult
    func etacal(_ line: String) throws -> Outcome { try etacal(line.split(separator: " ").map(String.init)) }

    /// Runs the program here, which has to succeed and to keep silent on stderr.
    @discardableResult
    func succeed(
        _ line: String, status: Status = .done, drawing: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let outcome = try etacal(line.split(separator: " ").map(String.init), drawing: drawing)
        try #require(outcome.status == status.rawValue, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.errors == "", "\(outcome)", sourceLocation: sourceLocation)
        return outcome.output
    }
}

/// A run of the program that has begun.
final class Child {
    let process = Process()
    private let command: String
    private let directory: URL
    private let ended = DispatchSemaphore(value: 0)

    init(
        _ arguments: [String], in workplace: Workplace, drawing: Bool = false,
        environment changes: [String: String?] = [:],
        through wrapper: [String] = []
    ) throws {
        let program = try #require(
            Program.url, "etacal is not beside the tests (\(CommandLine.arguments[0])): swift build --product etacal")
        directory = try #require(scratch).appendingPathComponent("streams-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        command = (["etacal"] + arguments.map { $0.isEmpty ? "''" : $0 }).joined(separator: " ")
        let words = wrapper + [program.path] + arguments
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = workplace.directory
        var environment = ProcessInfo.processInfo.environment
        if !drawing { environment["PATH"] = "/nonexistent" }
        // A crash shall end at once, without a backtrace of many seconds.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        for (name, value) in changes { environment[name] = value }
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let streams = try [stream("output"), stream("errors")]
        defer { for stream in streams { try? stream.close() } }
        process.standardOutput = streams[0]
        process.standardError = streams[1]
        let ended = ended
        process.terminationHandler = { _ in ended.signal() }
        // The threads that tests run on block signals, which a child would inherit.
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        // A job in the background ignores some, and so would its children.
        for number in [SIGHUP, SIGINT, SIGTERM, SIGPIPE] { signal(number, SIG_DFL) }
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func stream(_ name: String) throws -> FileHandle {
        let url = directory.appendingPathComponent(name)
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    /// Waits for the end.
    func outcome() throws -> Outcome {
        if ended.wait(timeout: .now() + 60) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
            Issue.record("stopped after a minute: \(command)")
        }
        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: directory.appendingPathComponent(name)), as: UTF8.self)
        }
        let status = process.terminationStatus
        return Outcome(
            command: command, status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
            output: try text("output"), errors: try text("errors"))
    }
}

extension Workplace {
    /// Makes the rounds of a closure in two shards each.
    /// - Returns: the file with the sums of all of them.
    func mergedRounds(of closure: String, _ rounds: Int) throws -> String {
        var earlier: String?
        for round in 1...rounds {
            let from = earlier.map { " --sums \($0)" } ?? ""
            for part in 0..<2 { try succeed("\(closure)\(from) --shard \(part)/2 -o part-\(round)-\(part).h5") }
            try succeed("merge part-\(round)-0.h5 part-\(round)-1.h5 \(earlier ?? "") --quiet -o round-\(round).h5")
            earlier = "round-\(round).h5"
        }
        return "round-\(rounds).h5"
    }
}
