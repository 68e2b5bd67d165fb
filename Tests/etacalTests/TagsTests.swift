import Foundation
import Testing

/// A tagger of few events, and tagged events.
enum Tagged {
    static let tagger = Result {
        let place = try Workplace()
        try place.succeed("tags train --detector cms-like --events 400k -o tagger.yaml --quiet")
        return try place.text("tagger.yaml")
    }

    /// Simulation and data with tags.
    static let events = Result {
        let place = try Tagged.place()
        try place.succeed("simulate --detector cms-like --events 20k --tagger tagger.yaml -o mc.h5 --quiet")
        try place.succeed(
            "simulate --detector cms-like --events 20k --pseudo-data --tagger tagger.yaml -o data.h5 --quiet")
        return (simulation: try place.data("mc.h5"), data: try place.data("data.h5"))
    }

    /// As the documentation has them.
    static let weights = Result {
        let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/examples/tag-weights.yaml")
        return try String(contentsOf: example, encoding: .utf8)
    }

    static func place() throws -> Workplace {
        let place = try Workplace()
        try place.write(try tagger.get(), to: "tagger.yaml")
        return place
    }

    static func writeEvents(in place: Workplace) throws {
        let events = try events.get()
        try place.write(events.simulation, to: "tagged.h5")
        try place.write(events.data, to: "tagged-data.h5")
        try place.write(try weights.get(), to: "weights.yaml")
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
        let added = ["btag1", "btagd1", "d0sig1", "d0sig_second1", "d0sig_third1"]
        #expect(plain[0] == Array(tagged[0].prefix(plain[0].count)))
        #expect(Array(tagged[0].dropFirst(plain[0].count).prefix(5)) == added)
        #expect(zip(plain, tagged).allSatisfy { $0 == Array($1.prefix($0.count)) })
        let column = try #require(tagged[0].firstIndex(of: "btag1"))
        let scores = Set(tagged.dropFirst().map { $0[column] })
        #expect(scores.isSubset(of: ["", "-1", "1", "2", "3", "4", "5"]) && scores.count >= 5)
    }

    @Test func tagsStayWithTheirJets() throws {
        let place = try Tagged.place()
        try place.succeed("simulate --detector cms-like --events 4k --tagger tagger.yaml -o tagged.csv")
        try place.succeed("apply \(SmallStudy.plainCalibration) tagged.csv -o calibrated.csv")
        let (before, after) = (try place.rows("tagged.csv"), try place.rows("calibrated.csv"))
        let stems = ["phi", "btag", "btagd", "d0sig", "d0sig_second", "d0sig_third"]
        func jets(_ row: [String]) throws -> [[String]] {
            try (1...3).map { jet in
                try stems.map { row[try #require(before[0].firstIndex(of: "\($0)\(jet)"))] }
            }
        }
        var moved = 0
        for (one, other) in zip(before.dropFirst(), after.dropFirst()) {
            let (old, new) = (try jets(one), try jets(other))
            #expect(Set(old) == Set(new))
            moved += old == new ? 0 : 1
        }
        #expect(after[0] == before[0] && moved > 20)
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

    @Test func weightsKeepTheTotalAndAreRepeatable() throws {
        let place = try Tagged.place()
        try place.write(try Tagged.weights.get(), to: "weights.yaml")
        let line = "simulate --detector cms-like --events 20k --tagger tagger.yaml"
        for (name, options) in [
            ("plain", ""), ("nominal", "--tag-weights weights.yaml"),
            ("up", "--tag-weights weights.yaml --tag-variation bottom-up"),
            ("down", "--tag-weights weights.yaml --tag-variation bottom-down"),
        ] { try place.succeed("\(line) \(options) -o \(name).csv --quiet") }
        let rows = try ["plain", "nominal", "up", "down"].map { try place.rows("\($0).csv") }
        let column = try #require(rows[0][0].firstIndex(of: "weight"))
        let weights = rows.map { $0.dropFirst().map { Double($0[column]) ?? .nan } }
        let totals = weights.map { $0.reduce(0, +) }
        for total in totals { #expect(abs(total / totals[0] - 1) < 0.01) }
        var moved = 0
        for (nominal, (up, down)) in zip(weights[1], zip(weights[2], weights[3])) {
            moved += up != down ? 1 : 0
            // Products of several jets bend what each of them brackets.
            let bend = 0.01 * nominal
            #expect(nominal <= max(up, down) + bend && nominal >= min(up, down) - bend)
        }
        #expect(moved > 300)
        // Nothing but the weights is another.
        func others(_ rows: [[String]]) -> [[String]] { rows.map { Array($0[..<column] + $0[(column + 1)...]) } }
        #expect(others(rows[0]) == others(rows[2]))
    }

    @Test func aCheckAndAResponseAreKeptInDirectories() throws {
        let place = try Tagged.place()
        try Tagged.writeEvents(in: place)
        try place.write(Sample.binning, to: "binning.yaml")
        try place.succeed("tags check tagger.yaml --events 100k -o checked", drawing: true)
        #expect(try place.json("checked/tags.json")["working_points"]["70"]["bottom_efficiency"].double != nil)
        let line = "tags response tagged-data.h5 --mc tagged.h5 --binning binning.yaml"
        let text = try place.succeed("\(line) -o flavours", drawing: true)
        #expect(text.contains("kappa") && text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
        let result = try place.json("flavours/flavour.json")
        #expect(result["schema"].string == "etacal.flavour_response/1")
        let (etas, pts) = (
            try #require(result["eta_edges"].list).count - 1, try #require(result["pt_edges"].list).count - 1
        )
        for key in ["shift", "shift_uncertainty"] { #expect(result[key].list?.count == etas) }
        #expect(result["pt_bins"].list?.count == pts)
        let shares = ["bottom", "charm", "light"].map { result["composition"][$0].list ?? [] }
        var cells = 0
        for eta in 0..<etas {
            for pt in 0..<pts {
                let parts = shares.compactMap { $0[eta].list?[pt].double }
                guard !parts.isEmpty else { continue }
                cells += 1
                #expect(abs(parts.reduce(0, +) - 1) < 1e-9)
            }
        }
        #expect(cells > etas && result["provenance"]["inputs"].list?.count == 2)
        // Few dijets determine no response.
        #expect(result["average"]["bottom"].double == nil && result["average"]["bottom_truth"].double == nil)
        for figure in [
            "checked/figures/tags-tracks", "checked/figures/tags-discriminant", "checked/figures/tags-efficiency",
            "flavours/figures/flavour-composition",
        ] {
            for kind in ["dat", "gp", "png", "pdf", "svg"] { #expect(try !place.data("\(figure).\(kind)").isEmpty) }
        }
        try place.succeed("plot checked --quiet", drawing: true)
        #expect(try place.etacal("\(line) -o flavours").status == 73)
        #expect(try place.succeed("\(line) --json").contains("\"bottom_truth\": null"))
    }

    @Test func mistakesAreNamed() throws {
        let place = try Tagged.place()
        try Tagged.writeEvents(in: place)
        try place.write(
            "pt1,eta1,phi1,pt2,eta2,phi2,btag1,btag2,flavour1\n80,0,0,75,1,3.1,1,2,7.5\n", to: "flavour.csv")
        try place.write(
            "pt1,eta1,phi1,pt2,eta2,phi2,btag1,btag2\n80,0,0,75,1,3.1,1,2\n", to: "plain.csv")
        try place.write(
            "pt1,eta1,phi1,pt2,eta2,phi2,btag1,btag2,flavour1,flavour2,true_pt1,true_eta1,true_pt2,true_eta2\n"
                + "80,0,0,75,1,3.1,1,2,1,21,80,0,75,1\n", to: "lights.csv")
        try place.write(
            try place.succeed("detector show cms-like --yaml").replacing("name: cms-like", with: "name: mine"),
            to: "my-card.yaml")
        try place.write("schema: etacal.selection/1\nrequire_tag: {efficiency: 70}\n", to: "tags.yaml")
        try place.write("schema: etacal.tag_weights/1\n", to: "none.yaml")
        try place.write(Sample.events, to: "events.csv")
        try place.write("schema: etacal.tagger/1\ndetector: x\n", to: "broken.yaml")
        for (line, status, words) in [
            ("tags train --detector uniform --events 20k -o x.yaml", 65, ["no tracker", "tracker"]),
            ("tags train --detector cms-like --events 1k -o x.yaml", 65, ["too few", "more events"]),
            ("tags train --detector cms-like --pt-min 1 -o x.yaml", 64, ["--pt-min", "10 to 200"]),
            ("tags train --detector cms-like --charm-fraction 2 -o x.yaml", 64, ["--charm-fraction"]),
            ("tags check broken.yaml", 65, ["broken.yaml", "missing"]),
            ("tags check absent.yaml", 66, ["absent.yaml"]),
            ("tags response events.csv --mc tagged.h5 -o x", 65, ["events.csv:1", "btag1"]),
            ("tags response plain.csv --mc plain.csv -o x", 65, ["plain.csv:1", "true_pt1", "flavour1"]),
            ("tags response plain.csv --mc lights.csv -o x", 65, ["lights.csv", "flavour 4 or 5"]),
            (
                "simulate --detector my-card.yaml --tagger tagger.yaml --tag-weights weights.yaml -o x.h5", 65,
                ["cms-like", "train"]
            ),
            ("tags response flavour.csv --mc tagged.h5 -o x", 65, ["flavour.csv:2", "flavour of 7.5"]),
            ("tags response plain.csv --mc tagged.h5 --selection tags.yaml -o x", 65, ["tags.yaml", "require_tag"]),
            ("simulate --detector cms-like --tag-weights weights.yaml -o x.h5", 64, ["--tagger"]),
            (
                "simulate --detector cms-like --tagger tagger.yaml --pseudo-data --tag-weights weights.yaml -o x.h5",
                64, ["no --pseudo-data"]
            ),
            (
                "simulate --detector cms-like --tagger tagger.yaml --tag-variation light-up -o x.h5", 64,
                ["--tag-weights"]
            ),
            (
                "simulate --detector cms-like --tagger tagger.yaml --tag-weights weights.yaml --tag-variation up -o x.h5",
                64, ["tag-variation", "bottom-up"]
            ),
            ("simulate --detector cms-like --tagger tagger.yaml --tag-weights none.yaml -o x.h5", 65, ["no factors"]),
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
