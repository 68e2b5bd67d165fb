import Foundation
import Testing

/// A tagger of few events, and tagged events.
enum Tagged {
    static let tagger = Result {
        let place = try Workplace()
        try place.succeed("tags train --detector cms-like --events 400k -o tagger.yaml --quiet")
        return try place.text("tagger.yaml")
    }

    static func place() throws -> Workplace {
        let place = try Workplace()
        try place.write(try tagger.get(), to: "tagger.yaml")
        return place
    }
}

struct TagsTests {
    @Test func trainingIsRepeatableAndCheckedOnOtherEvents() throws {
        let place = try Tagged.place()
        try place.succeed("tags train --detector cms-like --events 400k --threads 1 -o again.yaml --quiet")
        #expect(try place.text("again.yaml") == place.text("tagger.yaml"))
        let check = try JSON(Data(try place.succeed("tags check tagger.yaml --events 400k --json").utf8))
        for (point, expected) in [("85", 0.85), ("77", 0.77), ("70", 0.7), ("60", 0.6)] {
            let part = check["working_points"][point]
            let efficiency = try #require(part["bottom_efficiency"].double)
            let uncertainty = try #require(part["bottom_efficiency_uncertainty"].double)
            #expect(abs(efficiency - expected) < 0.005 + 4.5 * uncertainty, "\(point): \(efficiency)")
            let light = try #require(part["light_efficiency"].double)
            #expect(light < efficiency)
        }
        let scores = try #require(check["scores"]["bottom"].list).compactMap(\.double)
        #expect(scores.count == 5 && abs(scores.reduce(0, +) - 1) < 1e-9)
        let edges = try #require(check["by_pt"]["edges"].list)
        #expect(check["by_pt"]["70"]["charm"].list?.count == edges.count - 1)
        #expect(try place.succeed("tags check tagger.yaml --events 100k").contains("working"))
    }

    @Test func taggedEventsHaveColumnsAndOthersNot() throws {
        let place = try Tagged.place()
        try place.succeed("simulate --detector cms-like --events 4k --tagger tagger.yaml -o tagged.csv")
        try place.succeed("simulate --detector cms-like --events 4k -o plain.csv")
        let (tagged, plain) = (try place.rows("tagged.csv"), try place.rows("plain.csv"))
        let added = ["btag1", "btagd1", "d0sig1", "d0sig1_2", "d0sig1_3"]
        #expect(plain[0] == Array(tagged[0].prefix(plain[0].count)))
        #expect(Array(tagged[0].dropFirst(plain[0].count).prefix(5)) == added)
        #expect(zip(plain, tagged).allSatisfy { $0 == Array($1.prefix($0.count)) })
        let column = try #require(tagged[0].firstIndex(of: "btag1"))
        let scores = Set(tagged.dropFirst().map { $0[column] })
        #expect(scores.isSubset(of: ["", "-1", "1", "2", "3", "4", "5"]) && scores.count >= 5)
    }

    @Test func constantsComeFromTaggedEventsAlone() throws {
        let place = try Tagged.place()
        try place.write(Sample.binning, to: "binning.yaml")
        for (name, kind) in [("data", "--pseudo-data "), ("mc", "")] {
            try place.succeed("simulate --detector cms-like --events 200k \(kind)--tagger tagger.yaml -o \(name).h5")
        }
        var (determined, precision): ([Int], [Double]) = ([], [])
        for (number, option) in ["", "--require-tag any:85", "--require-tag 85"].enumerated() {
            let output = try place.etacal(
                "fit data.h5 --mc mc.h5 --binning binning.yaml \(option) -o out\(number).json")
            #expect([0, 1].contains(output.status), "\(output.errors)")
            let calibration = try place.json("out\(number).json")
            let uncertainties = (calibration["uncertainty"].list ?? []).flatMap { $0.list ?? [] }.compactMap(\.double)
            determined.append(uncertainties.count)
            precision.append(uncertainties.min() ?? .infinity)
            let configuration = try #require(calibration["provenance"]["config"].string)
            #expect(configuration.contains("require_tag") == !option.isEmpty)
        }
        #expect(
            determined == determined.sorted(by: >) && precision == precision.sorted() && precision[0] < precision[1])
        try place.write("schema: etacal.selection/1\nrequire_tag: {jets: any, efficiency: 85}\n", to: "selection.yaml")
        _ = try place.etacal("fit data.h5 --mc mc.h5 --binning binning.yaml --selection selection.yaml -o same.json")
        func constants(_ name: String) throws -> [Double?] {
            (try place.json(name)["correction"].list ?? []).flatMap { $0.list ?? [] }.map(\.double)
        }
        #expect(try constants("same.json") == constants("out1.json"))
    }

    @Test func aClosureOfTaggedEventsIsRepeatedByItsConfiguration() throws {
        let place = try Tagged.place()
        try place.write(Sample.binning, to: "binning.yaml")
        let first = try place.etacal(
            "closure --tagger tagger.yaml --require-tag any:77 --binning binning.yaml --events 60k -o first --quiet")
        #expect([0, 1].contains(first.status), "\(first.errors)")
        let second = try place.etacal("closure first/run.yaml -o second --quiet")
        #expect(second.status == first.status)
        #expect(try place.data("first/closure.json") == place.data("second/closure.json"))
        #expect(try place.text("first/run.yaml").contains("require_tag: {jets: any, efficiency: 77}"))
    }

    @Test func mistakesAreNamed() throws {
        let place = try Tagged.place()
        try place.write(Sample.events, to: "events.csv")
        try place.write("schema: etacal.tagger/1\ndetector: x\n", to: "broken.yaml")
        for (line, status, words) in [
            ("tags train --detector uniform --events 20k -o x.yaml", 65, ["no tracker", "tracker"]),
            ("tags train --detector cms-like --events 1k -o x.yaml", 65, ["too few", "more events"]),
            ("tags train --detector cms-like --pt-min 1 -o x.yaml", 64, ["--pt-min", "5 to 1000"]),
            ("tags train --detector cms-like --charm-fraction 2 -o x.yaml", 64, ["--charm-fraction"]),
            ("tags check broken.yaml", 65, ["broken.yaml", "missing"]),
            ("tags check none.yaml", 66, ["none.yaml"]),
            ("simulate --detector uniform --tagger tagger.yaml -o x.csv", 65, ["no tracker"]),
            ("fit events.csv --require-tag 70 -o x.json", 65, ["btag1", "simulate --tagger"]),
            ("fit events.csv --require-tag 71 -o x.json", 64, ["require-tag"]),
            ("closure --require-tag 70 --events 20k -o x", 65, ["require_tag", "tagger"]),
            ("closure --tagger tagger.yaml --events 20k -o x", 65, ["tagger", "requires no tag"]),
            ("toys --require-tag 70 --events 20k", 65, ["require_tag", "tagger"]),
            ("closure --detector uniform --tagger tagger.yaml --require-tag 70 --events 20k -o x", 65, ["no tracker"]),
        ] as [(String, Int32, [String])] {
            let outcome = try place.etacal(line)
            #expect(outcome.status == status, "\(line): \(outcome.status) \(outcome.errors)")
            for word in words { #expect(outcome.errors.contains(word), "\(line): \(outcome.errors)") }
        }
        #expect(try !FileManager.default.contentsOfDirectory(atPath: place.path(".")).contains { $0.hasPrefix("x") })
    }
}
