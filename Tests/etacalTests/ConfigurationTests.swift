import Foundation
import Testing

/// Selection, binning and configuration files.
struct ConfigurationTests {
    private static func selection(_ name: String, _ old: String, _ new: String, at place: String, _ problem: String)
        -> Mistake
    {
        Mistake(name, in: Sample.selection, (old, new), at: place, problem)
    }

    private static func binning(_ name: String, _ old: String, _ new: String, at place: String, _ problem: String)
        -> Mistake
    {
        Mistake(name, in: Sample.binning, (old, new), at: place, problem)
    }

    private static func run(_ name: String, _ lines: String, at place: String, _ problem: String) -> Mistake {
        Mistake(name, text: "schema: etacal.run/1\n" + lines + "\n", at: place, problem)
    }

    private static let selections = [
        selection("unknown key", "alpha_max", "alpha", at: ":3: alpha", "unknown key 'alpha'"),
        selection("no schema", "schema: etacal.selection/1\n", "", at: ":1", "the key 'schema' is missing"),
        selection("another schema", "selection/1", "binning/1", at: ":1: schema", "'etacal.binning/1' is not known"),
        selection("a key twice", "alpha_max: 0.3\n", "alpha_max: 0.3\nalpha_max: 0.2\n", at: ":3", "twice"),
        selection("an angle of π and more", "2.7", "3.2", at: ":2: delta_phi_min", "3.2 is out of range"),
        selection("NaN", "2.7", ".nan", at: ":2: delta_phi_min", "'.nan' is not a number"),
        selection("no third jet at all", "0.3", "0", at: ":3: alpha_max", "0.0 is out of range"),
        selection("a third jet above both", "0.3", "1.5", at: ":3: alpha_max", "1.5 is out of range"),
        selection("a negative floor", "floor: 5", "floor: -5", at: ":4: third_jet_floor", "-5.0 is out of range"),
        selection("a negative acceptance", "5.2", "-5.2", at: ":5: abs_eta_max", "-5.2 is out of range"),
        selection("text", "5.2", "wide", at: ":5: abs_eta_max", "'wide' is not a number"),
        Mistake("an empty file", text: "", at: "", "empty"),
    ]

    private static let binnings = [
        binning("unknown key", "pt_edges", "pt_bins", at: ":3: pt_bins", "unknown key 'pt_bins'"),
        binning("no schema", "schema: etacal.binning/1\n", "", at: ":1", "the key 'schema' is missing"),
        binning("another schema", "binning/1", "binning/2", at: ":1: schema", "'etacal.binning/2' is not known"),
        binning("decreasing η edges", "-4.5, -2.5", "-2.5, -4.5", at: ":2: eta_edges.1", "not above the one before"),
        binning("equal η edges", "1.3, 2.5, 4.5", "1.3, 1.3, 4.5", at: ":2: eta_edges.7", "not above the one before"),
        binning("decreasing pT edges", "80, 160", "160, 80", at: ":3: pt_edges.2", "not above the one before"),
        binning("NaN edge", "[40, 80", "[40, .nan", at: ":3: pt_edges.1", "'.nan' is not a number"),
        binning("infinite edge", "320]", ".inf]", at: ":3: pt_edges.3", "'.inf' is not a number"),
        binning("no pT edges", "[40, 80, 160, 320]", "[]", at: ":3: pt_edges", "at least two edges"),
        binning("a single pT edge", "[40, 80, 160, 320]", "[40]", at: ":3: pt_edges", "at least two edges"),
        binning("pT from 0", "[40, 80", "[0, 80", at: ":3: pt_edges", "from 0.0 GeV"),
        binning("no list", "[40, 80, 160, 320]", "40", at: ":3: pt_edges", "not a list"),
        binning(
            "no η edges", "eta_edges: [-4.5, -2.5, -1.3, -0.8, 0, 0.8, 1.3, 2.5, 4.5]\n", "", at: ":1",
            "the key 'eta_edges' is missing"),
        binning("quoted pT that is no edge", "quoted_pt_min: 80", "quoted_pt_min: 90", at: ":5: quoted_pt_min", "90.0"),
        binning(
            "quoted pT at the last edge", "quoted_pt_min: 80", "quoted_pt_min: 320", at: ":5: quoted_pt_min", "320.0"),
        binning("no reference bin", "max: 0.8", "max: 0.5", at: ":4: reference_abs_eta_max", "no η bin lies within"),
        binning(
            "a negative reference", "max: 0.8", "max: -0.8", at: ":4: reference_abs_eta_max", "no η bin lies within"),
    ]

    private static let runs = [
        run("unknown key", "event: 1000", at: ":2: event", "unknown key 'event'"),
        run("no number of events", "events: many", at: ":2: events", "'many'"),
        run("negative events", "events: -5", at: ":2: events", "'-5'"),
        run("no events", "events: 0", at: ":2: events", "'0'"),
        run("half an event", "events: 1000.5", at: ":2: events", "'1000.5'"),
        run("a negative seed", "seed: -1", at: ":2: seed", "'-1'"),
        run("unknown method", "method: guess", at: ":2: method", "'guess' is not a method"),
        run("no passes", "passes: 0", at: ":2: passes", "'0'"),
        run("a tolerance of 0", "tolerance: 0", at: ":2: tolerance", "not positive"),
        run("a negative tolerance", "tolerance: -0.01", at: ":2: tolerance", "not positive"),
        run("NaN tolerance", "tolerance: .nan", at: ":2: tolerance", "'.nan' is not a number"),
        run(
            "a negative tolerance in a band", "tolerance:\n  - {abs_eta_max: 2.4, value: -0.01}",
            at: ":3: tolerance.0.value", "not positive"),
        run("no value in a band", "tolerance:\n  - {abs_eta_max: 2.4}", at: ":3: tolerance.0", "'value' is missing"),
        run(
            "decreasing bands", "tolerance:\n  - {abs_eta_max: 2.4, value: 0.01}\n  - {abs_eta_max: 1.3, value: 0.02}",
            at: ":4: tolerance.1.abs_eta_max", "before the one above it"),
        run("no bands", "tolerance: []", at: ":2: tolerance", "band"),
        run(
            "unknown key in a requirement", "requirement: {row: 20}", at: ":2: requirement.row", "unknown key 'row'"),
        run("too few rows", "requirement: {rows: 1}", at: ":2: requirement.rows", "'1'"),
        run(
            "too few effective events", "requirement: {effective_events: 1}", at: ":2: requirement.effective_events",
            "1.0"),
        run(
            "an impossible selection", "selection:\n  alpha_max: 2", at: ":3: selection.alpha_max",
            "2.0 is out of range"),
        run(
            "an unknown key in the selection", "selection: {alpha: 0.2}", at: ":2: selection.alpha",
            "unknown key 'alpha'"),
        run(
            "decreasing edges in the binning", "binning:\n  eta_edges: [-1, 0, 1]\n  pt_edges: [40, 80, 60]",
            at: ":4: binning.pt_edges.2", "not above the one before"),
        run(
            "a broken card",
            "data_detector:\n  "
                + Sample.card.replacingOccurrences(of: "s: 0.6", with: "s: -0.6")
                .split(separator: "\n").joined(separator: "\n  "),
            at: ":19: data_detector.resolution.regions.1.s", "negative"),
        run("a list of detectors", "detector: [uniform, stress]", at: ":2: detector", "not a text"),
        Mistake("no schema", text: "events: 1000\n", at: ":1", "the key 'schema' is missing"),
        Mistake("another schema", text: "schema: etacal.run/9\n", at: ":1: schema", "'etacal.run/9' is not known"),
        Mistake("a calibration", text: "{\"schema\": \"etacal.calibration/1\"}\n", at: ":1: schema", "is not known"),
        Mistake("not YAML", text: "events: [1000\n", at: ":2", "expected"),
    ]

    @Test func theSamplesAreValid() throws {
        let place = try Workplace()
        try place.write(Sample.selection, to: "selection.yaml")
        try place.write(Sample.binning, to: "binning.yaml")
        try place.write("schema: etacal.run/1\nselection: selection.yaml\nbinning: binning.yaml\n", to: "config.yaml")
        let options = "--detector uniform --events 100"
        try place.succeed(
            "closure \(options) --selection selection.yaml --binning binning.yaml -o one", status: .negativeVerdict)
        try place.succeed("closure config.yaml \(options) -o other", status: .negativeVerdict)
        #expect(try place.text("one/run.yaml") == place.text("other/run.yaml"))
        for line in Sample.selection.split(separator: "\n").dropFirst(1) where !line.contains("floor") {
            #expect(try place.text("one/run.yaml").contains(line), "\(line)")
        }
    }

    @Test(arguments: selections)
    func mistakesInSelectionsAreNamed(mistake: Mistake) throws {
        try refuse(mistake, "selection.yaml", ["--selection", "selection.yaml"])
    }

    @Test(arguments: binnings)
    func mistakesInBinningsAreNamed(mistake: Mistake) throws {
        try refuse(mistake, "binning.yaml", ["--binning", "binning.yaml"])
    }

    @Test(arguments: runs)
    func mistakesInConfigurationsAreNamed(mistake: Mistake) throws {
        try refuse(mistake, "config.yaml", ["config.yaml"])
    }

    private func refuse(_ mistake: Mistake, _ name: String, _ arguments: [String]) throws {
        let place = try Workplace()
        try place.write(mistake.text, to: name)
        try place.expectRefusal(
            ["closure"] + arguments + ["--events", "100", "-o", "run"], .malformed, at: name + mistake.place,
            mistake.problem)
    }

    /// `fit` and `verify` read the same files.
    @Test func otherVerbsRefuseThemToo() throws {
        let place = try Workplace()
        try place.write(Sample.events, to: "events.csv")
        try place.write("schema: etacal.selection/1\nalpha_max: -1\n", to: "selection.yaml")
        try place.write("schema: etacal.binning/1\neta_edges: [1, 0]\npt_edges: [1, 2]\n", to: "binning.yaml")
        let calibration = try SmallStudy.calibration
        try place.expectRefusal(
            "fit events.csv --selection selection.yaml -o out.json", .malformed, at: "selection.yaml:2: alpha_max",
            "-1.0")
        try place.expectRefusal(
            "fit events.csv --binning binning.yaml -o out.json", .malformed, at: "binning.yaml:2: eta_edges.1",
            "not above")
        try place.expectRefusal(
            ["verify", calibration, "--data", "events.csv", "--selection", "selection.yaml", "-o", "out.json"],
            .malformed,
            at: "selection.yaml:2: alpha_max", "-1.0")
    }

    @Test(arguments: ["--selection none.yaml", "--binning none.yaml", "none.yaml", "--truth none.yaml"])
    func missingFilesAreNamed(option: String) throws {
        let place = try Workplace()
        try place.write(Sample.crossSections, to: "none.yaml_xsec.csv")
        try place.expectRefusal("closure \(option) --events 100 -o run", .unreadable, at: "none.yaml", "no such file")
    }

    @Test(arguments: ["./folder", "--selection ./folder", "--binning ./folder", "--truth ./folder"])
    func directoriesInTheirPlaceAreNamed(option: String) throws {
        let place = try Workplace()
        try place.makeDirectory("folder")
        try place.write(Sample.crossSections, to: "folder_xsec.csv")
        try place.expectRefusal("closure \(option) --events 100 -o run", .unreadable, at: "./folder", "directory")
    }

    @Test func anUnknownBinningGetsTheKnownOnes() throws {
        let outcome = try Workplace().etacal("closure --binning fine --events 100 -o run")
        #expect(outcome.status == Status.unreadable.rawValue)
        for name in ["fine", "standard", "coarse"] { #expect(outcome.errors.contains(name), "\(outcome)") }
    }
}
