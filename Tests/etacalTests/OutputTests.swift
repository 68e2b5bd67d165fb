import Foundation
import Testing

/// Where results may go, for every verb that writes.
struct OutputTests {
    enum Writer: String, CaseIterable, CustomTestStringConvertible {
        case simulate, fit, apply, verify, closure

        var testDescription: String { rawValue }
        var writesDirectory: Bool { self == .closure }

        /// Few events: the verdict of those that give one is negative.
        var status: Status { self == .simulate || self == .apply ? .done : .negativeVerdict }

        func arguments(_ output: String) throws -> [String] {
            let calibration = try SmallStudy.plainCalibration
            return switch self {
            case .simulate: ["simulate", "--detector", "uniform", "--events", "100", "-o", output]
            case .fit: ["fit", "events.csv", "-o", output]
            case .apply: ["apply", calibration, "events.csv", "-o", output]
            case .verify: ["verify", calibration, "--data", "events.csv", "-o", output]
            case .closure: ["closure", "--detector", "uniform", "--events", "100", "-o", output]
            }
        }
    }

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(Sample.events, to: "events.csv")
        return place
    }

    private static func existing(_ writer: Writer) throws -> Workplace {
        let place = try workplace()
        if writer.writesDirectory {
            try place.makeDirectory("out")
            try place.write("old", to: "out/precious")
        } else {
            try place.write("old", to: "out")
        }
        return place
    }

    @Test(arguments: Writer.allCases)
    func resultsAppearAndNothingElse(writer: Writer) throws {
        let place = try Self.workplace()
        let before = try place.snapshot()
        let outcome = try place.etacal(writer.arguments("out"))
        #expect(outcome.status == writer.status.rawValue, "\(outcome)")
        #expect(outcome.errors == "")
        #expect(outcome.output.contains("in out"), "\(outcome)")
        #expect(try place.changes(since: before).filter { !$0.hasPrefix("out/") } == ["out"])
    }

    @Test(arguments: Writer.allCases)
    func resultsOfTheSameRunAreTheSameBytes(writer: Writer) throws {
        let place = try Self.workplace()
        for name in ["one", "other"] { try place.etacal(writer.arguments(name)) }
        let files = writer.writesDirectory ? ["/run.yaml", "/calibration.json", "/closure.json"] : [""]
        for file in files { #expect(try place.data("one\(file)") == place.data("other\(file)")) }
    }

    @Test(arguments: Writer.allCases)
    func whatExistsIsKept(writer: Writer) throws {
        let place = try Self.existing(writer)
        try place.expectRefusal(writer.arguments("out"), .cannotCreate, at: "out", "the output exists")
        let outcome = try place.etacal(writer.arguments("out"))
        #expect(outcome.errors.contains("--overwrite"), "\(outcome)")
    }

    @Test(arguments: Writer.allCases)
    func whatExistsIsReplacedWhenAskedTo(writer: Writer) throws {
        let place = try Self.existing(writer)
        if writer.writesDirectory { try place.write("schema: etacal.run/1\n", to: "out/run.yaml") }
        let outcome = try place.etacal(writer.arguments("out") + ["--overwrite"])
        #expect(outcome.status == writer.status.rawValue, "\(outcome)")
        try place.etacal(writer.arguments("fresh"))
        #expect(try place.changes(since: [:]).filter { $0.hasPrefix(".") || $0 == "out/precious" } == [])
        let file = writer.writesDirectory ? "/calibration.json" : ""
        #expect(try place.data("out\(file)") == place.data("fresh\(file)"))
    }

    /// Only a run is taken away whole.
    @Test func directoriesOfOtherThingsAreKept() throws {
        try Self.existing(.closure).expectRefusal(
            Writer.closure.arguments("out") + ["--overwrite"], .cannotCreate, at: "out", "other than a run")
    }

    @Test(arguments: Writer.allCases, ["none/out", "none/none/out"])
    func directoriesThatDoNotExistAreNotMade(writer: Writer, output: String) throws {
        try Self.workplace().expectRefusal(writer.arguments(output), .cannotCreate, at: output, "does not exist")
    }

    /// Permissions do not bind root, files and /proc do.
    @Test(arguments: Writer.allCases, ["events.csv/out", "/proc/out"])
    func placesThatHoldNoFilesAreRefused(writer: Writer, output: String) throws {
        #if os(macOS)
            if output.hasPrefix("/proc") { return }
        #endif
        try Self.workplace().expectRefusal(writer.arguments(output), .cannotCreate, at: output, "cannot be written to")
    }

    @Test(arguments: Writer.allCases, ["--quiet", "--overwrite"])
    func anotherKindOfThingIsNotReplaced(writer: Writer, option: String) throws {
        let place = try Self.workplace()
        if writer.writesDirectory { try place.write("old", to: "out") } else { try place.makeDirectory("out") }
        let problem = option != "--overwrite" ? "the output exists" : writer.writesDirectory ? "a file" : "a directory"
        try place.expectRefusal(writer.arguments("out") + [option], .cannotCreate, at: "out", problem)
    }

    @Test(arguments: Writer.allCases, ["", ".", "..", "/"])
    func namesThatAreNoNamesAreRefused(writer: Writer, output: String) throws {
        try Self.workplace().expectRefusal(writer.arguments(output), .cannotCreate, at: output, nil)
    }

    @Test(arguments: Writer.allCases.filter { !$0.writesDirectory })
    func aFileCannotBeNamedLikeADirectory(writer: Writer) throws {
        try Self.workplace().expectRefusal(writer.arguments("out/"), .cannotCreate, at: "out/", nil)
    }

    /// A device such as /dev/null, for which a FIFO stands here, would be lost to the whole system; so would
    /// /dev/stdout, which is a link to one.
    @Test(arguments: Writer.allCases, ["pipe", "link"])
    func devicesAreNotReplaced(writer: Writer, output: String) throws {
        let place = try Self.workplace()
        try #require(mkfifo(place.path("pipe"), 0o600) == 0)
        try FileManager.default.createSymbolicLink(atPath: place.path("link"), withDestinationPath: "pipe")
        let outcome = try place.etacal(writer.arguments(output) + ["--overwrite"])
        func type(_ name: String) throws -> FileAttributeType? {
            try FileManager.default.attributesOfItem(atPath: place.path(name))[.type] as? FileAttributeType
        }
        let isKept = try type("link") == .typeSymbolicLink && ![.typeRegular, .typeDirectory].contains(type("pipe"))
        #expect(outcome.status == Status.cannotCreate.rawValue && isKept, "\(outcome)")
    }

    @Test func pathsWithSpacesAndOtherLettersWork() throws {
        let place = try Self.workplace()
        try place.makeDirectory("α β")
        for writer in Writer.allCases {
            let outcome = try place.etacal(writer.arguments("α β/\(writer.rawValue) 'ü'"))
            #expect(outcome.status == writer.status.rawValue, "\(outcome)")
        }
    }
}
