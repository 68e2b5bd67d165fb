import Foundation
import Testing

/// simulate → fit → apply → verify, and how they agree with `closure`.
struct ChainTests {
    @Test func simulatedTablesHaveThePromisedColumns() throws {
        let place = try Workplace()
        try place.succeed("simulate --detector cms-like --events 2k -o mc.csv")
        let rows = try place.rows("mc.csv")
        let header = Set(rows[0])
        #expect(header.isSuperset(of: ["event", "slice", "weight"]))
        for jet in 1...3 {
            for name in ["pt", "eta", "phi", "true_pt", "true_eta", "flavour"] {
                #expect(header.contains("\(name)\(jet)"))
            }
        }
        #expect(rows.count == 2001 && rows.allSatisfy { $0.count == rows[0].count })
    }

    @Test func seedsAndRolesDecideTheEvents() throws {
        let place = try Workplace()
        let options = "simulate --detector uniform --events 1k"
        try place.succeed("\(options) -o one.csv")
        try place.succeed("\(options) --seed 1 --threads 3 -o same.csv.gz")
        try place.succeed("\(options) --seed 2 -o seed.csv")
        try place.succeed("\(options) --pseudo-data -o data.csv")
        let one = try place.data("one.csv")
        #expect(try place.data("seed.csv") != one)
        #expect(try place.data("data.csv") != one)
        let compressed = try place.data("same.csv.gz")
        #expect(compressed.starts(with: [0x1f, 0x8b]) && compressed.count < one.count)
        // What a table is called and whether it is compressed do not matter.
        for name in ["one.csv", "same.csv.gz"] {
            try place.succeed("fit \(name) -o \(name).json", status: .negativeVerdict)
        }
        #expect(try Self.constants(place.text("one.csv.json")) == Self.constants(place.text("same.csv.gz.json")))
    }

    /// All of a calibration but where it comes from.
    private static func constants(_ text: String) throws -> Substring {
        let end = try #require(text.range(of: "\"provenance\""))
        return text[..<end.lowerBound]
    }

    @Test func fitGivesTheConstantsOfClosureBitForBit() throws {
        let study = try SmallStudy.shared.get().workplace
        let fitted = try Self.constants(study.text("calibration.json"))
        #expect(fitted.contains("\"covariance\"") && fitted.contains("\"fits\""))
        #expect(try fitted == Self.constants(study.text("run/calibration.json")))
    }

    @Test func theSmallStudyIsValid() throws {
        let study = try SmallStudy.shared.get()
        let calibration = try study.workplace.json("calibration.json")
        #expect(calibration["fits"].list?.count == 3)
        for fit in calibration["fits"].list ?? [] {
            #expect(fit["valid"].bool == true)
            #expect(try #require(fit["p_value"].double) > 0.001)
        }
        #expect(calibration["status"].list?.flatMap { $0.list ?? [] }.count { $0.string == "ok" } ?? 0 >= 20)
    }

    @Test func calibrationsHaveThePromisedSchema() throws {
        let json = try SmallStudy.shared.get().workplace.json("calibration.json")
        #expect(json["schema"].string == "etacal.calibration/1")
        #expect(json["method"].string == "matrix" && json["kind"].string == "data/mc")
        #expect(json["gauge"]["reference_abs_eta_max"].double == 0.8)
        #expect(json["eta_edges"].doubles == [-4.5, -2.5, -1.3, -0.8, 0, 0.8, 1.3, 2.5, 4.5])
        #expect(json["pt_edges"].doubles == [40, 80, 160, 320])
        for key in ["correction", "uncertainty", "pt_mean", "status"] { #expect(json[key].shape == [8, 3], "\(key)") }
        #expect(json["covariance"]["order"].string == "eta-major within a pt bin")
        #expect(json["covariance"]["blocks"].list?.map(\.shape) == [[8, 8], [8, 8], [8, 8]])
        #expect(!json["mc_truth"].isNull)
        for fit in json["fits"].list ?? [] {
            #expect(fit.keys.isSuperset(of: ["pt_bin", "chi2", "ndf", "p_value", "rank", "iterations", "valid"]))
        }
        let provenance = json["provenance"]
        #expect(provenance.keys.isSuperset(of: ["version", "seed", "config", "config_sha256", "inputs"]))
        #expect(provenance["inputs"].list?.compactMap(\.["name"].string) == ["data.csv.gz", "mc.csv"])
        #expect(provenance["inputs"].list?.compactMap(\.["events"].double) == [400_000, 400_000])
        #expect(provenance["inputs"].list?.allSatisfy { $0["sha256"].string?.count == 64 } == true)
    }

    @Test func uncertaintiesAreTheDiagonalOfTheCovariance() throws {
        let json = try SmallStudy.shared.get().workplace.json("calibration.json")
        var checked = 0
        for eta in 0..<8 {
            for pt in 0..<3 {
                guard let uncertainty = json["uncertainty"][eta][pt].double else { continue }
                let variance = try #require(json["covariance"]["blocks"][pt][eta][eta].double)
                #expect(abs(variance.squareRoot() - uncertainty) <= 1e-12)
                checked += 1
            }
        }
        #expect(checked >= 20)
    }

    @Test func fitPrintsItsQuality() throws {
        let json = try JSON(SmallStudy.shared.get().fitSummary)
        #expect(json["method"].string == "matrix" && json["kind"].string == "data/mc")
        #expect(json["fits"].count == 3)
        #expect(json["bins"].keys.isSuperset(of: ["ok", "unconstrained", "too-few-events"]))
        #expect(json["bins"].keys.reduce(0) { $0 + (json["bins"][$1].double ?? 0) } == 24)
    }

    @Test func verifyTestsTheConstantsOnOtherEvents() throws {
        let calibration = try SmallStudy.calibration
        let place = try Workplace()
        try place.succeed("simulate --detector uniform --events 200k --seed 2 --quiet -o mc.csv")
        try place.succeed("simulate --detector uniform --events 200k --seed 2 --pseudo-data --quiet -o data.csv")
        let summary = try JSON(
            place.succeed("verify \(calibration) --data data.csv --mc mc.csv --tolerance 0.05 --json -o closure.json"))
        let json = try place.json("closure.json")
        try Self.expectClosureSchema(json)
        #expect(json["passed"].bool == true)
        #expect(json["eta_edges"].doubles == [-4.5, -2.5, -1.3, -0.8, 0, 0.8, 1.3, 2.5, 4.5])
        #expect(json["pt_edges"].doubles == [80, 160, 320])
        #expect(summary["max_abs"].double == json["summary"]["max_abs"].double)
        // Steps of some per cent before, statistics after.
        let before = (json["before"]["nonclosure"].list ?? []).flatMap { $0.doubles ?? [] }
        let rms = (before.map { $0 * $0 }.reduce(0, +) / Double(before.count)).squareRoot()
        #expect(try #require(json["summary"]["rms"].double) < 0.9 * rms)
        #expect(try #require(json["summary"]["p_value"].double) > 0.001)

        // Constants of data miscalibrate simulation.
        try place.succeed(
            "verify \(calibration) --data mc.csv --mc mc.csv --tolerance 1e-9 --quiet -o wrong.json",
            status: .negativeVerdict)
        let wrong = try place.json("wrong.json")
        #expect(wrong["passed"].bool == false && wrong["summary"]["max_abs"].double ?? 0 > 0.02)
    }

    static func expectClosureSchema(_ json: JSON, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(json["schema"].string == "etacal.closure/1", sourceLocation: sourceLocation)
        let shape = [(json["eta_edges"].count ?? 0) - 1, (json["pt_edges"].count ?? 0) - 1]
        for key in ["nonclosure", "uncertainty", "events"] {
            #expect(json[key].shape == shape, "\(key)", sourceLocation: sourceLocation)
        }
        let summary = json["summary"]
        for key in [
            "max_abs", "rms", "rms_excess", "chi2", "ndf", "p_value", "bins", "bins_outside", "median_uncertainty",
        ] {
            #expect(summary[key].double != nil, "\(key)", sourceLocation: sourceLocation)
        }
        for key in ["nonclosure", "uncertainty"] {
            #expect(json["before"][key].shape == shape, "before \(key)", sourceLocation: sourceLocation)
        }
        #expect(json["rederived"].keys.isSuperset(of: ["chi2", "ndf", "p_value"]), sourceLocation: sourceLocation)
        #expect(summary["worst"]["eta"].count == 2, sourceLocation: sourceLocation)
        #expect(summary["worst"]["pt"].count == 2, sourceLocation: sourceLocation)
        #expect(!json["tolerance"].isNull && json["passed"].bool != nil, sourceLocation: sourceLocation)
        #expect(
            json["provenance"].keys.isSuperset(of: ["version", "config", "inputs"]), sourceLocation: sourceLocation)
    }

    /// Of the bins of one experiment: few, but neither all the same nor far from a width of 1.
    @Test func closuresHavePulls() throws {
        let pulls = try SmallStudy.shared.get().workplace.json("run/closure.json")["pulls"]
        #expect(abs(try #require(pulls["mean"].double)) < 1)
        #expect((0.4...2).contains(try #require(pulls["width"].double)))
        #expect((0.3...1).contains(try #require(pulls["coverage68"].double)))
        #expect(pulls["experiments"].double == 1)
    }
}
