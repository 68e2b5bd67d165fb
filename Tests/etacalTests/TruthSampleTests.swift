import Foundation
import Testing

struct TruthSampleTests {
    private static func events(_ name: String, _ old: String, _ new: String, at place: String, _ problem: String)
        -> Mistake
    {
        Mistake(name, in: Sample.truthEvents, (old, new), at: place, problem)
    }

    private static func slices(_ name: String, _ old: String, _ new: String, at place: String, _ problem: String)
        -> Mistake
    {
        Mistake(name, in: Sample.crossSections, (old, new), at: place, problem)
    }

    private static let inEvents =
        ["slice", "event", "pt1", "eta1", "phi1", "pt2", "eta2", "phi2"].map { column in
            Mistake(
                "no column \(column)",
                text: ("," + Sample.truthEvents).replacingOccurrences(of: ",\(column),", with: ",other,")
                    .trimmingCharacters(in: [","]),
                at: ":1", "the column '\(column)' is missing")
        } + [
            events(
                "a slice without a cross-section", "1,1,151.0", "2,1,151.0", at: ":6", "slice 2.0 has no cross-section"),
            events("a negative slice", "1,1,151.0", "-1,1,151.0", at: ":6", "slice -1.0 has no cross-section"),
            events("no slice", "1,1,151.0", ",1,151.0", at: ":6", "has no cross-section"),
            events("half a slice", "1,1,151.0", "0.5,1,151.0", at: ":6", "slice 0.5"),
            events("a negative event number", "1,1,151.0", "1,-1,151.0", at: ":6", "the event number is -1.0"),
            events("text", "79.5", "high", at: ":3", "column 'pt2' holds 'high'"),
            events("an infinite pT", "79.5", "inf", at: ":3", "column 'pt2' holds 'inf'"),
            events("a pT of 1e300", "79.5", "1e300", at: ":3", "jet 2 has pT 1e+300"),
            events("a jet without η", "79.5,0.125", "79.5,", at: ":3", "jet 2 has pT 79.5"),
            events(
                "a short row", ",21,20.5,0.25,1.5,21", ",21,20.5,0.25,1.5", at: ":6", "13 fields, the header has 14"),
            events(
                "a long row", ",21,20.5,0.25,1.5,21", ",21,20.5,0.25,1.5,21,1", at: ":6", "15 fields, the header has 14"
            ),
            Mistake("an empty file", text: "", at: "", "the file is empty"),
            Mistake(
                "a header alone", text: String(Sample.truthEvents.prefix { $0 != "\n" }) + "\n", at: "",
                "there are no events"),
        ]

    private static let inSlices =
        ["slice", "pthat_min_GeV", "pthat_max_GeV", "sigma_pb"].map { column in
            slices("no column \(column)", column, "other", at: ":1", "the column '\(column)' is missing")
        } + [
            slices("a negative cross-section", "5.7e5", "-5.7e5", at: ":3", "σ = -570000.0 pb"),
            slices("no cross-section", ",5.7e5", ",", at: ":3", "σ = nan pb"),
            slices("text", "5.7e5", "much", at: ":3", "column 'sigma_pb' holds 'much'"),
            slices("decreasing edges", "120,250", "250,120", at: ":3", "250.0–120.0 GeV"),
            slices("overlapping slices", "1,120,250", "1,100,250", at: ":3", "100.0–250.0 GeV"),
            slices("a slice twice", "1,120,250", "0,120,250", at: ":3", "slice 0.0"),
            slices("a short row", ",5.7e5", "", at: ":3", "3 fields, the header has 4"),
            Mistake("an empty file", text: "", at: "", "the file is empty"),
            Mistake(
                "a header alone", text: "slice,pthat_min_GeV,pthat_max_GeV,sigma_pb\n", at: "", "there are no slices"),
        ]

    private static func workplace(events: String = Sample.truthEvents, slices: String? = Sample.crossSections) throws
        -> Workplace
    {
        let place = try Workplace()
        try place.write(events, to: "toy_dijets.csv")
        if let slices { try place.write(slices, to: "toy_xsec.csv") }
        return place
    }

    private static let simulate = "simulate --detector uniform --truth toy_dijets.csv --events 100 -o out"

    @Test func theSampleIsValid() throws {
        let place = try Self.workplace()
        try place.succeed(Self.simulate)
        #expect(try place.rows("out").count == 101)
    }

    @Test(arguments: inEvents)
    func mistakesInEventsAreNamed(mistake: Mistake) throws {
        try Self.workplace(events: mistake.text).expectRefusal(
            Self.simulate, .malformed, at: "toy_dijets.csv" + mistake.place, mistake.problem)
    }

    @Test(arguments: inSlices)
    func mistakesInCrossSectionsAreNamed(mistake: Mistake) throws {
        try Self.workplace(slices: mistake.text).expectRefusal(
            Self.simulate, .malformed, at: "toy_xsec.csv" + mistake.place, mistake.problem)
    }

    @Test func closureRefusesThemToo() throws {
        let place = try Self.workplace(slices: Sample.crossSections.replacingOccurrences(of: "\n1,", with: "\n7,"))
        try place.expectRefusal(
            "closure --truth toy_dijets.csv --events 100 -o out", .malformed, at: "toy_dijets.csv:5",
            "slice 1.0 has no cross-section")
    }

    @Test func crossSectionsThatAreMissingAreNamedWithTheOption() throws {
        let place = try Self.workplace(slices: nil)
        try place.expectRefusal(Self.simulate, .unreadable, at: "toy_xsec.csv", "no such file")
        let outcome = try place.etacal(Self.simulate)
        #expect(outcome.errors.contains("--truth-xsec"), "\(outcome)")
        try place.expectRefusal(Self.simulate + " --truth-xsec none.csv", .unreadable, at: "none.csv", "no such file")
    }

    @Test func crossSectionsMayHaveAnotherName() throws {
        let place = try Self.workplace(slices: nil)
        try place.write(Sample.crossSections, to: "elsewhere.csv")
        try place.succeed(Self.simulate + " --truth-xsec elsewhere.csv")
    }

    @Test(arguments: [("1", "too few"), ("30M", "each truth event would be used")])
    func numbersOfEventsThatTheSampleCannotGiveAreRefused(events: String, problem: String) throws {
        try Self.workplace().expectRefusal(
            "simulate --detector uniform --truth toy_dijets.csv --events \(events) -o out", .malformed, at: "events",
            problem)
    }
}
