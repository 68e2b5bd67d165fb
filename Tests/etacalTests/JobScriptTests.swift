import Foundation
import Testing

/// The scripts that `submit` writes, with a program in place of `etacal`.
struct JobScriptTests {
    /// Notes its words and ends with the next of the statuses that were laid down; makes its output, the last word, unless
    /// that is a failure.
    private static let program = """
        echo "$@" >>calls
        status=$(head -n 1 statuses)
        sed -i 1d statuses
        [ "${status:-0}" -ne 137 ] || kill -KILL $$
        [ "${status:-0}" -le 1 ] || exit "$status"
        for output; do :; done
        echo made >"$output"
        exit "${status:-0}"
        """

    private let place: Workplace
    private let path: String

    init() throws {
        place = try Workplace()
        try place.succeed("submit --events 1000 --passes 1 --parts 3 --retries 2 --cpus 2 --dry-run -o batch")
        _ = try place.install("true", as: "sleep")
        path = try place.install(Self.program, as: "etacal-in-place")
        for name in ["part.sh", "merge.sh", "closure.sh"] {
            let text = try place.text("batch/\(name)")
            #expect(text.contains(Program.url?.path ?? "?"))
            try place.write(
                text.replacingOccurrences(of: Program.url?.path ?? "?", with: place.path("bin/etacal-in-place")),
                to: "batch/\(name)")
        }
        for name in ["calls", "statuses"] { try place.write("", to: "batch/\(name)") }
    }

    private func run(_ script: String, _ statuses: Int32..., index: Int? = nil) throws -> Outcome {
        try place.write(statuses.map { "\($0)\n" }.joined(), to: "batch/statuses")
        try place.write("", to: "batch/calls")
        let task = index.map { "SLURM_ARRAY_TASK_ID=\($0) " } ?? ""
        return try place.run(script: "\(task)PATH='\(path)' bash batch/\(script)")
    }

    private var calls: [String] { get throws { try place.text("batch/calls").split(separator: "\n").map(String.init) } }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: place.path("batch/\(name)")) }

    private static func part(_ part: Int) -> String {
        "closure run.yaml --shard \(part)/3 --checkpoint checkpoints/round-1/part-\(part).h5 --threads 2"
            + " -o parts/round-1/part-\(part).h5"
    }

    @Test func aPartThatIsKilledGoesOn() throws {
        let outcome = try run("part.sh 1 1", 137, 74, 0)
        #expect(outcome.status == 0 && exists("parts/round-1/part-1.h5"), "\(outcome)")
        #expect(try calls == [Self.part(1), Self.part(1), Self.part(1)])
        #expect(outcome.errors.contains("attempt 1 of 3 ended with status 137"), "\(outcome)")
    }

    @Test func retriesAreCounted() throws {
        let outcome = try run("part.sh 1 1", 137, 137, 137, 0)
        #expect(outcome.status == 137 && !exists("parts/round-1/part-1.h5"), "\(outcome)")
        #expect(try calls.count == 3)
    }

    @Test(arguments: [64, 65, 66, 129, 130, 143] as [Int32])
    func whatWouldBeTheSameAgainIsNotTriedAgain(status: Int32) throws {
        let outcome = try run("part.sh 1 1", status, 0)
        #expect(outcome.status == status, "\(outcome)")
        #expect(try calls.count == 1)
    }

    @Test func anIndexOfAnArrayComesAfterTheFirstPart() throws {
        #expect(try run("part.sh 1 1", index: 1).status == 0)
        #expect(try calls == [Self.part(2)])
    }

    @Test func laterRoundsTakeTheSumsOfTheOneBefore() throws {
        #expect(try run("part.sh 2 0").status == 0)
        #expect(try calls[0].contains("closure run.yaml --sums sums/round-1.h5 --shard 0/3 "))
    }

    @Test func whatIsThereIsNotMadeAgain() throws {
        for script in ["part.sh 1 0", "merge.sh 1", "closure.sh"] {
            #expect(try run(script).status == 0)
            #expect(try calls.count == 1)
            #expect(try run(script).status == 0)
            #expect(try calls == [], "\(script)")
        }
        // Merged and taken away.
        #expect(try run("part.sh 1 0").status == 0)
        #expect(try calls == [])
    }

    @Test func partsGoOnceTheyAreMerged() throws {
        for part in 0..<3 { #expect(try run("part.sh 1 \(part)").status == 0) }
        #expect(try run("merge.sh 1", 65).status == 65)
        #expect(exists("parts/round-1/part-2.h5"))
        #expect(try run("merge.sh 1", 74, 0).status == 0)
        let parts = (0..<3).map { "parts/round-1/part-\($0).h5" }.joined(separator: " ")
        #expect(try calls == Array(repeating: "merge \(parts) -o sums/round-1.h5", count: 2))
        #expect(exists("sums/round-1.h5") && !exists("parts/round-1") && !exists("checkpoints/round-1"))
    }

    @Test func theSumsOfEarlierRoundsStay() throws {
        #expect(try run("part.sh 2 0").status == 0)
        #expect(try run("merge.sh 2").status == 0)
        #expect(try calls == ["merge sums/round-1.h5 parts/round-2/part-0.h5 -o sums/round-2.h5"])
    }

    @Test func aNegativeVerdictIsAResult() throws {
        #expect(try run("closure.sh", 1).status == 1)
        #expect(exists("result"))
        #expect(try calls == ["closure run.yaml --sums sums/round-3.h5 --threads 2 -o result"])
    }
}
