import Foundation
import Testing

/// A study of prescaled data, made once; its files are only read.
private struct PrescaledStudy {
    static let shared = Result { try PrescaledStudy() }

    static let menu = """
        schema: etacal.triggers/1
        triggers:
          - {name: central25, threshold: 25, width: 0.08, region: central, prescale: 16}
          - {name: central60, threshold: 60, width: 0.08, region: central, prescale: 4}
          - {name: forward25, threshold: 25, width: 0.08, region: forward, prescale: 2}
          - {name: any110, pt_avg_min: 110, prescale: 1}

        """

    let workplace: Workplace
    private static let events = "--detector uniform --events 200k"

    private init() throws {
        workplace = try Workplace()
        try workplace.write(Self.menu, to: "menu.yaml")
        try workplace.write(Sample.binning, to: "binning.yaml")
        for method in ["matrix", "matrix-linear", "central", "fold", "mpf", "likelihood"] {
            try workplace.succeed(
                "closure \(Self.events) --binning binning.yaml --triggers menu.yaml --method \(method) --tolerance 0.5 "
                    + "--quiet -o \(method)")
        }
        try workplace.succeed("simulate \(Self.events) --quiet -o mc.csv")
        try workplace.succeed("simulate \(Self.events) --pseudo-data --triggers menu.yaml --quiet -o data.csv")
    }

    func path(_ name: String) -> String { workplace.path(name) }

    /// A fit of the study's simulation, or of its own, in another place.
    func fit(_ data: String, _ options: String, _ output: String) -> String {
        "fit \(data) --mc \(path("mc.csv")) --binning \(path("binning.yaml")) \(options) -o \(output)"
    }
}

/// `simulate --triggers` → `fit --triggers`.
struct TriggerFitTests {
    /// All of a calibration but where it comes from.
    private static func constants(_ text: String) throws -> Substring {
        let end = try #require(text.range(of: "\"provenance\""))
        return text[..<end.lowerBound]
    }

    /// `closure` derives them in memory, without a table.
    @Test(arguments: ["matrix", "matrix-linear", "central", "fold", "mpf", "likelihood"])
    func fitGivesTheConstantsOfClosureBitForBit(method: String) throws {
        let study = try PrescaledStudy.shared.get()
        let place = try Workplace()
        let output = try place.succeed(
            study.fit(study.path("data.csv"), "--triggers \(study.path("menu.yaml")) --method \(method)", "c.json"))
        #expect(!output.contains("--triggers"), "\(output)")
        let fitted = try Self.constants(place.text("c.json"))
        #expect(try fitted == Self.constants(study.workplace.text("\(method)/calibration.json")))
        // Methods with a central reference have too few events in the lowest bin of pT.
        let status = try #require(place.json("c.json")["status"].list).flatMap { $0.list ?? [] }
        let least = ["central": 16, "mpf": 16, "likelihood": 23]
        #expect(status.count { $0.string == "ok" } >= least[method, default: 24])
    }

    /// Simulation weighted to the pile-up of data is counted in other units when it comes from a table: 10⁻⁷ in constants of some
    /// per cent, far below their uncertainty.
    @Test func weightedSimulationCostsNoMoreThanRounding() throws {
        let study = try PrescaledStudy.shared.get()
        let place = try Workplace()
        let events = "--detector cms-like --events 100k --quiet"
        let binning = "--binning \(study.path("binning.yaml"))"
        let triggers = "--triggers \(study.path("menu.yaml"))"
        try place.succeed("closure \(events) \(binning) \(triggers) --tolerance 0.5 -o run")
        try place.succeed("simulate \(events) -o mc.csv")
        try place.succeed("simulate \(events) --pseudo-data \(triggers) -o data.csv")
        try place.succeed("fit data.csv --mc mc.csv \(binning) \(triggers) --quiet -o c.json")
        let (fitted, closure) = (try place.json("c.json"), try place.json("run/calibration.json"))
        for (key, limit) in [("correction", 1e-6), ("uncertainty", 1e-4), ("pt_mean", 1e-6)] {
            let (one, other) = (fitted[key].list ?? [], closure[key].list ?? [])
            #expect(one.count == 8 && other.count == 8)
            for (eta, row) in one.enumerated() {
                for (pt, value) in (row.list ?? []).enumerated() {
                    let expected = other[eta][pt].double
                    #expect((value.double == nil) == (expected == nil))
                    guard let value = value.double, let expected else { continue }
                    // An uncertainty of zero is one to rounding.
                    let allowed = limit * expected + 1e-8
                    #expect(abs(value - expected) <= allowed, "\(key) \(eta) \(pt): \(value) \(expected)")
                }
            }
        }
    }

    /// A real detector has not even stored them.
    @Test func eventsThatNoTriggerKeptMayBeMissing() throws {
        let study = try PrescaledStudy.shared.get()
        let place = try Workplace()
        let rows = try study.workplace.rows("data.csv")
        let column = try #require(rows[0].firstIndex(of: "triggers"))
        let kept = [rows[0]] + rows.dropFirst().filter { $0[column] != "0" }
        #expect(kept.count < rows.count / 2)
        try place.write(kept.map { $0.joined(separator: ",") + "\n" }.joined(), to: "kept.csv")
        try place.succeed(study.fit("kept.csv", "--triggers \(study.path("menu.yaml")) --quiet", "c.json"))
        #expect(
            try Self.constants(place.text("c.json"))
                == Self.constants(study.workplace.text("matrix/calibration.json")))
    }

    /// Prescales of real triggers are larger than those of simulated events may be; only their ratios matter to constants. A power
    /// of two, so that all weights change by the same.
    @Test func onlyRatiosOfPrescalesMatter() throws {
        let study = try PrescaledStudy.shared.get()
        let place = try Workplace()
        for (name, prescale) in [("small", 4.0), ("large", 4 * 0x1p20)] {
            try place.write(
                """
                schema: etacal.triggers/1
                triggers:
                  - {name: first, pt_avg_min: 32, prescale: \(prescale)}
                  - {name: others, pt_avg_min: 60, prescale: \(prescale / 2), region: forward}
                  - {name: more, pt_avg_min: 70, prescale: \(prescale / 4)}
                  - {name: last, pt_avg_min: 110, prescale: \(prescale / 4)}

                """, to: "\(name).yaml")
            try place.succeed(study.fit(study.path("data.csv"), "--triggers \(name).yaml --quiet", "\(name).json"))
        }
        #expect(try Self.constants(place.text("small.json")) == Self.constants(place.text("large.json")))
    }

    @Test func provenanceHoldsTheMenu() throws {
        let place = try Self.workplace()
        try place.write(PrescaledStudy.menu.replacingOccurrences(of: "16}", with: "8}"), to: "other.yaml")
        var seen: [(config: String, sha256: String)] = []
        for (index, options) in ["", "--triggers menu.yaml", "--triggers other.yaml"].enumerated() {
            try place.succeed("fit data.csv --quiet \(options) -o \(index).json", status: .negativeVerdict)
            let provenance = try place.json("\(index).json")["provenance"]
            seen.append((provenance["config"].string ?? "", provenance["config_sha256"].string ?? ""))
        }
        #expect(Set(seen.map(\.sha256)).count == 3)
        #expect(!seen[0].config.contains("triggers:"))
        #expect(seen[1].config.contains("triggers:") && seen[1].config.contains("prescale: 16.0"))
        #expect(seen[2].config == seen[1].config.replacingOccurrences(of: "prescale: 16.0", with: "prescale: 8.0"))
    }

    /// Said where summaries are, and nowhere else.
    @Test func triggersThatAreNotUsedAreMentioned() throws {
        let place = try Self.workplace()
        try place.write(Sample.events, to: "plain.csv")
        func fit(_ options: String, _ output: String) throws -> String {
            try place.succeed("fit \(options) -o \(output)", status: .negativeVerdict)
        }
        let output = try fit("data.csv", "c.json")
        #expect(output.contains("without --triggers each event counts"), "\(output)")
        #expect(output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(try fit("data.csv --quiet", "quiet.json") == "")
        #expect(try JSON(fit("data.csv --json", "json.json")).keys.contains("valid"))
        #expect(try !fit("data.csv --triggers menu.yaml", "used.json").contains("--triggers"))
        // Simulation is taken whole.
        #expect(try !fit("plain.csv --mc data.csv", "mc.json").contains("--triggers"))
    }

    @Test func eventsThatNoTriggerKeptAreNamed() throws {
        let place = try Workplace()
        try place.write(PrescaledStudy.menu, to: "menu.yaml")
        try place.write(Self.events.replacingOccurrences(of: ",8\n", with: ",0\n"), to: "data.csv")
        let output = try place.succeed("fit data.csv --triggers menu.yaml -o c.json", status: .negativeVerdict)
        #expect(output.contains("data: none of 3 events is left"), "\(output)")
        #expect(output.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains("none has a trigger"))
    }

    /// Truth is tested on all jets, and what is derived anew on all events.
    @Test func verifyTakesEventsThatNoTriggerKept() throws {
        let study = try PrescaledStudy.shared.get()
        let place = try Workplace()
        let text = try study.workplace.text("data.csv")
        try place.write(text.replacingOccurrences(of: ",triggers,", with: ",other,"), to: "data.csv")
        var closures: [Substring] = []
        for (index, data) in [study.path("data.csv"), "data.csv"].enumerated() {
            try place.succeed(
                "verify \(study.path("matrix/calibration.json")) --data \(data) --mc \(study.path("mc.csv")) "
                    + "--tolerance 0.5 --quiet -o \(index).json")
            closures.append(try Self.constants(place.text("\(index).json")))
        }
        #expect(closures[0] == closures[1] && closures[0].contains("\"rederived\""))
    }

    @Test func applyKeepsTheTriggers() throws {
        let place = try Workplace()
        try place.write(Self.events.replacingOccurrences(of: "12,-3,8\n", with: "12,-3,\n"), to: "data.csv")
        try place.succeed("apply \(SmallStudy.plainCalibration) data.csv --quiet -o applied.csv")
        #expect(try place.rows("applied.csv").map(\.last) == ["triggers", "8", "", "8"])
    }

    // MARK: - Mistakes

    /// The sample, of which each event was kept by the fourth trigger.
    private static let events = Sample.events.split(separator: "\n").enumerated()
        .map { "\($1),\($0 == 0 ? "triggers" : "8")\n" }.joined()

    private static func change(_ name: String, _ old: String, _ new: String, at place: String, _ problem: String)
        -> Mistake
    {
        Mistake(name, in: events, (old, new), at: place, problem)
    }

    private static let mistakes = [
        change("no column", ",triggers\n", ",trigger\n", at: ":1", "the column 'triggers' is missing"),
        change("a bit beyond the menu", "12,-3,8\n", "12,-3,16\n", at: ":3", "16, with bits beyond the 4 triggers"),
        change("all bits", "12,-3,8\n", "12,-3,4294967295\n", at: ":3", "bits beyond"),
        change("an empty field", "12,-3,8\n", "12,-3,\n", at: ":3", "the triggers are missing"),
        change("a broken number", "12,-3,8\n", "12,-3,0.5\n", at: ":3", "the triggers are 0.5"),
        change("a negative number", "12,-3,8\n", "12,-3,-8\n", at: ":3", "the triggers are -8"),
        change("a bit too many", "12,-3,8\n", "12,-3,4294967296\n", at: ":3", "the triggers are 4294967296"),
        change("a name", "12,-3,8\n", "12,-3,any110\n", at: ":3", "column 'triggers' holds 'any110'"),
    ]

    private static let fit = "fit data.csv --triggers menu.yaml --overwrite -o out"

    /// A workplace with an output that has to stay as it is.
    private static func workplace(events: String = events, menu: String = PrescaledStudy.menu) throws -> Workplace {
        let place = try Workplace()
        try place.write(events, to: "data.csv")
        try place.write(menu, to: "menu.yaml")
        try place.write("precious", to: "out")
        return place
    }

    @Test func theSampleIsValid() throws {
        try Self.workplace().succeed(Self.fit, status: .negativeVerdict)
    }

    @Test(arguments: mistakes) func mistakesInTheColumnAreNamed(mistake: Mistake) throws {
        try Self.workplace(events: mistake.text).expectRefusal(
            Self.fit, .malformed, at: "data.csv" + mistake.place, mistake.problem)
    }

    /// A column that is not asked for is read like any other.
    @Test(arguments: ["fit data.csv -o new", "apply", "verify"]) func anyVerbRefusesWhatCannotBe(line: String) throws {
        let place = try Self.workplace(events: Self.events.replacingOccurrences(of: "12,-3,8\n", with: "12,-3,0.5\n"))
        let words =
            switch line {
            case "apply": "apply \(try SmallStudy.plainCalibration) data.csv -o new"
            case "verify": "verify \(try SmallStudy.plainCalibration) --data data.csv -o new"
            default: line
            }
        try place.expectRefusal(words, .malformed, at: "data.csv:3", "the triggers are 0.5")
    }

    @Test(arguments: [
        Mistake(
            "an unknown key", in: PrescaledStudy.menu, ("prescale: 16", "factor: 9"), at: ":3: triggers.0.factor",
            "unknown"),
        Mistake(
            "an early use", in: PrescaledStudy.menu, ("width: 0.08, region: forward", "pt_avg_min: 20, width: 0.08"),
            at: ":5: triggers.2.pt_avg_min", "fire at 20"),
        Mistake("an empty file", text: "", at: "", "empty"),
    ])
    func mistakesInTheMenuAreNamed(mistake: Mistake) throws {
        try Self.workplace(menu: mistake.text).expectRefusal(
            Self.fit, .malformed, at: "menu.yaml" + mistake.place, mistake.problem)
    }

    @Test func menusThatCannotBeReadAreNamed() throws {
        let place = try Self.workplace()
        try place.makeDirectory("folder")
        try place.expectRefusal(
            "fit data.csv --triggers none.yaml -o new", .unreadable, at: "none.yaml", "no such file")
        try place.expectRefusal("fit data.csv --triggers folder -o new", .unreadable, at: "folder", "directory")
    }
}
