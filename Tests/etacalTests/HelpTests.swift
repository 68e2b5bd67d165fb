import Foundation
import Testing

struct HelpTests {
    static let verbs = [
        "", "closure", "submit", "simulate", "cluster", "fit", "apply", "verify", "merge", "compare", "detector",
        "detector list",
        "detector show",
        "detector check", "detector plot", "detector convert", "plot", "tags", "tags train", "tags check",
        "tags response", "toys",
        "xsec", "validate", "validate truth", "export", "import", "evaluate",
    ]

    private static func help(_ verb: String) throws -> String { try Workplace().succeed("\(verb) --help") }

    @Test(arguments: verbs)
    func linesFit(verb: String) throws {
        for line in try Self.help(verb).split(separator: "\n") {
            #expect(line.count <= 80, "\(line.count): \(line)")
            // Greek letters are question marks in the C locale.
            #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
        }
    }

    /// The options of a help text with their descriptions, `--output <file>: The table …`.
    private static func options(_ text: String) -> [(name: String, description: String)] {
        var found: [(name: String, description: String)] = []
        for line in text.components(separatedBy: "OPTIONS:\n").last?.split(separator: "\n") ?? [] {
            if line.hasPrefix("  -") {
                // Descriptions begin in column 26, on the next line when the name is longer.
                let isShort = line.count > 26 && line.dropFirst(25).first == " "
                let name = isShort ? line.prefix(26) : line
                found.append((name.trimmingCharacters(in: .whitespaces), String(line.dropFirst(name.count))))
            } else if line.hasPrefix("   "), let last = found.indices.last {
                found[last].description += " " + line.trimmingCharacters(in: .whitespaces)
            } else {
                break
            }
        }
        return found
    }

    @Test(arguments: verbs)
    func optionsSayTheirDefaults(verb: String) throws {
        let text = try Self.help(verb)
        let usage = text.components(separatedBy: "USAGE: ").last?.prefix { $0 != "\n" } ?? ""
        let options = Self.options(text)
        #expect(options.count >= 2)
        for (name, description) in options {
            #expect(description.count > 10, "\(name) is not explained: \(description)")
            guard let value = name.range(of: "<") else { continue }
            // Options that are required stand in the usage without brackets.
            let flag = name[..<value.lowerBound].split(separator: ",")[0].split(separator: " ")[0]
            if usage.contains(" \(flag) ") { continue }
            #expect(description.contains("default: "), "\(name) has no default: \(description)")
        }
    }

    @Test func exitStatusesAreListed() throws {
        let text = try Self.help("").split(separator: "\n").joined(separator: " ")
        let statuses = text.components(separatedBy: "Exit status: ").last ?? ""
        for status in [0, 1, 64, 65, 66, 69, 70, 73, 74, 130, 143] {
            #expect(statuses.contains("\(status) "), "\(status)")
        }
    }

    @Test(arguments: ["", "detector", "validate"])
    func aVerbIsNotNeededForHelp(verb: String) throws {
        let place = try Workplace()
        #expect(try place.succeed(verb) == place.succeed("\(verb) --help"))
    }

    /// What the examples read. Few events: the verdict of those that give one is negative.
    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(Sample.card, to: "my-card.yaml")
        try place.write(Sample.events, to: "events.csv")
        try place.write(try Data(contentsOf: URL(fileURLWithPath: SmallStudy.plainCalibration)), to: "calibration.json")
        for name in ["matrix", "central"] { try place.write(try place.data("calibration.json"), to: "\(name).json") }
        try place.write(Sample.truthEvents, to: "sample_dijets.csv")
        try place.write(Sample.crossSections, to: "sample_xsec.csv")
        try place.write(Sample.triggers, to: "triggers.yaml")
        try place.write(try Tagged.tagger.get(), to: "tagger.yaml")
        try Tagged.writeEvents(in: place)
        try ClusterTests.writeEvents(in: place)
        try place.write(Sample.correction, to: "L2Relative.txt")
        try place.write(Sample.resolutions, to: "PtResolution.txt")
        try place.write("eta,pt\n1.8,80\n", to: "jets.csv")
        try place.write(try Data(contentsOf: URL(fileURLWithPath: SmallStudy.closure)), to: "closure.json")
        try place.succeed("export calibration.json --format correctionlib -o constants.json.gz")
        for name in ["mc", "data", "test-mc", "test-data"] { try place.write(Sample.events, to: "\(name).csv") }
        let prescaled = Sample.events.replacingOccurrences(of: "weight", with: "triggers")
            .replacingOccurrences(of: "2,1,0.5,", with: "2,1,4,")
        try place.write(prescaled, to: "prescaled.csv")
        let packed = try place.run(
            script: "gzip mc.csv data.csv prescaled.csv test-mc.csv test-data.csv sample_dijets.csv")
        try #require(packed.status == 0, "\(packed)")
        return place
    }

    /// Indented lines of a help text that begin with the program's name, continued lines joined.
    private static func examples(_ text: String) -> [String] {
        let overview = text.components(separatedBy: "USAGE: ")[0].replacingOccurrences(of: "\\\n", with: "")
        return overview.split(separator: "\n").filter { $0.hasPrefix("  etacal ") }
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Every example of every help works as it stands, but for the number of events. For those that draw see `PlotTests`.
    @Test(arguments: verbs.filter { !$0.hasSuffix("plot") })
    func examplesAreTrue(verb: String) throws {
        let examples = try Self.examples(Self.help(verb))
        #expect(examples.contains { $0.hasPrefix("etacal \(verb)") })
        let place = try Self.workplace()
        for example in examples {
            let simulates = ["closure", "simulate", "validate"].contains { example.hasPrefix("etacal \($0)") }
            let judges = ["closure", "fit", "verify", "validate"].contains { example.hasPrefix("etacal \($0)") }
            let repeats = example.hasPrefix("etacal toys")
            // Working points need jets of b quarks.
            let trains = ["train", "check"].contains { example.hasPrefix("etacal tags \($0)") }
            let script =
                example + (simulates || repeats ? " --events 100" : trains ? " --events 100k" : "")
                + (repeats ? " --experiments 2" : "")
            // What was prepared may stand where the example writes.
            for name in try place.snapshot().keys where example.hasSuffix(" -o \(name)") {
                try FileManager.default.removeItem(atPath: place.path(name))
            }
            let outcome = try place.run(script: script)
            #expect(outcome.status == 0 || judges && outcome.status == 1, "\(outcome)")
            #expect(outcome.errors == "", "\(outcome)")
            if let output = example.components(separatedBy: " -o ").dropFirst().first {
                #expect(FileManager.default.fileExists(atPath: place.path(output)), "\(outcome)")
            }
        }
    }
}
