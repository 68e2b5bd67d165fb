import Foundation
import Testing

struct UsageTests {
    struct Misuse: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        /// What the message has to name.
        let named: String
        var testDescription: String { arguments.map { $0.isEmpty ? "''" : $0 }.joined(separator: " ") }

        init(_ line: String, _ named: String) { self.init(line.split(separator: " ").map(String.init), named) }

        init(_ arguments: [String], _ named: String) {
            self.arguments = arguments
            self.named = named
        }

        static let all = verbs + missing + events + numbers + submissions

        private static let verbs = [
            Misuse("frobnicate", "frobnicate"), Misuse("frobnicate -o out", "frobnicate"),
            Misuse("--frobnicate", "--frobnicate"),
            Misuse("closure --frobnicate -o out", "--frobnicate"), Misuse("closure --event 10 -o out", "--event"),
            Misuse("fit events.csv --truth x -o out", "--truth"), Misuse("detector frobnicate", "frobnicate"),
            Misuse("detector show uniform --json --yaml", "--yaml"), Misuse("detector check", "<card>"),
            Misuse("detector check uniform stress", "stress"),
            Misuse("detector convert -o out", "<file>"), Misuse("detector convert events.csv", "-o"),
            Misuse("detector plot uniform --view triggers -o out.png", "--triggers"),
            Misuse("detector plot uniform --view tails --triggers menu.yaml -o out.png", "--view triggers"),
            Misuse("closure one.yaml two.yaml -o out", "two.yaml"),
        ]

        private static let missing = [
            Misuse("closure", "-o"), Misuse("submit --parts 2", "-o"), Misuse("submit -o out", "--parts"),
            Misuse("simulate --detector uniform", "-o"),
            Misuse("simulate -o out", "--detector"),
            Misuse("fit events.csv --method fold -o out", "--mc"), Misuse("fit events.csv", "-o"),
            Misuse("fit -o out", "<data>"),
            Misuse("apply calibration.json events.csv", "-o"),
            Misuse("apply calibration.json -o out", "<events>"),
            Misuse("verify calibration.json --data events.csv", "-o"),
            Misuse("verify calibration.json -o out", "--data"), Misuse("closure -o", "-o"),
            Misuse("closure --events -o out", "--events"),
        ]

        private static let events =
            ["-5", "0", "abc", "1e99", "10X", "", "1.5", "0.5", "nan", "inf", "-1k", "1kk", "k", "1 000", "11T", "10m"]
            .flatMap {
                [
                    Misuse(["closure", "--events", $0, "-o", "out"], "--events"),
                    Misuse(["simulate", "--detector", "uniform", "--events", $0, "-o", "out"], "--events"),
                ]
            }

        private static let submissions =
            ["0", "-1", "1.5", "10001", "all"].map { Misuse("submit -o out --parts \($0)", "--parts") }
            + [
                "--cpus 0", "--cpus 1025", "--retries -1", "--retries 11", "--memory 15", "--memory 2G", "--time 90",
                "--time 1:00", "--partition $x", "--engine condor", "--events 0", "--passes 0", "--seed -1",
            ].map { Misuse("submit --parts 2 --dry-run -o out \($0)", String($0.prefix { $0 != " " })) }

        private static let numbers =
            ["0", "-1", "1.5", "two", "100000"].map {
                Misuse("closure --events 100 --threads \($0) -o out", "--threads")
            }
            + ["0", "-13000", "899", "100001", "nan", "inf", "much"].map { Misuse("xsec --sqrt-s \($0)", "--sqrt-s") }
            + ["0", "-1", "nan", "inf", "1e16", "all"].map { Misuse("xsec --luminosity \($0)", "--luminosity") }
            + ["0", "1.5", "many"].map { Misuse("xsec --events \($0)", "--events") }
            + ["-1", "0", "1", "1000001", "1.5", "many"].map {
                Misuse("toys --experiments \($0)", "--experiments")
            }
            + [
                Misuse("toys --experiments 1000000 --events 10G", "--asimov-events"),
                Misuse("toys --asimov-events none", "--asimov-events"), Misuse("toys --passes 21", "--passes"),
                Misuse("toys --soft-response 0.9", "--soft-response"),
                Misuse("closure --method mpf --soft-response 5 -o out", "--soft-response"),
                Misuse("fit events.csv --method central --soft-response 0.9 -o out", "--soft-response"),
                Misuse("toys --method matrix --method matrix", "--method matrix"),
                Misuse("toys --method guess", "--method"), Misuse("toys --truth events.csv", "--truth"),
                Misuse("toys --tolerance 0.1", "--tolerance"),
            ]
            + ["0", "-1", "9", "nan", "all"].map {
                Misuse("detector convert events.csv -o out --abs-eta-max \($0)", "--abs-eta-max")
            }
            + ["-1", "nan", "inf", "some"].map { Misuse("detector convert events.csv -o out --rho \($0)", "--rho") }
            + ["", "a\u{1B}b"].map {
                Misuse(["detector", "convert", "events.csv", "-o", "out", "--name", $0], "--name")
            }
            + ["-1", "0", "nan", "inf", "much", "-0.005"].flatMap {
                [
                    Misuse("closure --events 100 --tolerance \($0) -o out", "--tolerance"),
                    Misuse("verify calibration.json --data events.csv --tolerance \($0) -o out", "--tolerance"),
                ]
            }
            + ["-1", "1.5", "abc", "18446744073709551616"].map {
                Misuse("closure --events 100 --seed \($0) -o out", "--seed")
            }
            + ["0", "-1", "21", "many"].flatMap {
                [
                    Misuse("closure --events 100 --passes \($0) -o out", "--passes"),
                    Misuse("fit events.csv --passes \($0) -o out", "--passes"),
                ]
            } + [
                Misuse("closure --events 100 --method guess -o out", "--method"),
                Misuse("fit events.csv --method guess -o out", "--method"),
                Misuse("apply calibration.json events.csv --as guess -o out", "--as"),
            ]
    }

    @Test(arguments: Misuse.all)
    func misuseIsNamed(misuse: Misuse) throws {
        let place = try Workplace()
        try place.write(Sample.events, to: "events.csv")
        let before = try place.snapshot()
        let outcome = try place.etacal(misuse.arguments)
        try #require(outcome.status == Status.usage.rawValue, "\(outcome)")
        #expect(outcome.output == "")
        let first = outcome.errors.prefix { $0 != "\n" }
        #expect(first.hasPrefix("Error: ") && first.contains(misuse.named), "\(outcome)")
        #expect(outcome.errors.contains("Usage: etacal"), "\(outcome)")
        #expect(try place.changes(since: before) == [])
    }

    @Test(arguments: [
        ("closrue", "closure"), ("Closure", "closure"), ("simulat", "simulate"), ("sim", "simulate"), ("fitt", "fit"),
        ("aply", "apply"), ("verfiy", "verify"), ("detectors", "detector"), ("help closrue", "closure"),
        ("detector lst", "detector list"), ("detector shwo", "detector show"), ("closrue -o out --quiet", "closure"),
    ])
    func theNearestVerbIsNamed(line: String, verb: String) throws {
        let outcome = try Workplace().etacal(line)
        #expect(outcome.status == Status.usage.rawValue && outcome.output == "", "\(outcome)")
        #expect(outcome.errors.contains("Did you mean '\(verb)'?"), "\(outcome)")
    }

    @Test(arguments: ["frobnicate", "draw", "x", "detector frobnicate"])
    func otherWordsGetAllVerbs(line: String) throws {
        let outcome = try Workplace().etacal(line)
        #expect(!outcome.errors.contains("Did you mean"), "\(outcome)")
        let known = line.hasPrefix("detector") ? ["list", "show", "check"] : ["closure", "fit", "detector", "help"]
        for verb in known { #expect(outcome.errors.contains(verb), "\(outcome)") }
    }

    @Test(arguments: ["matrix", "central"])
    func anUnknownMethodGetsTheKnownOnes(method: String) throws {
        let outcome = try Workplace().etacal("closure --method guess -o out")
        #expect(outcome.errors.contains(method), "\(outcome)")
    }

    @Test(arguments: [
        "", "closure", "submit", "simulate", "fit", "apply", "verify", "detector", "detector list", "detector show",
        "detector check", "detector convert", "toys", "xsec",
    ])
    func helpIsThere(verb: String) throws {
        let place = try Workplace()
        for option in ["--help", "-h"] {
            let text = try place.succeed("\(verb) \(option)")
            #expect(text.contains("USAGE: etacal \(verb)") && text.contains("OVERVIEW: "))
        }
        #expect(try place.snapshot().isEmpty)
    }

    @Test func everyVerbIsInTheHelp() throws {
        let text = try Workplace().succeed("--help")
        for verb in ["closure", "submit", "simulate", "fit", "apply", "verify", "detector"] {
            #expect(text.contains("\n  \(verb) "))
        }
    }

    @Test func theVersionIsANumber() throws {
        let text = try Workplace().succeed("--version")
        #expect(text.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil, "\(text)")
    }

    @Test(arguments: [("2k", 2000), ("1500", 1500), ("1.001k", 1001), ("0.000002G", 2000), ("1e3", 1000)])
    func numbersOfEventsTakeSuffixes(events: String, count: Double) throws {
        let output = try Workplace().succeed("simulate --detector uniform --events \(events) --json -o out.csv")
        #expect(try JSON(output)["events"].double == count)
    }
}
