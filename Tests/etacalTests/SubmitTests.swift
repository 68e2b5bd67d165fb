import Foundation
import Testing

/// `submit`, with programs in place of those of Slurm; Scripts/test-slurm has a real one.
struct SubmitTests {
    /// Takes each job and notes its options: `NUMBER: OPTIONS`.
    private static let sbatch = """
        number=$(($(wc -l <calls) + 1))
        echo "$number: $*" >>calls
        [ ! -e refused-from ] || [ "$number" -lt "$(cat refused-from)" ] || { echo 'too many jobs' >&2; exit 1; }
        echo "$number;cluster"
        """
    private static let squeue = "cat queued 2>/dev/null; true"
    private static let scontrol = "echo \"MaxArraySize            = $(cat size 2>/dev/null || echo 1001)\""

    private final class Site {
        let place: Workplace
        private let path: String

        init(jobs: Bool = true) throws {
            place = try Workplace()
            _ = try place.install(SubmitTests.sbatch, as: "sbatch")
            _ = try place.install(SubmitTests.squeue, as: "squeue")
            path = try place.install(SubmitTests.scontrol, as: "scontrol")
            guard jobs else { return }
            let outcome = try etacal("submit --events 1000 --passes 1 --parts 6 --dry-run -o batch")
            try #require(outcome.status == 0, "\(outcome)")
            try place.write("", to: "batch/calls")
        }

        func etacal(_ line: String) throws -> Outcome {
            try place.etacal(line.split(separator: " ").map(String.init), environment: ["PATH": path])
        }

        func submit(_ options: String = "") throws -> Outcome {
            try place.run(script: "PATH='\(path)' bash batch/submit.sh \(options)")
        }

        /// What the jobs were given, but for what all of them are.
        func calls() throws -> [String] {
            try place.text("batch/calls").split(separator: "\n").map { line in
                line.split(separator: " ").filter { word in
                    ["--array", "--dep", "--acc"].contains { word.hasPrefix($0) } || !word.hasPrefix("--")
                        || word.hasPrefix("--job")
                }.joined(separator: " ").replacingOccurrences(of: "--job-name=etacal-", with: "")
            }
        }
    }

    @Test func everyRoundWaitsForTheOneBefore() throws {
        let site = try Site()
        let outcome = try site.submit("--account=hep")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            try site.calls() == [
                "1: --account=hep part-1 --array=0-5 part.sh 1 0",
                "2: --account=hep merge-1 --dependency=afterok:1 merge.sh 1",
                "3: --account=hep part-2 --array=0-5 --dependency=afterok:2 part.sh 2 0",
                "4: --account=hep merge-2 --dependency=afterok:3 merge.sh 2",
                "5: --account=hep part-3 --array=0-5 --dependency=afterok:4 part.sh 3 0",
                "6: --account=hep merge-3 --dependency=afterok:5 merge.sh 3",
                "7: --account=hep closure --dependency=afterok:6 closure.sh",
            ])
        #expect(try site.place.text("batch/jobs") == "1\n2\n3\n4\n5\n6\n7\n")
    }

    @Test func onlyWhatIsMissingIsSubmitted() throws {
        let site = try Site()
        for name in ["sums", "parts", "parts/round-2"] { try site.place.makeDirectory("batch/\(name)") }
        for name in ["sums/round-1", "parts/round-2/part-0", "parts/round-2/part-3"] {
            try site.place.write("", to: "batch/\(name).h5")
        }
        #expect(try site.submit().status == 0)
        #expect(
            try site.calls().prefix(3) == [
                "1: part-2 --array=1-2,4-5 part.sh 2 0", "2: merge-2 --dependency=afterok:1 merge.sh 2",
                "3: part-3 --array=0-5 --dependency=afterok:2 part.sh 3 0",
            ])
    }

    @Test func whatOnlyHasToBeMergedIs() throws {
        let site = try Site()
        for name in ["sums", "parts", "parts/round-3"] { try site.place.makeDirectory("batch/\(name)") }
        for name in ["sums/round-1", "sums/round-2"] + (0..<6).map({ "parts/round-3/part-\($0)" }) {
            try site.place.write("", to: "batch/\(name).h5")
        }
        #expect(try site.submit().status == 0)
        #expect(try site.calls() == ["1: merge-3 merge.sh 3", "2: closure --dependency=afterok:1 closure.sh"])
    }

    @Test func nothingIsSubmittedForAResult() throws {
        let site = try Site()
        try site.place.makeDirectory("batch/result")
        let outcome = try site.submit()
        #expect(outcome.status == 0 && outcome.output.contains("batch/result"), "\(outcome)")
        #expect(try site.calls() == [])
    }

    /// Indices of an array end below MaxArraySize.
    @Test func morePartsThanAnArrayHoldsTakeSeveral() throws {
        let site = try Site()
        try site.place.write("4", to: "batch/size")
        #expect(try site.submit().status == 0)
        #expect(
            try site.calls().prefix(4) == [
                "1: part-1 --array=0-3 part.sh 1 0", "2: part-1 --array=0-1 part.sh 1 4",
                "3: merge-1 --dependency=afterok:1:2 merge.sh 1",
                "4: part-2 --array=0-3 --dependency=afterok:3 part.sh 2 0",
            ])
    }

    @Test func aSlurmWithoutArraysIsNamed() throws {
        let site = try Site()
        try site.place.write("0", to: "batch/size")
        let outcome = try site.submit()
        #expect(outcome.status == Status.unavailable.rawValue && outcome.errors.contains("MaxArraySize"), "\(outcome)")
        #expect(try site.calls() == [])
    }

    @Test func jobsThatAreNotDoneAreNotSubmittedAgain() throws {
        let site = try Site()
        #expect(try site.submit().status == 0)
        try site.place.write("2\n3\n3\n", to: "batch/queued")
        let outcome = try site.submit()
        #expect(outcome.status == Status.unavailable.rawValue && outcome.errors.contains("jobs 2 3 "), "\(outcome)")
        #expect(try site.calls().count == 7)
    }

    /// What was taken stays, and is known to the next attempt.
    @Test func aRefusalIsTold() throws {
        let site = try Site()
        try site.place.write("4", to: "batch/refused-from")
        let outcome = try site.submit()
        #expect(outcome.status == Status.unavailable.rawValue, "\(outcome)")
        #expect(outcome.errors.contains("too many jobs") && outcome.errors.contains("merge-2"), "\(outcome)")
        #expect(try site.place.text("batch/jobs") == "1\n2\n3\n")
    }

    @Test func submitRunsTheDriver() throws {
        let site = try Site(jobs: false)
        // The directory is not there yet, so that the fake program notes its calls where it is made.
        _ = try site.place.install("echo 1; echo \"$@\" >>'\(site.place.path("log"))'", as: "sbatch")
        let outcome = try site.etacal("submit --events 1000 --passes 1 --parts 2 -o batch")
        #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
        #expect(outcome.output.contains("closure: 1, makes"), "\(outcome)")
        #expect(try site.place.text("log").split(separator: "\n").count == 7)
        let silent = try site.etacal("submit --events 1000 --passes 1 --parts 2 --quiet -o other")
        #expect(silent.status == 0 && silent.output == "" && silent.errors == "", "\(silent)")
    }

    @Test func aRefusalEndsSubmit() throws {
        let site = try Site(jobs: false)
        _ = try site.place.install("echo 'no account' >&2; exit 1", as: "sbatch")
        let outcome = try site.etacal("submit --events 1000 --parts 2 -o batch")
        #expect(outcome.status == Status.unavailable.rawValue, "\(outcome)")
        for words in ["no account", "batch/submit.sh"] { #expect(outcome.errors.contains(words), "\(outcome)") }
        #expect(FileManager.default.fileExists(atPath: site.place.path("batch/submit.sh")))
    }

    @Test func slurmHasToBeThere() throws {
        try Workplace().expectRefusal(
            "submit --events 1000 --parts 2 -o batch", .unavailable, at: "sbatch", "no such program")
    }

    @Test func whatExistsIsKept() throws {
        let place = try Workplace()
        try place.write("mine", to: "file")
        try place.makeDirectory("folder")
        for name in ["file", "folder"] {
            try place.expectRefusal("submit --parts 2 --dry-run -o \(name)", .cannotCreate, at: name, "exists")
        }
        try place.succeed("submit --events 1000 --parts 2 --dry-run -o batch")
        let outcome = try place.etacal("submit --events 1000 --parts 2 --dry-run -o batch")
        place.expect(outcome, .cannotCreate, says: "batch/submit.sh")
    }

    /// What the jobs would stumble over is told before there are any.
    @Test func whatNoJobCouldDoIsRefused() throws {
        let place = try Workplace()
        try place.write("schema: etacal.run/1\nevents: none\n", to: "run.yaml")
        let end = "--parts 2 --dry-run -o batch"
        try place.expectRefusal("submit run.yaml \(end)", .malformed, at: "run.yaml:2: events", nil)
        try place.expectRefusal("submit none.yaml \(end)", .unreadable, at: "none.yaml", "no such file")
        try place.expectRefusal("submit --truth none.csv \(end)", .unreadable, at: "none.csv", "no such file")
        try place.write("not a grid", to: "grid.dat")
        let outcome = try place.etacal("submit --pdf grid.dat \(end)")
        place.expect(outcome, .malformed, says: "grid.dat")
    }

    @Test func theConfigurationIsThatOfClosure() throws {
        let place = try Workplace()
        let options = "--detector uniform --events 200 --binning coarse --tolerance 0.1 --seed 7"
        try place.succeed("closure \(options) -o run", status: .negativeVerdict)
        try place.succeed("submit \(options) --parts 2 --dry-run -o batch")
        #expect(try place.text("batch/run.yaml") == place.text("run/run.yaml"))
    }

    /// The jobs one after another, as any system may run them.
    @Test func jobsMakeTheResultOfOnePiece() throws {
        let place = try Workplace()
        let options = "--detector uniform --binning coarse --events 5k --passes 1"
        try place.succeed("submit \(options) --parts 3 --dry-run -o batch")
        let outcome = try place.run(
            script: """
                for round in 1 2 3; do
                    for part in 2 0 1; do batch/part.sh $round $part || exit 99; done
                    batch/merge.sh $round || exit 99
                done
                batch/closure.sh
                """)
        #expect(outcome.status == Status.negativeVerdict.rawValue && outcome.errors == "", "\(outcome)")
        try place.succeed("closure \(options) -o whole", status: .negativeVerdict)
        for file in ["run.yaml", "calibration.json", "closure.json"] {
            #expect(try place.data("batch/result/\(file)") == place.data("whole/\(file)"), "\(file)")
        }
    }

    @Test func inputsAreNamedByWholePaths() throws {
        let place = try Workplace()
        try place.write(Sample.truthEvents, to: "sample_dijets.csv")
        try place.write(Sample.crossSections, to: "sample_xsec.csv")
        try place.succeed("submit --truth sample_dijets.csv --events 2 --parts 2 --engine snakemake -o flow")
        for name in ["part.sh", "closure.sh"] {
            let text = try place.text("flow/\(name)")
            #expect(text.contains("--truth \(place.path("sample_dijets.csv")) "), "\(text)")
            #expect(text.contains("--truth-xsec \(place.path("sample_xsec.csv"))"), "\(text)")
        }
    }
}
