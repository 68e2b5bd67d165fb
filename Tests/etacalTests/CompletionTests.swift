import Foundation
import Testing

struct CompletionTests {
    /// What bash offers for the last word.
    private static func completions(_ words: [String], in place: Workplace) throws -> [String] {
        func quoted(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'" }
        let list = words.map(quoted).joined(separator: " ")
        let script = """
            source <(etacal --generate-completion-script bash)
            COMP_WORDS=(\(list)) COMP_CWORD=\(words.count - 1) COMP_LINE=\(quoted(words.joined(separator: " ")))
            COMP_POINT=${#COMP_LINE}
            _etacal etacal \(quoted(words[words.count - 1])) \(quoted(words[words.count - 2]))
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let outcome = try place.run(script: script, shell: bash)
        #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    private static let bash = "/bin/bash"
    private static let hasBash = FileManager.default.isExecutableFile(atPath: bash)

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        for name in ["mine.yaml", "run.yml", "data.csv", "mc.csv.gz", "mc.h5", "calibration.json", "notes.txt"] {
            try place.write("", to: name)
        }
        try place.makeDirectory("cards")
        try place.write("", to: "cards/other.yaml")
        return place
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func scriptsAreValid(shell: String) throws {
        let place = try Workplace()
        let script = try place.succeed("--generate-completion-script \(shell)")
        #expect(script.contains("closure") && script.contains("data-detector"))
        for directory in ["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"] {
            let program = "\(directory)/\(shell)"
            guard FileManager.default.isExecutableFile(atPath: program) else { continue }
            try place.write(script, to: "script")
            let outcome = try TerminalRun(
                URL(fileURLWithPath: program), ["-n", place.path("script")], in: place, terminal: []
            ).outcome()
            #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
            break
        }
    }

    @Test func anotherShellIsRefused() throws {
        let outcome = try Workplace().etacal("--generate-completion-script tcsh")
        #expect(outcome.status != 0 && outcome.errors.contains("tcsh"), "\(outcome)")
    }

    struct Offer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let offered: Set<String>
        var withheld: Set<String> = []

        init(_ line: String, _ offered: Set<String>, not withheld: Set<String> = []) {
            testDescription = line
            self.offered = offered
            self.withheld = withheld
        }
    }

    private static let cards: Set = ["cms-like", "atlas-like", "uniform", "stress", "mine.yaml", "cards"]

    @Test(
        .enabled(if: hasBash),
        arguments: [
            Offer(
                "",
                [
                    "closure", "submit", "simulate", "fit", "apply", "verify", "compare", "detector", "validate",
                    "help",
                    "--version",
                ]),
            Offer("detector ", ["list", "show", "check", "convert"]), Offer("detector show ", cards),
            Offer("detector convert ", ["notes.txt"], not: ["mine.yaml"]),
            Offer("detector convert --like ", cards, not: ["notes.txt"]),
            Offer("closure --detector ", cards, not: ["notes.txt", "data.csv"]),
            Offer("closure --detector cms", ["cms-like"], not: ["mine.yaml", "uniform"]),
            Offer("closure --data-detector cards/", ["cards/other.yaml"], not: ["cms-like"]),
            Offer("simulate --detector ", cards),
            Offer("submit --engine ", ["slurm", "snakemake"], not: ["mine.yaml"]),
            Offer("submit ", ["mine.yaml", "run.yml"], not: ["data.csv"]),
            Offer("closure ", ["mine.yaml", "run.yml", "cards"], not: ["data.csv", "cms-like"]),
            Offer("closure -o ", ["cards"], not: ["mine.yaml"]),
            Offer("closure --binning ", ["standard", "coarse", "mine.yaml"]),
            Offer("fit ", ["data.csv", "mc.csv.gz", "mc.h5", "cards"], not: ["notes.txt", "mine.yaml"]),
            Offer("fit --method ", ["matrix", "matrix-linear", "central", "mpf", "likelihood"], not: ["data.csv"]),
            Offer("fit --selection ", ["mine.yaml"], not: ["data.csv"]),
            Offer("apply ", ["calibration.json"], not: ["data.csv"]),
            Offer("compare ", ["calibration.json"], not: ["data.csv"]),
            Offer("compare --correlation ", ["auto", "none", "nested"], not: ["data.csv"]),
            Offer("apply calibration.json ", ["data.csv", "mc.csv.gz", "mc.h5"], not: ["calibration.json"]),
            Offer("apply calibration.json data.csv --as ", ["data", "mc"]),
            Offer("verify calibration.json --data ", ["data.csv"], not: ["mine.yaml"]),
            Offer("simulate --events ", ["1M"], not: ["data.csv"]),
            Offer("validate ", ["truth"]), Offer("validate truth --against ", ["data.csv"], not: ["mine.yaml"]),
            Offer("verify --", ["--mc", "--tolerance", "--json", "--overwrite"], not: ["--detector"]),
        ])
    func bashOffers(offer: Offer) throws {
        let words =
            ["etacal"]
            + offer.testDescription.split(separator: " ", omittingEmptySubsequences: false)
            .map(String.init)
        let found = Set(try Self.completions(words, in: Self.workplace()))
        #expect(found.isSuperset(of: offer.offered), "missing \(offer.offered.subtracting(found)) of \(found)")
        #expect(found.isDisjoint(with: offer.withheld), "\(found)")
    }

    /// The script expands what it is offered.
    @Test(.enabled(if: hasBash))
    func namesOfFilesAreNotRun() throws {
        let place = try Self.workplace()
        for name in ["$(touch pressed).yaml", "`touch pressed`.yaml", "a;b.yaml"] { try place.write("", to: name) }
        let before = try place.snapshot()
        for option in ["--detector", "--binning", "--selection"] {
            let offered = try Self.completions(["etacal", "closure", option, ""], in: place)
            #expect(offered.contains("mine.yaml"))
        }
        #expect(try place.changes(since: before) == [])
    }

    /// Names that are offered are names that are known.
    @Test func builtInNamesExist() throws {
        let place = try Workplace()
        try place.write(Sample.events, to: "events.csv")
        for binning in ["standard", "coarse"] {
            let outcome = try place.etacal("fit events.csv --binning \(binning) -o \(binning).json")
            #expect(outcome.status == Status.negativeVerdict.rawValue, "\(outcome)")
        }
    }
}
