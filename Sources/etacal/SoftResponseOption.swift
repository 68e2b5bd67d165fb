import ArgumentParser
import Balance
import Intercalibration

/// What the method `mpf` takes the soft term to respond like.
struct SoftResponseOption: ParsableArguments {
    @Option(
        name: .customLong("soft-response"),
        help: ArgumentHelp(
            "Response of the soft term that the method mpf divides by, 0.1 to 2 (default: none, the plain projection).",
            valueName: "response"))
    var value: Double?

    func validate() throws {
        let range = MissingMomentumSums.softResponses
        guard value.map(range.contains) ?? true else {
            throw ValidationError(
                "--soft-response takes \(Numbers.edge(range.lowerBound)) to \(Numbers.edge(range.upperBound)).")
        }
    }

    /// A response that nothing would look at is a mistake.
    func requireUse(by methods: [Method]) throws {
        guard value == nil || methods.contains(where: \.needsMissingMomentum) else {
            throw ValidationError("--soft-response is for the method mpf.")
        }
    }
}
