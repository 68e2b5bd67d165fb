import Foundation
import Testing

/// `closure` with pseudo-data of another truth than simulation's.
struct DataTruthTests {
    private static let small = "--detector uniform --events 5k --binning binning.yaml"

    /// The tune that the program carries, under another name and with more radiation.
    private static func tune() throws -> String {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/RadiationTunes/monash.yaml").path
        return try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(of: "name: monash", with: "name: mine")
            .replacingOccurrences(of: "initial_rate: 0.03483", with: "initial_rate: 0.05")
    }

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        try place.write(Sample.truthEvents, to: "toy_dijets.csv")
        try place.write(Sample.crossSections, to: "toy_xsec.csv")
        try place.write(try tune(), to: "tune.yaml")
        return place
    }

    private static func closure(_ options: String, in place: Workplace, _ output: String) throws {
        let outcome = try place.etacal("closure \(options) --quiet -o \(output)")
        try #require(outcome.status <= 1 && outcome.errors == "", "\(outcome)")
    }

    private static let results = ["run.yaml", "calibration.json", "closure.json", "report.html"]

    @Test(arguments: [
        "--data-radiation tune.yaml", "--data-radiation-variation initial-up",
        "--data-radiation tune.yaml --data-radiation-variation initial-up --radiation-variation soft-up --pt-bias 2",
        "--data-truth toy_dijets.csv", "--truth toy_dijets.csv --data-truth toy_dijets.csv",
    ])
    func theConfigurationOfARunGivesTheSameRun(options: String) throws {
        let place = try Self.workplace()
        try Self.closure("\(Self.small) \(options)", in: place, "run")
        try Self.closure(Self.small, in: place, "standard")
        #expect(try place.data("run/calibration.json") != place.data("standard/calibration.json"))
        for name in ["tune.yaml", "binning.yaml"] { try FileManager.default.removeItem(atPath: place.path(name)) }
        try Self.closure("run/run.yaml", in: place, "again")
        for file in Self.results { #expect(try place.data("run/\(file)") == place.data("again/\(file)"), "\(file)") }
    }

    /// The sample of data is an input like that of simulation; terminal, report and its command say so.
    @Test func resultsSayWhatDataWereMadeOf() throws {
        let place = try Self.workplace()
        try place.makeDirectory("elsewhere")
        try place.write(Sample.truthEvents, to: "elsewhere/other_dijets.csv")
        try place.write(Sample.crossSections, to: "elsewhere/table.csv")
        let samples = "--data-truth elsewhere/other_dijets.csv --data-truth-xsec elsewhere/table.csv"
        let outcome = try place.etacal("closure \(Self.small) \(samples) -o run")
        #expect(outcome.output.contains("\ntruth of data: other_dijets.csv, "), "\(outcome)")
        #expect(!outcome.output.contains("\ntruth: "), "\(outcome)")
        for file in ["calibration", "closure"] {
            let inputs = try #require(try place.json("run/\(file).json")["provenance"]["inputs"].list)
            #expect(inputs.map { $0["name"].string } == ["other_dijets.csv", "table.csv"])
            #expect(inputs.allSatisfy { $0["sha256"].string?.count == 64 })
        }
        #expect(try place.text("run/run.yaml").contains("\ndata_truth: \"other_dijets.csv\"\n"))
        let report = try place.text("run/report.html")
        #expect(report.contains("Truth of data"))
        #expect(
            report.contains("run.yaml --data-truth DIR/other_dijets.csv --data-truth-xsec DIR/table.csv -o again"))

        let both = "closure \(Self.small) --truth toy_dijets.csv \(samples) -o both"
        let second = try place.etacal(both)
        #expect(second.output.contains("\ntruth: toy_dijets.csv, ") && second.output.contains("\ntruth of data: other"))
        let names = try place.json("both/closure.json")["provenance"]["inputs"].list?.map { $0["name"].string }
        #expect(names == ["toy_dijets.csv", "toy_xsec.csv", "other_dijets.csv", "table.csv"])

        let varied = try place.etacal("closure \(Self.small) --data-radiation-variation soft-up -o varied")
        #expect(varied.output.contains("\ntruth of data: built-in, radiation monash soft-up\n"), "\(varied)")
        #expect(try place.text("varied/report.html").contains("etacal closure run.yaml -o again"))
    }

    /// The same file for both keeps its halves apart, as one truth for both does.
    @Test func oneFileForBothIsOneTruth() throws {
        let place = try Self.workplace()
        try Self.closure("\(Self.small) --truth toy_dijets.csv", in: place, "one")
        try Self.closure("\(Self.small) --truth toy_dijets.csv --data-truth toy_dijets.csv", in: place, "both")
        for key in ["correction", "uncertainty", "fits"] {
            let (one, both) = (
                try place.json("one/calibration.json")[key], try place.json("both/calibration.json")[key]
            )
            #expect(try one.data == both.data, "\(key)")
        }
    }

    @Test func optionsGoBeforeTheConfiguration() throws {
        let place = try Self.workplace()
        try place.write("schema: etacal.run/1\ndata_generator: {radiation: tune.yaml}\n", to: "config.yaml")
        try Self.closure("config.yaml \(Self.small) --data-radiation monash", in: place, "one")
        try Self.closure("\(Self.small) --data-radiation monash", in: place, "other")
        #expect(try place.data("one/calibration.json") == place.data("other/calibration.json"))
        // A sample has no radiation to change: it takes the place of the generator that the file asks for.
        try Self.closure("config.yaml \(Self.small) --data-truth toy_dijets.csv", in: place, "sample")
        #expect(try !place.text("sample/run.yaml").contains("data_generator"))
    }

    @Test(arguments: [
        ("--data-radiation-variation sideways", "'sideways' is not a variation of the tune 'monash'"),
        ("--data-truth-xsec toy_xsec.csv", "--data-truth-xsec is for --data-truth"),
        ("--data-truth toy_dijets.csv --data-radiation tune.yaml", "leave them out with --truth and --data-truth"),
        ("--truth toy_dijets.csv --data-radiation-variation soft-up", "leave them out with --truth and --data-truth"),
        ("with-sample.yaml --data-radiation tune.yaml", "leave them out with --truth and --data-truth"),
        ("--data-truth a.csv --shard 0/1 -o a.csv --overwrite", "--data-truth and -o name the same file"),
    ])
    func whatDoesNotGoTogetherIsRefused(options: String, problem: String) throws {
        let place = try Self.workplace()
        try place.write("schema: etacal.run/1\ndata_truth: toy_dijets.csv\n", to: "with-sample.yaml")
        let before = try place.snapshot()
        let outcome = try place.etacal("closure \(options)" + (options.contains("-o") ? "" : " -o out"))
        #expect(outcome.status == Status.usage.rawValue && outcome.errors.contains(problem), "\(outcome)")
        #expect(try place.changes(since: before) == [])
    }

    @Test func mistakesInItsFilesAreNamed() throws {
        let place = try Self.workplace()
        try place.write(Sample.truthEvents, to: "alone_dijets.csv")
        try place.write(Sample.truthEvents.replacingOccurrences(of: "79.5", with: "high"), to: "bad.csv")
        let line = "closure \(Self.small) -o out"
        try place.expectRefusal("\(line) --data-truth none.csv", .unreadable, at: "none.csv", "no such file")
        try place.expectRefusal(
            "\(line) --data-truth bad.csv --data-truth-xsec toy_xsec.csv", .malformed, at: "bad.csv:3", "'high'")
        try place.expectRefusal("\(line) --data-radiation none.yaml", .unreadable, at: "none.yaml", "no such file")
        let outcome = try place.etacal("\(line) --data-truth alone_dijets.csv")
        place.expect(outcome, .unreadable, says: "alone_xsec.csv")
        #expect(outcome.errors.contains("name the one of alone_dijets.csv with --data-truth-xsec"), "\(outcome)")
        try place.expectRefusal(
            "closure --detector uniform --events 30M --data-truth toy_dijets.csv -o out", .malformed, at: "events",
            "each truth event would be used")
    }

    /// Sums are of the truth of data, too.
    @Test func sumsOfAnotherTruthOfDataAreRefused() throws {
        let place = try Self.workplace()
        try place.succeed("closure \(Self.small) --data-radiation-variation soft-up --shard 0/1 --quiet -o one.h5")
        try place.succeed("closure \(Self.small) --data-truth toy_dijets.csv --shard 0/1 --quiet -o two.h5")
        for options in ["", "--data-radiation-variation soft-down", "--data-radiation tune.yaml"] {
            for sums in ["one.h5", "two.h5"] {
                try place.expectRefusal(
                    "closure \(Self.small) \(options) --sums \(sums) -o out", .malformed, at: sums,
                    "its sums are of another configuration")
            }
        }
    }

    @Test func jobsGetItsFilesByWholePaths() throws {
        let place = try Self.workplace()
        try place.succeed(
            "submit --data-truth toy_dijets.csv --events 100 --parts 2 --engine snakemake -o flow")
        let text = try place.text("flow/part.sh")
        #expect(text.contains("--data-truth \(place.path("toy_dijets.csv")) "), "\(text)")
        #expect(text.contains("--data-truth-xsec \(place.path("toy_xsec.csv"))"), "\(text)")
        #expect(try place.text("flow/run.yaml").contains("data_truth: \"toy_dijets.csv\""))
    }
}
