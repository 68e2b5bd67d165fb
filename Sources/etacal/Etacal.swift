import ArgumentParser
import Foundation

@main
struct Etacal: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "etacal", abstract: "η-intercalibration of jets, with closure against truth.",
        discussion: """
            Examples:
              etacal closure -o run                      the whole job on the built-in CMS-like detector
              etacal detector show cms-like              what that detector does to jets
              etacal fit data.csv --mc mc.csv -o calibration.json
            """,
        version: version,
        subcommands: [Closure.self, Simulate.self, Fit.self, Apply.self, Verify.self, Plot.self, DetectorCommand.self])

    /// Runs the command and turns what went wrong into the exit status that docs/cli.md promises.
    static func main() {
        Interruption.install()
        do {
            try requireKnownVerb()
            var command = try parseAsRoot()
            try command.run()
        } catch let failure where isUsage(failure) {
            exit(withError: failure)
        } catch {
            FileHandle.standardError.write(Data("etacal: \(error)\n".utf8))
            Foundation.exit(ExitStatus(of: error).rawValue)
        }
    }

    /// With options behind it, an unknown verb would be told as an unknown option.
    private static func requireKnownVerb() throws {
        guard let verb = CommandLine.arguments.dropFirst().first, !verb.hasPrefix("-") else { return }
        let verbs = configuration.subcommands.map { $0._commandName } + ["help"]
        guard verbs.contains(verb) else {
            throw ValidationError("Unknown verb '\(verb)'; there are \(verbs.joined(separator: ", ")).")
        }
    }

    /// ArgumentParser's own errors, among them the requests for help and the exit codes that commands ask for.
    private static func isUsage(_ error: any Error) -> Bool {
        error is ExitCode || error is ValidationError || error is CleanExit
            || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }
}
