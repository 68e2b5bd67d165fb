import Foundation
import Testing

struct DetectorCardTests {
    static let builtIn = ["cms-like", "atlas-like", "uniform", "stress"]

    @Test func theSampleCardIsValid() throws {
        let place = try Workplace()
        try place.write(Sample.card, to: "card.yaml")
        let output = try place.succeed("detector check card.yaml")
        #expect(output.contains("toy is valid"))
    }

    @Test(arguments: Mistake.inCards)
    func mistakesAreNamed(mistake: Mistake) throws {
        let place = try Workplace()
        try place.write(mistake.text, to: "card.yaml")
        try place.expectRefusal(
            "detector check card.yaml", .malformed, at: "card.yaml\(mistake.place)", mistake.problem)
    }

    @Test(arguments: [
        "detector show card.yaml", "detector show card.yaml --json",
        "simulate --detector card.yaml --events 1k -o out.csv",
        "closure --detector card.yaml --events 1k -o out", "closure --data-detector card.yaml --events 1k -o out",
        "closure config.yaml --events 1k -o out",
    ])
    func noVerbTakesABrokenCard(line: String) throws {
        let place = try Workplace()
        try place.write(Sample.card.replacingOccurrences(of: "s: 0.6", with: "s: -0.6"), to: "card.yaml")
        try place.write("schema: etacal.run/1\ndata_detector: card.yaml\n", to: "config.yaml")
        try place.expectRefusal(line, .malformed, at: "card.yaml:17: resolution.regions.1.s", "negative")
    }

    @Test(arguments: [("none.yaml", "no such file"), ("none/card", "no such file"), ("./folder", "directory")])
    func filesThatCannotBeReadAreNamed(name: String, problem: String) throws {
        let place = try Workplace()
        try place.makeDirectory("folder")
        try place.expectRefusal("detector check \(name)", .unreadable, at: name, problem)
        try place.expectRefusal("closure --detector \(name) -o out", .unreadable, at: name, problem)
    }

    @Test func anUnknownNameGetsTheKnownOnes() throws {
        let place = try Workplace()
        try place.expectRefusal("detector check cms", .unreadable, at: "cms", "neither a built-in detector nor a file")
        let outcome = try place.etacal("simulate --detector cms -o out.csv")
        for name in Self.builtIn { #expect(outcome.errors.contains(name), "\(outcome)") }
    }

    @Test func textThatIsNotUTF8IsRefused() throws {
        let place = try Workplace()
        try place.write(Data([0x6e, 0x3a, 0xff, 0xfe, 0x0a]), to: "card.yaml")
        try place.expectRefusal("detector check card.yaml", .malformed, at: "card.yaml", "not UTF-8")
    }

    @Test func theListNamesTheBuiltInDetectors() throws {
        let names = try Workplace().succeed("detector list").split(separator: "\n").compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
        #expect(names.sorted() == Self.builtIn.sorted())
    }

    @Test(arguments: builtIn)
    func builtInDetectorsAreValidAndShown(name: String) throws {
        let place = try Workplace()
        #expect(try place.succeed("detector check \(name)").contains("\(name) is valid"))
        #expect(try place.succeed("detector show \(name)").hasPrefix("\(name): "))

        let json = try JSON(place.succeed("detector show \(name) --json"))
        #expect(json["name"].string == name)
        let eta = try #require(json["eta_edges"].doubles)
        let pt = try #require(json["pt_edges"].doubles)
        for edges in [eta, pt] { #expect(zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }) }
        for (key, range) in [("response", 0.05...5.0), ("resolution", 0.0...2)] {
            #expect(json[key].shape == [eta.count - 1, pt.count - 1])
            let values = try #require(json[key].list).flatMap { $0.doubles ?? [] }
            #expect(values.count == (eta.count - 1) * (pt.count - 1) && values.allSatisfy(range.contains))
        }
    }

    @Test(arguments: builtIn)
    func aBuiltInCardIsAStartForOnesOwn(name: String) throws {
        let place = try Workplace()
        try place.write(place.succeed("detector show \(name) --yaml"), to: "own.yaml")
        let tables = try place.succeed("detector show \(name) --json")
        #expect(try place.succeed("detector show own.yaml --json") == tables)
    }

    @Test(arguments: ["\r\n", "\n\n", "   # why\n"])
    func linesMayEndAsTheyLike(end: String) throws {
        let place = try Workplace()
        try place.write(Sample.card, to: "card.yaml")
        try place.write(Sample.card.replacingOccurrences(of: "\n", with: end), to: "other.yaml")
        let tables = try place.succeed("detector show card.yaml --json")
        #expect(try place.succeed("detector show other.yaml --json") == tables)
    }
}
