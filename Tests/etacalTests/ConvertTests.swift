import Foundation
import Testing

struct ConvertTests {
    static func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(Sample.correction, to: "l2.txt")
        try place.write(Sample.resolutions, to: "jer.txt")
        return place
    }

    @Test func aConvertedCardIsValidAndUsed() throws {
        let place = try Self.workplace()
        let text = try place.succeed("detector convert l2.txt jer.txt -o card.yaml")
        #expect(text.contains("l2: jets to |eta| = 4.7"))
        #expect(text.contains("response: 2 regions of |eta| from l2.txt"))
        #expect(text.contains("resolution: 2 regions of signed eta from jer.txt"))
        #expect(text.contains("pseudo_data: that of uniform"))
        #expect(try place.succeed("detector check card.yaml").contains("l2 is valid: 2 response and 2 resolution"))
        let tables = try JSON(place.succeed("detector show card.yaml --json"))
        let values = try #require(tables["response"].list).flatMap { $0.doubles ?? [] }
        #expect(!values.isEmpty && values.allSatisfy { abs($0 - 0.8) < 1e-6 || abs($0 - 1 / 1.1) < 1e-6 })
        try place.succeed("simulate --detector card.yaml --events 1k -o out.csv --quiet")
    }

    @Test func optionsAreHeard() throws {
        let place = try Self.workplace()
        let arguments = [
            "detector", "convert", "jer.txt", "--name", "my detector", "--like", "cms-like", "--rho", "30",
        ]
        let outcome = try place.etacal(arguments + ["--abs-eta-max", "5", "-o", "card.yaml", "--json"])
        #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
        let json = try JSON(outcome.output)
        #expect(json["name"].string == "my detector" && json["abs_eta_max"].double == 5)
        #expect(json["response"]["source"].string == "cms-like" && json["response"]["from_file"].bool == false)
        #expect(json["resolution"]["source"].string == "jer.txt" && json["resolution"]["from_file"].bool == true)
        #expect(json["resolution"]["eta"].string == "signed" && json["resolution"]["regions"].double == 2)
        #expect(json["resolution"]["continued_from"].double == 4.7 && json["response"]["continued_from"].isNull)
        #expect(json["pseudo_data"].string == "cms-like")
        #expect(try place.text("card.yaml").contains("n: 5.0, s: 0.9, c: 0.05, d: -1.0"))
        #expect(try place.succeed("detector convert jer.txt -o quiet.yaml --quiet") == "")
    }

    @Test func whatExistsIsKept() throws {
        let place = try Self.workplace()
        try place.write("mine", to: "card.yaml")
        try place.expectRefusal("detector convert l2.txt -o card.yaml", .cannotCreate, at: "card.yaml", "exists")
        try place.succeed("detector convert l2.txt -o card.yaml --overwrite")
        #expect(try place.text("card.yaml").hasPrefix("schema: etacal.detector/2"))
        try place.expectRefusal(
            "detector convert l2.txt -o none/card.yaml", .cannotCreate, at: "none/card.yaml", nil)
    }

    @Test(arguments: Mistake.inCorrectorTexts)
    func mistakesAreNamed(mistake: Mistake) throws {
        let place = try Workplace()
        try place.write(mistake.text, to: "table.txt")
        try place.expectRefusal(
            "detector convert table.txt -o card.yaml", .malformed, at: "table.txt\(mistake.place)", mistake.problem)
    }

    @Test func partsThatDoNotFitAreNamed() throws {
        let place = try Self.workplace()
        try place.expectRefusal(
            "detector convert l2.txt l2.txt -o card.yaml", .malformed, at: "l2.txt", "gives the response already")
        try place.expectRefusal(
            "detector convert jer.txt --rho 99 -o card.yaml", .malformed, at: "jer.txt", "no bin of Rho holds 99.0")
        try place.expectRefusal(
            "detector convert l2.txt --abs-eta-max 7 -o card.yaml", .malformed, at: "uniform", "ends at |eta| = 5.2")
    }

    @Test(arguments: [("none.txt", "no such file"), ("./folder", "directory")])
    func filesThatCannotBeReadAreNamed(name: String, problem: String) throws {
        let place = try Self.workplace()
        try place.makeDirectory("folder")
        try place.expectRefusal("detector convert \(name) -o card.yaml", .unreadable, at: name, problem)
        try place.expectRefusal("detector convert l2.txt --like \(name) -o card.yaml", .unreadable, at: name, nil)
    }
}

extension Sample {
    static let correction = """
        # made up
        {1 JetEta 1 JetPt [0] Correction L2Relative}
        -5.2 -1.3 3 8 6500 1.25
        -1.3 0 3 8 6500 1.1
        0 1.3 3 8 6500 1.1
        1.3 5.2 3 8 6500 1.25

        """

    static let resolutions = """
        {2 JetEta Rho 1 JetPt sqrt([0]*abs([0])/(x*x)+[1]*[1]*pow(x,[3])+[2]*[2]) Resolution}
        -4.7 0 0 25 6 8 3000 3.0 0.8 0.04 -1
        -4.7 0 25 60 6 8 3000 5.0 0.8 0.04 -1
        0 4.7 0 25 6 8 3000 3.0 0.9 0.05 -1
        0 4.7 25 60 6 8 3000 5.0 0.9 0.05 -1

        """
}

extension Mistake {
    static let inCorrectorTexts: [Mistake] = [
        text("no header", "{1 JetEta 1 JetPt [0] Correction L2Relative}\n", "", ":2", "without a header"),
        text("a section", "# made up", "[Total]", ":1", "sections"),
        text("no formula", "[0] Correction", "\"\" Correction", ":2", "no formula"),
        text("a formula that is none", "[0] Correction", "[0]+foo(x) Correction", ":2", "column 5 of the formula"),
        text("a wrong number of numbers", "0 1.3 3 8", "0 1.3 4 8", ":5", "3 numbers follow where 4"),
        text("what is no number", "0 1.3 3 8", "0 1.3 3 eight", ":5", "'eight' is not a finite number"),
        text("a missing parameter", "-1.3 0 3 8 6500 1.1", "-1.3 0 2 8 6500", ":4", "0 parameters, the formula 1"),
        text("overlapping bins", "0 1.3 3 8", "-0.5 1.3 3 8", ":5", "overlaps that of line 4"),
        text("a gap", "0 1.3 3 8", "0.5 1.3 3 8", ":5", "covers JetEta from 0.0 to 0.5"),
        text("a level of something else", "L2Relative", "L5Flavor", "", "L5Flavor"),
        text("a correction that cannot be", "0 1.3 3 8 6500 1.1", "0 1.3 3 8 6500 50", ":5", "the response is 0.02"),
        text("a corrected pT that falls", "[0] Correction", "[0]+(x<50) Correction", ":5", "the corrected pT falls"),
    ]

    private static func text(_ name: String, _ old: String, _ new: String, _ place: String, _ problem: String)
        -> Mistake
    {
        Mistake(name, in: Sample.correction, (old, new), at: place, problem)
    }
}
