import Foundation
import Testing

/// The program does not depend on where, by whom and with what settings it is run.
struct EnvironmentFaultTests {
    /// Compiled locales, one with a decimal comma.
    private static let locales: Workplace? = {
        guard let localedef = Fault.program("localedef"), let place = try? Workplace(),
            Fault.succeeds([localedef, "-i", "de_DE", "-f", "UTF-8", place.path("de_DE.UTF-8")])
        else { return nil }
        return place
    }()

    private static let run = ["closure", "--detector", "uniform", "--events", "2k", "-o", "out"]

    /// What is said without the last line but one, which is a time.
    private static func said(_ outcome: Outcome) -> [Substring] {
        outcome.output.split(separator: "\n").filter { !$0.contains(" s in all") }
    }

    /// Results, figures and summary are the same bytes as in an ordinary environment.
    private func expectNoDifference(
        _ environment: [String: String?], through wrapper: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (place, ordinary) = (try Workplace(), try Workplace())
        let outcome = try place.etacal(Self.run, environment: environment, through: wrapper)
        let expected = try ordinary.etacal(Self.run, environment: ["LC_ALL": "C.UTF-8"])
        #expect(outcome.status == expected.status && outcome.errors == "", "\(outcome)", sourceLocation: sourceLocation)
        #expect(Self.said(outcome) == Self.said(expected), sourceLocation: sourceLocation)
        let files = try ordinary.snapshot()
        #expect(files.keys.contains { $0.hasSuffix(".gp") } && files.keys.contains { $0.hasSuffix(".dat") })
        #expect(try place.changes(since: files) == [], sourceLocation: sourceLocation)
    }

    @Test(.enabled(if: locales != nil, "no locale with a decimal comma can be made"))
    func numbersKeepTheirPoints() throws {
        let place = try #require(Self.locales)
        let environment = ["LOCPATH": place.directory.path, "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"]
        // The locale is in force where it is asked for.
        let printed = try place.etacal(
            [], environment: environment, through: Fault.shell("\(Fault.tools); exec env printf %.1f 1,5"))
        try #require(printed.output == "1,5", "\(printed)")
        try expectNoDifference(environment)
        let events = try place.etacal(
            ["simulate", "--detector", "uniform", "--events", "200", "-o", "events.csv"], environment: environment)
        #expect(events.status == 0)
        let columns = try place.rows("events.csv").map(\.count)
        #expect(Set(columns).count == 1)
        let fit = try place.etacal(["fit", "events.csv", "-o", "out.json"], environment: environment)
        #expect(fit.errors == "" && fit.status == Status.negativeVerdict.rawValue, "\(fit)")
    }

    /// A picture drawn by hand looks the same everywhere: scripts do not ask for the locale's decimal sign.
    @Test func scriptsLeaveTheDecimalSignAlone() throws {
        let place = try Workplace()
        try place.etacal(Self.run)
        for (name, data) in try place.snapshot() where name.hasSuffix(".gp") {
            let script = String(decoding: try #require(data), as: UTF8.self)
            #expect(!script.contains("decimalsign") && !script.contains("set locale"), "\(name)")
        }
    }

    @Test(arguments: [
        ["LC_ALL": "C"], ["LC_ALL": "none_NO.such", "LANG": "nonsense"], ["TZ": "Nonsense/Zone"], ["TZ": ":::"],
        ["HOME": nil], ["HOME": "/nonexistent"], ["TMPDIR": "/nonexistent"],
        ["USER": nil, "LOGNAME": nil, "SHELL": nil],
    ])
    func settingsDoNotMatter(environment: [String: String?]) throws { try expectNoDifference(environment) }

    /// But for the place where no gnuplot is, so that nothing is drawn.
    @Test func anEmptyEnvironmentIsEnough() throws {
        try expectNoDifference([:], through: [try #require(Fault.program("env")), "-i", "PATH=/nonexistent"])
    }

    @Test func aCurrentDirectoryThatIsGoneIsSaid() throws {
        let place = try Workplace()
        func run(_ line: String) throws -> Outcome {
            try place.etacal(
                line.split(separator: " ").map(String.init),
                through: Fault.shell("\(Fault.tools); mkdir gone; cd gone; rmdir ../gone; exec \"$0\" \"$@\""))
        }
        for line in ["simulate --detector uniform -o out", "closure -o out"] {
            place.expect(try run(line), .cannotCreate, says: "etacal: out: the current directory does not exist")
        }
        place.expect(try run("detector check card.yaml"), .unreadable, says: "etacal: card.yaml: there is no such file")
        #expect(try run("detector list").status == 0)
        let elsewhere = try run("simulate --detector uniform --events 100 -o \(place.path("out"))")
        #expect(elsewhere.status == 0 && elsewhere.errors == "", "\(elsewhere)")
    }
}
