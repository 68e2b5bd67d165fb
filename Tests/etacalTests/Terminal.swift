import Foundation
import Synchronization
import Testing

/// The reading end of a pseudo-terminal, which keeps what is written to it as it comes.
private final class PseudoTerminal: Sendable {
    let slave: Int32
    private let text = Mutex(Data())
    private let ended = DispatchSemaphore(value: 0)

    init(columns: Int) throws {
        var (master, slave): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&master, &slave, nil, nil, &size) == 0, "there are no pseudo-terminals")
        for descriptor in [master, slave] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        // Line breaks shall stay as they are.
        var settings = termios()
        tcgetattr(slave, &settings)
        cfmakeraw(&settings)
        tcsetattr(slave, TCSANOW, &settings)
        self.slave = slave
        let end = master
        DispatchQueue(label: "terminal").async { [self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(end, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                text.withLock { $0.append(contentsOf: buffer[..<count]) }
            }
            close(end)
            ended.signal()
        }
    }

    var isWritten: Bool { text.withLock { !$0.isEmpty } }

    /// All that was written, once nobody can write any more.
    func transcript() -> String {
        ended.wait()
        return text.withLock { String(decoding: $0, as: UTF8.self) }
    }
}

/// A run of a program in a workplace with both, one or none of its streams on a terminal.
final class TerminalRun {
    struct Streams: OptionSet, Sendable {
        let rawValue: Int
        static let output = Streams(rawValue: 1)
        static let errors = Streams(rawValue: 2)
        static let both: Streams = [.output, .errors]
    }

    let process = Process()
    private let command: String
    private var terminals: [PseudoTerminal?] = []
    private var pipes: [Pipe?] = []

    /// - Parameter environment: beside PATH, which has `etacal` in it; TERM is a coloured one unless it stands there.
    init(
        _ program: URL, _ arguments: [String], in workplace: Workplace, terminal: Streams = .both, columns: Int = 80,
        environment: [String: String] = [:]
    ) throws {
        let etacal = try #require(Program.url)
        command = ([program.lastPathComponent] + arguments).joined(separator: " ")
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = workplace.directory
        let path = "\(etacal.deletingLastPathComponent().path):/usr/bin:/bin"
        process.environment = ["PATH": path, "TERM": "xterm", "SWIFT_BACKTRACE": "enable=no"]
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        for stream in [Streams.output, .errors] {
            let pseudo = terminal.contains(stream) ? try PseudoTerminal(columns: columns) : nil
            let pipe = pseudo == nil ? Pipe() : nil
            let end: Any = pseudo.map { FileHandle(fileDescriptor: $0.slave) } ?? pipe!
            if stream == .output { process.standardOutput = end } else { process.standardError = end }
            terminals.append(pseudo)
            pipes.append(pipe)
        }
        // The threads that tests run on block signals, which a child would inherit.
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer {
            pthread_sigmask(SIG_SETMASK, &before, nil)
            for case let terminal? in terminals { close(terminal.slave) }
        }
        try process.run()
    }

    /// Waits until something stands on the terminal of standard error, ten seconds at most.
    func waitForErrors() {
        for _ in 0..<1000 where terminals[1]?.isWritten == false { usleep(10_000) }
    }

    /// Waits for the end. What goes to a pipe has to be short, errors above all.
    func outcome() throws -> Outcome {
        let texts = try zip(terminals, pipes).map { terminal, pipe in
            if let terminal { return terminal.transcript() }
            return String(decoding: try pipe?.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        }
        process.waitUntilExit()
        let status = process.terminationStatus
        return Outcome(
            command: command, status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
            output: texts[0], errors: texts[1])
    }
}

extension Workplace {
    /// Runs `etacal` here with streams on a terminal.
    func etacal(
        _ line: String, terminal: TerminalRun.Streams, columns: Int = 80, environment: [String: String] = [:]
    ) throws -> Outcome {
        try TerminalRun(
            try #require(Program.url), line.split(separator: " ").map(String.init), in: self, terminal: terminal,
            columns: columns, environment: environment
        ).outcome()
    }

    /// Runs a script here with the `etacal` under test in its path.
    func run(script: String, shell: String = "/bin/sh") throws -> Outcome {
        try TerminalRun(URL(fileURLWithPath: shell), ["-c", script], in: self, terminal: []).outcome()
    }
}

/// What a terminal shows in the end: a carriage return goes back to the line's start, and text overwrites.
func screen(after transcript: String) -> [String] {
    var lines: [[Unicode.Scalar]] = [[]]
    var column = 0
    for scalar in transcript.unicodeScalars {
        switch scalar {
        case "\r": column = 0
        case "\n":
            lines.append([])
            column = 0
        default:
            while lines[lines.count - 1].count <= column { lines[lines.count - 1].append(" ") }
            lines[lines.count - 1][column] = scalar
            column += 1
        }
    }
    return lines.map { line in
        var text = String(String.UnicodeScalarView(line))
        while text.last == " " { text.removeLast() }
        return text
    }
}
