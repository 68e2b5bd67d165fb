import Foundation
import Testing

struct ValidateTests {
    private static func workplace(
        events: String = Sample.truthEvents, slices: String? = Sample.crossSections
    ) throws -> Workplace {
        let place = try Workplace()
        try place.write(events, to: "toy_dijets.csv")
        if let slices { try place.write(slices, to: "toy_xsec.csv") }
        return place
    }

    private static let line = "validate truth --against toy_dijets.csv --events 2k"

    @Test func theTableFitsAndEndsWithTheVerdict() throws {
        let text = try Self.workplace().succeed(Self.line, status: .negativeVerdict)
        for row in text.split(separator: "\n") {
            #expect(row.count <= 80, "\(row.count): \(row)")
            #expect(row.utf8.allSatisfy { $0 < 0x80 }, "\(row)")
        }
        #expect(text.contains("cross-section"))
        #expect(text.split(separator: "\n").last?.hasPrefix("validation FAILED: ") == true, "\(text)")
    }

    @Test func theJSONHasEveryCriterion() throws {
        let text = try Self.workplace().succeed(Self.line + " --json", status: .negativeVerdict)
        let json = try JSON(text)
        #expect(json["schema"].string == "etacal.validation/1")
        #expect(json["passed"].bool == false)
        #expect(json["slices"].count == 2)
        #expect(json["slices"][1]["reference"]["sigma_pb"].double == 5.7e5)
        #expect(json["slices"][0]["reference"]["dijets"].double == 3)
        #expect(json["slices"][0]["model"]["effective_events"].double == 2000)
        let criteria = try #require(json["criteria"].list)
        let keys = Set(criteria.compactMap { $0["quantity"].string })
        let due: Set = [
            "cross_section", "gluon_fraction_jet1", "gluon_fraction_jet2", "c_fraction_jet1", "b_fraction_jet2",
            "rms_eta1", "rms_eta1_minus_eta2", "rms_asymmetry", "passing_both_in_gap", "passing_alpha",
            "passing_delta_phi", "mean_asymmetry", "summed_spectrum", "step_at_slice_edge",
        ]
        #expect(keys.isSuperset(of: due), "\(due.subtracting(keys))")
        let failed = criteria.filter { $0["verdict"].string == "failed" }
        #expect(json["summary"]["failed"].double == Double(failed.count))
        // Three events a slice are too few for the rapidity gaps.
        let gaps = criteria.filter { $0["quantity"].string == "passing_both_in_gap" }
        #expect(gaps.allSatisfy { $0["verdict"].string == "not judged" && $0["note"].string != nil })
        #expect(json["shapes"].count ?? 0 > 10)
    }

    @Test func threadsChangeNothingAndSeedsDo() throws {
        let place = try Self.workplace()
        let one = try place.succeed(Self.line + " --json --threads 1", status: .negativeVerdict)
        #expect(try one == place.succeed(Self.line + " --json --threads 3", status: .negativeVerdict))
        #expect(try one != place.succeed(Self.line + " --json --seed 2", status: .negativeVerdict))
    }

    @Test func theDirectoryHoldsTheResultAndTheFigures() throws {
        let place = try Self.workplace()
        let text = try place.succeed(Self.line + " -o out", status: .negativeVerdict)
        #expect(text.contains("No pictures: gnuplot is not installed"))
        #expect(text.hasSuffix("Results are in out\n"))
        let json = try place.json("out/validation.json")
        let inputs = try #require(json["provenance"]["inputs"].list)
        #expect(inputs.map { $0["name"].string } == ["toy_dijets.csv", "toy_xsec.csv"])
        let files = try FileManager.default.contentsOfDirectory(atPath: place.path("out/figures"))
        for name in ["spectrum", "pt1", "eta1", "delta-phi", "alpha", "passing", "flavours-pt"] {
            #expect(files.contains("validation-\(name).gp") && files.contains("validation-\(name).dat"), "\(name)")
        }
        try place.expectRefusal(Self.line + " -o out", .cannotCreate, at: "out", "the output exists")
        try place.succeed(Self.line + " --quiet -o out --overwrite", status: .negativeVerdict)
    }

    @Test func onlyAValidationIsOverwritten() throws {
        let place = try Self.workplace()
        try place.makeDirectory("out")
        try place.write("precious", to: "out/thesis.txt")
        try place.expectRefusal(Self.line + " -o out --overwrite", .cannotCreate, at: "out", "something other")
    }

    private static let inSlices = [
        Mistake(
            "a gap between slices", in: Sample.crossSections, ("1,120,250", "1,150,250"), at: "",
            "a gap between 120.0 and 150.0 GeV"),
        Mistake(
            "a slice beyond the energy", in: Sample.crossSections, ("1,120,250", "1,120,6500"), at: "",
            "the slices reach to 6500.0 GeV"),
        Mistake(
            "a negative uncertainty",
            text: "slice,pthat_min_GeV,pthat_max_GeV,sigma_pb,sigma_err_pb\n0,60,120,1e7,1e4\n1,120,250,5e5,-1\n",
            at: ":3", "uncertainty is -1.0 pb"),
        Mistake(
            "a negative cross-section", in: Sample.crossSections, ("5.7e5", "-5.7e5"), at: ":3", "σ = -570000.0 pb"),
    ]

    @Test(arguments: inSlices)
    func slicesThatCannotBeGeneratedAreRefused(mistake: Mistake) throws {
        try Self.workplace(slices: mistake.text).expectRefusal(
            Self.line, .malformed, at: "toy_xsec.csv" + mistake.place, mistake.problem)
    }

    private static let inEvents = [
        Mistake(
            "a slice without a cross-section", in: Sample.truthEvents, ("1,1,151.0", "2,1,151.0"), at: ":6",
            "slice 2.0 has no cross-section"),
        Mistake(
            "a negative event number", in: Sample.truthEvents, ("1,1,151.0", "1,-1,151.0"), at: ":6",
            "the event number is -1.0"),
        Mistake("a jet without η", in: Sample.truthEvents, ("79.5,0.125", "79.5,"), at: ":3", "jet 2 has pT 79.5"),
        Mistake(
            "a soft recoil of 1e7 GeV", text: "slice,event,pt1,eta1,phi1,pt2,eta2,phi2,soft_px\n0,0,9,0,0,8,0,3,1e7\n",
            at: ":2", "soft_px is 10000000.0"),
        Mistake(
            "a slice without events",
            text: String(Sample.truthEvents.split(separator: "\n").prefix(4).joined(separator: "\n")) + "\n", at: "",
            "the slice 120.0–250.0 GeV has no events"),
    ]

    @Test(arguments: inEvents)
    func eventsWithMistakesAreRefused(mistake: Mistake) throws {
        try Self.workplace(events: mistake.text).expectRefusal(
            Self.line, .malformed, at: "toy_dijets.csv" + mistake.place, mistake.problem)
    }

    @Test func filesThatAreMissingAreNamed() throws {
        let place = try Self.workplace(slices: nil)
        try place.expectRefusal(Self.line, .unreadable, at: "toy_xsec.csv", "no such file")
        try place.expectRefusal(
            "validate truth --against none.csv", .unreadable, at: "none.csv", nil)
        try place.write(Sample.crossSections, to: "elsewhere.csv")
        try place.succeed(Self.line + " --quiet --truth-xsec elsewhere.csv", status: .negativeVerdict)
    }

    /// The physics: the built-in truth looks like the excerpt of Pythia's events, and would not with other radiation. So few
    /// events allow for no more than this: nothing is off by more than its limit and four standard deviations.
    @Test func theBuiltInTruthLooksLikeTheGenerator() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let excerpt = folder.appendingPathComponent("EventFilesTests/Fixtures/pythia8_excerpt_dijets.csv.gz").path
        let place = try Workplace()
        func clearFailures(_ options: String) throws -> [String] {
            let text = try place.succeed(
                "validate truth --against \(excerpt) --events 50k --json \(options)", status: .negativeVerdict)
            let failed = try #require(JSON(text)["criteria"].list).filter { $0["verdict"].string == "failed" }
            return failed.compactMap { criterion in
                guard let value = criterion["difference"][0].double, let sigma = criterion["difference"][1].double,
                    abs(value) > 4 * sigma
                else { return nil }
                return criterion["quantity"].string
            }
        }
        #expect(try clearFailures("") == [])
        let tune = try String(
            contentsOf: folder.deletingLastPathComponent().appendingPathComponent("Sources/RadiationTunes/monash.yaml"),
            encoding: .utf8)
        for (parameter, factor, quantity) in [
            ("final_rate", 2, "passing_alpha"), ("initial_rate", 0.5, "passing_both_in_gap"),
            ("gluon_to_charm", 0.1, "c_fraction_jet1"), ("jet_noise", 2, "rms_asymmetry"),
        ] {
            let lines = tune.split(separator: "\n").map { line -> String in
                guard line.hasPrefix("  \(parameter): "), let value = Double(line.split(separator: " ")[1]) else {
                    return String(line)
                }
                return "  \(parameter): \(value * factor)"
            }
            try place.write(lines.joined(separator: "\n") + "\n", to: "other.yaml")
            #expect(try clearFailures("--radiation other.yaml").contains(quantity), "\(parameter)")
        }
    }
}
