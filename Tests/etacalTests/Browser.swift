import Foundation
import Testing

/// Chromium without a window.
struct Browser {
    /// What it printed, and what pages said on their consoles: errors, warnings and everything that a policy refused.
    struct Visit {
        let output: String
        let console: [String]
    }

    private let program: URL
    /// Profiles and home: nothing is left behind, nothing of the user's is read.
    private let workplace: Workplace

    init(in workplace: Workplace) throws {
        let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let candidates = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in
            directories.map { "\($0)/\(name)" }
        }
        let found = candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
        program = URL(
            fileURLWithPath: try #require(
                found, "Chromium is needed to test the report: install the Debian package chromium, or run Scripts/test"
            ))
        self.workplace = workplace
    }

    /// Opens a page of the workplace.
    func visit(_ page: String, _ arguments: [String]) throws -> Visit {
        let profile = "profile-\(UUID().uuidString)"
        let process = Process()
        process.executableURL = program
        process.currentDirectoryURL = workplace.directory
        process.arguments =
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-extensions", "--disable-background-networking", "--hide-scrollbars",
                "--enable-logging=stderr", "--v=0", "--user-data-dir=\(workplace.path(profile))",
            ] + arguments + ["file://" + workplace.path(page)]
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = workplace.directory.path
        process.environment = environment
        // Files, not pipes: a browser says more than a pipe holds.
        let names = (output: "\(profile).out", errors: "\(profile).err")
        for name in [names.output, names.errors] { try workplace.write("", to: name) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: workplace.path(names.output)))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: workplace.path(names.errors)))
        process.standardInput = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        if ended.wait(timeout: .now() + 60) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
            Issue.record("the browser was stopped after a minute: \(arguments)")
        }
        let errors = try workplace.text(names.errors)
        #expect(process.terminationStatus == 0, "\(errors.suffix(800))")
        return Visit(
            output: try workplace.text(names.output),
            console: errors.split(separator: "\n").map(String.init).filter { $0.contains(":CONSOLE") })
    }

    /// A picture of a page.
    func picture(of page: String, dark: Bool) throws -> Data {
        let name = "\(UUID().uuidString).png"
        let theme = dark ? ["--force-dark-mode"] : []
        _ = try visit(page, ["--window-size=1000,1400", "--screenshot=\(workplace.path(name))"] + theme)
        return try workplace.data(name)
    }
}
