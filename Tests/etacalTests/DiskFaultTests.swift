import Foundation
import Testing

/// A disk without room, and standard output that takes nothing.
struct DiskFaultTests {
    /// Mounts a small disk that only the program sees, runs it, and tells what it left there.
    private static let smallDisk = """
        \(Fault.tools); mount -t tmpfs -o size=16k tmpfs full || exit 99
        PATH=/nonexistent "$0" "$@"; status=$?
        echo "left:" $(ls -A full); exit $status
        """

    private static let unshare = [["-rm"], ["-m"]].map { [Fault.program("unshare") ?? "/none"] + $0 }.first {
        Fault.succeeds($0 + ["/bin/sh", "-c", "\(Fault.tools); mount -t tmpfs -o size=16k tmpfs /mnt"])
    }

    @Test(
        .enabled(if: unshare != nil, "no right to mount a disk of its own"),
        arguments: ["simulate", "simulate.gz", "simulate.h5", "fit", "apply", "apply.h5", "closure"])
    func aFullDiskIsNamedAndLeftEmpty(verb: String) throws {
        let place = try Workplace()
        try place.makeDirectory("full")
        let events = try FaultSample.path("few.csv.gz")
        let (output, arguments) =
            switch verb {
            case "simulate": ("x.csv", ["simulate", "--detector", "uniform", "--events", "2k"])
            case "simulate.gz": ("x.csv.gz", ["simulate", "--detector", "uniform", "--events", "2k"])
            case "simulate.h5": ("x.h5", ["simulate", "--detector", "uniform", "--events", "2k"])
            case "fit": ("x.json", ["fit", events])
            case "apply": ("x.csv", ["apply", try FaultSample.path("calibration.json"), events])
            case "apply.h5": ("x.h5", ["apply", try FaultSample.path("calibration.json"), events])
            default: ("run", ["closure", "--detector", "uniform", "--events", "2k"])
            }
        let outcome = try place.etacal(
            arguments + ["-o", "full/\(output)"], through: (Self.unshare ?? []) + Fault.shell(Self.smallDisk))
        place.expect(outcome, .inputOutput, says: "etacal: full/\(output)", ": the disk is full; ")
        #expect(!outcome.errors.contains("partial"), "\(outcome)")
        #expect(outcome.output == "left:\n", "\(outcome)")
    }

    @Test(arguments: [("simulate", "out.csv"), ("simulate", "out.h5"), ("closure", "out/")])
    func aLimitOfTheSizeOfFilesIsNamed(verb: String, file: String) throws {
        let place = try Workplace()
        let outcome = try place.etacal(
            [verb, "--detector", "uniform", "--events", "2k", "-o", file.replacingOccurrences(of: "/", with: "")],
            through: Fault.shell("ulimit -f 8; exec \"$0\" \"$@\""))
        place.expect(outcome, .inputOutput, says: "etacal: \(file)", "larger than is allowed")
        #expect(try place.snapshot().isEmpty)
    }

    static let printing = [
        "--help", "--version", "detector list", "detector show cms-like", "detector show cms-like --json",
        "simulate --detector uniform --events 100 -o out", "simulate --detector uniform --events 100 --json -o out",
        "closure --detector uniform --events 100 -o out", "closure --detector uniform --events 100 --json -o out",
    ]

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full"), arguments: printing,
        [">/dev/full", ">&-"])
    func whatCannotBePrintedIsNoSuccess(line: String, redirection: String) throws {
        let place = try Workplace()
        let outcome = try place.etacal(
            line.split(separator: " ").map(String.init),
            through: Fault.shell("exec \"$0\" \"$@\" \(redirection)"))
        let problem = redirection == ">&-" ? "writing failed" : "the disk is full"
        place.expect(outcome, .inputOutput, says: "etacal: standard output: \(problem)")
        // The results are none the worse for it.
        #expect(FileManager.default.fileExists(atPath: place.path("out")) == line.contains("-o out"))
    }

    @Test func silenceNeedsNoOutput() throws {
        let place = try Workplace()
        let outcome = try place.etacal(
            ["simulate", "--detector", "uniform", "--events", "100", "--quiet", "-o", "out"],
            through: Fault.shell("exec \"$0\" \"$@\" >&- 2>&- <&-"))
        #expect(outcome.status == 0, "\(outcome)")
        try place.succeed("simulate --detector uniform --events 100 --quiet -o same")
        #expect(try place.data("out") == place.data("same"))
    }

    /// The status says what a message cannot; the message does not get into a result either.
    @Test(arguments: ["2>/dev/full", "2>&-"])
    func messagesThatCannotBeWrittenDoNotHarm(redirection: String) throws {
        let place = try Workplace()
        let script = "exec \"$0\" \"$@\" \(redirection)"
        let missing = try place.etacal(["fit", "none.csv", "-o", "out"], through: Fault.shell(script))
        #expect(missing.status == Status.unreadable.rawValue, "\(missing)")
        let misuse = try place.etacal(["guess"], through: Fault.shell(script))
        #expect(misuse.status == Status.usage.rawValue, "\(misuse)")
        #expect(try place.snapshot().isEmpty)
    }

    /// Whoever starts the program may have SIGPIPE ignored, or not.
    @Test(arguments: ["", "trap '' PIPE; "])
    func aReaderMayStopEarly(trap: String) throws {
        let place = try Workplace()
        let script = "\(Fault.tools); \(trap)for i in 1 2 3; do \"$0\" \"$@\" | head -n 1; done"
        let outcome = try place.etacal(["detector", "show", "cms-like", "--yaml"], through: Fault.shell(script))
        #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
        #expect(outcome.output.split(separator: "\n").count == 3, "\(outcome)")
    }
}
