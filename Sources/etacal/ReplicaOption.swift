import ArgumentParser
import Intercalibration

/// How many replicas of a bootstrap.
struct ReplicaOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Replicas of a bootstrap of the last fit, 0 or 2 to \(Bootstrap.largestReplicas), in which each event counts a Poisson \
            number of times (default: none).
            """, valueName: "number"))
    var replicas: Int?

    func validate() throws {
        guard let replicas else { return }
        guard replicas != 1, (0...Bootstrap.largestReplicas).contains(replicas) else {
            throw ValidationError("--replicas takes 0 for none, or 2 to \(Bootstrap.largestReplicas).")
        }
    }

    /// Replicas are of sums; a method that goes through events again has none.
    static func require(_ replicas: Int, by method: Method) throws {
        guard replicas == 0 || method.worksOnSums else {
            throw ValidationError(
                "The method \(method.rawValue) does not work on sums of events: leave out --replicas, or take another method."
            )
        }
    }
}
