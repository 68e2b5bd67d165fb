import Foundation
import Testing

/// What `fit`, `apply` and `verify` say of tables that they cannot use.
struct EventTableTests {
    /// Ways to read `events.csv`; `good.csv` is a valid table.
    enum Reader: String, CaseIterable, CustomTestStringConvertible {
        case fit, fitSimulation, apply, verify, verifySimulation

        var testDescription: String { rawValue }

        func arguments(_ name: String = "events.csv") throws -> [String] {
            let calibration = try SmallStudy.plainCalibration
            return switch self {
            case .fit: ["fit", name, "-o", "out"]
            case .fitSimulation: ["fit", "good.csv", "--mc", name, "-o", "out"]
            case .apply: ["apply", calibration, name, "-o", "out"]
            case .verify: ["verify", calibration, "--data", name, "-o", "out"]
            case .verifySimulation: ["verify", calibration, "--data", "good.csv", "--mc", name, "-o", "out"]
            }
        }
    }

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(Sample.events, to: "good.csv")
        return place
    }

    /// Too few events for a verdict, but nothing wrong with them.
    @Test(arguments: Reader.allCases)
    func theSampleIsValid(reader: Reader) throws {
        let place = try Self.workplace()
        let outcome = try place.etacal(reader.arguments("good.csv"))
        #expect(outcome.status == (reader == .apply ? 0 : 1), "\(outcome)")
        #expect(outcome.errors == "")
        #expect(try !place.data("out").isEmpty)
    }

    @Test(arguments: Reader.allCases, Mistake.inEvents)
    func mistakesAreNamed(reader: Reader, mistake: Mistake) throws {
        let place = try Self.workplace()
        try place.write(mistake.text, to: "events.csv")
        try place.expectRefusal(
            reader.arguments(), .malformed, at: "events.csv" + mistake.place, mistake.problem)
    }

    @Test(arguments: Reader.allCases)
    func filesThatCannotBeReadAreNamed(reader: Reader) throws {
        let place = try Self.workplace()
        try place.makeDirectory("folder")
        try place.expectRefusal(reader.arguments("none.csv"), .unreadable, at: "none.csv", "no such file")
        try place.expectRefusal(reader.arguments("folder"), .unreadable, at: "folder", "directory")
        try place.expectRefusal(reader.arguments("good.csv/x"), .unreadable, at: "good.csv/x", "no such file")
    }

    @Test(arguments: Reader.allCases, [0.0001, 0.3, 0.9999])
    func compressedTablesThatWereCutAreRefused(reader: Reader, fraction: Double) throws {
        let place = try Self.workplace()
        let whole = try SmallStudy.shared.get().workplace.data("small.csv.gz")
        try place.write(whole.prefix(Int(Double(whole.count) * fraction)), to: "cut.csv.gz")
        try place.expectRefusal(reader.arguments("cut.csv.gz"), .malformed, at: "cut.csv.gz", "end early")
    }

    @Test(arguments: Reader.allCases)
    func compressedTablesThatWereDamagedAreRefused(reader: Reader) throws {
        let place = try Self.workplace()
        var damaged = try SmallStudy.shared.get().workplace.data("small.csv.gz")
        // The checksum at the end no longer agrees with what stands before it.
        damaged[damaged.count - 8] ^= 0xff
        try place.write(damaged, to: "damaged.csv.gz")
        try place.expectRefusal(reader.arguments("damaged.csv.gz"), .malformed, at: "damaged.csv.gz", "damaged")
    }

    @Test(arguments: [Reader.verify, .verifySimulation], ["true_pt1", "true_eta2"])
    func verifyNeedsTruth(reader: Reader, column: String) throws {
        let place = try Self.workplace()
        try place.write(Sample.events.replacingOccurrences(of: column, with: "other"), to: "events.csv")
        try place.expectRefusal(reader.arguments(), .malformed, at: "events.csv:1", "true_")
    }

    @Test(arguments: [Reader.fit, .fitSimulation, .apply])
    func otherVerbsDoWithoutTruth(reader: Reader) throws {
        let place = try Self.workplace()
        try place.write(Sample.events.replacingOccurrences(of: "true_", with: "other_"), to: "events.csv")
        let outcome = try place.etacal(reader.arguments())
        #expect(outcome.status == (reader == .apply ? 0 : 1), "\(outcome)")
        #expect(outcome.errors == "")
    }

    struct Variation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String

        static let all = [
            Variation("line ends of Windows") { $0.replacingOccurrences(of: "\n", with: "\r\n") },
            Variation("a byte order mark") { "\u{FEFF}" + $0 },
            Variation("spaces in the header") { $0.replacingOccurrences(of: ",eta1,", with: ", eta1 ,") },
            Variation("blank lines") { $0.replacingOccurrences(of: "\n", with: "\n\n") },
            Variation("no line end at the end") { String($0.dropLast()) },
            Variation("NaN for an absent jet") { $0.replacingOccurrences(of: "12.5,-3,0.5", with: "NaN,nan,NAN") },
            Variation("text in unknown columns instead of optional ones") {
                $0.replacingOccurrences(of: "event,slice,weight", with: "period,note,who")
                    .replacingOccurrences(of: "\n0,0,1,", with: "\nA,β,\"me\",")
            },
        ]

        private init(_ name: String, _ change: (String) -> String) {
            testDescription = name
            text = change(Sample.events)
        }
    }

    @Test(arguments: Variation.all)
    func harmlessVariationsAreRead(variation: Variation) throws {
        #expect(variation.text != Sample.events)
        let place = try Self.workplace()
        try place.write(variation.text, to: "events.csv")
        try place.succeed("fit events.csv -o out", status: .negativeVerdict)
        let output = try place.etacal(Reader.apply.arguments() + ["--json", "--overwrite"])
        #expect(try JSON(output.output)["events"].double == 3, "\(output)")
    }
}
