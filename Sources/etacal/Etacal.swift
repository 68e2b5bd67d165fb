import ArgumentParser
import Foundation

@main
struct Etacal: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "etacal", abstract: "Eta-intercalibration of jets, with closure against truth.",
        discussion: """
            The whole job on the built-in CMS-like detector, and what that detector does:
              etacal closure -o run
              etacal detector show cms-like

            The same in steps:
              etacal simulate --detector cms-like --events 1M -o mc.csv.gz
              etacal simulate --detector cms-like --pseudo-data --events 1M -o data.csv.gz
              etacal fit data.csv.gz --mc mc.csv.gz -o calibration.json

            Exit status: 0 done; 1 done, but the closure, the fit or what was validated is not good; 64 wrong usage; 65 malformed input; 66 no \
            such input; 69 gnuplot or the batch system is missing; 70 internal error; 73 the output exists or cannot be made; 74 reading or writing failed; 130 \
            interrupted; 143 terminated.

            Completions for bash, zsh or fish (docs/cli.md says where to put them):
              etacal --generate-completion-script bash > etacal.bash
            """,
        version: version,
        subcommands: [
            Closure.self, Merge.self, Submit.self, Simulate.self, Cluster.self, Fit.self, Apply.self, Verify.self,
            Compare.self, Combine.self, Export.self, Import.self, Evaluate.self,
            Toys.self, Xsec.self, Plot.self,
            DetectorCommand.self, TagsCommand.self, ValidateCommand.self,
        ])

    /// Runs the command and turns what went wrong into the exit status that docs/cli.md promises.
    static func main() {
        StandardStreams.prepare()
        Interruption.install()
        do {
            try KnownVerbs.require(Array(CommandLine.arguments.dropFirst()), in: Etacal.self)
            var command = try parseAsRoot()
            try command.run()
            end(ExitStatus.done.rawValue)
        } catch let failure where isUsage(failure) {
            end(Complaint.tell(usage: failure))
        } catch {
            Complaint.write("etacal:", " \(StandardStreams.oneLine("\(error)"))")
            end(ExitStatus(of: error).rawValue)
        }
    }

    /// Ends the process, with another status when what it printed has not arrived.
    private static func end(_ status: Int32) -> Never {
        do { try StandardStreams.flush() } catch {
            Complaint.write("etacal:", " \(error)")
            _exit(ExitStatus(of: error).rawValue)
        }
        Foundation.exit(status)
    }

    /// ArgumentParser's own errors, among them the requests for help and the exit codes that commands ask for.
    private static func isUsage(_ error: any Error) -> Bool {
        error is ExitCode || error is ValidationError || error is CleanExit
            || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }
}
