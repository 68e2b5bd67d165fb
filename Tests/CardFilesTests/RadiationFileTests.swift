import CardFiles
import DijetGeneration
import FileAccess
import Foundation
import Testing

/// A tune that is not the built-in one, in a file that comes and goes.
enum ToyTune {
    /// The schema, the name and the summary stand above.
    static let firstParameter = 5

    static func lines(_ change: (RadiationParameter) -> Double? = { _ in nil }) -> [String] {
        let model = RadiationTune.builtIn.model
        return ["schema: etacal.radiation/1", "name: toy", "summary: for tests", "parameters:"]
            + RadiationParameter.allCases.map { "  \($0.rawValue): \(change($0) ?? model[$0])" }
    }

    static let variations = [
        "variations:", "  initial-up: {initial_rate: 0.0625}", "  soft: {soft_recoil: 1, jet_noise: 2.5}",
        "  none: {}",
    ]

    static func withFile<Result>(_ lines: [String], _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
            .path
        try writeText(lines.joined(separator: "\n") + "\n", to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}

struct RadiationFileTests {
    @Test func theBuiltInTuneHasEverything() throws {
        let tune = RadiationTune.builtIn
        #expect(tune.name == "monash" && tune.isBuiltIn)
        for parameter in RadiationParameter.allCases { #expect(parameter.domain.contains(tune.model[parameter])) }
        let named = try RadiationTune(named: "monash")
        #expect(named.isBuiltIn && named.model == tune.model)
    }

    @Test func aFileIsReadAsItStands() throws {
        let lines = ToyTune.lines { $0 == .softRecoil ? 3.5 : nil } + ToyTune.variations
        let tune = try ToyTune.withFile(lines) { try RadiationTune(named: $0) }
        #expect(tune.name == "toy" && tune.summary == "for tests" && !tune.isBuiltIn)
        for parameter in RadiationParameter.allCases {
            let expected = parameter == .softRecoil ? 3.5 : RadiationTune.builtIn.model[parameter]
            #expect(tune.model[parameter] == expected, "\(parameter.rawValue)")
        }
    }

    /// A variation leaves alone what it does not name.
    @Test func variationsChangeWhatTheyName() throws {
        let tune = try ToyTune.withFile(ToyTune.lines() + ToyTune.variations) { try RadiationTune(file: $0) }
        #expect(tune.variations.map(\.name) == ["initial-up", "soft", "none"])
        let changes: [String: [RadiationParameter: Double]] = [
            "initial-up": [.initialRate: 0.0625], "soft": [.softRecoil: 1, .jetNoise: 2.5], "none": [:],
        ]
        for (name, change) in changes {
            let model = try #require(tune.variation(name))
            for parameter in RadiationParameter.allCases {
                let expected = change[parameter] ?? tune.model[parameter]
                #expect(model[parameter] == expected, "\(name) \(parameter.rawValue)")
            }
        }
        #expect(tune.variation("initial") == nil && tune.remedy == "known are initial-up, soft, none")
        #expect(RadiationTune.builtIn.variation("") == nil)
    }

    private static func expectFault(
        _ lines: [String], line: Int, _ path: String, _ problem: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try ToyTune.withFile(lines) { file in
            let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) {
                _ = try RadiationTune(file: file)
            }
            #expect(error?.place == "\(file):\(line): \(path)", sourceLocation: sourceLocation)
            let text = error?.problem ?? ""
            #expect(text.contains(problem), "\(text)", sourceLocation: sourceLocation)
            #expect(error?.kind == .malformed && error?.remedy.isEmpty == false, sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: RadiationParameter.allCases)
    func eachParameterIsChecked(parameter: RadiationParameter) throws {
        let name = parameter.rawValue
        let index = ToyTune.firstParameter - 1 + (RadiationParameter.allCases.firstIndex(of: parameter) ?? 0)
        let valid = ToyTune.lines()
        func replaced(_ line: String) -> [String] {
            var lines = valid
            lines[index] = line
            return lines
        }
        var missing = valid
        missing.remove(at: index)
        try Self.expectFault(missing, line: ToyTune.firstParameter, "parameters", "the key '\(name)' is missing")
        try Self.expectFault(
            replaced("  \(name)s: 1"), line: index + 1, "parameters.\(name)s", "unknown key '\(name)s'")
        let place = "parameters.\(name)"
        for value in [parameter.domain.lowerBound.nextDown, parameter.domain.upperBound.nextUp, -1e300, 1e300] {
            try Self.expectFault(replaced("  \(name): \(value)"), line: index + 1, place, "is out of range")
        }
        for word in ["nan", "inf", "-inf"] {
            try Self.expectFault(replaced("  \(name): \(word)"), line: index + 1, place, "is not a finite number")
        }
        for word in [".nan", "much", "~", "[1]"] {
            try Self.expectFault(replaced("  \(name): \(word)"), line: index + 1, place, "is not a number")
        }
        for value in [parameter.domain.lowerBound, parameter.domain.upperBound] {
            let tune = try ToyTune.withFile(replaced("  \(name): \(value)")) { try RadiationTune(file: $0) }
            #expect(tune.model[parameter] == value)
        }
    }

    @Test(arguments: [
        ("  up: {initial_rat: 1}", "variations.up.initial_rat", "unknown key"),
        ("  up: {final_reach: 2}", "variations.up.final_reach", "2.0 is out of range"),
        ("  up: {jet_noise: nan}", "variations.up.jet_noise", "not a finite number"),
        ("  up: 3", "variations.up", "not a mapping"), ("  \"\": {}", "variations.", "no name for a variation"),
        ("  \"a\\eb\": {}", "variations.a\u{FFFD}b", "no name for a variation"),
    ])
    func faultsInVariationsAreToldWithTheirPlace(line: String, path: String, problem: String) throws {
        let lines = ToyTune.lines() + ["variations:", line]
        try Self.expectFault(lines, line: lines.count, path, problem)
    }

    @Test func otherFaultsAreToldWithTheirPlace() throws {
        let valid = ToyTune.lines()
        func replaced(_ index: Int, _ line: String) -> [String] {
            var lines = valid
            lines[index] = line
            return lines
        }
        try Self.expectFault(replaced(0, "schema: etacal.radiation/9"), line: 1, "schema", "is not known")
        try Self.expectFault(replaced(1, "name: ''"), line: 2, "name", "empty")
        try Self.expectFault(replaced(2, "summary: [a]"), line: 3, "summary", "not a text")
        try Self.expectFault(valid + ["tune: 3"], line: valid.count + 1, "tune", "unknown key")
        try Self.expectFault(valid + ["variations: [up]"], line: valid.count + 1, "variations", "not a mapping")
        try Self.expectFault(Array(replaced(3, "parameters: 3").prefix(4)), line: 4, "parameters", "not a mapping")
    }
}
