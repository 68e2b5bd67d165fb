import Foundation
import Testing

/// Options that say what the built-in truth is made of.
struct GeneratorOptionTests {
    private static let slices = "slice,pthat_min_GeV,pthat_max_GeV\n0,30,60\n1,60,120\n"

    /// The built-in tune as a configuration of a run holds it, with a variation.
    private static let tune = Result { try makeTune() }

    private static func makeTune() throws -> String {
        let place = try Workplace()
        // A message of a parameter that is missing names it: the tune is asked for one by one.
        var lines = [
            "schema: etacal.radiation/1", "name: toy", "summary: for tests", "parameters:", "  final_rate: 0.25",
        ]
        let valid: [String: Double] = ["initial_rate_fall": 0.2, "jet_forward_loss": 0.002]
        while lines.count < 200 {
            try place.write(lines.joined(separator: "\n") + "\n", to: "tune.yaml")
            let outcome = try place.etacal("simulate --detector uniform --events 100 --radiation tune.yaml -o out.csv")
            guard outcome.status != 0 else { break }
            let name = try #require(outcome.errors.firstMatch(of: /the key '(\w+)' is missing/)?.1, "\(outcome)")
            let small = name.contains("gluon") || name.contains("light") ? 0.02 : 0.5
            lines.append("  \(name): \(valid[String(name)] ?? (name.hasPrefix("emission") ? 1 : small))")
        }
        return (lines + ["variations:", "  final-up: {final_rate: 0.5}", ""]).joined(separator: "\n")
    }

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(slices, to: "slices.csv")
        try place.write(try tune.get(), to: "tune.yaml")
        try place.write(Sample.partonGrid, to: "grid.dat")
        try place.write(Sample.binning, to: "binning.yaml")
        return place
    }

    @Test func biasesThatSumsCannotHoldAreRefused() throws {
        let place = try Self.workplace()
        try place.write("slice,pthat_min_GeV,pthat_max_GeV\n0,30,300\n", to: "wide.csv")
        for line in Self.verbs {
            try place.expectRefusal(
                "\(line) --slices wide.csv --pt-bias 4", .malformed, at: "bias", "slice of 30.0–300.0 GeV")
        }
    }

    private static let verbs = [
        "closure --events 2k -o out", "simulate --detector uniform --events 2k -o out.csv",
    ]

    // MARK: Mistakes

    private static let values: [(option: String, named: String)] =
        ["0", "-13000", "899", "100001", "nan", "inf", "much"].map { ("--sqrt-s \($0)", "--sqrt-s") }
        + ["-2.1", "8.1", "nan", "inf", "-inf", "1e99", "steep"].map { ("--pt-bias \($0)", "--pt-bias") }
        + ["--pdf", "--slices", "--radiation", "--radiation-variation"].map { ($0, $0) }
        + [
            ("--radiation-variation sideways", "'sideways' is not a variation of the tune 'monash'"),
            ("--radiation tune.yaml --radiation-variation up", "'up' is not a variation of the tune 'toy'; known are"),
        ]

    @Test(arguments: verbs, values)
    func valuesThatCannotBeAreRefused(verb: String, value: (option: String, named: String)) throws {
        let place = try Self.workplace()
        let before = try place.snapshot()
        // What follows an option without a value is another option.
        let words = verb.split(separator: " ", maxSplits: 1)
        let outcome = try place.etacal("\(words[0]) \(value.option) \(words[1])")
        try #require(outcome.status == Status.usage.rawValue, "\(outcome)")
        #expect(outcome.output == "" && outcome.errors.hasPrefix("Error: "), "\(outcome)")
        #expect(outcome.errors.contains(value.named) && outcome.errors.contains("Usage: etacal"), "\(outcome)")
        #expect(try place.changes(since: before) == [])
    }

    private static let options = [
        "--sqrt-s 7000", "--pdf grid.dat", "--slices slices.csv", "--radiation tune.yaml",
        "--radiation-variation final-up", "--pt-bias 4",
    ]

    /// A truth sample is what it is.
    @Test(arguments: options)
    func noneGoesWithATruthSample(option: String) throws {
        let place = try Self.workplace()
        try place.write(Sample.truthEvents, to: "toy_dijets.csv")
        try place.write(Sample.crossSections, to: "toy_xsec.csv")
        try place.write("schema: etacal.run/1\ntruth: toy_dijets.csv\n", to: "config.yaml")
        let before = try place.snapshot()
        for line in Self.verbs.map({ "\($0) --truth toy_dijets.csv" }) + ["closure config.yaml --events 2k -o out"] {
            let outcome = try place.etacal("\(line) \(option)")
            #expect(outcome.status == Status.usage.rawValue, "\(outcome)")
            #expect(outcome.errors.contains("are for the built-in truth; leave them out with --truth"), "\(outcome)")
        }
        #expect(try place.changes(since: before) == [])
    }

    private static let inTunes: [(old: String, new: String, place: String, problem: String)] = [
        ("final_rate: 0.25", "final_rate: -1", ":5: parameters.final_rate", "-1.0 is out of range"),
        ("final_rate: 0.25", "final_rate: nan", ":5: parameters.final_rate", "not a finite number"),
        ("final_rate: 0.25", "final_rat: 1", ":5: parameters.final_rat", "unknown key 'final_rat'"),
        ("  final_rate: 0.25\n", "", ":5: parameters", "the key 'final_rate' is missing"),
        ("radiation/1", "radiation/2", ":1: schema", "'etacal.radiation/2' is not known"),
        ("name: toy\n", "", ":1", "the key 'name' is missing"),
    ]

    @Test(arguments: inTunes)
    func mistakesInTunesAreNamed(old: String, new: String, at: String, problem: String) throws {
        let place = try Self.workplace()
        let valid = try Self.tune.get()
        try #require(valid.contains(old))
        try place.write(valid.replacingOccurrences(of: old, with: new), to: "tune.yaml")
        try place.write(Sample.truthEvents, to: "toy_dijets.csv")
        try place.write(Sample.crossSections, to: "toy_xsec.csv")
        for line in Self.verbs + ["validate truth --against toy_dijets.csv --events 100 -o out"] {
            try place.expectRefusal("\(line) --radiation tune.yaml", .malformed, at: "tune.yaml" + at, problem)
        }
    }

    @Test func mistakesInOtherFilesAreNamed() throws {
        let place = try Self.workplace()
        try place.write("slice,pthat_min_GeV,pthat_max_GeV\n0,30,60\n1,60,6600\n", to: "beyond.csv")
        try place.write(Sample.partonGrid.replacingOccurrences(of: "lhagrid1", with: "lhagrid9"), to: "other.dat")
        for line in Self.verbs {
            try place.expectRefusal("\(line) --slices beyond.csv", .malformed, at: "beyond.csv:3", "beyond 6500.0 GeV")
            try place.expectRefusal(
                "\(line) --slices slices.csv --sqrt-s 900 --pdf other.dat", .malformed, at: "other.dat:2", "lhagrid9")
            for option in ["--slices", "--pdf", "--radiation"] {
                try place.expectRefusal("\(line) \(option) ./none.x", .unreadable, at: "./none.x", "no such file")
            }
        }
    }

    private static func run(_ name: String, _ line: String, at key: String, _ problem: String) -> Mistake {
        Mistake(
            name, text: "schema: etacal.run/1\ngenerator:\n  \(line)\n", at: ":3: generator.\(key)", problem)
    }

    private static let inConfigurations = [
        run("an unknown key", "energy: 7000", at: "energy", "unknown key 'energy'"),
        run("an energy out of range", "sqrt_s: 13", at: "sqrt_s", "13.0 GeV is out of range"),
        run("edges out of order", "p_hat_edges: [60, 30]", at: "p_hat_edges.1", "not above the one before"),
        run("an edge beyond √s/2", "p_hat_edges: [60, 7000]", at: "p_hat_edges.1", "an edge at 7000.0 GeV"),
        run("a bias out of range", "bias: 9", at: "bias", "9.0 is out of range"),
        run("an unknown variation", "variation: up", at: "variation", "'up' is not a variation"),
        Mistake(
            "a truth sample besides", text: "schema: etacal.run/1\ntruth: x.csv\ngenerator: {bias: 1}\n",
            at: ":3: generator", "a truth sample has no use for it"),
    ]

    @Test(arguments: inConfigurations)
    func mistakesInConfigurationsAreNamed(mistake: Mistake) throws {
        let place = try Workplace()
        try place.write(mistake.text, to: "config.yaml")
        try place.expectRefusal(
            "closure config.yaml --events 100 -o out", .malformed, at: "config.yaml" + mistake.place, mistake.problem)
    }

    // MARK: Reproducibility

    private static let results = ["run.yaml", "calibration.json", "closure.json", "report.html"]

    private static func closure(_ options: String, in place: Workplace, _ output: String) throws {
        let outcome = try place.etacal("closure \(options) --quiet -o \(output)")
        try #require(outcome.status <= 1 && outcome.errors == "", "\(outcome)")
    }

    private static func expectSame(_ place: Workplace, _ one: String, _ other: String) throws {
        for file in results {
            #expect(try place.data("\(one)/\(file)") == place.data("\(other)/\(file)"), "\(file)")
        }
    }

    private static let small = "--detector uniform --events 5k --binning binning.yaml"

    @Test(arguments: [
        "--sqrt-s 7000", "--slices slices.csv", "--radiation tune.yaml --slices slices.csv",
        "--radiation tune.yaml --radiation-variation final-up", "--pt-bias 4", "--pdf grid.dat --slices slices.csv",
        "--sqrt-s 900 --slices slices.csv --pt-bias -1 --radiation tune.yaml",
    ])
    func theConfigurationOfARunGivesTheSameRun(options: String) throws {
        let place = try Self.workplace()
        try Self.closure("\(Self.small) \(options)", in: place, "run")
        try Self.closure(Self.small, in: place, "standard")
        #expect(try place.data("run/calibration.json") != place.data("standard/calibration.json"))
        for name in ["slices.csv", "tune.yaml", "binning.yaml"] {
            try FileManager.default.removeItem(atPath: place.path(name))
        }
        try Self.closure("run/run.yaml", in: place, "again")
        try Self.expectSame(place, "run", "again")
    }

    /// An option goes before the configuration; a tune of one's own takes the variation of another with it.
    @Test func optionsGoBeforeTheConfiguration() throws {
        let place = try Self.workplace()
        try place.write(
            "schema: etacal.run/1\ngenerator: {sqrt_s: 900, p_hat_edges: [20, 50], bias: 2,"
                + " radiation: tune.yaml, variation: final-up}\n",
            to: "config.yaml")
        let options = "--sqrt-s 8000 --slices slices.csv --pt-bias 0 --radiation monash"
        try Self.closure("config.yaml \(Self.small) \(options)", in: place, "one")
        try Self.closure("\(Self.small) \(options)", in: place, "other")
        try Self.expectSame(place, "one", "other")
    }

    @Test func threadsChangeNothing() throws {
        let place = try Self.workplace()
        for threads in [1, 3] {
            try Self.closure("\(Self.small) --pt-bias 4 --threads \(threads)", in: place, "run\(threads)")
            try place.succeed(
                "simulate --detector uniform --events 2k --pt-bias 4 --quiet --threads \(threads) -o \(threads).csv")
        }
        try Self.expectSame(place, "run1", "run3")
        #expect(try place.data("1.csv") == place.data("3.csv"))
    }

    /// The higher an event's pT in its slice, the less it weighs.
    @Test func biasedEventsHaveWeights() throws {
        let place = try Self.workplace()
        func weights(_ options: String) throws -> [Double] {
            try place.succeed(
                "simulate --detector uniform --events 3k --slices slices.csv \(options) --quiet -o out.csv --overwrite")
            let rows = try place.rows("out.csv")
            let (weight, slice) = (
                try #require(rows[0].firstIndex(of: "weight")), try #require(rows[0].firstIndex(of: "slice"))
            )
            return rows.dropFirst().filter { $0[slice] == "0" }.compactMap { Double($0[weight]) }
        }
        let (plain, biased) = (try weights(""), try weights("--pt-bias 4"))
        #expect(plain.count > 1000 && Set(plain).count == 1)
        let (least, most) = (biased.min() ?? 0, biased.max() ?? 0)
        #expect(least > 0 && most / least > 8 && most / least < 16.1)
        // The sum of weights is the slice's cross-section, known to 2 % or so with these events.
        let (sum, expected) = (biased.reduce(0, +), plain.reduce(0, +))
        #expect(abs(sum - expected) < 0.1 * expected)
    }

    // MARK: Tuning

    private static func validation() throws -> Workplace {
        let place = try workplace()
        try place.write(Sample.truthEvents, to: "toy_dijets.csv")
        try place.write(Sample.crossSections, to: "toy_xsec.csv")
        return place
    }

    /// Before any work: the sample, which is missing, is not looked at.
    @Test func aTuneThatExistsIsKept() throws {
        let place = try Self.validation()
        for output in ["", "-o out "] {
            try place.expectRefusal(
                "validate truth --against none.csv \(output)--tune tune.yaml", .cannotCreate, at: "tune.yaml",
                "the output exists")
        }
        let outcome = try place.etacal("validate truth --against toy_dijets.csv --tune ./new -o new")
        #expect(outcome.status == Status.usage.rawValue && outcome.errors.contains("--tune and -o"), "\(outcome)")
    }

    @Test func aFewEventsAreNoTune() throws {
        try Self.validation().expectRefusal(
            "validate truth --against toy_dijets.csv --events 100 --tune new.yaml", .malformed, at: "toy_dijets.csv",
            "too few events")
    }

    @Test func aTuneIsValidated() throws {
        let place = try Self.validation()
        let line = "validate truth --against toy_dijets.csv --events 2k --json"
        let standard = try place.succeed(line, status: .negativeVerdict)
        let other = try place.succeed("\(line) --radiation tune.yaml", status: .negativeVerdict)
        let varied = try place.succeed(
            "\(line) --radiation tune.yaml --radiation-variation final-up", status: .negativeVerdict)
        #expect(standard != other && other != varied)
        #expect(try standard == place.succeed("\(line) --radiation monash", status: .negativeVerdict))
    }
}
