import Foundation
import Testing

/// Names and places that are unusual, but legal; and some that are not.
struct PathFaultTests {
    private static let long = String(repeating: "n", count: 251) + ".csv"

    /// Every name that a file may have.
    static let names = [
        "a b.csv", "η 事.csv", "it's \"quoted\".csv", "line\nend.csv", "-dash.csv", "back\\slash.csv",
        "$HOME `id` ;.csv",
        "%s%n.csv", "#.csv", long, String(repeating: "η", count: 125) + ".csv",
    ]

    @Test(arguments: names)
    func anyNameMayBeWrittenAndRead(name: String) throws {
        let place = try Workplace()
        // A name with a dash in front is joined to its option.
        let outcome = try place.etacal(
            ["simulate", "--detector", "uniform", "--events", "200", "--output=\(name)"])
        #expect(outcome.status == 0 && outcome.output.contains("in \(name)"), "\(outcome)")
        #expect(try place.snapshot().keys.sorted() == [name])
        try place.write(Sample.binning, to: "binning.yaml")
        let fit = try place.etacal(["fit", "--binning", "binning.yaml", "-o", "out.json", "--", name])
        #expect(fit.status == Status.negativeVerdict.rawValue && fit.errors == "", "\(fit)")
        #expect(try place.json("out.json")["provenance"]["inputs"][0]["name"].string == name)
    }

    @Test(arguments: ["a b", "η 事", "it's \"quoted\"", "line\nend", "back\\slash", "$HOME `id` ;", "%s%n"])
    func runsMayHaveAnyName(name: String) throws {
        let place = try Workplace()
        let outcome = try place.etacal(["closure", "--detector", "uniform", "--events", "100", "-o", name])
        #expect(outcome.status == Status.negativeVerdict.rawValue && outcome.errors == "", "\(outcome)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.directory.path) == [name])
    }

    @Test(arguments: [256, 100_000])
    func namesThatAreTooLongAreRefused(length: Int) throws {
        let name = String(repeating: "n", count: length)
        let place = try Workplace()
        try place.expectRefusal(
            ["simulate", "--detector", "uniform", "-o", name], .cannotCreate, at: name, "the name is too long")
        try place.expectRefusal(["fit", name, "-o", "out"], .unreadable, at: name, "name too long")
        try place.expectRefusal(["detector", "check", name], .unreadable, at: name, "name too long")
    }

    /// A message stays one line and does not control the terminal.
    @Test func messagesShowControlCharacters() throws {
        let outcome = try Workplace().etacal(["fit", "no\nsuch\u{1B}[2J.csv", "-o", "out"])
        #expect(outcome.errors.hasPrefix("etacal: no\\nsuch\\u{1B}[2J.csv: there is no such file; "), "\(outcome)")
    }

    @Test func aDashInFrontNeedsCare() throws {
        let outcome = try Workplace().etacal("simulate --detector uniform -o -dash.csv")
        #expect(outcome.status == Status.usage.rawValue && outcome.errors.contains("'-o <"), "\(outcome)")
    }

    @Test(arguments: ["sub/../out", "./out", "link/out", "sub//out", "link/../out"])
    func detoursLeadToTheSamePlace(output: String) throws {
        let place = try Workplace()
        try place.makeDirectory("sub")
        try FileManager.default.createSymbolicLink(atPath: place.path("link"), withDestinationPath: "sub")
        let before = try place.snapshot()
        try place.succeed("simulate --detector uniform --events 100 --quiet -o \(output)")
        let made = try place.changes(since: before).filter { !$0.hasPrefix("link/") }
        #expect(made == [output.contains("..") || output.hasPrefix(".") ? "out" : "sub/out"])
    }

    /// What a link points to is replaced, not the link; a link to a directory is not followed by a run.
    @Test func linksStay() throws {
        let place = try Workplace()
        try place.write("old", to: "file")
        try place.makeDirectory("run")
        try place.write("schema: etacal.run/1\n", to: "run/run.yaml")
        for (link, target) in [("toFile", "file"), ("toRun", "run")] {
            try FileManager.default.createSymbolicLink(atPath: place.path(link), withDestinationPath: target)
        }
        try place.succeed("simulate --detector uniform --events 100 --quiet --overwrite -o toFile")
        try place.succeed(
            "closure --detector uniform --events 100 --quiet --overwrite -o toRun", status: .negativeVerdict)
        for link in ["toFile", "toRun"] {
            #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: place.path(link))) != nil)
        }
        #expect(try place.text("file").hasPrefix("event,"))
        #expect(FileManager.default.fileExists(atPath: place.path("run/closure.json")))
        let names = try FileManager.default.contentsOfDirectory(atPath: place.directory.path).sorted()
        #expect(names == ["file", "run", "toFile", "toRun"])
    }

    /// A table is read to its end before its successor takes its place.
    @Test func theInputMayBeTheOutput() throws {
        let place = try Workplace()
        try place.write(Sample.events, to: "events.csv")
        let calibration = try FaultSample.path("calibration.json")
        try place.succeed("apply \(calibration) events.csv --quiet -o other.csv")
        try place.expectRefusal(
            "apply \(calibration) events.csv -o events.csv", .cannotCreate, at: "events.csv", "exists")
        try place.succeed("apply \(calibration) events.csv --quiet --overwrite -o ./events.csv")
        #expect(try place.data("events.csv") == place.data("other.csv"))
    }

    /// Tables are gone through several times.
    @Test(arguments: ["pipe", "/dev/stdin", "/dev/fd/0"])
    func tablesFromPipesAreRefused(name: String) throws {
        let place = try Workplace()
        try #require(mkfifo(place.path("pipe"), 0o600) == 0)
        let calibration = try FaultSample.path("calibration.json")
        for verb in [["fit"], ["apply", calibration], ["verify", calibration, "--data"]] {
            let outcome = try place.etacal(
                verb + [name, "-o", "out"], through: Fault.shell("echo pt1 | \"$0\" \"$@\""))
            place.expect(outcome, .unreadable, says: "etacal: \(name): this is a pipe", "save it in a file")
        }
        #expect(try place.snapshot().keys.sorted() == ["pipe"])
    }

    /// A card is read once, and a file does for a table by any name.
    @Test func streamsDoWhereTheyCan() throws {
        let place = try Workplace()
        try place.write(Sample.card, to: "card.yaml")
        try place.write(Sample.events, to: "events.csv")
        let card = try place.etacal(
            ["detector", "check", "/dev/stdin"],
            through: Fault.shell(
                "\(Fault.tools); cat card.yaml | \"$0\" \"$@\""))
        #expect(card.status == 0 && card.output.contains("toy is valid"), "\(card)")
        let fit = try place.etacal(
            ["fit", "/dev/stdin", "-o", "out"], through: Fault.shell("exec \"$0\" \"$@\" <events.csv"))
        #expect(fit.status == Status.negativeVerdict.rawValue && fit.errors == "", "\(fit)")
    }

    @Test(arguments: ["/dev/zero", "/dev/null"])
    func devicesAreNoInputs(name: String) throws {
        let place = try Workplace()
        for line in [
            "fit \(name) -o out", "detector check \(name)", "apply \(name) \(name) -o out", "closure \(name) -o out",
        ] {
            try place.expectRefusal(line, .unreadable, at: name, "this is a device")
        }
    }
}
