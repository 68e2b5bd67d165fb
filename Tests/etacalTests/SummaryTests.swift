import Foundation
import Testing

/// What runs print in the end.
struct SummaryTests {
    private static let longName =
        "a detector with a name of more than a hundred characters, "
        + String(
            repeating: "which goes on and on ", count: 4)

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(
            Sample.card.replacingOccurrences(of: "name: toy", with: "name: '\(longName)'")
                .replacingOccurrences(of: "summary: A", with: "summary: \(longName)"), to: "card.yaml")
        // Edges of many digits, and more than a hundred bins of η.
        try place.write(
            """
            schema: etacal.binning/1
            eta_edges: [\((-60...60).map { "\(Double($0) * 0.05)" }.joined(separator: ", "))]
            pt_edges: [40.123, 1234.56, 2345.67]
            reference_abs_eta_max: 0.8
            quoted_pt_min: 40.123

            """, to: "binning.yaml")
        try place.write(
            """
            schema: etacal.run/1
            tolerance:
              - {abs_eta_max: 1.3, value: 0.00512345}
              - {abs_eta_max: 2.4, value: 0.0212345}
              - {abs_eta_max: 3.1, value: 0.0312345}
              - {abs_eta_max: 4.5, value: 0.0412345}

            """, to: "run.yaml")
        return place
    }

    /// - Returns: the output of a line, whose verdict may be negative.
    private static func output(_ line: String, in place: Workplace) throws -> String {
        let outcome = try place.etacal(line)
        #expect([0, 1].contains(outcome.status) && outcome.errors == "", "\(outcome)")
        return outcome.output
    }

    private static func expectFit(_ output: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(output.count > 40)
        for line in output.split(separator: "\n") {
            #expect(line.count <= 80, "\(line.count): \(line)", sourceLocation: sourceLocation)
            #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)", sourceLocation: sourceLocation)
            #expect(line.last != " ", "\(line)", sourceLocation: sourceLocation)
        }
    }

    @Test func linesFit() throws {
        let place = try Self.workplace()
        let seed = "--seed 18446744073709551615"
        Self.expectFit(
            try Self.output(
                "closure run.yaml --detector card.yaml --events 60k \(seed) --binning binning.yaml -o run", in: place))
        try place.write(Sample.truthEvents, to: "a_sample_with_a_long_name_\(String(repeating: "0", count: 90)).csv")
        try place.write(Sample.crossSections, to: "xsec.csv")
        let truth = try #require(place.snapshot().keys.first { $0.hasPrefix("a_sample") })
        Self.expectFit(
            try Self.output(
                "closure --truth \(truth) --truth-xsec xsec.csv --events 2k --tolerance 0.5 --threads 1 -o again",
                in: place))
        for verb in ["show card.yaml", "check card.yaml", "show cms-like"] {
            Self.expectFit(try place.succeed("detector \(verb)"))
        }
        // Elsewhere each card has one line.
        Self.expectFit(try place.etacal("detector list", terminal: .output).output)
    }

    @Test func linesOfTheStepsFit() throws {
        let place = try Self.workplace()
        try place.succeed("simulate --detector card.yaml --events 20k --quiet -o mc.csv")
        try place.write(Sample.events.replacingOccurrences(of: "true_", with: "other_"), to: "plain.csv")
        Self.expectFit(try Self.output("fit mc.csv --mc plain.csv --binning binning.yaml -o none.json", in: place))
        Self.expectFit(try Self.output("fit mc.csv --binning coarse --passes 2 -o c.json", in: place))
        Self.expectFit(try Self.output("verify c.json --data mc.csv --tolerance 1e-7 -o v.json", in: place))
        Self.expectFit(try Self.output("verify none.json --data mc.csv -o w.json", in: place))
        Self.expectFit(try Self.output("apply none.json mc.csv -o a.csv", in: place))
    }

    /// Every verb that computes, with files of its own.
    private static let lines = [
        "closure --detector uniform --events 2k --binning small.yaml -o run",
        "simulate --detector uniform --events 100 -o made.csv", "fit events.csv -o c.json",
        "apply calibration.json events.csv -o applied.csv", "verify calibration.json --data events.csv -o v.json",
        "detector check uniform",
    ]

    private static func prepared() throws -> Workplace {
        let place = try workplace()
        try place.write(Sample.binning, to: "small.yaml")
        try place.write(Sample.events, to: "events.csv")
        try place.write(try Data(contentsOf: URL(fileURLWithPath: SmallStudy.plainCalibration)), to: "calibration.json")
        return place
    }

    @Test(arguments: lines + ["detector list", "detector show uniform"])
    func jsonIsAllThatJSONPrints(line: String) throws {
        let place = try Self.prepared()
        let json = try JSON(Self.output("\(line) --json", in: place))
        #expect((json.list?.count ?? json.keys.count) >= 2)
        guard Self.lines.contains(line) else { return }
        // Being quiet leaves what was asked for.
        let quiet = try JSON(
            Self.output("\(line) --json --quiet\(line.contains("-o") ? " --overwrite" : "")", in: place))
        #expect(quiet.keys == json.keys)
    }

    @Test(arguments: lines)
    func quietIsSilent(line: String) throws {
        let place = try Self.prepared()
        #expect(try Self.output("\(line) --quiet", in: place) == "")
        guard line.contains("-o") else { return }
        let refused = try place.etacal("\(line) --quiet")
        #expect(refused.status == Status.cannotCreate.rawValue && refused.output == "")
        #expect(refused.errors.hasPrefix("etacal: "), "\(refused)")
    }

    @Test func listsOfDetectorsAreRead() throws {
        let list = try JSON(Workplace().succeed("detector list --json"))
        #expect(list.list?.compactMap { $0["name"].string } == ["cms-like", "atlas-like", "uniform", "stress"])
        #expect(list[0]["abs_eta_max"].double == 5.2 && list[0]["pseudo_data"].bool == true)
    }
}
