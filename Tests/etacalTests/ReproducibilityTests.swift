import Foundation
import InstructionSets
import Testing

/// The same run gives the same bytes, whoever computes it.
struct ReproducibilityTests {
    private static let results = ["run.yaml", "calibration.json", "closure.json", "report.html"]

    private static func expectSame(
        _ place: Workplace, _ one: String, _ other: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for file in results {
            let (first, second) = (try place.text("\(one)/\(file)"), try place.text("\(other)/\(file)"))
            guard first != second else { continue }
            let lines = zip(first.split(separator: "\n"), second.split(separator: "\n")).first { $0 != $1 }
            Issue.record(
                "\(file) differs: '\(lines?.0.prefix(300) ?? "end")' and '\(lines?.1.prefix(300) ?? "end")'",
                sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: [1, 5])
    func resultsDoNotDependOnTheNumberOfThreads(threads: Int) throws {
        let study = try SmallStudy.shared.get().workplace
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        try place.succeed(
            "closure \(SmallStudy.events) \(SmallStudy.binning) --tolerance 0.5 --quiet --threads \(threads) -o run")
        for file in Self.results { #expect(try place.data("run/\(file)") == study.data("run/\(file)"), "\(file)") }
    }

    /// One that the processor lacks is refused before anything is computed.
    @Test(arguments: InstructionSet.allCases)
    func resultsDoNotDependOnTheInstructionSet(set: InstructionSet) throws {
        let study = try SmallStudy.shared.get().workplace
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        let options = "\(SmallStudy.events) \(SmallStudy.binning) --tolerance 0.5 --quiet"
        let outcome = try place.etacal("closure \(options) --instruction-set \(set.rawValue) -o run")
        guard set.isAvailable else {
            #expect(outcome.status == Status.usage.rawValue && outcome.errors.contains("it has portable"), "\(outcome)")
            return
        }
        #expect(outcome.status == Status.done.rawValue, "\(outcome)")
        for file in Self.results { #expect(try place.data("run/\(file)") == study.data("run/\(file)"), "\(file)") }
    }

    /// Options of a first run whose run.yaml has to give the same again.
    struct Setup: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let options: String
        let card: String

        init(_ name: String, _ options: String, card: String = Sample.card) {
            testDescription = name
            self.options = options
            self.card = card
        }

        private static let commented = """
            # A detector with a history.

            # Which no one remembers.
            """ + "\n"
            + Sample.card.replacingOccurrences(of: "response:\n", with: "response:   # of jets\n\n\n")
            .replacingOccurrences(of: "s: 0.8", with: "s: 0.80") + "\n# The end.\n\n"

        static let all = [
            Setup("defaults", "--detector uniform"), Setup("another seed", "--seed 12345"),
            Setup("the largest seed", "--seed 18446744073709551615"), Setup("a tolerance", "--tolerance 0.05"),
            Setup("another method", "--method central --passes 1"), Setup("a card", "--detector card.yaml"),
            Setup("a card with comments and blank lines", "--detector card.yaml", card: commented),
            Setup("a card for data", "--detector uniform --data-detector card.yaml", card: commented),
            Setup("built-in cards for both", "--detector uniform --data-detector stress"),
            Setup("the same card for both", "--detector card.yaml --data-detector card.yaml", card: commented),
            Setup("a card with a document mark", "--detector card.yaml", card: "---\n" + Sample.card + "...\n"),
            Setup(
                "a card from Windows", "--detector card.yaml",
                card: Sample.card.replacingOccurrences(of: "\n", with: "\r\n")),
            Setup(
                "a card in tabular JSON", "--detector card.yaml",
                card: """
                    {"schema": "etacal.detector/1", "name": "toy: # 1",
                    "acceptance": {"abs_eta_max": 5},
                    "response": {"eta": "absolute", "regions": [{"eta": [0, 5], "value": 1}]},
                    "resolution": {"eta": "absolute", "regions": [{"eta": [0, 5], "n": 3, "s": 0.8, "c": 0.04}]}}
                    """),
            Setup("selection and binning by file", "--selection selection.yaml"),
            Setup("generator events", "--detector uniform --truth toy_dijets.csv"),
        ]
    }

    @Test(arguments: Setup.all)
    func theConfigurationOfARunGivesTheSameRun(setup: Setup) throws {
        let place = try Workplace()
        try place.write(setup.card, to: "card.yaml")
        try place.write(Sample.binning, to: "binning.yaml")
        try place.write(Sample.selection, to: "selection.yaml")
        try place.write(Sample.truthEvents, to: "toy_dijets.csv")
        try place.write(Sample.crossSections, to: "toy_xsec.csv")
        let first = try place.etacal("closure --events 5k --binning binning.yaml \(setup.options) --quiet -o run")
        try #require(first.status <= 1 && first.errors == "", "\(first)")
        for name in ["card.yaml", "binning.yaml", "selection.yaml"] {
            try FileManager.default.removeItem(atPath: place.path(name))
        }
        let again = try place.etacal("closure run/run.yaml --quiet -o again")
        try #require(again.status == first.status && again.errors == "", "\(again)")
        try Self.expectSame(place, "run", "again")
    }

    @Test func optionsGoBeforeTheConfiguration() throws {
        let place = try Workplace()
        let options = "--detector uniform --events 2k --seed 5 --method central --tolerance 0.03"
        try place.etacal("closure \(options) --quiet -o run")
        try place.write(
            "schema: etacal.run/1\ndetector: stress\nevents: 100\nseed: 9\nmethod: matrix\ntolerance: 0.5\n",
            to: "config.yaml")
        try place.etacal("closure config.yaml \(options) --quiet -o again")
        try Self.expectSame(place, "run", "again")
    }

    /// No host, user, time or absolute path: they would make equal results differ.
    @Test func resultsDoNotTellWhereTheyWereMade() throws {
        let study = try SmallStudy.shared.get().workplace
        for file in ["calibration.json", "run/calibration.json", "run/closure.json", "run/run.yaml"] {
            let text = try study.text(file)
            for word in [study.directory.path, ProcessInfo.processInfo.hostName, "threads"] where word.count > 3 {
                #expect(!text.contains(word), "\(file): \(word)")
            }
        }
    }
}
