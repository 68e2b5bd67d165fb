import Foundation
import Testing

/// Pictures are an extra: what gnuplot does wrong is said and does not cost the results.
struct GnuplotFaultTests {
    private static let run = ["closure", "--detector", "uniform", "--events", "100", "-o", "out"]

    private static func expectResults(_ place: Workplace, without outcome: Outcome, says words: String...) throws {
        // So few events have a negative verdict; pictures do not change it.
        #expect(outcome.status == Status.negativeVerdict.rawValue, "\(outcome)")
        #expect(outcome.output.contains("No pictures"), "\(outcome)")
        for word in words { #expect(outcome.output.contains(word), "'\(word)': \(outcome)") }
        let names = try place.snapshot().keys
        for name in ["run.yaml", "calibration.json", "closure.json"] { #expect(names.contains("out/\(name)")) }
        #expect(names.contains { $0.hasSuffix(".gp") } && names.contains { $0.hasSuffix(".dat") })
    }

    @Test func aMissingGnuplotIsNamedWithItsPackage() throws {
        let place = try Workplace()
        try Self.expectResults(place, without: place.etacal(Self.run), says: "gnuplot is not installed", "gnuplot-nox")
    }

    @Test func aFailingGnuplotIsQuoted() throws {
        let place = try Workplace()
        let path = try place.install("echo 'this is the reason' >&2; exit 1", as: "gnuplot")
        try Self.expectResults(
            place, without: place.etacal(Self.run, environment: ["PATH": path]), says: "gnuplot failed",
            "this is the reason")
    }

    /// A script that fails costs its own picture alone.
    @Test func oneScriptThatFailsIsNamed() throws {
        let place = try Workplace()
        let path = try place.install(
            "case $1 in spectrum.gp) echo 'the reason' >&2; exit 1 ;; *) echo drawn > ${1%.gp}.png ;; esac",
            as: "gnuplot")
        let outcome = try place.etacal(Self.run, environment: ["PATH": path])
        #expect(outcome.output.contains("Some pictures are missing: gnuplot failed on spectrum.gp"), "\(outcome)")
        let names = try place.snapshot().keys
        let scripts = names.filter { $0.hasSuffix(".gp") }
        #expect(scripts.count > 2 && scripts.contains("out/figures/spectrum.gp"))
        for script in scripts where script != "out/figures/spectrum.gp" {
            #expect(names.contains(script.dropLast(3) + ".png"), "\(script)")
        }
        #expect(!names.contains("out/figures/spectrum.png"))
    }

    @Test func aCrashingGnuplotIsSaid() throws {
        let place = try Workplace()
        let path = try place.install("kill -SEGV $$", as: "gnuplot")
        try Self.expectResults(
            place, without: place.etacal(Self.run, environment: ["PATH": path]), says: "gnuplot failed")
    }

    /// More than fits into a pipe, and no text.
    @Test func aTalkativeGnuplotDoesNotBlock() throws {
        let place = try Workplace()
        let path = try place.install("head -c 300000 /dev/urandom >&2; exit 1", as: "gnuplot")
        let outcome = try place.etacal(Self.run + ["--json"], environment: ["PATH": path])
        #expect(outcome.status == Status.negativeVerdict.rawValue, "\(outcome)")
        #expect(try JSON(outcome.output)["passed"].bool == false)
    }
}
