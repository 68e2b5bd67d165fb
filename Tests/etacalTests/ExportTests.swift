import Foundation
import Testing

/// Exports and imports as a program: what is written, refused and left behind. What the files hold is tested against readers of others
/// (Scripts/test-formats).
struct ExportTests {
    static let formats = ["correctionlib", "jec", "jec-uncertainty", "yoda", "yoda-v2", "csv", "latex"]

    private func workplace() throws -> Workplace {
        let place = try Workplace()
        try place.write(try Data(contentsOf: URL(fileURLWithPath: SmallStudy.plainCalibration)), to: "calibration.json")
        return place
    }

    @Test(arguments: formats) func everyFormatIsWrittenTheSameTwice(format: String) throws {
        let place = try workplace()
        for name in ["one.json", "two.json"] {
            try place.succeed("export calibration.json --format \(format) -o \(name) --quiet")
        }
        #expect(try place.data("one.json") == place.data("two.json"))
        #expect(try place.data("one.json").count > 100)
        let again = try place.run(script: "etacal export calibration.json --format \(format) -o one.json")
        #expect(again.status == Status.cannotCreate.rawValue, "\(again)")
        try place.succeed("export calibration.json --format \(format) -o one.json --overwrite")
    }

    @Test func aSubmissionIsADirectoryOfItsOwn() throws {
        let place = try workplace()
        try place.succeed("export calibration.json --format hepdata -o submission")
        #expect(try place.snapshot().keys.filter { $0.hasPrefix("submission/") }.count == 2)
        try place.succeed("export calibration.json --format hepdata -o submission --overwrite")
        // A figure that was put there is not taken away.
        try place.write("a figure", to: "submission/figure.png")
        let kept = try place.run(script: "etacal export calibration.json --format hepdata -o submission --overwrite")
        #expect(kept.status == Status.cannotCreate.rawValue && kept.errors.contains("'figure.png'"), "\(kept)")
        #expect(try place.text("submission/figure.png") == "a figure")
        try place.makeDirectory("other")
        try place.write("mine", to: "other/notes.txt")
        let outcome = try place.run(script: "etacal export calibration.json --format hepdata -o other --overwrite")
        #expect(outcome.status == Status.cannotCreate.rawValue, "\(outcome)")
        #expect(try place.text("other/notes.txt") == "mine")
    }

    @Test(arguments: [
        "export calibration.json --format excel -o x", "export calibration.json -o x", "export --format jec -o x",
        "export calibration.json --format csv --form binned -o x",
        "export calibration.json --format jec --per-bin -o x",
        "export calibration.json --format csv --closure closure.json -o x", "import constants.json -o x.root",
        "import constants.json -o x.json --like uniform", "import constants.txt --correction c -o x.json",
        "evaluate calibration.json", "evaluate calibration.json --eta 1", "evaluate calibration.json --points p.csv",
        "evaluate calibration.json --eta 1 --pt 50 --points p.csv -o x.csv",
        "evaluate calibration.json --eta 1 --pt 50 --variation up",
        "evaluate calibration.json --points p.csv -o x.csv.gz",
        "export calibration.json --format csv -o x.csv.gz",
        "export calibration.json --format correctionlib -o ./calibration.json --overwrite",
        "import calibration.json -o calibration.json --overwrite",
        "export calibration.json --format correctionlib -o x.txt",
        "evaluate calibration.json --points constants.txt -o ./constants.txt --overwrite",
        "evaluate calibration.json --points p.csv -o p.csv --overwrite",
    ])
    func wrongUsageIsTold(command: String) throws {
        let place = try workplace()
        try place.write("nothing", to: "constants.txt")
        let before = try place.snapshot()
        let outcome = try place.run(script: "etacal " + command)
        #expect(outcome.status == Status.usage.rawValue && !outcome.errors.isEmpty, "\(outcome)")
        #expect(try place.changes(since: before) == [])
    }

    @Test(arguments: [
        "export missing.json --format csv -o x", "import missing.json -o x.json", "import missing.txt -o x.json",
    ])
    func aMissingInputIsTold(command: String) throws {
        let outcome = try workplace().run(script: "etacal " + command)
        #expect(outcome.status == Status.unreadable.rawValue, "\(outcome)")
    }

    @Test func whatIsNoCorrectionIsTold() throws {
        let place = try workplace()
        try place.write("{}", to: "empty.json")
        try place.write("nothing", to: "nothing.txt")
        for command in [
            "import calibration.json -o x.json", "import empty.json -o x.json", "import nothing.txt -o x.json",
            "export empty.json --format csv -o x",
            "export calibration.json --format yoda --closure calibration.json -o x",
        ] {
            let outcome = try place.run(script: "etacal " + command)
            #expect(outcome.status == Status.malformed.rawValue, "\(outcome)")
            #expect(outcome.errors.hasPrefix("etacal: "), "\(outcome)")
        }
    }

    @Test func whatComesBackCorrectsJetsAlike() throws {
        let place = try workplace()
        try place.write(Sample.events, to: "events.csv")
        try place.succeed("export calibration.json --format correctionlib -o constants.json.gz")
        try place.succeed("import constants.json.gz -o back.json")
        for name in ["calibration", "back"] {
            try place.succeed("apply \(name).json events.csv -o \(name).csv --quiet")
        }
        #expect(try place.data("calibration.csv") == place.data("back.csv"))
        #expect(try place.data("calibration.csv") != Data(Sample.events.utf8))
        // And can be compared, and exported again.
        try place.succeed("compare calibration.json back.json")
        try place.succeed("export back.json --format jec -o L2Relative.txt")
    }

    @Test func evaluationIsThatOfOneJetOrOfMany() throws {
        let place = try workplace()
        try place.write("pt,name,eta\n80,a,1.2\n,b,1\n40,c,9\n", to: "jets.csv")
        // A column of text that nobody asks for.
        try place.succeed("evaluate calibration.json --points jets.csv -o values.csv")
        let rows = try place.rows("values.csv")
        #expect(rows[0] == ["eta", "pt", "correction"] && rows.count == 4)
        let one = try place.succeed("evaluate calibration.json --eta 1.2 --pt 80")
        #expect(one == rows[1][2] + "\n" && Double(rows[1][2]) ?? 1 != 1)
        #expect(rows[2][2] == "1.0" && rows[3][2] == "1.0")
    }
}
