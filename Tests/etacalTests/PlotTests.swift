import Foundation
import Testing

/// Redrawing a finished run, and drawing a card.
struct PlotTests {
    /// A small run with its figures, copied for each test that changes it.
    private static let drawn = Result {
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        try place.succeed(
            "closure --detector uniform --events 20k --binning binning.yaml --tolerance 0.5 -o run", drawing: true)
        return place
    }

    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        try FileManager.default.copyItem(atPath: drawn.get().path("run"), toPath: place.path("run"))
        return place
    }

    @Test func picturesAreRedrawnToTheSameBytes() throws {
        let place = try Self.workplace()
        let before = try place.snapshot()
        try FileManager.default.removeItem(atPath: place.path("run/figures/closure-eta.svg"))
        try place.write("lost", to: "run/figures/closure-eta.png")
        let output = try place.succeed("plot run", drawing: true)
        #expect(output.hasSuffix("figures are in run/figures\n"))
        // The PDF of gnuplot holds the time.
        #expect(try place.changes(since: before).filter { !$0.hasSuffix(".pdf") } == [])
    }

    @Test func aChangedTemplateIsUsed() throws {
        let place = try Self.workplace()
        let before = try place.snapshot()
        try place.makeDirectory("my-plots")
        let script = try place.text("run/figures/closure-eta.gp")
        let template = try #require(script.components(separatedBy: "style and template below ----\n").last)
        #expect(template.contains("\"non-closure {/:Italic δ} [%]\""))
        // The style is in there as well and is no harm.
        try place.write(
            template.replacingOccurrences(of: "non-closure {/:Italic δ} [%]", with: "what is left"),
            to: "my-plots/closure-eta.gp")
        try place.succeed("plot run --templates my-plots --quiet", drawing: true)
        let changed = try place.changes(since: before).filter { $0.hasPrefix("run/figures/") && !$0.hasSuffix(".pdf") }
        #expect(changed == ["closure-eta.gp", "closure-eta.png", "closure-eta.svg"].map { "run/figures/\($0)" })
        let picture = try place.text("run/figures/closure-eta.svg")
        #expect(picture.components(separatedBy: "what is left").count == 2)
        // The lower panel's label stays.
        #expect(picture.components(separatedBy: "non-closure").count == 2)
        #expect(try place.text("run/report.html").contains("what is left"))
    }

    @Test func aChangedStyleIsUsedEverywhere() throws {
        let place = try Self.workplace()
        try place.makeDirectory("my-plots")
        let script = try place.text("run/figures/closure-eta.gp")
        let parts = script.components(separatedBy: "# The common style of all figures.")
        let style = try #require(parts.last?.components(separatedBy: "\n# Non-closure before and after").first)
        try place.write(
            "# The common style of all figures." + style.replacingOccurrences(of: "#D55E00", with: "#123456"),
            to: "my-plots/style.gp")
        try place.succeed("plot run --templates my-plots --quiet", drawing: true)
        for name in ["closure-eta", "constants-eta", "asymmetry"] {
            let picture = try place.text("run/figures/\(name).svg")
            // Vermilion of the axes' palette is gone.
            #expect(!picture.contains("rgb(213,  94,   0)") && picture.contains("rgb( 18,  52,  86)"), "\(name)")
        }
    }

    @Test func aBrokenStyleIsFound() throws {
        let place = try Self.workplace()
        let before = try place.snapshot()
        try place.makeDirectory("my-plots")
        try place.write("this is not gnuplot(\n", to: "my-plots/style.gp")
        let outcome = try place.etacal(["plot", "run", "--templates", "my-plots"], drawing: true)
        #expect(outcome.status == Status.malformed.rawValue, "\(outcome)")
        #expect(outcome.errors.contains("my-plots/style.gp:1: gnuplot says: "), "\(outcome)")
        #expect(try place.changes(since: before) == ["my-plots", "my-plots/style.gp"])
    }

    /// The line is that of the template, not of the script that it becomes part of.
    @Test func aMistakeInATemplateIsFound() throws {
        let place = try Self.workplace()
        try place.makeDirectory("my-plots")
        try place.write("a = 1\n\nplot foo(\n", to: "my-plots/closure-eta.gp")
        let before = try place.snapshot()
        let outcome = try place.etacal(["plot", "run", "--templates", "my-plots"], drawing: true)
        #expect(outcome.status == Status.malformed.rawValue, "\(outcome)")
        #expect(outcome.errors.hasPrefix("etacal: my-plots/closure-eta.gp:3: gnuplot says: "), "\(outcome)")
        #expect(try place.changes(since: before) == [])
    }

    /// A run without gnuplot becomes, once it is there, what it would have been.
    @Test func picturesMayComeLater() throws {
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        let line = "closure --detector uniform --events 20k --binning binning.yaml --tolerance 0.5 --quiet -o run"
        try place.succeed(line)
        let before = try place.text("run/report.html")
        #expect(before.contains("etacal plot DIR") && !before.contains("<svg"))
        try place.succeed("plot run --quiet", drawing: true)
        #expect(try place.text("run/report.html") == Self.drawn.get().text("run/report.html"))
        #expect(try place.data("run/figures/pulls.png") == Self.drawn.get().data("run/figures/pulls.png"))
    }

    @Test func whatCannotBeRedrawnIsRefused() throws {
        let place = try Self.workplace()
        try place.makeDirectory("empty")
        try place.makeDirectory("other")
        try place.write("plot x\n", to: "other/closure.gp")
        let refusals: [(String, Status, String, String)] = [
            ("plot none", .unreadable, "none/figures", "no figures"),
            ("plot empty", .unreadable, "empty/figures", "no figures"),
            ("plot run --templates none", .unreadable, "none", "no such folder"),
            ("plot run --templates empty", .unreadable, "empty", "no templates"),
            ("plot run --templates other", .malformed, "other/closure.gp", "no figure of this run is named so"),
        ]
        for (line, status, named, problem) in refusals { try place.expectRefusal(line, status, at: named, problem) }
    }

    @Test func aScriptWithoutItsSettingsIsRefused() throws {
        let place = try Self.workplace()
        try place.write("plot x\n", to: "run/figures/closure-eta.gp")
        try place.makeDirectory("my-plots")
        try place.write("plot x\n", to: "my-plots/closure-eta.gp")
        try place.expectRefusal(
            "plot run --templates my-plots", .malformed, at: "run/figures/closure-eta.gp", "not marked any more")
    }

    @Test(arguments: ["plot run", "detector plot uniform -o card.png"])
    func withoutGnuplotThereIsNothingToDraw(line: String) throws {
        let place = try Self.workplace()
        let before = try place.snapshot()
        let outcome = try place.etacal(line)
        #expect(outcome.status == Status.unavailable.rawValue, "\(outcome)")
        #expect(outcome.errors.contains("gnuplot-nox"), "\(outcome)")
        #expect(try place.changes(since: before) == [])
    }

    @Test(arguments: ["png", "pdf", "svg"], ["map", "profiles"])
    func aCardIsDrawn(format: String, view: String) throws {
        let place = try Workplace()
        try place.write(Sample.card, to: "my-card.yaml")
        try place.succeed("detector plot my-card.yaml --view \(view) -o card.\(format)", drawing: true)
        #expect(try place.data("card.\(format)").count > 5000)
        #expect(try place.snapshot().keys.sorted() == ["card.\(format)", "my-card.yaml"])
    }

    @Test(arguments: ["tails", "acceptance", "soft-term", "jets", "pile-up"])
    func furtherViewsAreDrawn(view: String) throws {
        let place = try Workplace()
        try place.succeed("detector plot cms-like --view \(view) -o card.png", drawing: true)
        #expect(try place.data("card.png").count > 5000)
        #expect(try place.snapshot().keys.sorted() == ["card.png"])
    }

    @Test func triggersAreDrawnInADetectorAndWithARun() throws {
        let place = try Workplace()
        let menu = """
            schema: etacal.triggers/1
            triggers:
              - {name: jet20, threshold: 20, width: 0.1, prescale: 1}
              - {name: jet100, pt_avg_min: 100, prescale: 1}

            """
        try place.write(menu, to: "menu.yaml")
        try place.succeed("detector plot uniform --view triggers --triggers menu.yaml -o card.png", drawing: true)
        #expect(try place.data("card.png").count > 5000)
        try place.write(Sample.binning, to: "binning.yaml")
        try place.succeed(
            "closure --detector uniform --events 20k --binning binning.yaml --tolerance 0.5 --triggers menu.yaml -o run",
            drawing: true)
        #expect(try place.data("run/figures/triggers.png").count > 5000)
        #expect(try place.text("run/report.html").contains("<!-- figure:triggers -->"))
        try place.expectRefusal(
            "detector plot uniform --view triggers --triggers none.yaml -o other.png", .unreadable, at: "none.yaml",
            "no such file")
    }

    @Test(arguments: [("tails", "no 'tails'"), ("soft-term", "no 'soft_terms'"), ("pile-up", "no 'pile_up'")])
    func viewsOfWhatACardLacksAreRefused(view: String, problem: String) throws {
        let place = try Workplace()
        try place.write(Sample.card, to: "my-card.yaml")
        try place.expectRefusal(
            "detector plot my-card.yaml --view \(view) -o card.png", .malformed, at: "my-card.yaml", problem)
    }

    @Test func picturesOfOtherKindsAreRefused() throws {
        let place = try Workplace()
        try place.expectRefusal("detector plot uniform -o card.jpg", .cannotCreate, at: "card.jpg", "cannot be drawn")
        try place.expectRefusal(
            "detector plot uniform -o none/card.png", .cannotCreate, at: "none/card.png", "not exist")
    }
}
