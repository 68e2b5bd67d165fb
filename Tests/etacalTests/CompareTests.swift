import Foundation
import Testing

struct CompareTests {
    /// Constants of tables, and of a closure with other events in the same bins.
    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        let study = try SmallStudy.shared.get()
        for (name, path) in [("fit", "calibration.json"), ("closure", "run/calibration.json")] {
            try place.write(try Data(contentsOf: URL(fileURLWithPath: study.path(path))), to: "\(name).json")
        }
        return place
    }

    /// The last bin of η in the first quoted pT bin that has one.
    private static func place(in calibration: JSON) throws -> (eta: Int, pt: Int) {
        let eta = try #require(calibration["correction"].count) - 1
        let quoted = try #require(
            calibration["pt_edges"].doubles?.firstIndex { $0 == calibration["quoted_pt_min"].double })
        let row = try #require(calibration["correction"][eta].list)
        let pt = try #require(row.indices.first { $0 >= quoted && !row[$0].isNull })
        return (eta, pt)
    }

    @Test func theSummaryIsForPeople() throws {
        let place = try Self.workplace()
        let before = try place.snapshot()
        let text = try place.succeed("compare fit.json closure.json")
        #expect(text.hasPrefix("reference: fit.json, matrix method\n\nclosure.json, matrix method\n"))
        #expect(text.contains("made of other events, as far as the files say: sigma^2 = u^2 + u_ref^2\n"))
        #expect(text.contains("pT [GeV]") && text.contains("|eta|") && text.contains("\n   all "))
        for line in text.split(separator: "\n") {
            #expect(line.count <= 80 && line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
        }
        #expect(try place.succeed("compare fit.json closure.json --quiet") == "")
        #expect(try place.changes(since: before) == [])
    }

    /// One constant changed by hand: the difference is what was put there, and nothing else differs.
    @Test func aKnownDifferenceIsFound() throws {
        let place = try Self.workplace()
        var changed = try place.json("fit.json")
        let (eta, pt) = try Self.place(in: changed)
        let constant = try #require(changed["correction"][eta][pt].double)
        changed["correction"][eta][pt].value = constant * 1.02
        // The covariance of ln c stays.
        let count = try #require(changed["correction"].count)
        for other in 0..<count {
            for (row, column) in [(eta, other), (other, eta)] {
                guard let value = changed["covariance"]["blocks"][pt][row][column].double else { continue }
                changed["covariance"]["blocks"][pt][row][column].value = value * 1.02
            }
        }
        try place.write(changed.data, to: "changed.json")
        let report = try JSON(place.succeed("compare fit.json changed.json --correlation none --json"))
        let compared = report["compared"][0]
        #expect(report["schema"].string == "etacal.comparison/1" && compared["correlation"].string == "none")
        #expect(compared["relation"].string == "same-events" && compared["difference"].isNull)
        let summary = compared["summary"]
        let expected = log(1.02)
        #expect(abs(try #require(summary["max"].double) - expected) < 1e-9)
        let bins = try #require(summary["bins"].double)
        #expect(abs(try #require(summary["rms"].double) - expected / bins.squareRoot()) < 1e-9)
        let deviation =
            try #require(changed["covariance"]["blocks"][pt][eta][eta].double).squareRoot() / (constant * 1.02)
        let pull = expected / (2.0.squareRoot() * deviation)
        let pulls = try #require(summary["pulls"].double)
        #expect(abs(try #require(summary["pull_mean"].double) / (pull / pulls) - 1) < 1e-6)
        // With itself there is no difference, and by its provenance no scale for one.
        let same = try JSON(place.succeed("compare fit.json fit.json --json"))["compared"][0]
        #expect(same["correlation"].string == "nested" && same["summary"]["max"].double == 0)
        #expect(same["summary"]["ndf"].double == 0 && same["summary"]["p_value"].isNull)
    }

    @Test func bothResultsAndFiguresAreWritten() throws {
        let place = try Self.workplace()
        let output = try place.succeed("compare fit.json closure.json fit.json -o out", drawing: true)
        #expect(output.hasSuffix("Results are in out\n"))
        let report = try place.json("out/comparison.json")
        #expect(report["reference"]["name"].string == "fit.json" && report["compared"].count == 2)
        let (shape, other) = (try place.json("fit.json")["correction"].shape, report["compared"][0])
        for key in ["difference", "uncertainty", "pull", "correction", "reference_correction"] {
            #expect(other[key].shape == shape, "\(key)")
        }
        #expect(
            report["compared"][1]["difference"].list?.allSatisfy { $0.doubles?.allSatisfy { $0 == 0 } == true } == true)
        for file in ["gp", "dat", "png", "pdf", "svg"] {
            #expect(try !place.data("out/figures/comparison.\(file)").isEmpty)
        }
        // The same files, the same bytes.
        try place.succeed("compare fit.json closure.json fit.json --quiet -o again", drawing: true)
        for file in ["comparison.json", "figures/comparison.dat", "figures/comparison.gp", "figures/comparison.svg"] {
            #expect(try place.data("out/\(file)") == place.data("again/\(file)"), "\(file)")
        }
        try place.succeed("plot out --quiet", drawing: true)
    }

    @Test func picturesAreNotNeeded() throws {
        let place = try Self.workplace()
        let output = try place.succeed("compare fit.json closure.json -o out")
        #expect(output.contains("No pictures: "))
        #expect(try place.snapshot().keys.contains("out/figures/comparison.gp"))
    }

    /// Two methods of one configuration have the same events; other seeds have others.
    @Test func provenanceDecides() throws {
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        let line = "closure --detector uniform --events 20k --binning binning.yaml --tolerance 0.9 --quiet"
        for (options, name) in [
            ("", "a"), ("--method central", "b"), ("--seed 2", "c"), ("--data-radiation-variation soft-up", "d"),
        ] {
            let outcome = try place.etacal("\(line) \(options) -o \(name)")
            try #require(outcome.status <= 1 && outcome.errors == "", "\(outcome)")
        }
        let files = ["a", "b", "c", "d"].map { "\($0)/calibration.json" }.joined(separator: " ")
        let report = try JSON(place.succeed("compare \(files) --json"))
        let compared = try #require(report["compared"].list)
        #expect(compared.map { $0["relation"].string } == ["same-events", "apart", "shared"])
        #expect(compared.map { $0["correlation"].string } == ["nested", "none", "none"])
        #expect(compared[2]["shared"].string == "the random numbers of seed 1")
        #expect(
            compared.map { $0["name"].string } == ["b/calibration.json", "c/calibration.json", "d/calibration.json"])
        let text = try place.succeed("compare \(files)")
        #expect(text.contains("made of the same events: sigma^2 = |u^2 - u_ref^2| (Hausman)\n"))
        let asked = try JSON(place.succeed("compare \(files) --correlation nested --json"))
        #expect(asked["compared"].list?.allSatisfy { $0["correlation"].string == "nested" } == true)
    }

    @Test func undeterminedBinsAreCounted() throws {
        let place = try Self.workplace()
        var holes = try place.json("closure.json")
        let (eta, pt) = try Self.place(in: holes)
        holes["correction"][eta][pt].value = NSNull()
        holes["status"][eta][pt].value = "too-few-events"
        for other in 0..<(try #require(holes["correction"].count)) {
            holes["covariance"]["blocks"][pt][eta][other].value = NSNull()
            holes["covariance"]["blocks"][pt][other][eta].value = NSNull()
        }
        try place.write(holes.data, to: "holes.json")
        func counts(_ files: String, _ index: Int = 0) throws -> [Double?] {
            let compared = try JSON(place.succeed("compare \(files) --json"))["compared"][index]
            return ["bins", "bins_only_here", "bins_only_in_reference", "bins_missing_elsewhere"].map {
                compared[$0].double
            }
        }
        let whole = try counts("closure.json closure.json")
        let bins = try #require(whole[0])
        #expect(whole == [bins, 0, 0, 0])
        #expect(try counts("closure.json holes.json") == [bins - 1, 0, 1, 0])
        #expect(try counts("holes.json closure.json") == [bins - 1, 1, 0, 0])
        // All have the same bins, also those that could be compared in more.
        #expect(try counts("closure.json closure.json holes.json") == [bins - 1, 0, 0, 1])
        #expect(
            try place.succeed("compare closure.json holes.json").contains(
                "\n1 bin with a constant in the reference alone"))
    }

    @Test func anotherReferenceRegionIsTold() throws {
        let place = try Self.workplace()
        var other = try place.json("fit.json")
        other["gauge"]["reference_abs_eta_max"].value = 2.5
        try place.write(other.data, to: "wide.json")
        let text = try place.succeed("compare fit.json wide.json --correlation none")
        #expect(text.contains("brought to the reference region of the reference, |eta| < 0.8"), "\(text)")
        let report = try JSON(place.succeed("compare fit.json wide.json --correlation none --json"))
        #expect(report["compared"][0]["regauged"].bool == true)
        #expect(abs(try #require(report["compared"][0]["summary"]["max"].double)) < 1e-12)
    }

    // MARK: Mistakes

    @Test func whatCannotBeComparedIsNamed() throws {
        let place = try Self.workplace()
        let valid = try place.json("fit.json")
        var (edges, pts, kind, origin) = (valid, valid, valid, valid)
        let outermost = try #require(valid["eta_edges"].count) - 1
        edges["eta_edges"][outermost].value = 4.75
        pts["pt_edges"][1].value = (try #require(valid["pt_edges"][1].double)) + 1
        pts["quoted_pt_min"].value = try #require(valid["pt_edges"][0].double)
        kind["kind"].value = "single"
        origin["provenance"]["inputs"].value = 3
        for (name, json) in [("edges", edges), ("pts", pts), ("kind", kind), ("origin", origin)] {
            try place.write(json.data, to: "\(name).json")
        }
        try place.expectRefusal(
            "compare fit.json edges.json", .malformed, at: "edges.json: eta_edges",
            "edges are others than those of the reference: 4.75 only here, 4.5 only there")
        try place.expectRefusal(
            "compare fit.json closure.json pts.json -o out", .malformed, at: "pts.json: pt_edges", "only here")
        try place.expectRefusal("compare fit.json kind.json", .malformed, at: "kind.json: kind", "of kind 'single'")
        try place.expectRefusal(
            "compare fit.json origin.json", .malformed, at: "origin.json: provenance", "not what a calibration has")
        try place.write("{}", to: "empty.json")
        place.expect(try place.etacal("compare fit.json empty.json"), .malformed, says: "empty.json")
        try place.expectRefusal("compare fit.json none.json", .unreadable, at: "none.json", "no such file")
    }

    @Test(arguments: [
        ("compare fit.json", "name two or more"), ("compare", "calibrations"),
        ("compare fit.json closure.json --correlation full", "full"),
    ])
    func misuseIsNamed(line: String, words: String) throws {
        let outcome = try Self.workplace().etacal(line)
        #expect(outcome.status == Status.usage.rawValue && outcome.errors.contains(words), "\(outcome)")
    }

    @Test func onlyAComparisonIsOverwritten() throws {
        let place = try Self.workplace()
        try place.makeDirectory("out")
        try place.write("mine", to: "out/letter.txt")
        try place.expectRefusal("compare fit.json closure.json -o out", .cannotCreate, at: "out", "exists")
        try place.expectRefusal(
            "compare fit.json closure.json -o out --overwrite", .cannotCreate, at: "out",
            "something other than a comparison")
        try place.succeed("compare fit.json closure.json --quiet -o made")
        try place.succeed("compare closure.json fit.json --quiet --overwrite -o made")
        #expect(try place.json("made/comparison.json")["reference"]["name"].string == "closure.json")
    }
}
