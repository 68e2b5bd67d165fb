import ArgumentParser
import ClosureStudy

/// How far from closing is near enough.
struct ToleranceOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What |d| - 2u has to be below everywhere, a fraction (default: 0.005 to |eta| = 2.4, 0.02 to 4.5).",
            valueName: "number"))
    var tolerance: Double?

    func validate() throws {
        if let tolerance, !(tolerance > 0 && tolerance.isFinite) {
            throw ValidationError("--tolerance takes a number above 0.")
        }
    }

    /// nil when nothing is said.
    var value: Tolerance? { tolerance.map { .uniform($0) } }
}
